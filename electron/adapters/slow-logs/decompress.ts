import { createGunzip, type Gunzip } from 'node:zlib';
import { Decompress } from 'fzstd';

/** What a log is stored as, by its first bytes. */
export type Compression = 'none' | 'gzip' | 'zstd';

/** Bytes that {@link compressionOf} wants to see. */
export const magicLength = 4;

/** RFC 1952 section 2.3.1; RFC 8878 section 3.1.1, and its skippable frames. */
export function compressionOf(start: Uint8Array): Compression {
  const [a, b, c, d] = start;
  if (a === 0x1f && b === 0x8b) return 'gzip';
  const isFrame = a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd;
  const isSkippable = a !== undefined && (a & 0xf0) === 0x50 && b === 0x2a && c === 0x4d && d === 0x18;
  return isFrame || isSkippable ? 'zstd' : 'none';
}

/** Input that is given to the decompressor at once: it may grow a thousandfold. */
const inputBytes = 32_768;

/** An archive as its contents. A damaged or half-copied one yields what is good of it, and says the rest. */
export interface Decompressed {
  readonly pieces: AsyncIterable<Uint8Array>;
  /** Compressed bytes that were turned into contents. */
  bytesUsed(): number;
  /** Why it broke off, in the decompressor's words; null: it is whole. */
  damage(): string | null;
}

/** @param compression as the first bytes say */
export function decompress(bytes: AsyncIterable<Uint8Array>, compression: Compression): Decompressed {
  switch (compression) {
    case 'gzip':
      return new GzipContents(bytes);
    case 'zstd':
      return new ZstdContents(bytes);
    case 'none':
      return { pieces: bytes, bytesUsed: () => 0, damage: () => null };
  }
}

class GzipContents implements Decompressed {
  readonly #bytes: AsyncIterable<Uint8Array>;
  readonly #gunzip: Gunzip = createGunzip({ chunkSize: 262_144 });
  /** It closes when it breaks off too, and then may never answer a write. */
  readonly #closed = new Promise<void>((resolve) => this.#gunzip.once('close', resolve));
  #ready: Uint8Array[] = [];
  #damage: string | null = null;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#bytes = bytes;
    this.#gunzip.on('error', (error) => (this.#damage ??= error.message));
    // Taken at once: what waits in the stream when it breaks off is thrown away with it.
    this.#gunzip.on('data', (piece: Buffer) => this.#ready.push(piece));
  }

  get pieces(): AsyncIterable<Uint8Array> {
    return this.#read();
  }

  bytesUsed = (): number => this.#gunzip.bytesWritten;

  damage = (): string | null => this.#damage;

  async *#read(): AsyncIterable<Uint8Array> {
    try {
      for await (const piece of slices(this.#bytes)) {
        const taken = new Promise<void>((resolve) => this.#gunzip.write(piece, () => resolve()));
        await Promise.race([taken, this.#closed]);
        yield* this.#take();
        if (this.#damage !== null) return;
      }
      this.#gunzip.end();
      await this.#closed;
      yield* this.#take();
    } finally {
      this.#gunzip.destroy();
    }
  }

  #take(): readonly Uint8Array[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }
}

class ZstdContents implements Decompressed {
  readonly #bytes: AsyncIterable<Uint8Array>;
  #used = 0;
  #damage: string | null = null;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#bytes = bytes;
  }

  get pieces(): AsyncIterable<Uint8Array> {
    return this.#read();
  }

  bytesUsed = (): number => this.#used;

  damage = (): string | null => this.#damage;

  async *#read(): AsyncIterable<Uint8Array> {
    let ready: Uint8Array[] = [];
    const stream = new Decompress((piece) => ready.push(piece));
    const push = (piece: Uint8Array, isLast: boolean): void => {
      try {
        stream.push(piece, isLast);
        this.#used += piece.length;
      } catch (error) {
        this.#damage = error instanceof Error ? error.message : String(error);
      }
    };
    for await (const piece of slices(this.#bytes)) {
      push(piece, false);
      yield* ready;
      ready = [];
      if (this.#damage !== null) return;
    }
    push(new Uint8Array(0), true);
    yield* ready;
  }
}

async function* slices(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  for await (const piece of bytes)
    for (let at = 0; at < piece.length; at += inputBytes) yield piece.slice(at, at + inputBytes);
}
