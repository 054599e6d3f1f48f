/** Output of a program, at most so many bytes of it: the first that came, or the last. */
export class BoundedText {
  readonly #maxBytes: number;
  readonly #keep: 'first' | 'last';
  #pieces: Buffer[] = [];
  #bytes = 0;
  #truncated = false;

  constructor(maxBytes: number, keep: 'first' | 'last') {
    this.#maxBytes = maxBytes;
    this.#keep = keep;
  }

  /** True when something was thrown away. */
  get truncated(): boolean {
    return this.#truncated;
  }

  add(piece: Buffer): void {
    const room = this.#maxBytes - this.#bytes;
    if (piece.length > room) this.#truncated = true;
    if (this.#keep === 'first') {
      if (room > 0) this.#push(piece.subarray(0, room));
      return;
    }
    this.#push(piece);
    // Joined only now and then: a chatty program must not cost a copy of all for each of its lines.
    if (this.#bytes > this.#maxBytes * 2) this.#pieces = [this.#last()];
    this.#bytes = this.#pieces.reduce((sum, one) => sum + one.length, 0);
  }

  /** As UTF-8; what is not becomes the replacement character. */
  toString(): string {
    return (this.#keep === 'first' ? Buffer.concat(this.#pieces) : this.#last()).toString('utf8');
  }

  #last(): Buffer {
    return Buffer.concat(this.#pieces).subarray(-this.#maxBytes);
  }

  #push(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
  }
}
