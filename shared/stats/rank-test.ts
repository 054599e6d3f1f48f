/** Counts by bucket, as `Distribution.buckets` holds them: bucket, count, bucket, count …, ascending. */
export type BucketCounts = readonly number[];

/** What the rank test says of two samples. */
export interface RankTest {
  /** Chance that a random value of the second is larger than one of the first, ties halved; 0.5: no difference. */
  readonly superiority: number;
  /** Standard normal deviate of the test; positive: the second is larger. */
  readonly z: number;
}

const toMap = (counts: BucketCounts): ReadonlyMap<number, number> => {
  const byBucket = new Map<number, number>();
  for (let at = 0; at + 1 < counts.length; at += 2) byBucket.set(counts[at] ?? 0, counts[at + 1] ?? 0);
  return byBucket;
};

const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};

/**
 * Mann-Whitney U with the normal approximation and its correction for ties (Lehmann, Nonparametrics, 1975, section 1.2):
 * buckets are ranks, so it asks nothing of the shape of the times. Null when either side is empty.
 */
export function rankTest(first: BucketCounts, second: BucketCounts): RankTest | null {
  const [before, now] = [toMap(first), toMap(second)];
  const [n, m] = [sum(before.values()), sum(now.values())];
  if (n === 0 || m === 0) return null;
  let wins = 0;
  let below = 0;
  let ties = 0;
  for (const bucket of [...new Set([...before.keys(), ...now.keys()])].toSorted((a, b) => a - b)) {
    const [a, b] = [before.get(bucket) ?? 0, now.get(bucket) ?? 0];
    wins += b * (below + a / 2);
    below += a;
    ties += (a + b) ** 3 - (a + b);
  }
  const all = n + m;
  const variance = ((n * m) / 12) * (all + 1 - ties / (all * (all - 1)));
  return {
    superiority: wins / (n * m),
    // All values in one bucket: no spread, no difference.
    z: variance > 0 ? (wins - (n * m) / 2) / Math.sqrt(variance) : 0,
  };
}
