import { numberOf, textOf, utcMs } from '../../dialect/rows';
import type { MysqlSession, SqlRow, SqlValue } from '../../ports/mysql-session';
import { findPtTables, reviewColumns, type PtPlace, type PtTable } from './find-pt-tables';
import { readPtChecksum } from './pt-checksum';

/** What people wrote of one class into the review table. Times have no zone there: they are taken as UTC. */
export interface PtReviewRow {
  /** As {@link readPtChecksum} gives it. */
  readonly checksum: string;
  readonly firstSeenMs: number | null;
  /** '' where nobody reviewed it. */
  readonly reviewedBy: string;
  readonly reviewedOnMs: number | null;
  readonly comments: string;
}

/** What one run of pt-query-digest counted of one class. */
export interface PtHistoryRow {
  readonly checksum: string;
  /** Of the first and last statement; the first is null where the table does not keep it. */
  readonly fromMs: number | null;
  readonly toMs: number;
  readonly calls: number;
  readonly meanSeconds: number;
  readonly p95Seconds: number | null;
}

/** The tables as they were read. */
export interface PtReading {
  /** `schema.table`. */
  readonly reviewTable: string;
  readonly reviews: readonly PtReviewRow[];
  /** Null: no history was read, and `noHistory` says why. */
  readonly historyTable: string | null;
  readonly noHistory: string;
  /** The newest run of each class that ended before `beforeMs`. */
  readonly history: readonly PtHistoryRow[];
  /** Columns that people added to the review table: pt prints them, here they are left. */
  readonly ownColumns: readonly string[];
  /** False: a table holds more rows than are read. */
  readonly whole: boolean;
  /** Rows whose checksum is none. */
  readonly unreadable: number;
}

/** Which tables, and which history. */
export interface PtRead extends PtPlace {
  /** History of runs that ended before this moment: where the own figures begin. */
  readonly beforeMs: number;
  /** Default 100,000 of each table. */
  readonly mostRows?: number;
}

const pageRows = 1_000;
const pageLimit = { timeoutMs: 30_000 };
/** More than a review file takes as a note is never fetched; pt's own column ends at 65,535 bytes. */
const mostCharacters = 16_000;

/**
 * Reads the review and history tables of pt-query-digest 2.2 and later. Only SELECTs, a thousand rows each, in the order of
 * the checksum, which is what the primary keys begin with. Neither samples nor fingerprints are read: no value comes along.
 * @throws MidwatchError as {@link findPtTables}; those of a connection; the signal's reason between two pages
 */
export async function readPtTables(session: MysqlSession, read: PtRead, signal?: AbortSignal): Promise<PtReading> {
  const { review, history } = await findPtTables(session, read);
  const pages = { session, mostRows: read.mostRows ?? 100_000, signal };
  const reviews = await readByChecksum(pages, (after) => reviewPage(review, after), readReviewRow);
  const runs =
    typeof history === 'string'
      ? null
      : await readByChecksum(pages, (after) => historyPage(history, read.beforeMs, after), readHistoryRow);
  return {
    reviewTable: review.name,
    reviews: reviews.rows,
    historyTable: typeof history === 'string' ? null : history.name,
    noHistory: typeof history === 'string' ? history : '',
    history: newestOfEach(runs?.rows ?? []),
    ownColumns: review.columns.filter((one) => !reviewColumns.some((known) => known === one)),
    whole: reviews.whole && (runs?.whole ?? true),
    unreadable: reviews.read - reviews.rows.length,
  };
}

