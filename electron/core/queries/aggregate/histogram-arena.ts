/** First place of the arena; grows by doubling. */
const startCells = 65_536;

/**
 * Windows of counters in one array, for hundreds of thousands of histograms: a counter is found with one look into memory,
 * where an object for each histogram needs four. A window that moves leaves its old place unused; windows grow by half, so
 * the unused is less than what is used.
 */
export class HistogramArena {
  #cells = new Uint32Array(startCells);
  #used = 1;

  get bytes(): number {
    return this.#cells.byteLength;
  }

  /** @returns place of a window of so many counters, all zero; never 0 */
  open(length: number): number {
    const place = this.#used;
    this.#used += length;
    if (this.#used > this.#cells.length) {
      const grown = new Uint32Array(Math.max(this.#cells.length * 2, this.#used));
      grown.set(this.#cells);
      this.#cells = grown;
    }
    return place;
  }

  /** Copies a window's counters to another place. */
  move(from: number, length: number, to: number): void {
    this.#cells.copyWithin(to, from, from + length);
    this.#cells.fill(0, from, from + length);
  }

  add(cell: number, times: number): void {
    this.#cells[cell] = (this.#cells[cell] as number) + times;
  }

  count(cell: number): number {
    return this.#cells[cell] as number;
  }
}
