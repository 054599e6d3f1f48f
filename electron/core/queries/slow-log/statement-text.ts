import { splitTail, type Tail } from './banner';
import { timeMark, userMark } from './line-kind';
import type { TextCodec } from './text-codec';

const hash = 35;
const newline = 10;
const semicolon = 59;
const timeShape = /^# Time:\s+(?:\d{6}\s+\d{1,2}:\d\d:\d\d|\d{4}-\d\d-\d\dT\d\d:)/;
const userShape = /^# User@Host: [^\n]*\] @ [^\n[]*\[[^\n]*\]/;
/** Headers of this kind are no longer. */
const maxShape = 1_024;
const highByte = /[\x80-\xff]/;
const defaultLimit = 16 * 1024 * 1024;

/** A statement's text, whole. */
export interface WholeStatement {
  readonly sql: string;
  readonly cut: 'no' | 'ends' | 'too-long';
  readonly isUtf8: boolean;
  /** What of the text is no statement; null: it ended as it should. */
  readonly tail: Tail | null;
  /** Bytes beyond the limit: counted, not kept. */
  readonly bytesTooMany: number;
}

/** Gathers the text of one statement over the chunks, and finds its end. */
export class StatementText {
  readonly #codec: TextCodec;
  readonly #limit: number;
  #pieces: string[] = [];
  #kept = 0;
  #tooMany = 0;
  #isPlain = true;
  #isAtLineStart = true;
  /** The last three characters that were kept: the next piece begins behind them. */
  #before = '';
  /** How far {@link findEnd} looked without finding it. */
  searchedTo = 0;

  constructor(codec: TextCodec, limit = defaultLimit) {
    this.#codec = codec;
    this.#limit = limit;
  }

  begin(): void {
    if (this.#pieces.length > 0) this.#pieces = [];
    this.#kept = 0;
    this.#tooMany = 0;
    this.#isPlain = true;
    this.#isAtLineStart = true;
    this.#before = '';
  }

  /** @returns where the next statement's header or the source's end is; -1: not here, `searchedTo` says up to where */
  findEnd(text: string, from: number, isEnd: boolean): number {
    this.searchedTo = from;
    if (this.#isAtLineStart && text.charCodeAt(from) === hash) {
      const verdict = judge(text, from, this.#isBehindSemicolon(text, from, from - 1), isEnd);
      if (verdict === 'header') return from;
      if (verdict === 'unknown') return -1;
    }
    let at = text.indexOf('\n#', from);
    while (at >= 0) {
      const verdict = judge(text, at + 1, this.#isBehindSemicolon(text, from, at), isEnd);
      if (verdict === 'header') return at + 1;
      if (verdict === 'unknown') {
        this.searchedTo = at + 1;
        return -1;
      }
      at = text.indexOf('\n#', at + 1);
    }
    this.searchedTo = text.length;
    return isEnd ? text.length : -1;
  }

  /** Keeps a piece that ends with what was searched. */
  keep(text: string, from: number, to: number, isPlain: boolean): void {
    this.#add(text.slice(from, to), isPlain);
    this.#isAtLineStart = text.charCodeAt(to - 1) === newline;
    this.#before = (this.#before + text.slice(Math.max(from, to - 3), to)).slice(-3);
  }

  /** Whether a line feed has the statement's end before it. @param at of the line feed, which may be the last one kept */
  #isBehindSemicolon(text: string, from: number, at: number): boolean {
    const known =
      at - from >= 2
        ? text.slice(at - 2, at)
        : this.#before.slice(0, at < from ? -1 : 3) + text.slice(from, Math.max(from, at));
    return known.endsWith(';') || known.endsWith(';\r');
  }

  /** The statement, with its last piece. */
  end(text: string, from: number, to: number, isPlain: boolean): WholeStatement {
    let sql = text.slice(from, to);
    if (this.#pieces.length > 0 || sql.length > this.#limit) {
      this.#add(sql, isPlain);
      sql = this.#codec.copy(this.#pieces.join(''));
      this.#pieces = [];
    } else this.#isPlain = isPlain;
    if (this.#tooMany > 0)
      return { sql, cut: 'too-long', isUtf8: this.#isUtf8(sql), tail: null, bytesTooMany: this.#tooMany };
    const end = trimmedLength(sql);
    const isEnded = sql.charCodeAt(end - 1) === semicolon;
    const tail = isEnded ? null : splitTail(sql);
    const own = tail === null || tail.bytes === 0 ? end : trimmedLength(sql.slice(0, sql.length - tail.bytes));
    const hasSemicolon = isEnded || sql.charCodeAt(own - 1) === semicolon;
    sql = sql.slice(0, hasSemicolon ? own - 1 : own);
    return { sql, cut: hasSemicolon ? 'no' : 'ends', isUtf8: this.#isUtf8(sql), tail, bytesTooMany: 0 };
  }

  #add(piece: string, isPlain: boolean): void {
    this.#isPlain &&= isPlain;
    const room = Math.max(0, this.#limit - this.#kept);
    if (room > 0) this.#pieces.push(this.#codec.copy(piece.length > room ? piece.slice(0, room) : piece));
    this.#kept += Math.min(room, piece.length);
    this.#tooMany += Math.max(0, piece.length - room);
  }

  #isUtf8(sql: string): boolean {
    return this.#isPlain || !highByte.test(sql) || this.#codec.toText(sql).isValid;
  }
}

type Verdict = 'header' | 'text' | 'unknown';

/** Whether a line that begins with `#` begins the next statement. */
function judge(text: string, at: number, isAfterSemicolon: boolean, isEnd: boolean): Verdict {
  const third = text.charCodeAt(at + 2);
  if (third !== 84 && third !== 85 && at + 2 < text.length) return 'text';
  const isTime = text.startsWith(timeMark, at);
  if (!isTime && !text.startsWith(userMark, at)) {
    const isShort = text.length - at < userMark.length && !isEnd;
    const start = text.slice(at, at + userMark.length);
    return isShort && (timeMark.startsWith(start) || userMark.startsWith(start)) ? 'unknown' : 'text';
  }
  if (isAfterSemicolon) return 'header';
  const line = text.slice(at, at + maxShape);
  if (line.length < maxShape && !line.includes('\n') && !isEnd) return 'unknown';
  return (isTime ? timeShape : userShape).test(line) ? 'header' : 'text';
}

function trimmedLength(text: string): number {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) <= 32 && text.charCodeAt(end - 1) !== 0) end--;
  return end;
}
