import { groupBy } from '@shared/group-by';
import type { Distribution, Share, StatementClass, StatementSample } from '@shared/model/query-capture';
import { distributionOf, mergeDistributions, RunningDistribution } from '@shared/stats/distribution';
import { statementOfDigestText } from '@shared/sql/digest-text';
import { bucketOf } from '@shared/stats/log-buckets';
import type { StatementReader } from '../aggregate/statement-reader';
import type { DigestDelta } from './digest-delta';
import type { PolledStatement } from './polled-statements';
import type { FlagName, ServerBucket, SumName } from './read-digests';

/** What one capture of digests knows before it is put into classes. */
export interface DigestFindings {
  readonly deltas: readonly DigestDelta[];
  /** Times of a digest in the window, by the digest's key; absent where the server has none. */
  readonly histograms: ReadonlyMap<string, readonly ServerBucket[]>;
  readonly polled: readonly PolledStatement[];
}

/** The server marks a text that it cut. */
const isCut = (text: string): boolean => text.endsWith('...');

/** Counts in the server's own buckets (about 4.7 % wide) as ours, each at the middle of its bucket. */
function fromServer(
  buckets: readonly ServerBucket[],
  bounds: { readonly min: number | null; readonly max: number | null; readonly total: number },
): Distribution {
  const counts = new Map<number, number>();
  let count = 0;
  for (const { lowSeconds, highSeconds, count: n } of buckets) {
    const middle = lowSeconds > 0 ? Math.sqrt(lowSeconds * highSeconds) : highSeconds / 2;
    const bucket = bucketOf(middle);
    counts.set(bucket, (counts.get(bucket) ?? 0) + n);
    count += n;
  }
  const flat = [...counts].toSorted((a, b) => a[0] - b[0]).flat();
  const low = buckets[0]?.lowSeconds ?? 0;
  const high = buckets.at(-1)?.highSeconds ?? 0;
  const min = bounds.min ?? low;
  const max = bounds.max ?? high;
  return { ...distributionOf({ count, total: bounds.total, min, max, squares: 0 }, flat), stddev: null };
}

/** An attribute of which only count and sum are known. */
const sumOnly = (count: number, total: number): Distribution => ({
  count,
  total,
  min: null,
  max: null,
  stddev: null,
  p50: null,
  p95: null,
  p99: null,
  buckets: [],
});

const queryTime = (delta: DigestDelta, found: DigestFindings, polled: readonly PolledStatement[]): Distribution => {
  const total = delta.sums.Query_time;
  const bounds = delta.isWhole ? { min: delta.row.minSeconds, max: delta.row.maxSeconds } : { min: null, max: null };
  const buckets = found.histograms.get(delta.row.key);
  if (buckets !== undefined && buckets.length > 0)
    return { ...fromServer(buckets, { ...bounds, total }), count: delta.calls };
  if (polled.length === 0) return { ...sumOnly(delta.calls, total), ...bounds };
  // Quantiles of what was seen, count and sum of what was counted.
  const seen = new RunningDistribution();
  for (const one of polled) seen.add(one.seconds);
  const { p50, p95, p99, buckets: counts, min, max } = seen.toDistribution();
  return {
    ...sumOnly(delta.calls, total),
    min: bounds.min ?? min,
    max: bounds.max ?? max,
    p50,
    p95,
    p99,
    buckets: counts,
  };
};

interface Part {
  readonly fingerprint: string;
  readonly text: string;
  readonly delta: DigestDelta;
  readonly time: Distribution;
  readonly polled: readonly PolledStatement[];
}

/** One whole text of the digest's statements, for the fingerprint; the digest's own text where every sample is cut. */
const wholeText = (delta: DigestDelta, polled: readonly PolledStatement[]): string => {
  const sample = delta.row.sample?.sql ?? '';
  if (sample !== '' && !isCut(sample)) return sample;
  return polled.find((one) => one.sql !== '' && !isCut(one.sql))?.sql ?? statementOfDigestText(delta.row.text);
};

/**
 * Digests as statement classes. Several digests may be one class: the server keeps one a schema, and tells apart what we do
 * not. Most query time first.
 */
export function digestClasses(found: DigestFindings, reader: StatementReader): readonly StatementClass[] {
  const polledBy = groupBy(found.polled, (one) => JSON.stringify([one.schema || null, one.digest]));
  const parts = found.deltas
    .filter((delta) => delta.row.digest !== null)
    .map((delta): Part => {
      const polled = polledBy.get(delta.row.key) ?? [];
      const text = wholeText(delta, polled);
      return { fingerprint: reader.fingerprint(text), text, delta, polled, time: queryTime(delta, found, polled) };
    });
  return [...groupBy(parts, (part) => part.fingerprint)]
    .map(([fingerprint, own]) => toClass(fingerprint, own, reader))
    .toSorted((a, b) => (b.metrics['Query_time']?.total ?? 0) - (a.metrics['Query_time']?.total ?? 0));
}

