import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RunningDistribution, mergeDistributions } from './distribution';
import { LogBuckets, bucketOf, lowerBoundOf, mergeBuckets, quantileOf, valueOfBucket } from './log-buckets';

/** Numbers from 0 to 1, the same in each run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

const shapes: Readonly<Record<string, (random: () => number) => number>> = {
  'lognormal (times of statements)': (random) => Math.exp(-7 + 2 * normal(random)),
  uniform: (random) => random() * 10,
  exponential: (random) => -Math.log(1 - random()) / 50,
  'two humps': (random) => (random() < 0.9 ? 0.001 + random() * 0.001 : 2 + random()),
  'counts of rows, many zeros': (random) => (random() < 0.4 ? 0 : Math.floor(Math.exp(10 * random()))),
  'heavy tail': (random) => 0.0001 / (1 - random()) ** 1.5,
};

describe('buckets of 2 %', () => {
  for (const [name, draw] of Object.entries(shapes))
    it(`keep each quantile within 1 %: ${name}`, () => {
      const random = seeded(7);
      const values = Array.from({ length: 60_000 }, () => draw(random));
      const buckets = new LogBuckets();
      for (const value of values) buckets.add(value);
      const sorted = [...values].sort((a, b) => a - b);
      for (const p of [0.01, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999]) {
        const exact = sorted[Math.ceil(p * sorted.length) - 1] ?? NaN;
        const read = buckets.quantile(p) ?? NaN;
        expect(Math.abs(read - exact)).toBeLessThanOrEqual(exact * 0.01);
      }
    });

  it('hold each value between their bounds, zero apart', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1e18, noNaN: true }), (value) => {
        const bucket = bucketOf(value);
        expect(lowerBoundOf(bucket)).toBeLessThanOrEqual(value * (1 + 1e-9));
        expect(lowerBoundOf(bucket + 1)).toBeGreaterThanOrEqual(value * (1 - 1e-9));
        expect(Math.abs(valueOfBucket(bucket) / value - 1)).toBeLessThan(0.01);
      }),
    );
    expect([bucketOf(0), valueOfBucket(0)]).toEqual([0, 0]);
    expect(bucketOf(1e-30)).toBe(1);
  });

  it('merge to what one of them would have counted', () => {
    const values = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 1e9, noNaN: true })));
    fc.assert(
      fc.property(values, values, (a, b) => {
        const [left, right, both] = [new LogBuckets(), new LogBuckets(), new LogBuckets()];
        for (const value of a) left.add(value);
        for (const value of b) right.add(value);
        for (const value of [...a, ...b]) both.add(value);
        expect(mergeBuckets(left.toArray(), right.toArray())).toEqual(both.toArray());
      }),
    );
  });

  it('have no quantile of nothing', () => expect(quantileOf([], 0.5)).toBeNull());
});

describe('a distribution', () => {
  it('of values as they come is that of all values', () => {
    const random = seeded(3);
    const values = Array.from({ length: 10_000 }, () => Math.exp(normal(random)));
    const running = new RunningDistribution();
    for (const value of values) running.add(value);
    const { count, total, min, max, stddev, p95 } = running.toDistribution();
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect([count, min, max]).toEqual([10_000, Math.min(...values), Math.max(...values)]);
    expect(total).toBeCloseTo(mean * values.length, 6);
    expect(stddev).toBeCloseTo(Math.sqrt(variance), 9);
    expect(p95).toBeGreaterThan(1);
  });

  it('adds tiny times to a great total without losing them', () => {
    const running = new RunningDistribution();
    running.add(1e9);
    for (let index = 0; index < 100_000; index++) running.add(1e-7);
    expect(running.toDistribution().total).toBe(1e9 + 0.01);
  });

  it('joined from two halves is that of the whole', () => {
    const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        const of = (list: readonly number[]) => {
          const running = new RunningDistribution();
          for (const value of list) running.add(value);
          return running.toDistribution();
        };
        const [joined, whole] = [mergeDistributions(of(a), of(b)), of([...a, ...b])];
        expect({ ...joined, total: 0, stddev: 0 }).toEqual({ ...whole, total: 0, stddev: 0 });
        expect(joined.total).toBeCloseTo(whole.total, 3);
        expect(Math.abs((joined.stddev ?? NaN) - (whole.stddev ?? NaN))).toBeLessThan(1e-3 + 1e-9 * (whole.max ?? 0));
      }),
    );
  });

  it('with a part that has no histogram claims no quantile', () => {
    const running = new RunningDistribution();
    running.add(2);
    const known = running.toDistribution();
    const bare = { ...known, stddev: null, p50: null, p95: null, p99: null, buckets: [] };
    expect(mergeDistributions(known, bare)).toMatchObject({ count: 2, total: 4, stddev: null, p95: null, buckets: [] });
  });
});
