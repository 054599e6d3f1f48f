import type { BenchRow } from './bench';
import { median } from './statistics';

/** Ours against another's, both measured in turn in one run. */
export function compare(input: {
  readonly what: string;
  readonly unit: string;
  readonly oursRuns: readonly number[];
  readonly otherRuns: readonly number[];
  readonly bound: number;
}): BenchRow {
  const ours = median(input.oursRuns);
  const other = median(input.otherRuns);
  const ratio = ours / other;
  return { ...input, ours, other, ratio, holds: ratio <= input.bound };
}

/** Ours against a fixed limit, which stands in the place of the other: the ratio may be 1 at most. */
export function compareWithLimit(input: {
  readonly what: string;
  readonly unit: string;
  readonly oursRuns: readonly number[];
  readonly limit: number;
}): BenchRow {
  return compare({ ...input, otherRuns: [input.limit], bound: 1 });
}
