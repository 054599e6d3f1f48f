import { splitTail, type Tail } from './banner';
import { timeMark, userMark } from './line-kind';
import type { LogPart } from './log-window';
import type { FilledEvent } from './slow-log-event';
import type { TextCodec } from './text-codec';

const hash = 35;
const newline = 10;
const semicolon = 59;
const timeShape = /^# Time:\s+(?:\d{6}\s+\d{1,2}:\d\d:\d\d|\d{4}-\d\d-\d\dT\d\d:)/;
const userShape = /^# User@Host: [^\n]*\] @ [^\n[]*\[[^\n]*\]/;
/** Headers of this kind are no longer. */
const maxShape = 1_024;
const defaultLimit = 16 * 1024 * 1024;

/** Gathers the text of one statement over the chunks, and finds its end. */
export class StatementText {
  readonly #codec: TextCodec;
  readonly #limit: number;
  #pieces: Uint8Array[] = [];
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
  keep({ bytes, text }: LogPart, from: number, to: number, isPlain: boolean): void {
    this.#add(bytes.subarray(from, to), isPlain);
    this.#isAtLineStart = bytes[to - 1] === newline;
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

  /** Bytes beyond the limit: counted, not kept. */
  get bytesTooMany(): number {
    return this.#tooMany;
  }

  /**
   * Gives the event its statement, of which this is the last piece.
   *
   * @returns what of the text is no statement; null: it ended as it should
   */
  end(part: LogPart, from: number, to: number, isPlain: boolean, event: FilledEvent): Tail | null {
    if (this.#pieces.length === 0 && to - from <= this.#limit) {
      this.#isPlain = isPlain;
      return this.#endPart(part, from, to, event);
    }
    this.#add(part.bytes.subarray(from, to), isPlain);
    const bytes = new Uint8Array(this.#kept);
    let length = 0;
    for (const piece of this.#pieces) {
      bytes.set(piece, length);
      length += piece.length;
    }
    this.#pieces = [];
    return this.#endPart({ bytes, text: this.#codec.latin1(bytes) }, 0, length, event);
  }

  #endPart(part: LogPart, from: number, to: number, event: FilledEvent): Tail | null {
    const { bytes, text } = part;
    if (this.#tooMany > 0) {
      event.cut = 'too-long';
      this.#give(part, from, to, event);
      return null;
    }
    const end = trimmedEnd(bytes, from, to);
    const isEnded = end > from && bytes[end - 1] === semicolon;
    const tail = isEnded ? null : splitTail(text.slice(from, to));
    const own = tail === null || tail.bytes === 0 ? end : trimmedEnd(bytes, from, to - tail.bytes);
    const hasSemicolon = own > from && bytes[own - 1] === semicolon;
    event.cut = hasSemicolon ? 'no' : 'ends';
    this.#give(part, from, hasSemicolon ? own - 1 : own, event);
    return tail;
  }

  #give(part: LogPart, from: number, to: number, event: FilledEvent): void {
    event.setSql(part, from, to);
    event.isUtf8 = this.#isPlain || this.#codec.isUtf8(part.bytes.subarray(from, to));
  }

  #add(piece: Uint8Array, isPlain: boolean): void {
    this.#isPlain &&= isPlain;
    const room = Math.max(0, this.#limit - this.#kept);
    // A copy: what is in hand will be overwritten.
    if (room > 0) this.#pieces.push(new Uint8Array(piece.subarray(0, room)));
    this.#kept += Math.min(room, piece.length);
    this.#tooMany += Math.max(0, piece.length - room);
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

/** Without spaces and line ends; zeros are no spaces. */
function trimmedEnd(bytes: Uint8Array, from: number, to: number): number {
  let end = to;
  while (end > from && (bytes[end - 1] as number) <= 32 && bytes[end - 1] !== 0) end--;
  return end;
}
