import type { DigestReading, DigestRow, FlagName, ServerBucket, SumName } from './read-digests';

/** What happened to one digest between two readings. */
export interface DigestDelta {
  readonly row: DigestRow;
  readonly calls: number;
  readonly errors: number;
  readonly warnings: number;
  readonly sums: Readonly<Record<SumName, number>>;
  readonly flags: Readonly<Record<FlagName, number>>;
  /** True: nothing of it is older than the first reading, so minimum, maximum and sample belong to the window. */
  readonly isWhole: boolean;
}

/** Two readings held against each other. */
export interface DigestWindow {
  readonly deltas: readonly DigestDelta[];
  /** Digests whose counters went down: the table was emptied in between, so they count from there. */
  readonly resets: number;
  /** Digests of the first reading that are gone. */
  readonly evicted: number;
}

const subtract = <Name extends string>(
  now: Readonly<Record<Name, number>>,
  before: Readonly<Record<Name, number>>,
): Readonly<Record<Name, number>> =>
  Object.fromEntries(
    Object.entries<number>(now).map(([name, value]) => [name, Math.max(0, value - before[name as Name])]),
  ) as Record<Name, number>;

const whole = (row: DigestRow): DigestDelta => ({
  row,
  calls: row.calls,
  errors: row.errors,
  warnings: row.warnings,
  sums: row.sums,
  flags: row.flags,
  isWhole: true,
});

const deltaOf = (row: DigestRow, before: DigestRow): DigestDelta => ({
  row,
  calls: row.calls - before.calls,
  errors: Math.max(0, row.errors - before.errors),
  warnings: Math.max(0, row.warnings - before.warnings),
  sums: subtract(row.sums, before.sums),
  flags: subtract(row.flags, before.flags),
  isWhole: false,
});

/**
 * What ran between two readings; without a first one, all since the table was emptied. A counter that went down was reset:
 * what it shows now happened after that, and is counted, never a negative difference.
 */
export function digestWindow(before: DigestReading | null, now: DigestReading): DigestWindow {
  let resets = 0;
  const deltas = [...now.rows.values()].map((row) => {
    const former = before?.rows.get(row.key);
    if (former === undefined) return whole(row);
    if (row.calls < former.calls || row.sums.Query_time < former.sums.Query_time - 1e-9) {
      resets += 1;
      return whole(row);
    }
    return deltaOf(row, former);
  });
  return {
    deltas: deltas.filter((delta) => delta.calls > 0),
    resets,
    evicted: [...(before?.rows.keys() ?? [])].filter((key) => !now.rows.has(key)).length,
  };
}

/** Counts by bucket that were added between two looks at one histogram. */
export function histogramDelta(
  before: readonly ServerBucket[] | undefined,
  now: readonly ServerBucket[],
): readonly ServerBucket[] {
  const former = new Map(before?.map((bucket) => [bucket.lowSeconds, bucket.count]));
  return now
    .map((bucket) => ({ ...bucket, count: bucket.count - (former.get(bucket.lowSeconds) ?? 0) }))
    .filter((bucket) => bucket.count > 0);
}
