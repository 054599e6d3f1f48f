import { LogBuckets, bucketOf } from '@shared/stats/log-buckets';
import type { Moments } from '@shared/stats/distribution';

/** Numbers of a row: count, total, what the total lost, smallest, greatest, mean, squared distances, bucket of the first. */
const width = 8;
const rowsOfSlab = 4_096;

/**
 * The measured values of all classes and attributes, a row for each pair, in flat arrays: hundreds of thousands of small
 * objects would take four times the memory. A histogram is made only for a row whose values differ.
 */
export class MetricTable {
  readonly #slabs: Float64Array[] = [];
  readonly #histograms = new Map<number, LogBuckets>();
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
      slab[at + 5] = value;
      slab[at + 7] = bucket;
      return;
    }
    const before = slab[at + 1] as number;
    const total = before + value;
    slab[at + 1] = total;
    // The total is compensated (Neumaier 1974), the deviation is Welford's.
    slab[at + 2] = (slab[at + 2] as number) + (before >= value ? before - total + value : value - total + before);
    if (value < (slab[at + 3] as number)) slab[at + 3] = value;
    else if (value > (slab[at + 4] as number)) slab[at + 4] = value;
    const mean = slab[at + 5] as number;
    const fromMean = value - mean;
    const nextMean = mean + fromMean / count;
    slab[at + 5] = nextMean;
    slab[at + 6] = (slab[at + 6] as number) + fromMean * (value - nextMean);
    const histogram = this.#histograms.get(row);
    if (histogram !== undefined) histogram.addToBucket(bucket);
    else if (bucket !== slab[at + 7]) this.#startHistogram(row, slab[at + 7] as number, count - 1, bucket);
  }

  momentsOf(row: number): Moments {
    const slab = this.#slabs[(row / rowsOfSlab) | 0] as Float64Array;
    const at = (row % rowsOfSlab) * width;
    return {
      count: slab[at] as number,
      total: (slab[at + 1] as number) + (slab[at + 2] as number),
      min: slab[at + 3] as number,
      max: slab[at + 4] as number,
      squares: slab[at + 6] as number,
    };
  }

  /** Bucket, count …, ascending. */
  bucketsOf(row: number): readonly number[] {
    const histogram = this.#histograms.get(row);
    if (histogram !== undefined) return histogram.toArray();
    const slab = this.#slabs[(row / rowsOfSlab) | 0] as Float64Array;
    const at = (row % rowsOfSlab) * width;
    return slab[at] === 0 ? [] : [slab[at + 7] as number, slab[at] as number];
  }

  #startHistogram(row: number, first: number, times: number, bucket: number): void {
    const histogram = new LogBuckets();
    histogram.addToBucket(first, times);
    histogram.addToBucket(bucket);
    this.#histograms.set(row, histogram);
  }
}
