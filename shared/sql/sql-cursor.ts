import { CharClass, charClasses, isDigitCode, isWordCode } from './char-class';
import { findKeyword, hashStart, hashStep, Keyword, opensClause } from './keywords';
import { findNumberEnd } from './number-end';
import { TokenKind } from './token-kind';

const squote = 0x27;
const dquote = 0x22;
const backslash = 0x5c;
const star = 0x2a;
const slash = 0x2f;
const minus = 0x2d;
const plus = 0x2b;
const less = 0x3c;
const greater = 0x3e;
const equal = 0x3d;
const dotCode = 0x2e;
const question = 0x3f;
const atCode = 0x40;
const dollar = 0x24;

/**
 * Walks over the tokens of one statement, left to right, each character once. It makes no objects: after `next()` the
 * fields tell the token. It never throws, whatever the text is.
 *
 * While it walks it gathers evidence on whether the quotes can be believed (`doubt`, `unterminated` …); sound-quoting.ts judges it.
 */
export class SqlCursor {
  kind = 0;
  start = 0;
  end = 0;
  /** A `Keyword`; `none` for all but keywords. After a dot a word is a name, whatever it says. */
  keyword = 0;

  /** A quote stands where no valid statement has one: directly beside a name or number, or a lone backslash was met. */
  doubt = false;
  /** A string or a quoted name had no end. */
  unterminated = false;
  /** Where the clause begins that holds the first quote: what stands before it is code, however broken quotes are. */
  clauseStart = 0;
  /** Where the first string with an escaped closing quote begins; -1: none. Under NO_BACKSLASH_ESCAPES it ends there. */
  firstEscapedQuote = -1;

  private sql = '';
  private limit = 0;
  private backslashEscapes = true;
  private codeDepth = 0;
  private hasMetQuote = false;
  private lastCodeKind = 0;

  /** Begins at `from`; the text ends at `to`. `backslashEscapes` false: as under NO_BACKSLASH_ESCAPES. */
  open(sql: string, from: number, to: number, backslashEscapes: boolean): void {
    this.sql = sql;
    this.limit = to;
    this.backslashEscapes = backslashEscapes;
    this.codeDepth = 0;
    this.kind = 0;
    this.keyword = Keyword.none;
    this.start = from;
    this.end = from;
    this.doubt = false;
    this.unterminated = false;
    this.clauseStart = 0;
    this.hasMetQuote = false;
    this.lastCodeKind = 0;
    this.firstEscapedQuote = -1;
  }

  /** True if nothing in the quotes met so far leaves a doubt. */
  isSound(): boolean {
    return !this.doubt && !this.unterminated && this.firstEscapedQuote < 0;
  }

  /** Drops the text, so that a module-wide cursor keeps no statement alive. */
  close(): void {
    this.sql = '';
  }

  /** Goes to the next token. False at the end. */
  next(): boolean {
    const { sql, limit } = this;
    let at = this.end;
    let code = 0;
    for (; at < limit; at += 1) {
      code = sql.charCodeAt(at);
      if (code >= 0x80 || charClasses[code] !== CharClass.space) break;
    }
    if (at >= limit) return false;
    const lastEnd = this.end;
    const lastKind = this.kind;
    if (lastKind < TokenKind.comment) this.lastCodeKind = lastKind;
    this.start = at;
    switch (code >= 0x80 ? CharClass.word : charClasses[code]) {
      case CharClass.word:
        this.readWord(at, lastKind, lastEnd);
        return true;
      case CharClass.digit:
        this.keyword = Keyword.none;
        this.readNumber(at);
        if (lastKind === TokenKind.string && lastEnd === at) this.doubt = true;
        return true;
      case CharClass.quote:
        this.readString(at, code, lastKind, lastEnd);
        return true;
      case CharClass.backtick:
        this.keyword = Keyword.none;
        this.readQuotedName(at);
        return true;
      case CharClass.dollar:
        this.readDollar(at, lastKind, lastEnd);
        return true;
      default:
        this.keyword = Keyword.none;
        this.readOther(at, code, lastKind, lastEnd);
        return true;
    }
  }

  private finish(kind: TokenKind, end: number): void {
    this.kind = kind;
    this.end = end;
  }

