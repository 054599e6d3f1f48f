import type { Distribution, StatementClass, StatementSample } from '@shared/model/query-capture';
import { distributionOf, joinMoments, noMoments } from '@shared/stats/distribution';
import { mergeBuckets } from '@shared/stats/log-buckets';
import type { HeaderLayouts } from '../slow-log/header-layouts';
import type { TextCodec } from '../slow-log/text-codec';
import type { ClassCounts, CountsParts } from './class-counts';
import type { NamedCounts } from './aggregate-statements';
import type { StatementReader } from './statement-reader';

/** What counts are turned into figures with. */
export interface DescribeParts {
  readonly codec: TextCodec;
  readonly reader: StatementReader;
  readonly layouts: HeaderLayouts;
  readonly counts: CountsParts;
}

/** Name of the class of all statements beyond the limit of classes. */
export const otherStatements = 'other statements';
const otherId = '0000000000000000';

/** A class as the capture shows it. */
export function describeClass({ fingerprint, counts }: NamedCounts, parts: DescribeParts): StatementClass {
  const { reader, codec } = parts;
  const text = codec.toText(fingerprint).text;
  const kept = counts.samples.list();
  const sample = kept[0]?.sql ?? fingerprint;
  return {
    id: reader.classIdOf(text),
    fingerprint: text,
    ptChecksum: reader.ptChecksumOf(sample),
    verb: reader.verbOf(sample),
    tables: reader.tablesOf(sample).map((table) => codec.toText(table).text),
    ...figuresOf(counts, parts),
  };
}

/** The class of all statements beyond the limit: it has figures, and nothing else of a class. */
export function describeOthers(counts: ClassCounts, parts: DescribeParts): StatementClass {
  const figures = figuresOf(counts, parts);
  return { id: otherId, fingerprint: otherStatements, ptChecksum: '', verb: '', tables: [], ...figures };
}

function figuresOf(
  counts: ClassCounts,
  parts: DescribeParts,
): Omit<StatementClass, 'id' | 'fingerprint' | 'ptChecksum' | 'verb' | 'tables'> {
  const toText = (latin1: string): string => parts.codec.toText(latin1).text;
  const { slots, shares } = parts.counts;
  return {
    serverDigests: [],
    calls: counts.calls,
    errors: counts.knowsErrors ? counts.errors : null,
    warnings: null,
    metrics: metricsOf(counts, parts),
    flags: flagsOf(counts, parts.layouts),
    schemas: shares.by(counts.owner, 'schema', counts, toText),
    users: shares.by(counts.owner, 'user', counts, toText),
    hosts: shares.by(counts.owner, 'host', counts, toText),
    applications: shares.by(counts.owner, 'application', counts, toText),
    firstSeenMs: Number.isFinite(counts.firstMs) ? counts.firstMs : null,
    lastSeenMs: Number.isFinite(counts.lastMs) ? counts.lastMs : null,
    slots: slots.listOf(counts.slots),
    samples: counts.samples.list().map((sample): StatementSample => ({
      reason: sample.reason,
      sql: toText(sample.sql),
      truncated: sample.isCut,
      schema: toText(sample.schema),
      atMs: Number.isNaN(sample.timeMs) ? null : sample.timeMs,
      seconds: sample.seconds,
      rowsExamined: Number.isNaN(sample.rowsExamined) ? null : sample.rowsExamined,
      plan: sample.plan === '' ? null : toText(sample.plan),
      atByte: sample.atByte,
    })),
  };
}

/** Statements that had each attribute, by its id: zeros are counted here alone. */
function presence(counts: ClassCounts, layouts: HeaderLayouts): ReadonlyMap<number, number> {
  const had = new Map<number, number>();
  for (const [layout, times] of counts.layouts())
    for (const attribute of layouts.attributesOf(layout)) had.set(attribute, (had.get(attribute) ?? 0) + times);
  return had;
}

/** Distributions by attribute name, in the order in which the log has them. */
function metricsOf(counts: ClassCounts, parts: DescribeParts): Readonly<Record<string, Distribution>> {
  const { layouts, counts: shared } = parts;
  const had = presence(counts, layouts);
  const metrics: Record<string, Distribution> = {};
  for (const [attribute, name] of layouts.names.entries()) {
    const row = counts.rows[attribute] ?? -1;
    const isMeasured = row >= 0 || (had.has(attribute) && !layouts.isFlag(attribute));
    if (!isMeasured) continue;
    const seen = row < 0 ? noMoments : shared.metrics.momentsOf(row);
    const zeros = Math.max(0, (had.get(attribute) ?? 0) - seen.count);
    const buckets = row < 0 ? [] : shared.metrics.bucketsOf(row);
    metrics[name] =
      zeros === 0
        ? distributionOf(seen, buckets)
        : distributionOf(joinMoments(seen, { ...noMoments, count: zeros }), mergeBuckets([0, zeros], buckets));
  }
  return metrics;
}

function flagsOf(counts: ClassCounts, layouts: HeaderLayouts): Readonly<Record<string, number>> {
  const had = presence(counts, layouts);
  const flags: Record<string, number> = {};
  for (const [attribute, name] of layouts.names.entries())
    if (layouts.isFlag(attribute) && (had.has(attribute) || counts.yes[attribute]))
      flags[name] = counts.yes[attribute] ?? 0;
  return flags;
}
