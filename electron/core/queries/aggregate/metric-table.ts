import type { Moments } from '@shared/stats/distribution';
import { bucketOf, valueOfBucket, zeroBucket } from '@shared/stats/log-buckets';
import { HistogramArena } from './histogram-arena';

/**
 * Numbers of a row, which are 64 bytes: count, total, what the total lost, smallest, greatest, squared distances from the
 * mean; then its histogram: the lowest bucket and the window's length in one, and its place (0: all values are in the lowest
 * bucket).
 */
const width = 8;
/** Buckets are fewer. */
const lengthRoom = 65_536;
const rowsOfSlab = 4_096;
/** Buckets that a window grows by at least: 16 of them are a factor of 1.4. */
const leastRoom = 16;

/**
 * The measured values of all classes and attributes, a row for each pair, in flat arrays: hundreds of thousands of small
 * objects would take four times the memory. A row gets a histogram only when its values differ.
 */
export class MetricTable {
  readonly #slabs: Float64Array[] = [];
  readonly #arena = new HistogramArena();
  #rows = 0;

  get rows(): number {
    return this.#rows;
  }

  /** @returns a new row without values */
  addRow(): number {
    const row = this.#rows++;
    if (row % rowsOfSlab === 0) this.#slabs.push(new Float64Array(rowsOfSlab * width));
    return row;
  }

  /** @param value not negative */
  add(row: number, value: number): void {
    const slab = this.#slabs[(row / rowsOfSlab) | 0] as Float64Array;
    const at = (row % rowsOfSlab) * width;
    const bucket = bucketOf(value);
    const count = (slab[at] as number) + 1;
    slab[at] = count;
    if (count === 1) {
      slab[at + 1] = value;
      slab[at + 3] = value;
      slab[at + 4] = value;
      slab[at + 6] = bucket * lengthRoom;
      return;
    }
    const before = slab[at + 1] as number;
    const total = before + value;
    slab[at + 1] = total;
    // The total is compensated (Neumaier 1974), the deviation is that of Youngs and Cramer (1971): one division.
    slab[at + 2] = (slab[at + 2] as number) + (before >= value ? before - total + value : value - total + before);
    if (value < (slab[at + 3] as number)) slab[at + 3] = value;
    else if (value > (slab[at + 4] as number)) slab[at + 4] = value;
    const apart = value * count - total;
    slab[at + 5] = (slab[at + 5] as number) + (apart * apart) / (count * (count - 1));
    const place = slab[at + 7] as number;
    const spread = slab[at + 6] as number;
    const offset = bucket - ((spread / lengthRoom) | 0);
    if (place > 0 && offset >= 0 && offset < (spread & (lengthRoom - 1))) this.#arena.add(place + offset);
    else if (place > 0 || offset !== 0) this.#widen(slab, at, bucket);
  }

  /** Values that were added. */
  countOf(row: number): number {
    return this.#slabs[(row / rowsOfSlab) | 0]?.[(row % rowsOfSlab) * width] ?? 0;
  }

  /** @param zeros that were not added, which count here */
  momentsOf(row: number, zeros: number): Moments {
    const slab = this.#slabs[(row / rowsOfSlab) | 0] as Float64Array;
    const at = (row % rowsOfSlab) * width;
    const measured = slab[at] as number;
    const total = (slab[at + 1] as number) + (slab[at + 2] as number);
    const count = measured + zeros;
    return {
      count,
      total,
      min: zeros > 0 ? 0 : (slab[at + 3] as number),
      max: slab[at + 4] as number,
      // The zeros are one group with the mean 0 (Chan, Golub, LeVeque 1979).
      squares: (slab[at + 5] as number) + (zeros === 0 ? 0 : (total * total * zeros) / (measured * count)),
    };
  }

  /** As {@link quantileOf} of the row's buckets, without making a list of them. */
  quantileOf(row: number, p: number): number | null {
    const slab = this.#slabs[(row / rowsOfSlab) | 0] as Float64Array;
    const at = (row % rowsOfSlab) * width;
    const { low, length, place } = windowOf(slab, at);
    const count = slab[at] as number;
    if (count === 0) return null;
    const rank = Math.max(1, Math.ceil(p * count - 1e-9));
    return valueOfBucket(place === 0 ? low : low + this.#arena.indexOfRank(place, length, rank));
  }

  /** Bucket, count …, ascending. @param zeros that were not added, which are counted here */
  bucketsOf(row: number, zeros: number): number[] {
    const slab = this.#slabs[(row / rowsOfSlab) | 0] as Float64Array;
    const at = (row % rowsOfSlab) * width;
    const { low, length, place } = windowOf(slab, at);
    const buckets: number[] = [];
    const first = place === 0 ? (slab[at] as number) >>> 0 : this.#arena.count(place);
    const atZero = (zeros + (low === zeroBucket ? first : 0)) >>> 0;
    if (atZero > 0) buckets.push(zeroBucket, atZero);
    if (place === 0 && low !== zeroBucket && first > 0) buckets.push(low, first);
    for (let index = low === zeroBucket ? 1 : 0; place > 0 && index < length; index++) {
      const count = this.#arena.count(place + index);
      if (count > 0) buckets.push(low + index, count);
    }
    return buckets;
  }

  /** Makes room for a bucket beyond the window, which is the latest value's, and as much again on that side. */
  #widen(slab: Float64Array, at: number, bucket: number): void {
    const { low, place, length: wide } = windowOf(slab, at);
    const length = Math.max(1, wide);
    const high = low + length - 1;
    const room = Math.max(leastRoom, Math.max(high, bucket) - Math.min(low, bucket));
    const from = bucket < low ? Math.max(0, bucket - room) : low;
    const to = bucket > high ? bucket + room : high;
    const next = this.#arena.open(to - from + 1);
    if (place === 0) this.#arena.set(next + low - from, (slab[at] as number) - 1);
    else this.#arena.move(place, length, next + low - from);
    this.#arena.add(next + bucket - from);
    slab[at + 6] = from * lengthRoom + (to - from + 1);
    slab[at + 7] = next;
  }
}

interface HistogramWindow {
  readonly low: number;
  readonly length: number;
  readonly place: number;
}

function windowOf(slab: Float64Array, at: number): HistogramWindow {
  const spread = slab[at + 6] as number;
  // As integers: a list of them is a third as long when it goes to another thread.
  return { low: (spread / lengthRoom) | 0, length: (spread % lengthRoom) | 0, place: (slab[at + 7] as number) | 0 };
}
