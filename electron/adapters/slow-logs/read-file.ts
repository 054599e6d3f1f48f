import type { FileHandle } from 'node:fs/promises';

/** Bytes read at once: a cancel is noticed between two of them. */
const pieceBytes = 524_288;

/**
 * A part of a file. While one piece is worked on, the next one is read; so a piece is valid until the next one is asked for.
 *
 * @param from first byte
 * @param to behind the last byte; a file that became shorter ends there
 */
export async function* readFile(file: FileHandle, from: number, to: number): AsyncIterable<Uint8Array> {
  const buffers = [new Uint8Array(pieceBytes), new Uint8Array(pieceBytes)] as const;
  let at = from;
  let turn = 0;
  const readNext = (): Promise<Uint8Array> => {
    const buffer = buffers[turn % 2 === 0 ? 0 : 1];
    turn++;
    const length = Math.min(pieceBytes, to - at);
    return file.read(buffer, 0, length, at).then(({ bytesRead }) => buffer.subarray(0, bytesRead));
  };
  let next = at < to ? readNext() : null;
  while (next !== null) {
    const piece = await next;
    if (piece.length === 0) return;
    at += piece.length;
    next = at < to ? readNext() : null;
    // A failure of the piece ahead is met when that piece is awaited.
    next?.catch(() => undefined);
    yield piece;
  }
}
