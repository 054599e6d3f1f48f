import type { TextCodec } from './text-codec';

/** Of one byte, to join four. */
const [third, second, first] = [24, 16, 8];

/** Four bytes each, as `view.getInt32(at, true)` reads them; up to three at the end are left out. */
export function wordsOf(bytes: Uint8Array): Int32Array {
  const byte = (at: number): number => bytes[at] as number;
  return Int32Array.from(
    { length: bytes.length >> 2 },
    (_, at) => byte(at * 4) | (byte(at * 4 + 1) << first) | (byte(at * 4 + 2) << second) | (byte(at * 4 + 3) << third),
  );
}

/** Bytes of a log, and the same as Latin-1: a place in the one is a place in the other. */
export interface LogPart {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/**
 * The part of a log that is in hand: what was left of the pieces before, and the latest one. Its bytes lie in one buffer
 * that is used again and again; its text is a string of its own.
 */
export class LogWindow implements LogPart {
  readonly #codec: TextCodec;
  #buffer = new Uint8Array(0);
  bytes: Uint8Array = this.#buffer;
  /** Of the same bytes, and some that are none of it: four of them read at once are compared in a quarter of the time. */
  view = new DataView(this.#buffer.buffer);
  text = '';
  /** True: all of it is valid UTF-8. False may be wrong (a cut character). */
  isPlain = true;

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
      this.view = new DataView(this.#buffer.buffer);
    }
    this.#buffer.set(piece, rest.length);
    this.bytes = this.#buffer.subarray(0, length);
    this.text = this.#codec.latin1(this.bytes);
    this.isPlain = this.#codec.isUtf8(this.bytes);
  }

  /** Leaves the first bytes, which are done with. */
  leave(used: number): void {
    const { length } = this.bytes;
    this.#buffer.copyWithin(0, used, length);
    this.bytes = this.#buffer.subarray(0, length - used);
    this.text = '';
  }
}
