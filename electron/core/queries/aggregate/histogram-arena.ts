/** First place of the arena; grows by doubling. */
const startCells = 65_536;
const cellRoom = 256;
/** Counters of one block, as a shift: of a block it is known whether one of them went round. */
const blockShift = 6;

/**
 * Windows of counters in one array, for hundreds of thousands of histograms: a counter is found with one look into memory,
 * where an object for each histogram needs four. A counter is one byte, because that look is what counting costs and most
 * counters of most histograms stay small; how often it went round stands apart. A window that moves leaves its old place
 * unused; windows double, so the unused is less than what is used.
 */
export class HistogramArena {
  #cells = new Uint8Array(startCells);
  /** By cell: how often it went round, where it did; and by block, 1 where one did. */
  readonly #rounds = new Map<number, number>();
  #blocks = new Uint8Array(startCells >> blockShift);
  #used = 1;

  /** @returns place of a window of so many counters, all zero; never 0 */
  open(length: number): number {
    const place = this.#used;
    this.#used += length;
    if (this.#used > this.#cells.length) {
      const grown = new Uint8Array(Math.max(this.#cells.length * 2, this.#used));
      grown.set(this.#cells);
      this.#cells = grown;
      const blocks = new Uint8Array((grown.length >> blockShift) + 1);
      blocks.set(this.#blocks);
      this.#blocks = blocks;
    }
    return place;
  }

  /** Copies a window's counters to another place, which is not its own. */
  move(from: number, length: number, to: number): void {
    this.#cells.copyWithin(to, from, from + length);
    this.#cells.fill(0, from, from + length);
    for (let index = 0; index < length; index++) {
      const rounds = this.#roundsOf(from + index);
      if (rounds === 0) continue;
      this.#rounds.delete(from + index);
      this.#setRounds(to + index, rounds);
    }
  }

  /** Counts one more. */
  add(cell: number): void {
    const next = (this.#cells[cell] as number) + 1;
    this.#cells[cell] = next;
    if (next === cellRoom) this.#setRounds(cell, this.#roundsOf(cell) + 1);
  }

  /** @param cell of zero so far */
  set(cell: number, count: number): void {
    this.#cells[cell] = count;
    if (count >= cellRoom) this.#setRounds(cell, (count / cellRoom) >>> 0);
  }

  /** Of the counter in which the value of this rank is, from 0. @param rank from 1 to the sum of the window */
  indexOfRank(place: number, length: number, rank: number): number {
    let index = 0;
    for (let seen = 0; index < length; index++) {
      seen += this.count(place + index);
      if (seen >= rank) break;
    }
    return index;
  }

  count(cell: number): number {
    return (this.#cells[cell] as number) + this.#roundsOf(cell) * cellRoom;
  }

  #roundsOf(cell: number): number {
    return this.#blocks[cell >> blockShift] === 0 ? 0 : (this.#rounds.get(cell) ?? 0);
  }

  #setRounds(cell: number, rounds: number): void {
    this.#rounds.set(cell, rounds);
    this.#blocks[cell >> blockShift] = 1;
  }
}
