import { lowerCase } from './char-class';
import { Keyword } from './keywords';
import { TokenKind } from './token-kind';
import { ReducedKind, type TokenStack } from './token-stack';

const space = 0x20;
const question = 0x3f;
/** So many arguments does one call of String.fromCharCode take at once. */
const chunk = 4096;

/** Characters that were written so far; reused, as the stack is. */
export class TextBuffer {
  length = 0;
  codes = new Uint16Array(1 << 14);

  /** Makes room for `more` codes. */
  reserve(more: number): void {
    if (this.length + more <= this.codes.length) return;
    const grown = new Uint16Array(Math.max(this.codes.length * 2, this.length + more));
    grown.set(this.codes.subarray(0, this.length));
    this.codes = grown;
  }

  /** The text, and the buffer empty again. */
  take(): string {
    const { codes, length } = this;
    this.length = 0;
    if (length <= chunk) return String.fromCharCode.apply(null, codes.subarray(0, length) as unknown as number[]);
    let text = '';
    for (let at = 0; at < length; at += chunk) {
      text += String.fromCharCode.apply(null, codes.subarray(at, Math.min(at + chunk, length)) as unknown as number[]);
    }
    if (codes.length > 1 << 20) this.codes = new Uint16Array(1 << 14);
    return text;
  }
}

/**
 * Writes the reduced tokens with the same spacing whatever the spacing was, and so that reading the text again gives the
 * same tokens. Hints are written by `writeHint`, which knows how to read inside of them.
 */
export function writeTokens(
  sql: string,
  stack: TokenStack,
  out: TextBuffer,
  writeHint: (start: number, end: number) => void,
): void {
  const { kinds, keywords, starts, ends, size } = stack;
  let lastKind = 0;
  let lastKeyword = 0;
  for (let at = 0; at < size; at += 1) {
    const kind = kinds[at] as number;
    const start = starts[at] as number;
    const end = ends[at] as number;
    out.reserve(end - start + 5);
    const { codes } = out;
    let length = out.length;
    if (at > 0 && isApart(lastKind, lastKeyword, kind)) {
      codes[length] = space;
      length += 1;
    }
    if (kind >= ReducedKind.value) {
      if (kind === ReducedKind.row) codes[length++] = 0x28;
      codes[length++] = question;
      if (kind !== ReducedKind.value) codes[length++] = 0x2b;
      if (kind === ReducedKind.row) codes[length++] = 0x29;
    } else if (kind === TokenKind.hint) {
      out.length = length;
      writeHint(start, end);
      length = out.length;
    } else if (kind === TokenKind.quotedName) {
      for (let from = start; from < end; from += 1) codes[length++] = sql.charCodeAt(from);
    } else {
      for (let from = start; from < end; from += 1) {
        const code = sql.charCodeAt(from);
        codes[length++] = code < 0x80 ? (lowerCase[code] as number) : code;
      }
    }
    out.length = length;
    lastKind = kind;
    lastKeyword = keywords[at] as number;
  }
}

/** True if a space stands between two tokens. */
function isApart(last: number, lastKeyword: number, kind: number): boolean {
  switch (kind) {
    case TokenKind.comma:
    case TokenKind.closeParen:
    case TokenKind.semicolon:
      return false;
    case TokenKind.dot:
      return last === TokenKind.dot || last === TokenKind.variable || last === TokenKind.at; // `. .` is not `..`, `@a .b` not `@a.b`
    case TokenKind.arrow:
      return false;
    case TokenKind.openParen:
    case ReducedKind.row:
      if (last === TokenKind.word) return lastKeyword !== Keyword.none && lastKeyword !== Keyword.soft;
      if (last === TokenKind.quotedName) return false;
      break;
    case TokenKind.at:
      if (last === ReducedKind.value || last === TokenKind.quotedName) return false;
      break;
    default:
  }
  switch (last) {
    case TokenKind.openParen:
    case TokenKind.dot:
    case TokenKind.arrow:
      return false;
    case TokenKind.at:
      return kind !== ReducedKind.value && kind !== TokenKind.quotedName;
    default:
      return true;
  }
}
