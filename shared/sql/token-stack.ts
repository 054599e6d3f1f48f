import { lowerCase } from './char-class';
import { TokenKind } from './token-kind';

/** What reductions put in the place of tokens. Numbers go on from those of `TokenKind`. */
export const ReducedKind = {
  /** One literal: `?`. */
  value: 32,
  /** Two or more literals with commas between: `?+`. */
  list: 33,
  /** A list in parentheses, and all like it that follow: `(?+)`. */
  row: 34,
} as const;

const smallCapacity = 1 << 12;
const keptCapacity = 1 << 18;

/**
 * The tokens of a statement as they stand after the reductions so far; each is a range of the statement's text. Typed
 * arrays, used again for every statement: nothing is allocated for each token.
 */
export class TokenStack {
  size = 0;
  kinds = new Uint8Array(smallCapacity);
  keywords = new Uint8Array(smallCapacity);
  starts = new Int32Array(smallCapacity);
  ends = new Int32Array(smallCapacity);

  /** Empties it, and gives back what one giant statement had taken. */
  clear(): void {
    this.size = 0;
    if (this.kinds.length > keptCapacity) this.resize(smallCapacity);
  }

  push(kind: number, keyword: number, start: number, end: number): void {
    const at = this.size;
    if (at === this.kinds.length) this.resize(at * 2);
    this.kinds[at] = kind;
    this.keywords[at] = keyword;
    this.starts[at] = start;
    this.ends[at] = end;
    this.size = at + 1;
  }

  /** Kind of the token that lies `below` under the top; 0 where there is none. */
  kindAt(below: number): number {
    const at = this.size - 1 - below;
    return at < 0 ? 0 : (this.kinds[at] as number);
  }

  /** Its keyword, or 0. */
  keywordAt(below: number): number {
    const at = this.size - 1 - below;
    return at < 0 ? 0 : (this.keywords[at] as number);
  }

  /** True if the tokens of two ranges read the same; case counts only inside backticks. */
  isSameRange(sql: string, left: number, right: number, length: number): boolean {
    for (let at = 0; at < length; at += 1) if (!this.isSame(sql, left + at, right + at)) return false;
    return true;
  }

  private isSame(sql: string, left: number, right: number): boolean {
    const kind = this.kinds[left] as number;
    if (kind !== this.kinds[right]) return false;
    if (kind >= ReducedKind.value) return true;
    const from = this.starts[left] as number;
    const other = this.starts[right] as number;
    const length = (this.ends[left] as number) - from;
    if (length !== (this.ends[right] as number) - other) return false;
    const isExact = kind === TokenKind.quotedName || kind === TokenKind.hint;
    for (let at = 0; at < length; at += 1) {
      const a = sql.charCodeAt(from + at);
      const b = sql.charCodeAt(other + at);
      if (a !== b && (isExact || a >= 0x80 || b >= 0x80 || lowerCase[a] !== lowerCase[b])) return false;
    }
    return true;
  }

  private resize(capacity: number): void {
    const { kinds, keywords, starts, ends } = this;
    const kept = Math.min(this.size, capacity);
    this.kinds = new Uint8Array(capacity);
    this.keywords = new Uint8Array(capacity);
    this.starts = new Int32Array(capacity);
    this.ends = new Int32Array(capacity);
    this.kinds.set(kinds.subarray(0, kept));
    this.keywords.set(keywords.subarray(0, kept));
    this.starts.set(starts.subarray(0, kept));
    this.ends.set(ends.subarray(0, kept));
  }
}