interface Statement {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

const reviewPage = (table: PtTable, after: string | null): Statement => ({
  sql: `SELECT checksum AS checksum, first_seen AS first_seen, LEFT(reviewed_by, 120) AS reviewed_by, reviewed_on AS reviewed_on,
     LEFT(comments, ${mostCharacters + 1}) AS comments
     FROM ${table.quotedName}${after === null ? '' : ` WHERE checksum > ${table.checksumValue}`}
     ORDER BY checksum LIMIT ${pageRows}`,
  values: after === null ? [] : [after],
});

/** The newest run of the next thousand classes. A class has several rows here when its runs ended in the same second. */
const historyPage = (table: PtTable, beforeMs: number, after: string | null): Statement => {
  const optional = (column: string): string => (table.columns.includes(column) ? `h.${column}` : 'NULL');
  return {
    sql: `SELECT h.checksum AS checksum, ${optional('ts_min')} AS ts_min, h.ts_max AS ts_max, h.ts_cnt AS calls,
       h.query_time_sum AS seconds, ${optional('query_time_pct_95')} AS p95
       FROM (SELECT checksum, MAX(ts_max) AS newest FROM ${table.quotedName}
             WHERE ts_max < ?${after === null ? '' : ` AND checksum > ${table.checksumValue}`}
             GROUP BY checksum ORDER BY checksum LIMIT ${pageRows}) AS last
       JOIN ${table.quotedName} AS h ON h.checksum = last.checksum AND h.ts_max = last.newest
       ORDER BY h.checksum`,
    values: [new Date(beforeMs).toISOString().slice(0, 19).replace('T', ' '), ...(after === null ? [] : [after])],
  };
};

/** Page behind page until one is not full, or enough was read. Each is understood as it comes: no page holds up the process. */
async function readByChecksum<Row>(
  {
    session,
    mostRows,
    signal,
  }: { readonly session: MysqlSession; readonly mostRows: number; readonly signal: AbortSignal | undefined },
  page: (after: string | null) => Statement,
  rowOf: (row: SqlRow) => readonly Row[],
): Promise<{ readonly rows: readonly Row[]; readonly read: number; readonly whole: boolean }> {
  const rows: Row[] = [];
  let read = 0;
  let after: string | null = null;
  for (;;) {
    signal?.throwIfAborted();
    const { sql, values } = page(after);
    const found = await session.query(sql, { ...pageLimit, values });
    const wanted = found.slice(0, mostRows - read);
    rows.push(...wanted.flatMap(rowOf));
    read += wanted.length;
    // Only a row too many proves that something is left.
    if (wanted.length < found.length) return { rows, read, whole: false };
    // A page is a thousand checksums: more rows where runs ended in the same second.
    const checksums = new Set(found.map((row) => textOf(row, 'checksum')));
    if (checksums.size < pageRows) return { rows, read, whole: true };
    after = textOf(found.at(-1), 'checksum');
  }
}

function readReviewRow(row: SqlRow): readonly PtReviewRow[] {
  const checksum = readPtChecksum(textOf(row, 'checksum'));
  if (checksum === null) return [];
  const comments = textOf(row, 'comments').replaceAll('\r\n', '\n').trim();
  return [
    {
      checksum,
      firstSeenMs: utcMs(textOf(row, 'first_seen')),
      reviewedBy: textOf(row, 'reviewed_by').trim(),
      reviewedOnMs: utcMs(textOf(row, 'reviewed_on')),
      comments:
        comments.length > mostCharacters
          ? `${comments.slice(0, mostCharacters)}… (cut after ${mostCharacters} characters)`
          : comments,
    },
  ];
}

/** None for a run that counted nothing: a mean of no calls is no figure. */
function readHistoryRow(row: SqlRow): readonly PtHistoryRow[] {
  const checksum = readPtChecksum(textOf(row, 'checksum'));
  const [toMs, calls, seconds] = [utcMs(textOf(row, 'ts_max')), numberOf(row, 'calls'), numberOf(row, 'seconds')];
  if (checksum === null || toMs === null || calls === null || calls <= 0 || seconds === null) return [];
  return [
    {
      checksum,
      fromMs: utcMs(textOf(row, 'ts_min')),
      toMs,
      calls,
      meanSeconds: seconds / calls,
      p95Seconds: numberOf(row, 'p95'),
    },
  ];
}

/** Of runs that ended in the same second the one that began last. */
function newestOfEach(rows: readonly PtHistoryRow[]): readonly PtHistoryRow[] {
  const newest = new Map<string, PtHistoryRow>();
  for (const row of rows) {
    const known = newest.get(row.checksum);
    if (known === undefined || (row.fromMs ?? 0) > (known.fromMs ?? 0)) newest.set(row.checksum, row);
  }
  return [...newest.values()];
}
