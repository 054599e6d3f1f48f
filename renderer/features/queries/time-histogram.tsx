import type { ReactNode } from 'react';
import { valueOfBucket } from '@shared/stats/log-buckets';
import { formatCount, formatTime } from '../../lib/format';

/** From the fastest to the slowest, four steps for each factor of ten: as fine as a person reads. */
const stepsPerDecade = 4;

interface Bar {
  readonly step: number;
  readonly count: number;
}

/** Counts by bucket, brought to fewer, wider steps of the same kind. */
export function histogramBars(buckets: readonly number[]): readonly Bar[] {
  const counts = new Map<number, number>();
  for (let at = 0; at + 1 < buckets.length; at += 2) {
    const value = valueOfBucket(buckets[at] ?? 0);
    const step = Math.floor(Math.log10(Math.max(value, 1e-6)) * stepsPerDecade);
    counts.set(step, (counts.get(step) ?? 0) + (buckets[at + 1] ?? 0));
  }
  const steps = [...counts.keys()];
  if (steps.length === 0) return [];
  const [from, to] = [Math.min(...steps), Math.max(...steps)];
  return Array.from({ length: to - from + 1 }, (_, index) => ({
    step: from + index,
    count: counts.get(from + index) ?? 0,
  }));
}

/** How the times of a class are spread: two humps are two kinds of call under one fingerprint. */
export function TimeHistogram({ buckets }: { readonly buckets: readonly number[] }): ReactNode {
  const bars = histogramBars(buckets);
  const most = Math.max(1, ...bars.map((bar) => bar.count));
  const bound = (step: number): string => formatTime(10 ** (step / stepsPerDecade));
  return (
    <div className="histogram" role="img" aria-label="Calls by query time">
      {bars.map(({ step, count }) => (
        <div key={step} title={`${bound(step)} to ${bound(step + 1)}: ${formatCount(count)} calls`}>
          <i style={{ height: `${count === 0 ? 0 : Math.max(4, (count / most) * 100)}%` }} />
          <span className="label">{step % stepsPerDecade === 0 || bars.length <= 6 ? bound(step) : ''}</span>
        </div>
      ))}
    </div>
  );
}
