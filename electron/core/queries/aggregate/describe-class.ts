import type { Distribution, StatementClass, StatementSample } from '@shared/model/query-capture';
import { distributionOf } from '@shared/stats/distribution';
import { zeroBucket } from '@shared/stats/log-buckets';
import type { HeaderLayouts } from '../slow-log/header-layouts';
import type { TextCodec } from '../slow-log/text-codec';
import type { ClassCounts, CountsParts } from './class-counts';
import type { NamedCounts } from './aggregate-statements';
import { figure } from './class-figures';
import type { ReasonedSample } from './sample-keeper';
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
    ...figuresOf(counts, kept, parts),
  };
}

/** The class of all statements beyond the limit: it has figures, and nothing else of a class. */
export function describeOthers(counts: ClassCounts, parts: DescribeParts): StatementClass {
  const figures = figuresOf(counts, counts.samples.list(), parts);
  return { id: otherId, fingerprint: otherStatements, ptChecksum: '', verb: '', tables: [], ...figures };
}

type Figures = Omit<StatementClass, 'id' | 'fingerprint' | 'ptChecksum' | 'verb' | 'tables'>;

function figuresOf(counts: ClassCounts, kept: readonly ReasonedSample[], parts: DescribeParts): Figures {
  const toText = (latin1: string): string => parts.codec.toText(latin1).text;
  const { slots, shares, figures } = parts.counts;
  const of = (which: number): number => figures.numbers[counts.at + which] ?? 0;
  const had = presence(counts, parts);
  const [calls, seconds] = [of(figure.calls), of(figure.seconds)];
  const { schema, user, host, application } = shares.of(counts.owner, { calls, seconds }, toText);
  return {
    serverDigests: [],
    calls,
    errors: of(figure.knowsErrors) === 1 ? of(figure.errors) : null,
    warnings: null,
    metrics: metricsOf(counts, had, parts),
    flags: flagsOf(counts, had, parts.layouts),
    schemas: schema,
    users: user,
    hosts: host,
    applications: application,
    firstSeenMs: Number.isNaN(of(figure.firstMs)) ? null : of(figure.firstMs),
    lastSeenMs: Number.isNaN(of(figure.lastMs)) ? null : of(figure.lastMs),
    slots: slots.listOf(counts.slots),
    samples: kept.map((sample): StatementSample => ({
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

/** Statements that had each attribute, by its id; 0 for none. Zeros are counted here alone. */
function presence(counts: ClassCounts, { layouts, counts: parts }: DescribeParts): readonly number[] {
  const had = new Array<number>(layouts.names.length).fill(0);
  counts.eachLayout(parts, (layout, times) => {
    for (const attribute of layouts.attributesOf(layout)) had[attribute] = (had[attribute] ?? 0) + times;
  });
  return had;
}

/** Distributions by attribute name, in the order in which the log has them. */
function metricsOf(
  counts: ClassCounts,
  had: readonly number[],
  { layouts, counts: { metrics: table } }: DescribeParts,
): Readonly<Record<string, Distribution>> {
  const metrics: Record<string, Distribution> = {};
  layouts.names.forEach((name, attribute) => {
    const row = counts.rows[attribute] ?? -1;
    const times = had[attribute] ?? 0;
    if (row >= 0) {
      const zeros = Math.max(0, times - table.countOf(row));
      metrics[name] = distributionOf(table.momentsOf(row, zeros), table.bucketsOf(row, zeros));
    } else if (times > 0 && !layouts.isFlag(attribute)) metrics[name] = allZero(times);
  });
  return metrics;
}

function allZero(count: number): Distribution {
  return {
    count,
    total: 0,
    min: 0,
    max: 0,
    stddev: 0,
    p50: 0,
    p95: 0,
    p99: 0,
    buckets: [zeroBucket, count],
  };
}

function flagsOf(
  counts: ClassCounts,
  had: readonly number[],
  layouts: HeaderLayouts,
): Readonly<Record<string, number>> {
  const flags: Record<string, number> = {};
  layouts.names.forEach((name, attribute) => {
    const yes = counts.yes?.[attribute] ?? 0;
    if (layouts.isFlag(attribute) && (had[attribute] || yes > 0)) flags[name] = yes;
  });
  return flags;
}
