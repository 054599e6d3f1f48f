import type { LogPattern } from './log-pattern';
import type { TextCodec } from './text-codec';

const newline = 10;
const carriageReturn = 13;
/** Line feeds behind the last byte: who looks for the end of a line finds one without asking where the bytes end. */
const padding = 8;

/** Bytes of a log, some of which are asked for as text. */
export interface LogPart {
  readonly bytes: Uint8Array;
  /** Latin-1, of a string of its own. */
  textOf(from: number, to: number): string;
}

/**
 * The part of a log that is in hand: what was left of the pieces before, and the latest one. It lies in one buffer that is
 * used again and again, and no string is made of it but where one is asked for: so a log of millions of statements leaves
 * next to nothing to collect.
 */
export class LogWindow implements LogPart {
  readonly #codec: TextCodec;
  /** With line feeds behind the last byte, and then whatever there was. */
  bytes = new Uint8Array(padding);
  #view = new DataView(this.bytes.buffer);
  /** Bytes of the log that are here. */
  length = 0;
  /** True: all of it is valid UTF-8. False may be wrong (a cut character). */
  isPlain = true;
  /** Of the last line feed; -1 without: a line that begins before it is here to its end. */
  lastLineFeed = -1;

  /** Bytes of the log before the window. */
  base: number;

  constructor(codec: TextCodec, base: number) {
    this.#codec = codec;
    this.base = base;
  }

  /** Takes the next piece, which may be reused afterwards. */
  add(piece: Uint8Array): void {
    const length = this.length + piece.length;
    if (length + padding > this.bytes.length) {
      const larger = new Uint8Array(length * 2 + padding);
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    this.bytes.set(piece, this.length);
    this.#show(length);
    this.isPlain = this.#codec.isUtf8(this.bytes.subarray(0, length));
  }

  /** Leaves the first bytes, which are done with. */
  leave(used: number): void {
    this.bytes.copyWithin(0, used, this.length);
    this.#show(this.length - used);
    this.base += used;
  }

  textOf(from: number, to: number): string {
    return this.#codec.latin1(this.bytes.subarray(from, to));
  }

  startsWith({ length, words, lastMask }: LogPattern, at: number): boolean {
    if (at + length > this.length) return false;
    const view = this.#view;
    const last = words.length - 1;
    for (let word = 0; word < last; word++) if (view.getInt32(at + word * 4, true) !== words[word]) return false;
    return (view.getInt32(at + last * 4, true) & lastMask) === words[last];
  }

  /** Of the bytes from `from` to `to`, to find them in a table (FNV-1a over four at once: others may have the same). */
  hashOf(from: number, to: number): number {
    let hash = 0;
    let at = from;
    for (; at + 4 <= to; at += 4) hash = Math.imul(hash ^ this.#view.getInt32(at, true), 0x01000193);
    for (; at < to; at++) hash = Math.imul(hash ^ (this.bytes[at] as number), 0x01000193);
    return hash ^ (hash >>> 15);
  }

  /** Behind the line's end; -1: it is not here. @param isEnd the log ends where the window does */
  lineEnd(from: number, isEnd: boolean): number {
    if (from > this.lastLineFeed) return isEnd ? this.length : -1;
    const { bytes } = this;
    let at = from;
    while (bytes[at] !== newline) at++;
    return at + 1;
  }

  /** A line's end without its line feed and carriage return. @param end behind both */
  trimLine(at: number, end: number): number {
    let to = end;
    if (to > at && this.bytes[to - 1] === newline) to--;
    if (to > at && this.bytes[to - 1] === carriageReturn) to--;
    return to;
  }

  #show(length: number): void {
    this.length = length;
    this.bytes.fill(newline, length, length + padding);
    let at = length - 1;
    while (at >= 0 && this.bytes[at] !== newline) at--;
    this.lastLineFeed = at;
  }
}
