import { MidwatchError } from '@shared/errors';
import type { DialectName } from '@shared/model/fleet';
import { digestHistogram, digestRows, statementRecording, statementTotals } from '../../dialect/digest-sql';
import { flagOf, numberOf, quoted, textOf, utcMs } from '../../dialect/rows';
import type { SqlRow } from '../../ports/mysql-session';

/** Sends one reading statement. */
export type Ask = (sql: string) => Promise<readonly SqlRow[]>;

const secondsPerPicosecond = 1e-12;

/** Columns of the digest table that only grow, by the slow log's names; times in seconds. */
export const digestSums = {
  Query_time: 'sumPs',
  Lock_time: 'lockPs',
  Rows_sent: 'sent',
  Rows_examined: 'examined',
  Rows_affected: 'affected',
  Tmp_tables: 'tmp',
  Tmp_disk_tables: 'tmpDisk',
  Merge_passes: 'mergePasses',
  Sort_rows: 'sortRows',
} as const;

/** Columns that count executions for which something was so. */
export const digestFlags = {
  Full_scan: 'fullScan',
  Full_join: 'fullJoin',
  No_index_used: 'noIndex',
  No_good_index_used: 'noGoodIndex',
} as const;

export type SumName = keyof typeof digestSums;
export type FlagName = keyof typeof digestFlags;

/** What the server counted for one digest in one schema since the table was emptied. */
export interface DigestRow {
  readonly key: string;
  readonly schema: string | null;
  /** Null: the row of all statements that found no place in the table. */
  readonly digest: string | null;
  readonly text: string;
  readonly calls: number;
  readonly errors: number;
  readonly warnings: number;
  readonly sums: Readonly<Record<SumName, number>>;
  readonly flags: Readonly<Record<FlagName, number>>;
  readonly minSeconds: number;
  readonly maxSeconds: number;
  readonly firstSeenMs: number | null;
  readonly lastSeenMs: number | null;
  /** Null on MariaDB. */
  readonly sample: { readonly sql: string; readonly atMs: number | null; readonly seconds: number } | null;
}

/** One look at the digest table. */
export interface DigestReading {
  readonly atMs: number;
  /** ms since the server started. */
  readonly uptimeMs: number;
  readonly rows: ReadonlyMap<string, DigestRow>;
  /** Time of all statements, in seconds. */
  readonly totalSeconds: number;
  readonly longQueryTimeSeconds: number | null;
}

const named = <Name extends string>(
  row: SqlRow,
  columns: Readonly<Record<Name, string>>,
  factor: (column: string) => number,
): Readonly<Record<Name, number>> =>
  Object.fromEntries(
    Object.entries<string>(columns).map(([name, column]) => [name, (numberOf(row, column) ?? 0) * factor(column)]),
  ) as Record<Name, number>;

const readRow = (row: SqlRow): DigestRow => {
  const schema = row['db'] === null ? null : textOf(row, 'db');
  const digest = row['digest'] === null ? null : textOf(row, 'digest');
  const seconds = (column: string): number => (numberOf(row, column) ?? 0) * secondsPerPicosecond;
  const sampleSql = textOf(row, 'sampleSql');
  return {
    key: JSON.stringify([schema, digest]),
    schema,
    digest,
    text: textOf(row, 'digestText'),
    calls: numberOf(row, 'calls') ?? 0,
    errors: numberOf(row, 'errors') ?? 0,
    warnings: numberOf(row, 'warnings') ?? 0,
    sums: named(row, digestSums, (column) => (column.endsWith('Ps') ? secondsPerPicosecond : 1)),
    flags: named(row, digestFlags, () => 1),
    minSeconds: seconds('minPs'),
    maxSeconds: seconds('maxPs'),
    firstSeenMs: utcMs(textOf(row, 'firstSeen')),
    lastSeenMs: utcMs(textOf(row, 'lastSeen')),
    sample:
      sampleSql === '' ? null : { sql: sampleSql, atMs: utcMs(textOf(row, 'sampleAt')), seconds: seconds('samplePs') },
  };
};

