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
const zero = 48;
const nine = 57;

/** Stand in the outline for a text, a whole number and one with a fraction; no byte has these codes. */
const textMark = 0x101;
const wholeMark = 0x102;
const fractionMark = 0x103;

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
 * fingerprints, and are found in one pass at a tenth of the time. Different outlines may well be of one class (lists of
 * different lengths, other spacing). What it does not see through at once it leaves to the fingerprint: backslashes,
 * comments to the end of a line, texts with a prefix or without an end. Block comments are taken as they are, so what a
 * comment says is the same for one outline too.
 */
export class StatementOutline {
  /** Valid until the next {@link read}. */
  first = 0;
  second = 0;
  length = 0;

  #hasFraction = false;

  /** @param bytes which hold the statement from `from` to `end`. @returns false: this statement has no outline */
  read(bytes: Uint8Array, from: number, end: number): boolean {
    let first = 0x811c9dc5 | 0;
    let second = 0x27d4eb2f | 0;
    let length = 0;
    // Three codes of nine bits are mixed in at once.
    let pending = 0;
    let waiting = 0;
    // Up to here everything is taken as it is: a quoted name, a block comment.
    let verbatimTo = from;
    // Behind the number that was read last: what it ended with counts as a digit, also where that is its point.
    let numberEnd = -1;
    for (let at = from; at < end; at++) {
      let code = bytes[at] as number;
      const kind = kinds[code];
      if (kind !== plain && at >= verbatimTo) {
        const before = at === from ? 0 : at === numberEnd ? zero : (bytes[at - 1] as number);
        if (kind === number) {
          // The exponent of 1e-5 belongs to the number before it, and what follows that is read in another way.
          const isSigned = (before === dash || before === plus) && at - 2 >= from;
          const isExponent = isSigned && ((bytes[at - 2] as number) | 0x20) === letterE;
          const isAlone = isNamePart[before] === 0 && before !== dot && !isExponent;
          const last = isAlone ? this.#lastOfNumber(bytes, at, end) : -1;
          if (last >= 0) {
            at = last;
            numberEnd = last + 1;
            code = this.#hasFraction ? fractionMark : wholeMark;
          }
        } else if (kind === text) {
          const last = isNamePart[before] === 1 ? -1 : lastOfText(bytes, at + 1, end, code);
          if (last < 0) return false;
          at = last;
          code = textMark;
        } else if (kind === name) {
          verbatimTo = endOfName(bytes, at + 1, end);
          if (verbatimTo > end) return false;
        } else if (kind === comment) {
          if (at + 1 < end && bytes[at + 1] === star) verbatimTo = endOfComment(bytes, at + 2, end);
          if (verbatimTo > end) return false;
        } else if (kind === refused || before === dash) return false;
      }
      pending = (pending << 9) | code;
      if (++waiting < 3) continue;
      first = mixFirst(first, pending);
      second = mixSecond(second, pending);
      length += 3;
      pending = 0;
      waiting = 0;
    }
    this.first = mixFirst(first, pending);
    this.second = mixSecond(second, pending);
    this.length = length + waiting;
    return true;
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

/** Turns, takes in, multiplies: the other one with other numbers, and adds where this one joins bit by bit. */
function mixFirst(hash: number, codes: number): number {
  return Math.imul(((hash << 13) | (hash >>> 19)) ^ codes, 0x85ebca6b);
}

function mixSecond(hash: number, codes: number): number {
  return Math.imul(((hash << 5) | (hash >>> 27)) + codes, 0x2545f491);
}

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
