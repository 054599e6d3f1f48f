const quote = 39;
const doubleQuote = 34;
const backtick = 96;
const backslash = 92;
const slash = 47;
const star = 42;
const dash = 45;
const plus = 43;
const letterE = 101;
const hash = 35;
const dot = 46;
const colon = 58;
const comma = 44;
const space = 32;
const zero = 48;
const nine = 57;

/** Stand in the outline for a text, a whole number, one with a fraction, and the end. */
const [textMark, wholeMark, fractionMark, endMark] = [0, 1, 2, 3];
const marks = 4;

/** What is done at a byte; most are taken as they are. */
const plain = 0;
const number = 1;
const text = 2;
const name = 3;
const comment = 4;
const minus = 5;
const refused = 6;

const kinds = new Uint8Array(256).map((_, code) => {
  if (code >= zero && code <= nine) return number;
  if (code === quote || code === doubleQuote) return text;
  if (code === backtick) return name;
  if (code === slash) return comment;
  if (code === dash) return minus;
  return code === hash || code === backslash ? refused : plain;
});

/** Characters of names and numbers: letters, digits, `_`, `$`, `@`, and everything beyond ASCII. */
const isNamePart = new Uint8Array(256).map((_, code) =>
  (code >= 48 && code <= 57) ||
  (code >= 65 && code <= 90) ||
  (code >= 97 && code <= 122) ||
  code === 95 ||
  code === 36 ||
  code === 64 ||
  code >= 128
    ? 1
    : 0,
);

/**
 * A statement with its plain texts and numbers left out, as two hashes of 32 bits and a length: equal outlines have equal
 * fingerprints, and are found in one pass at a tenth of the time. Different outlines may well be of one class (rows of
 * VALUES, other spacing). What it does not see through at once it leaves to the fingerprint: backslashes,
 * comments to the end of a line, texts with a prefix or without an end. Block comments are taken as they are, so what a
 * comment says is the same for one outline too.
 */
export class StatementOutline {
  /** Valid until the next {@link read}. */
  first = 0;
  second = 0;
  length = 0;

  #hasFraction = false;
  /** Of the literal before: its mark, how many bytes with a comma stand before it (0: others do), how many before are like it. */
  #listMark = endMark;
  #listGap = 0;
  #inList = 0;

  /** @param bytes which hold the statement from `from` to `end`. @returns false: this statement has no outline */
  read(bytes: Uint8Array, from: number, end: number): boolean {
    this.first = 0x811c9dc5 | 0;
    this.second = 0x27d4eb2f | 0;
    this.length = 0;
    this.#listGap = 0;
    this.#inList = 0;
    // What is taken as it is begins here, and goes on to the next literal.
    let runStart = from;
    // Behind the number that was read last: what it ended with counts as a digit, also where that is its point.
    let numberEnd = -1;
    let at = from;
    for (;;) {
      while (at < end && kinds[bytes[at] as number] === plain) at++;
      if (at >= end) break;
      const code = bytes[at] as number;
      const before = at === from ? 0 : at === numberEnd ? zero : (bytes[at - 1] as number);
      switch (kinds[code]) {
        case number: {
          // The exponent of 1e-5 belongs to the number before it, and what follows that is read in another way.
          const isSigned = (before === dash || before === plus) && at - 2 >= from;
          const isExponent = isSigned && ((bytes[at - 2] as number) | 0x20) === letterE;
          const isAlone = isNamePart[before] === 0 && before !== dot && !isExponent;
          const last = isAlone ? this.#lastOfNumber(bytes, at, end) : -1;
          if (last < 0) {
            at++;
            break;
          }
          this.#take(bytes, runStart, at, this.#hasFraction ? fractionMark : wholeMark);
          at = runStart = numberEnd = last + 1;
          break;
        }
        case text: {
          const last = isNamePart[before] === 1 ? -1 : lastOfText(bytes, at + 1, end, code);
          if (last < 0) return false;
          this.#take(bytes, runStart, at, textMark);
          at = runStart = last + 1;
          break;
        }
        case name:
          at = endOfName(bytes, at + 1, end);
          break;
        case comment:
          at = at + 1 < end && bytes[at + 1] === star ? endOfComment(bytes, at + 2, end) : at + 1;
          break;
        case minus:
          if (before === dash) return false;
          at++;
          break;
        default:
          return false;
      }
      // A quoted name or a comment without its end.
      if (at > end) return false;
    }
    this.#take(bytes, runStart, end, endMark);
    return true;
  }