  private readWord(start: number, lastKind: number, lastEnd: number): void {
    const { sql, limit } = this;
    let hash = hashStart;
    let at = start;
    let code = 0;
    for (; at < limit; at += 1) {
      code = sql.charCodeAt(at);
      if (!isWordCode(code)) break;
      hash = hashStep(hash, code);
    }
    if (at < limit && (code === squote || code === dquote) && this.isPrefix(start, at)) {
      this.readString(at, code, 0, -1);
      this.start = start;
      if (this.firstEscapedQuote === at) this.firstEscapedQuote = start;
      return;
    }
    this.finish(TokenKind.word, at);
    this.keyword = this.lastCodeKind === TokenKind.dot ? Keyword.none : findKeyword(sql, start, at, hash);
    if (this.keyword !== Keyword.none) {
      if (!this.hasMetQuote && opensClause[this.keyword] === 1) this.clauseStart = at;
    } else if (lastKind === TokenKind.string && start === lastEnd) this.doubt = true;
  }

  /** True for N, x, b and an introducer, directly before a quote. */
  private isPrefix(start: number, end: number): boolean {
    const first = this.sql.charCodeAt(start);
    if (first === 0x5f) return end - start > 1;
    if (end - start !== 1) return false;
    const letter = first | 0x20;
    return letter === 0x6e || letter === 0x78 || letter === 0x62;
  }

  private readString(start: number, quote: number, lastKind: number, lastEnd: number): void {
    const { sql, limit } = this;
    const isNameBefore = lastKind === TokenKind.word && this.keyword === Keyword.none;
    if (start === lastEnd && (isNameBefore || lastKind === TokenKind.number || lastKind === TokenKind.digitWord)) {
      this.doubt = true;
    }
    this.keyword = Keyword.none;
    this.hasMetQuote = true;
    let at = start + 1;
    for (; at < limit; at += 1) {
      const code = sql.charCodeAt(at);
      if (code === backslash) {
        if (at + 1 < limit && sql.charCodeAt(at + 1) === quote) {
          if (this.firstEscapedQuote < 0) this.firstEscapedQuote = start;
        }
        if (this.backslashEscapes) at += 1;
      } else if (code === quote) {
        if (at + 1 < limit && sql.charCodeAt(at + 1) === quote) at += 1;
        else break;
      }
    }
    if (at >= limit) this.unterminated = true;
    this.finish(TokenKind.string, at >= limit ? limit : at + 1);
  }

  private readQuotedName(start: number): void {
    const { sql, limit } = this;
    let holdsQuote = false;
    let at = start + 1;
    for (; at < limit; at += 1) {
      const code = sql.charCodeAt(at);
      if (code === 0x60) {
        if (at + 1 < limit && sql.charCodeAt(at + 1) === 0x60) at += 1;
        else break;
      } else if (code === squote || code === dquote) holdsQuote = true;
    }
    const isOpen = at >= limit;
    if (isOpen) this.unterminated = true;
    if (isOpen || holdsQuote) this.hasMetQuote = true;
    this.finish(isOpen || holdsQuote ? TokenKind.string : TokenKind.quotedName, isOpen ? limit : at + 1);
  }

  /** `$tag$ … $tag$` of MySQL 9 (bodies of JavaScript programs), else a word. */
  private readDollar(start: number, lastKind: number, lastEnd: number): void {
    const { sql, limit } = this;
    let at = start + 1;
    while (at < limit && sql.charCodeAt(at) !== dollar && isWordCode(sql.charCodeAt(at))) at += 1;
    if (at >= limit || sql.charCodeAt(at) !== dollar) {
      this.readWord(start, lastKind, lastEnd);
      return;
    }
    this.keyword = Keyword.none;
    this.hasMetQuote = true;
    const tagLength = at + 1 - start;
    const close = sql.indexOf(sql.slice(start, at + 1), at + 1);
    const isOpen = close < 0 || close + tagLength > limit;
    if (isOpen) this.unterminated = true;
    this.finish(TokenKind.string, isOpen ? limit : close + tagLength);
  }

  private readNumber(start: number): void {
    const end = findNumberEnd(this.sql, start, this.limit);
    this.finish(end < 0 ? TokenKind.digitWord : TokenKind.number, end < 0 ? ~end : end);
  }

