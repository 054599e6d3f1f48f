import type { LogPattern } from './log-pattern';
import type { TextCodec } from './text-codec';

const newline = 10;
const carriageReturn = 13;

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
  #buffer = new Uint8Array(0);
  #view = new DataView(this.#buffer.buffer);
  bytes: Uint8Array = this.#buffer;
  /** True: all of it is valid UTF-8. False may be wrong (a cut character). */
  isPlain = true;
  /** Of the last line feed; -1 without: a line that begins before it is here to its end. */
  lastLineFeed = -1;

  constructor(codec: TextCodec) {
    this.#codec = codec;
  }

  /** Takes the next piece, which may be reused afterwards. */
  add(piece: Uint8Array): void {
    const rest = this.bytes;
    const length = rest.length + piece.length;
    if (length > this.#buffer.length) {
      this.#buffer = new Uint8Array(length * 2);
      this.#buffer.set(rest);
      this.#view = new DataView(this.#buffer.buffer);
    }
    this.#buffer.set(piece, rest.length);
    this.#show(length);
    this.isPlain = this.#codec.isUtf8(this.bytes);
  }

  /** Leaves the first bytes, which are done with. */
  leave(used: number): void {
    const { length } = this.bytes;
    this.#buffer.copyWithin(0, used, length);
    this.#show(length - used);
  }

  textOf(from: number, to: number): string {
    return this.#codec.latin1(this.bytes.subarray(from, to));
  }

  startsWith({ bytes: wanted, words }: LogPattern, at: number): boolean {
    const { length } = wanted;
    const { bytes } = this;
    if (at + length > bytes.length) return false;
    const whole = words.length;
    for (let word = 0; word < whole; word++) if (this.#view.getInt32(at + word * 4, true) !== words[word]) return false;
    for (let index = whole * 4; index < length; index++) if (bytes[at + index] !== wanted[index]) return false;
    return true;
  }

  /** Of the bytes from `from` to `to`: the same for the same bytes (FNV-1a over four at once). */
  hashOf(from: number, to: number): number {
    let hash = 0;
    let at = from;
    for (; at + 4 <= to; at += 4) hash = Math.imul(hash ^ this.#view.getInt32(at, true), 0x01000193);
    for (; at < to; at++) hash = Math.imul(hash ^ (this.bytes[at] as number), 0x01000193);
    return hash ^ (hash >>> 15);
  }

  /** Behind the line's end; -1: it is not here. */
  lineEnd(from: number): number {
    if (from > this.lastLineFeed) return -1;
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
    this.bytes = this.#buffer.subarray(0, length);
    let at = length - 1;
    while (at >= 0 && this.bytes[at] !== newline) at--;
    this.lastLineFeed = at;
  }
}
