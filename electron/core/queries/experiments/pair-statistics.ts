import type { Interval } from '@shared/model/query-experiment';

/** Numbers of a seeded generator in [0, 1), so that an interval can be computed again. Source: Mulberry32 (T. Ettinger). */
export function seededNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Middle value; the mean of the two in the middle for an even number. @throws Error without values: a bug of the caller */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (low === undefined || high === undefined) throw new Error('No values, no median');
  return (low + high) / 2;
}

const resamples = 2_000;
/** With fewer values the percentiles of resampled medians are the extremes, and no 95 % interval. */
const fewest = 6;

/**
 * Median with its 95 % interval by the percentile bootstrap: 2,000 samples with replacement, seeded.
 * Source: Efron and Tibshirani, "An Introduction to the Bootstrap", chapter 13.
 */
export function medianInterval(values: readonly number[], seed: number): Interval {
  const middle = medianOf(values);
  if (values.length < fewest) return { middle, from: null, to: null };
  const next = seededNumbers(seed);
  const medians: number[] = [];
  for (let round = 0; round < resamples; round += 1) {
    medians.push(medianOf(values.map(() => values[Math.floor(next() * values.length)] ?? 0)));
  }
  medians.sort((left, right) => left - right);
  return {
    middle,
    from: medians[Math.floor(resamples * 0.025)] ?? null,
    to: medians[Math.ceil(resamples * 0.975) - 1] ?? null,
  };
}