  /** Mixes in what stands before a literal, four bytes at once, and the literal's mark with the length of that. */
  #take(bytes: Uint8Array, from: number, to: number, mark: number): void {
    if (this.#goesOn(bytes, from, to, mark)) return;
    let { first, second } = this;
    let at = from;
    for (; at + 4 <= to; at += 4) {
      const four =
        (bytes[at] as number) |
        ((bytes[at + 1] as number) << 8) |
        ((bytes[at + 2] as number) << 16) |
        ((bytes[at + 3] as number) << 24);
      first = mixFirst(first, four);
      second = mixSecond(second, four);
    }
    let rest = 0;
    for (; at < to; at++) rest = (rest << 8) | (bytes[at] as number);
    const closing = (to - from) * marks + mark;
    this.first = mixFirst(mixFirst(first, rest), closing);
    this.second = mixSecond(mixSecond(second, rest), closing);
    this.length += to - from + 1;
  }

  /**
   * True for the fourth literal of a list and those after it, which are of the kind of the third and written like it: lists of
   * three and of three hundred values have one outline, as they have one fingerprint.
   */
  #goesOn(bytes: Uint8Array, from: number, to: number, mark: number): boolean {
    const isComma =
      to > from && bytes[from] === comma && (to === from + 1 || (to === from + 2 && bytes[to - 1] === space));
    const isSame = isComma && mark === this.#listMark && to - from === this.#listGap;
    this.#listMark = mark;
    this.#listGap = isComma ? to - from : 0;
    this.#inList = isSame ? this.#inList + 1 : 0;
    return this.#inList >= 2;
  }

  /** Last digit of a number that stands alone; -1: it is part of something else (`0x1f`, `1e5`, `12foo`, `1.2.3`). */
  #lastOfNumber(bytes: Uint8Array, from: number, end: number): number {
    let at = endOfDigits(bytes, from, end);
    this.#hasFraction = at < end && bytes[at] === dot;
    if (this.#hasFraction) at = endOfDigits(bytes, at + 1, end);
    if (at === end) return at - 1;
    const code = bytes[at] as number;
    return isNamePart[code] === 1 || code === dot || code === colon ? -1 : at - 1;
  }
}

/** One step of MurmurHash3 (Appleby, x86_32); the other one is of its x86_128, with other numbers. */
function mixFirst(hash: number, codes: number): number {
  const mixed = Math.imul(turn(Math.imul(codes, 0xcc9e2d51), 15), 0x1b873593);
  return (Math.imul(turn(hash ^ mixed, 13), 5) + 0xe6546b64) | 0;
}

function mixSecond(hash: number, codes: number): number {
  const mixed = Math.imul(turn(Math.imul(codes, 0x239b961b), 16), 0xab0e9789);
  return (Math.imul(turn(hash ^ mixed, 19), 5) + 0x561ccd1b) | 0;
}

const turn = (bits: number, by: number): number => (bits << by) | (bits >>> (32 - by));

function endOfDigits(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && (bytes[at] as number) >= zero && (bytes[at] as number) <= nine) at++;
  return at;
}

/** Of the closing quote; -1: there is none, or a backslash before it. */
function lastOfText(bytes: Uint8Array, from: number, end: number, mark: number): number {
  for (let at = from; at < end; at++) {
    const code = bytes[at];
    if (code === mark) return at;
    if (code === backslash) return -1;
  }
  return -1;
}

/** Behind the closing backtick; beyond `end`: there is none. */
function endOfName(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] !== backtick) at++;
  return at + 1;
}

/** Behind the closing mark; beyond `end`: there is none. */
function endOfComment(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at + 1 < end && !(bytes[at] === star && bytes[at + 1] === slash)) at++;
  return at + 1 < end ? at + 2 : end + 1;
}
