import type { Distribution, StatementClass } from '@shared/model/query-capture';
import { distributionOf, joinMoments, noMoments, type Moments } from '@shared/stats/distribution';
import { LogBuckets } from '@shared/stats/log-buckets';

interface AttributeSum {
  moments: Moments;
  readonly buckets: LogBuckets;
}

/** What the classes of a capture add up to, as they are made: counting each statement twice would cost as much again. */
export class ClassSum {
  readonly #attributes = new Map<string, AttributeSum>();
  calls = 0;
  seconds = 0;
  fromMs: number | null = null;
  toMs: number | null = null;

  /** @param one with moments and histograms, as a log's classes have them */
  add(one: StatementClass): void {
    this.calls += one.calls;
    this.seconds += one.metrics['Query_time']?.total ?? 0;
    for (const [name, { count, total, min, max, stddev, buckets }] of Object.entries(one.metrics)) {
      const sum = this.#attributes.get(name) ?? { moments: noMoments, buckets: new LogBuckets() };
      const moments = { count, total, min: min ?? 0, max: max ?? 0, squares: (stddev ?? 0) ** 2 * count };
      sum.moments = joinMoments(sum.moments, moments);
      for (let index = 0; index < buckets.length; index += 2)
        sum.buckets.addToBucket(buckets[index] ?? 0, buckets[index + 1] ?? 0);
      this.#attributes.set(name, sum);
    }
    if (one.firstSeenMs !== null) this.fromMs = Math.min(this.fromMs ?? one.firstSeenMs, one.firstSeenMs);
    if (one.lastSeenMs !== null) this.toMs = Math.max(this.toMs ?? one.lastSeenMs, one.lastSeenMs);
  }

  metrics(): Readonly<Record<string, Distribution>> {
    const sums = [...this.#attributes];
    return Object.fromEntries(sums.map(([name, sum]) => [name, distributionOf(sum.moments, sum.buckets.toArray())]));
  }
}