const sum = (parts: readonly Part[], value: (part: Part) => number): number =>
  parts.reduce((total, part) => total + value(part), 0);

const moments = (values: readonly (number | null)[]): readonly number[] => values.filter((value) => value !== null);

function toClass(fingerprint: string, parts: readonly Part[], reader: StatementReader): StatementClass {
  const [first] = parts;
  const text = first?.text ?? fingerprint;
  const calls = sum(parts, (part) => part.delta.calls);
  const sums = Object.keys(first?.delta.sums ?? {}) as SumName[];
  const flags = Object.keys(first?.delta.flags ?? {}) as FlagName[];
  const firstSeen = moments(parts.map((part) => part.delta.row.firstSeenMs));
  const lastSeen = moments(parts.map((part) => part.delta.row.lastSeenMs));
  const polled = parts.flatMap((part) => part.polled);
  const time = parts.map((part) => part.time).reduce((a, b) => mergeDistributions(a, b));
  return {
    id: reader.classIdOf(fingerprint),
    fingerprint,
    ptChecksum: reader.ptChecksumOf(text),
    serverDigests: [...new Set(parts.map((part) => part.delta.row.digest ?? ''))],
    verb: reader.verbOf(text),
    tables: reader.tablesOf(text),
    calls,
    errors: sum(parts, (part) => part.delta.errors),
    warnings: sum(parts, (part) => part.delta.warnings),
    metrics: {
      Query_time: time,
      ...Object.fromEntries(
        sums
          .filter((name) => name !== 'Query_time')
          .map(
            (name) =>
              [
                name,
                sumOnly(
                  calls,
                  sum(parts, (part) => part.delta.sums[name]),
                ),
              ] as const,
          )
          .filter(([name, figures]) => figures.total > 0 || name.startsWith('Rows_')),
      ),
    },
    flags: Object.fromEntries(
      flags.map((name) => [name, sum(parts, (part) => part.delta.flags[name])]).filter(([, count]) => count !== 0),
    ) as Readonly<Record<string, number>>,
    schemas: parts
      .map(({ delta }) => ({ name: delta.row.schema ?? '', calls: delta.calls, seconds: delta.sums.Query_time }))
      .toSorted((a, b) => b.seconds - a.seconds)
      .slice(0, 20),
    users: sharesOf(polled, (one) => one.user),
    hosts: sharesOf(polled, (one) => one.host),
    applications: sharesOf(polled, (one) => reader.applicationOf(one.sql) || one.program),
    firstSeenMs: firstSeen.length === 0 ? null : Math.min(...firstSeen),
    lastSeenMs: lastSeen.length === 0 ? null : Math.max(...lastSeen),
    slots: [],
    samples: samplesOf(parts),
  };
}

/** Of statements that were seen, not of all: the digest table does not know who sent them. */
function sharesOf(polled: readonly PolledStatement[], nameOf: (one: PolledStatement) => string): readonly Share[] {
  return [...groupBy(polled, nameOf)]
    .filter(([name]) => name !== '')
    .map(([name, own]) => ({ name, calls: own.length, seconds: own.reduce((total, one) => total + one.seconds, 0) }))
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, 20);
}

/** Enough different values for an experiment; more would only make the review larger. */
const mostSamples = 16;

function samplesOf(parts: readonly Part[]): readonly StatementSample[] {
  const polled = parts
    .flatMap((part) => part.polled)
    .filter((one) => one.sql !== '')
    .toSorted((a, b) => a.seconds - b.seconds);
  const byText = new Map(polled.map((one) => [one.sql, one]));
  const different = [...byText.values()];
  const step = Math.max(1, different.length / mostSamples);
  const spread = Array.from(
    { length: Math.min(mostSamples, different.length) },
    (_, at) => different[Math.min(different.length - 1, Math.floor((at + 1) * step) - 1)],
  ).filter((one) => one !== undefined);
  const seen = spread.map((one, at): StatementSample => ({
    reason: at === spread.length - 1 ? 'slowest' : at === Math.floor(spread.length / 2) ? 'median' : 'latest',
    sql: one.sql,
    truncated: isCut(one.sql),
    schema: one.schema,
    atMs: one.atMs,
    seconds: one.seconds,
    rowsExamined: one.rowsExamined,
    plan: null,
    atByte: null,
  }));
  const known = parts.flatMap(({ delta }): StatementSample[] => {
    const { sample, schema } = delta.row;
    if (sample === null || byText.has(sample.sql)) return [];
    return [
      {
        reason: 'slowest',
        sql: sample.sql,
        truncated: isCut(sample.sql),
        schema: schema ?? '',
        atMs: sample.atMs,
        seconds: sample.seconds,
        rowsExamined: null,
        plan: null,
        atByte: null,
      },
    ];
  });
  // The slowest first: it is the one that a plan is asked for.
  return [...known, ...seen.toReversed()].slice(0, mostSamples);
}