/** Reads the whole digest table once: a few hundred bytes a row, at most `performance_schema_digests_size` rows. */
export async function readDigests(ask: Ask, dialect: DialectName): Promise<DigestReading> {
  const [totals] = await ask(statementTotals);
  const rows = await ask(digestRows(dialect));
  return {
    atMs: utcMs(textOf(totals, 'now')) ?? 0,
    uptimeMs: (numberOf(totals, 'uptime') ?? 0) * 1000,
    rows: new Map(rows.map(readRow).map((row) => [row.key, row])),
    totalSeconds: (numberOf(totals, 'sumPs') ?? 0) * secondsPerPicosecond,
    longQueryTimeSeconds: numberOf(totals, 'longQueryTime'),
  };
}

/** A bucket of the server's histogram; bounds in seconds. */
export interface ServerBucket {
  readonly lowSeconds: number;
  readonly highSeconds: number;
  readonly count: number;
}

/** Times of some digests by bucket. MySQL alone has them; `rows` at most a few hundred: one indexed look each. */
export async function readHistograms(
  ask: Ask,
  rows: readonly Pick<DigestRow, 'key' | 'schema' | 'digest'>[],
): Promise<ReadonlyMap<string, readonly ServerBucket[]>> {
  const found = new Map<string, ServerBucket[]>();
  const known = rows.filter((row) => row.digest !== null);
  for (let from = 0; from < known.length; from += 40) {
    const part = known.slice(from, from + 40);
    // One statement for forty looks: over a tunnel each round trip costs more than the look.
    const sql = part
      .map(({ schema, digest }, index) =>
        digestHistogram(schema, quoted(digest ?? ''), quoted(schema ?? '')).replace(
          /^SELECT/,
          `SELECT ${index} AS place,`,
        ),
      )
      .join('\nUNION ALL ');
    for (const row of await ask(sql)) {
      const key = part[numberOf(row, 'place') ?? -1]?.key;
      if (key === undefined) continue;
      const buckets = found.get(key) ?? [];
      found.set(key, buckets);
      buckets.push({
        lowSeconds: (numberOf(row, 'lowPs') ?? 0) * secondsPerPicosecond,
        highSeconds: (numberOf(row, 'highPs') ?? 0) * secondsPerPicosecond,
        count: numberOf(row, 'n') ?? 0,
      });
    }
  }
  return found;
}

/** What the server records of statements. */
export interface Recording {
  /** `events_statements_history` holds the last statements of each session. */
  readonly history: boolean;
  /** Most digests that the table can hold. */
  readonly digestsSize: number | null;
  /** Characters of a statement that the server keeps. */
  readonly textLength: number | null;
}

/**
 * What the server records, before anything is read from it.
 * @throws MidwatchError `unsupported` when performance_schema or its digests are off: nothing can be read then
 */
export async function readRecording(ask: Ask, instance: string, dialect: DialectName): Promise<Recording> {
  const [row] = await ask(statementRecording);
  const consumers = textOf(row, 'consumers').split(',');
  if (!flagOf(row, 'enabled')) {
    throw new MidwatchError('unsupported', `performance_schema is off on ${instance}: it counts no statements`, {
      nextStep: `Capture its slow log instead, or start the server with performance_schema=ON${dialect === 'mariadb' ? ' (MariaDB has it off by default)' : ''}`,
      details: { instance },
    });
  }
  if (!consumers.includes('statements_digest') || !consumers.includes('global_instrumentation')) {
    throw new MidwatchError(
      'unsupported',
      `${instance} records no statement digests: the consumer statements_digest is off`,
      {
        nextStep:
          "Switch it on: UPDATE performance_schema.setup_consumers SET ENABLED = 'YES' WHERE NAME IN ('global_instrumentation', 'thread_instrumentation', 'statements_digest')",
        details: { instance },
      },
    );
  }
  return {
    history: ['events_statements_current', 'events_statements_history', 'thread_instrumentation'].every((one) =>
      consumers.includes(one),
    ),
    digestsSize: numberOf(row, 'digestsSize'),
    textLength: numberOf(row, 'textLength'),
  };
}
