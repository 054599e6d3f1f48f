/** Pieces up to a number of bytes. */
export interface BoundedPieces {
  readonly pieces: AsyncIterable<Uint8Array>;
  /** True when there was more. */
  isBounded(): boolean;
}

/** @param maxBytes undefined: all of them */
export function boundPieces(pieces: AsyncIterable<Uint8Array>, maxBytes: number | undefined): BoundedPieces {
  let isBounded = false;
  if (maxBytes === undefined) return { pieces, isBounded: () => false };
  async function* read(limit: number): AsyncIterable<Uint8Array> {
    let left = limit;
    for await (const piece of pieces) {
      if (left === 0) {
        isBounded = true;
        return;
      }
      const taken = piece.length > left ? piece.subarray(0, left) : piece;
      isBounded = taken.length < piece.length;
      left -= taken.length;
      yield taken;
      if (isBounded) return;
    }
  }
  return { pieces: read(maxBytes), isBounded: () => isBounded };
}
