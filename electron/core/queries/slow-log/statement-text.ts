import { splitTail, type Tail } from './banner';
import { timeMark, timeText, userMark, userText } from './line-kind';
import type { LogPart, LogWindow } from './log-window';
import type { FilledEvent } from './slow-log-event';
import type { TextCodec } from './text-codec';

const hash = 35;
const newline = 10;
const semicolon = 59;
const carriageReturn = 13;
const letterT = 84;
const letterU = 85;
const timeShape = /^# Time:\s+(?:\d{6}\s+\d{1,2}:\d\d:\d\d|\d{4}-\d\d-\d\dT\d\d:)/;
const userShape = /^# User@Host: [^\n]*\] @ [^\n[]*\[[^\n]*\]/;
/** Headers of this kind are no longer. */
const maxShape = 1_024;
const defaultLimit = 16 * 1024 * 1024;

/** Gathers the text of one statement over the pieces of the log, and finds its end. */
export class StatementText {
  readonly #codec: TextCodec;
  readonly #limit: number;
  #pieces: Uint8Array[] = [];
  #kept = 0;
  #tooMany = 0;
  #isPlain = true;
  #isAtLineStart = true;
  /** The last bytes that were kept, the very last one first: the next piece begins behind them. */
  readonly #before = new Uint8Array(3);
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
    this.#before.fill(0);
  }

  /** @returns where the next statement's header or the source's end is; -1: not here, `searchedTo` says up to where */
  findEnd(window: LogWindow, from: number, isEnd: boolean): number {
    const { bytes, length } = window;
    let lineStart = this.#isAtLineStart ? from : startOfNextLine(bytes, from);
    for (; lineStart < length; lineStart = startOfNextLine(bytes, lineStart)) {
      if (bytes[lineStart] !== hash) continue;
      const verdict = judge(window, lineStart, this.#isBehindSemicolon(bytes, from, lineStart - 1), isEnd);
      if (verdict === 'header') return lineStart;
      if (verdict === 'text') continue;
      this.searchedTo = lineStart;
      return -1;
    }
    this.searchedTo = length;
    return isEnd ? length : -1;
  }

  /** Keeps a piece that ends with what was searched. */
  keep({ bytes }: LogPart, from: number, to: number, isPlain: boolean): void {
    this.#add(bytes.subarray(from, to), isPlain);
    this.#isAtLineStart = bytes[to - 1] === newline;
    const last = [1, 2, 3].map((back) => this.#byteAt(bytes, from, to - back));
    this.#before.set(last);
  }

  /** Whether a line feed has the statement's end before it. @param at of the line feed, which may be the last one kept */
  #isBehindSemicolon(bytes: Uint8Array, from: number, at: number): boolean {
    const last = this.#byteAt(bytes, from, at - 1);
    return last === semicolon || (last === carriageReturn && this.#byteAt(bytes, from, at - 2) === semicolon);
  }

  /** Of the statement; before `from` it lies in what was kept. */
  #byteAt(bytes: Uint8Array, from: number, at: number): number {
    return (at >= from ? bytes[at] : this.#before[from - at - 1]) ?? 0;
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
    const whole = { bytes, textOf: (start: number, end: number) => this.#codec.latin1(bytes.subarray(start, end)) };
    return this.#endPart(whole, 0, length, event);
  }

  #endPart(part: LogPart, from: number, to: number, event: FilledEvent): Tail | null {
    const { bytes } = part;
    if (this.#tooMany > 0) {
      event.cut = 'too-long';
      this.#give(part, from, to, event);
      return null;
    }
    const end = trimmedEnd(bytes, from, to);
    const isEnded = end > from && bytes[end - 1] === semicolon;
    const tail = isEnded ? null : splitTail(part.textOf(from, to));
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
function judge(window: LogWindow, at: number, isAfterSemicolon: boolean, isEnd: boolean): Verdict {
  const third = window.bytes[at + 2];
  if (third !== letterT && third !== letterU && at + 2 < window.length) return 'text';
  const isTime = window.startsWith(timeMark, at);
  if (!isTime && !window.startsWith(userMark, at)) {
    if (isEnd || window.length - at >= userText.length) return 'text';
    const start = window.textOf(at, window.length);
    return timeText.startsWith(start) || userText.startsWith(start) ? 'unknown' : 'text';
  }
  if (isAfterSemicolon) return 'header';
  const line = window.textOf(at, Math.min(window.length, at + maxShape));
  if (line.length < maxShape && !line.includes('\n') && !isEnd) return 'unknown';
  return (isTime ? timeShape : userShape).test(line) ? 'header' : 'text';
}

/** Behind the next line feed; behind the last byte one stands too. */
function startOfNextLine(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] !== newline) at++;
  return at + 1;
}

/** Without spaces and line ends; zeros are no spaces. */
function trimmedEnd(bytes: Uint8Array, from: number, to: number): number {
  let end = to;
  while (end > from && (bytes[end - 1] as number) <= 32 && bytes[end - 1] !== 0) end--;
  return end;
}
