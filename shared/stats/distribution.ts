import type { Distribution } from '../model/query-capture';
import { LogBuckets, mergeBuckets, quantilesOf } from './log-buckets';

/** What is known of some values without their order: enough to join two of them exactly. */
export interface Moments {
  readonly count: number;
  readonly total: number;
  readonly min: number;
  readonly max: number;
  /** Sum of the squared distances from the mean. */
  readonly squares: number;
}

const shownQuantiles = [0.5, 0.95, 0.99];

/** No values at all. */
export const noMoments: Moments = { count: 0, total: 0, min: 0, max: 0, squares: 0 };

/** Joins what is known of two sets of values (Chan, Golub, LeVeque 1979: squares are joined through the means). */
export function joinMoments(a: Moments, b: Moments): Moments {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const count = a.count + b.count;
  const apart = b.total / b.count - a.total / a.count;
  return {
    count,
    total: a.total + b.total,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    squares: a.squares + b.squares + (apart * apart * a.count * b.count) / count,
  };
}

/**
 * The distribution of counted values: quantiles from the buckets, never outside of what was seen.
 *
 * @param buckets bucket, count …, ascending; their counts add up to `moments.count`
 */
export function distributionOf(moments: Moments, buckets: readonly number[]): Distribution {
  const quantiles = quantilesOf(buckets, shownQuantiles);
  const within = (value: number | undefined): number | null =>
    value === undefined ? null : Math.min(moments.max, Math.max(moments.min, value));
  return {
    count: moments.count,
    total: moments.total,
    min: moments.min,
    max: moments.max,
    stddev: moments.count === 0 ? null : Math.sqrt(Math.max(0, moments.squares) / moments.count),
    p50: within(quantiles[0]),
    p95: within(quantiles[1]),
    p99: within(quantiles[2]),
    buckets,
  };
}

/**
 * Two distributions of the same attribute as one. What one of them cannot say (no deviation, no histogram), both together
 * cannot say either: a quantile of half of the values would be a wrong figure.
 */
export function mergeDistributions(a: Distribution, b: Distribution): Distribution {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const hasHistograms = a.buckets.length > 0 && b.buckets.length > 0;
  const joined = joinMoments(momentsOf(a), momentsOf(b));
  const merged = distributionOf(joined, hasHistograms ? mergeBuckets(a.buckets, b.buckets) : []);
  return {
    ...merged,
    ...(a.stddev === null || b.stddev === null ? { stddev: null } : {}),
    ...(a.min === null || b.min === null ? { min: null } : {}),
    ...(a.max === null || b.max === null ? { max: null } : {}),
  };
}

function momentsOf({ count, total, min, max, stddev }: Distribution): Moments {
  // Bounds that nobody knows cut no quantile.
  return { count, total, min: min ?? 0, max: max ?? Infinity, squares: (stddev ?? 0) ** 2 * count };
}

/** Values as they come, in the memory of their histogram: population deviation by Welford, the total compensated. */
export class RunningDistribution {
  #count = 0;
  #total = 0;
  /** What the additions to the total lost so far (Neumaier 1974). */
  #lost = 0;
  #min = Infinity;
  #max = -Infinity;
  #mean = 0;
  #squares = 0;
  readonly #buckets = new LogBuckets();

  /** @param value not negative */
  add(value: number): void {
    const total = this.#total + value;
    this.#lost += Math.abs(this.#total) >= value ? this.#total - total + value : value - total + this.#total;
    this.#total = total;
    this.#count++;
    const fromMean = value - this.#mean;
    this.#mean += fromMean / this.#count;
    this.#squares += fromMean * (value - this.#mean);
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    this.#buckets.add(value);
  }

  toDistribution(): Distribution {
    if (this.#count === 0) return distributionOf(noMoments, []);
    const total = this.#total + this.#lost;
    const moments = { count: this.#count, total, min: this.#min, max: this.#max, squares: this.#squares };
    return distributionOf(moments, this.#buckets.toArray());
  }
}
