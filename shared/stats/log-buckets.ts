/**
 * Width of one bucket: its upper bound is 2 % above its lower one. A quantile read from the middle of a bucket is off by
 * less than 1 % (√1.02 − 1 = 0.995 %). pt-query-digest uses 5 %.
 */
const bucketRatio = 1.02;
const perLog = 1 / Math.log(bucketRatio);
/** Bucket of 1.0; so the smallest value that is told from the others is 1.02^-2047, about 2.5e-18. */
const bucketOfOne = 2048;
/** Zero has a bucket of its own, before all others. */
export const zeroBucket = 0;

/** Buckets of small whole numbers, which most counts of rows are: a look is cheaper than a logarithm. */
const small = Uint16Array.from({ length: 4_096 }, (_, value) => computeBucket(value));

/** The bucket of a value: 0 for zero (and what is below it), else ascending with the value. */
export function bucketOf(value: number): number {
  if (value < small.length) {
    const whole = value | 0;
    if (whole === value) return small[whole] ?? zeroBucket;
  }
  return computeBucket(value);
}

function computeBucket(value: number): number {
  if (!(value > 0)) return zeroBucket;
  return Math.max(zeroBucket + 1, Math.floor(Math.log(value) * perLog) + bucketOfOne);
}

/** What stands for all values of a bucket: its geometric middle, 0 for the bucket of zero. */
export function valueOfBucket(bucket: number): number {
  return bucket === zeroBucket ? 0 : bucketRatio ** (bucket - bucketOfOne + 0.5);
}

/** Lower bound of a bucket; the next bucket's is its upper bound. For histograms on a screen. */
export function lowerBoundOf(bucket: number): number {
  return bucket === zeroBucket ? 0 : bucketRatio ** (bucket - bucketOfOne);
}

/**
 * Value at rank ⌈p · n⌉ (nearest rank) of the counted values, within 1 %.
 *
 * @param buckets bucket, count, bucket, count …, ascending
 * @param p from 0 to 1
 * @returns null when nothing was counted
 */
export function quantileOf(buckets: readonly number[], p: number): number | null {
  return quantilesOf(buckets, [p])[0] ?? null;
}

/** Several of them in one pass, as {@link quantileOf}. @param ps ascending. @returns empty when nothing was counted */
export function quantilesOf(buckets: readonly number[], ps: readonly number[]): readonly number[] {
  let total = 0;
  for (let index = 1; index < buckets.length; index += 2) total += buckets[index] ?? 0;
  if (total === 0) return [];
  const found: number[] = [];
  let seen = 0;
  for (let index = 0; index < buckets.length && found.length < ps.length; index += 2) {
    seen += buckets[index + 1] ?? 0;
    while (found.length < ps.length && seen >= Math.max(1, Math.ceil((ps[found.length] ?? 1) * total - 1e-9)))
      found.push(valueOfBucket(buckets[index] ?? 0));
  }
  return found;
}

/** The counts of two lists of buckets together. Both, and the result: bucket, count …, ascending. */
export function mergeBuckets(a: readonly number[], b: readonly number[]): readonly number[] {
  const merged: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const left = a[i] ?? Infinity;
    const right = b[j] ?? Infinity;
    const bucket = Math.min(left, right);
    let count = 0;
    if (left === bucket) {
      count += a[i + 1] ?? 0;
      i += 2;
    }
    if (right === bucket) {
      count += b[j + 1] ?? 0;
      j += 2;
    }
    merged.push(bucket, count);
  }
  return merged;
}

/** Counts values in buckets of 2 %. Memory follows the spread of the values, not their number: about 115 buckets a decade. */
export class LogBuckets {
  /** Buckets `#low` and following; zero is kept apart, because it is far from all others. */
  #counts = new Float64Array(0);
  #low = 0;
  #zeros = 0;

  /** @param bucket as {@link bucketOf} says */
  addToBucket(bucket: number, times = 1): void {
    if (bucket === zeroBucket) {
      this.#zeros += times;
      return;
    }
    const index = bucket - this.#low;
    if (index < 0 || index >= this.#counts.length) this.#widen(bucket);
    const at = bucket - this.#low;
    this.#counts[at] = (this.#counts[at] ?? 0) + times;
  }

  add(value: number, times = 1): void {
    this.addToBucket(bucketOf(value), times);
  }

  /** Bucket, count, bucket, count …, ascending, without empty ones. */
  toArray(): number[] {
    const sparse: number[] = this.#zeros > 0 ? [zeroBucket, this.#zeros] : [];
    for (let index = 0; index < this.#counts.length; index++) {
      const count = this.#counts[index] ?? 0;
      if (count > 0) sparse.push(this.#low + index, count);
    }
    return sparse;
  }

  /** As {@link quantileOf}. */
  quantile(p: number): number | null {
    return quantileOf(this.toArray(), p);
  }

  #widen(bucket: number): void {
    const { length } = this.#counts;
    const low = length === 0 ? bucket : Math.min(this.#low, bucket);
    const high = length === 0 ? bucket : Math.max(this.#low + length - 1, bucket);
    // Room for half as much again on the side that grew: a widening spread is copied a few times only.
    const room = Math.max(4, (high - low + 1) >> 1);
    const from = length > 0 && low < this.#low ? Math.max(zeroBucket + 1, low - room) : low;
    const to = length === 0 || high > this.#low + length - 1 ? high + room : high;
    const counts = new Float64Array(to - from + 1);
    if (length > 0) counts.set(this.#counts, this.#low - from);
    this.#counts = counts;
    this.#low = from;
  }
}