  private readOther(start: number, code: number, lastKind: number, lastEnd: number): void {
    const { sql, limit } = this;
    const next = start + 1 < limit ? sql.charCodeAt(start + 1) : 0;
    switch (code) {
      case 0x28:
        return this.finish(TokenKind.openParen, start + 1);
      case 0x29:
        return this.finish(TokenKind.closeParen, start + 1);
      case 0x2c:
        return this.finish(TokenKind.comma, start + 1);
      case 0x3b:
        return this.finish(TokenKind.semicolon, start + 1);
      case dotCode:
        return this.readDot(start, next, lastKind, lastEnd);
      case question:
        return this.readQuestion(start, next);
      case atCode:
        return this.readVariable(start, next);
      case 0x23:
        return this.readLineComment(start);
      case plus:
        return this.finish(TokenKind.sign, start + 1);
      case minus:
        return this.readMinus(start, next);
      case slash:
        if (next === star) return this.readComment(start);
        return this.finish(TokenKind.operator, start + 1);
      case star:
        if (next !== slash || this.codeDepth === 0) return this.finish(TokenKind.operator, start + 1);
        this.codeDepth -= 1;
        return this.finish(TokenKind.codeClose, start + 2);
      case backslash:
        return this.readBackslash(start, next);
      case less: {
        const wide = next === equal || next === greater || next === less;
        const ship = next === equal && start + 2 < limit && sql.charCodeAt(start + 2) === greater;
        return this.finish(TokenKind.operator, start + (ship ? 3 : wide ? 2 : 1));
      }
      case greater:
        return this.finish(TokenKind.operator, start + (next === equal || next === greater ? 2 : 1));
      case 0x21:
      case 0x3a:
        return this.finish(TokenKind.operator, start + (next === equal ? 2 : 1));
      case 0x7c:
      case 0x26:
        return this.finish(TokenKind.operator, start + (next === code ? 2 : 1));
      default:
        return this.finish(TokenKind.operator, start + 1);
    }
  }

  private readDot(start: number, next: number, lastKind: number, lastEnd: number): void {
    if (next === dotCode && start + 2 < this.limit && this.sql.charCodeAt(start + 2) === dotCode) {
      return this.finish(TokenKind.valueList, start + 3);
    }
    // Directly after a name the dot parts names, whatever follows.
    const afterName =
      lastEnd === start &&
      (lastKind === TokenKind.word || lastKind === TokenKind.quotedName || lastKind === TokenKind.digitWord);
    if (!isDigitCode(next) || afterName) return this.finish(TokenKind.dot, start + 1);
    this.readNumber(start);
  }

  private readQuestion(start: number, next: number): void {
    if (next === plus) {
      // `?+b` is a placeholder and a sum; nobody writes a sum without its right side.
      const after = start + 2 < this.limit ? this.sql.charCodeAt(start + 2) : 0;
      const isSum = isWordCode(after) || after === squote || after === dquote || after === 0x60 || after === 0x28;
      if (!isSum && after !== atCode && after !== question) return this.finish(TokenKind.valueList, start + 2);
    }
    this.finish(TokenKind.placeholder, start + 1);
  }

  private readVariable(start: number, next: number): void {
    const { sql, limit } = this;
    let at = start + (next === atCode ? 2 : 1);
    const nameStart = at;
    while (at < limit && (isWordCode(sql.charCodeAt(at)) || sql.charCodeAt(at) === dotCode)) at += 1;
    // `@'x'` and `@@`x`` name by a quoted token: the sign stands alone, the quoted token after it.
    this.finish(at > nameStart ? TokenKind.variable : TokenKind.at, at);
  }

  private readMinus(start: number, next: number): void {
    if (next === greater) {
      const isLong = start + 2 < this.limit && this.sql.charCodeAt(start + 2) === greater;
      return this.finish(TokenKind.arrow, start + (isLong ? 3 : 2));
    }
    if (next === minus && (start + 2 >= this.limit || this.sql.charCodeAt(start + 2) <= 0x20)) {
      return this.readLineComment(start);
    }
    this.finish(TokenKind.sign, start + 1);
  }

  private readLineComment(start: number): void {
    let at = start + 1;
    while (at < this.limit && this.sql.charCodeAt(at) !== 0x0a) at += 1;
    this.finish(TokenKind.comment, at);
  }

  private readComment(start: number): void {
    const { sql, limit } = this;
    let at = start + 2;
    const first = at < limit ? sql.charCodeAt(at) : 0;
    const isMaria = first === 0x4d && at + 1 < limit && sql.charCodeAt(at + 1) === 0x21;
    if (first === 0x21 || isMaria) {
      at += isMaria ? 2 : 1;
      while (at < limit && isDigitCode(sql.charCodeAt(at))) at += 1;
      this.codeDepth += 1;
      return this.finish(TokenKind.codeOpen, at);
    }
    const close = sql.indexOf('*/', at);
    const isOpen = close < 0 || close + 2 > limit;
    this.finish(first === plus && !isOpen ? TokenKind.hint : TokenKind.comment, isOpen ? limit : close + 2);
  }

  /** `\N` is NULL in older servers, `\G` an end that clients know. Any other says that quotes were misread. */
  private readBackslash(start: number, next: number): void {
    const letter = next | 0x20;
    if (letter === 0x6e || letter === 0x67) {
      return this.finish(letter === 0x6e ? TokenKind.number : TokenKind.semicolon, start + 2);
    }
    this.doubt = true;
    this.hasMetQuote = true;
    this.finish(TokenKind.operator, start + 1);
  }
}
