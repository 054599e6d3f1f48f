import type { RawRow } from '../../ports/mysql-session';

/**
 * 53 bits of a row's cells, each with its length, so that ('a', 'bc') and ('ab', 'c') differ, and NULL apart from ''. Two
 * numbers of different seeds together: 106 bits. Not made against an adversary: the rows are the server's own.
 * The mixing is Bob Jenkins' one-at-a-time family with Murmur's multipliers; a million different rows share one of the
 * numbers with a probability below 1 in 10,000.
 */
export function hashCells(cells: RawRow, columns: readonly number[], seed: number): number {
  let low = 0xdeadbeef ^ seed;
  let high = 0x41c6ce57 ^ seed;
  const mix = (value: number): void => {
    low = Math.imul(low ^ value, 2654435761);
    high = Math.imul(high ^ value, 1597334677);
    low = (low << 13) | (low >>> 19);
    high = (high << 17) | (high >>> 15);
  };
  for (const column of columns) {
    const cell = cells[column] ?? null;
    mix(cell === null ? 0x1ff : 0x2ff);
    if (cell === null) continue;
    mix(cell.length);
    for (const byte of cell) mix(byte);
  }
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  return 4294967296 * (2097151 & high) + (low >>> 0);
}

/** Numbers in a typed array that grows: eight bytes a number, where a plain list would take more. */
export class NumberList {
  #values = new Float64Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(this.#values.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  at(index: number): number {
    return this.#values[index] ?? NaN;
  }

  /** The numbers in ascending order; the list itself stays as it is. */
  sorted(): Float64Array {
    return this.#values.slice(0, this.#length).sort();
  }
}
