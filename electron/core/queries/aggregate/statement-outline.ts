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

  /** @param sql Latin-1. @returns false: this statement has no outline */
  read(sql: string): boolean {
    const end = sql.length;
    let first = 0x811c9dc5 | 0;
    let second = 0x27d4eb2f | 0;
    let length = 0;
    let before = 0;
    // Up to here everything is taken as it is: a quoted name, a block comment.
    let verbatimTo = 0;
    for (let at = 0; at < end; at++) {
      let code = sql.charCodeAt(at);
      if (at < verbatimTo || code > backtick || (code > nine && code < backslash)) before = code;
      else if (code >= zero && code <= nine) {
        // The exponent of 1e-5 belongs to the number before it, and what follows that is read in another way.
        const isExponent = (before === dash || before === plus) && (sql.charCodeAt(at - 2) | 0x20) === letterE;
        const isAlone = isNamePart[before] === 0 && before !== dot && !isExponent;
        const last = isAlone ? this.#lastOfNumber(sql, at, end) : -1;
        before = code;
        if (last >= 0) {
          at = last;
          before = zero;
          code = this.#hasFraction ? fractionMark : wholeMark;
        }
      } else if (code === quote || code === doubleQuote) {
        const last = isNamePart[before] === 1 ? -1 : lastOfText(sql, at + 1, end, code);
        if (last < 0) return false;
        at = last;
        before = code;
        code = textMark;
      } else if (code === backtick || (code === slash && sql.charCodeAt(at + 1) === star)) {
        const last = code === backtick ? sql.indexOf('`', at + 1) : sql.indexOf('*/', at + 2) + 1;
        if (last <= 0) return false;
        verbatimTo = last + 1;
        before = code;
      } else if (code === hash || code === backslash || (code === dash && before === dash)) return false;
      else before = code;
      // FNV-1a, and a second one that turns before it multiplies: they do not meet for the same reason.
      first = Math.imul(first ^ code, 0x01000193);
      second = Math.imul(((second << 5) | (second >>> 27)) + code, 0x2545f491);
      length++;
    }
    this.first = first;
    this.second = second;
    this.length = length;
    return true;
  }

  /** Last digit of a number that stands alone; -1: it is part of something else (`0x1f`, `1e5`, `12foo`, `1.2.3`). */
  #lastOfNumber(sql: string, from: number, end: number): number {
    let at = from;
    let code = sql.charCodeAt(at);
    while (code >= zero && code <= nine) code = sql.charCodeAt(++at);
    this.#hasFraction = code === dot;
    if (code === dot) {
      code = sql.charCodeAt(++at);
      while (code >= zero && code <= nine) code = sql.charCodeAt(++at);
    }
    return at < end && (isNamePart[code] === 1 || code === dot || code === colon) ? -1 : at - 1;
  }
}

/** Of the closing quote; -1: there is none, or a backslash before it. */
function lastOfText(sql: string, from: number, end: number, mark: number): number {
  for (let at = from; at < end; at++) {
    const code = sql.charCodeAt(at);
    if (code === mark) return at;
    if (code === backslash) return -1;
  }
  return -1;
}
