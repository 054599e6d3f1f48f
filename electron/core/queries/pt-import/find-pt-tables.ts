import { MidwatchError } from '@shared/errors';
import { textOf } from '../../dialect/rows';
import type { MysqlSession, SqlRow } from '../../ports/mysql-session';
import { quotedName } from '../plans/read-only-session';

/** Where pt-query-digest wrote: what stands behind D= and t= of its `--review` and `--history`. Names as they are, unquoted. */
export interface PtPlace {
  readonly schema: string;
  /** Default `query_review`. */
  readonly reviewTable?: string | undefined;
  /** Default `schema`. */
  readonly historySchema?: string | undefined;
  /** Default `query_history`, or what versions before 2.2 and Anemometer call it: `query_review_history`. */
  readonly historyTable?: string | undefined;
}

/** One of its tables. */
export interface PtTable {
  /** `schema.table`, for words. */
  readonly name: string;
  /** Quoted, for a statement. */
  readonly quotedName: string;
  /** In lower case. */
  readonly columns: readonly string[];
  /** How a checksum is written so that the server compares it as its column is: a number must not meet a text. */
  readonly checksumValue: '?' | 'CAST(? AS SIGNED)' | 'CAST(? AS UNSIGNED)';
}

export interface PtTables {
  readonly review: PtTable;
  /** A sentence instead of a table: there is no history to read, and why. */
  readonly history: PtTable | string;
}

/** What pt-query-digest itself asks of its tables, or refuses them (3.2.1, package QueryReview). */
export const reviewColumns = [
  'checksum',
  'fingerprint',
  'sample',
  'first_seen',
  'last_seen',
  'reviewed_by',
  'reviewed_on',
  'comments',
] as const;

/** What a comparison needs of the history; pt itself is content with the checksum and the sample. */
const historyColumns = ['checksum', 'ts_max', 'ts_cnt', 'query_time_sum'] as const;

/**
 * Finds the tables by information_schema. A history that is absent or cannot be used is no error: `--review` alone makes none.
 * @throws MidwatchError `not-found` without the review table, or without a history table that was named; `unsupported` when
 *   the review table is of another shape
 */
export async function findPtTables(session: MysqlSession, place: PtPlace): Promise<PtTables> {
  const reviewName = place.reviewTable ?? 'query_review';
  const historySchema = place.historySchema ?? place.schema;
  const historyNames =
    place.historyTable === undefined ? ['query_history', 'query_review_history'] : [place.historyTable];
  const rows = await session.query(
    `SELECT table_schema AS s, table_name AS t, column_name AS c, column_type AS type FROM information_schema.columns
     WHERE (table_schema = ? AND table_name = ?) OR (table_schema = ? AND table_name IN (?${', ?'.repeat(historyNames.length - 1)}))
     ORDER BY table_schema, table_name, ordinal_position`,
    { timeoutMs: 10_000, values: [place.schema, reviewName, historySchema, ...historyNames] },
  );
  const find = (schema: string, name: string): PtTable | null => {
    // With lower_case_table_names the server answers in its own case.
    const isOwn = (row: SqlRow): boolean =>
      textOf(row, 's').toLowerCase() === schema.toLowerCase() && textOf(row, 't').toLowerCase() === name.toLowerCase();
    const own = rows.filter(isOwn);
    return own.length === 0
      ? null
      : {
          name: `${schema}.${name}`,
          quotedName: `${quotedName(schema)}.${quotedName(name)}`,
          columns: own.map((row) => textOf(row, 'c').toLowerCase()),
          checksumValue: valueOf(own.find((row) => textOf(row, 'c').toLowerCase() === 'checksum')),
        };
  };
  const review = find(place.schema, reviewName);
  if (review === null) throw absent(place.schema, reviewName);
  const lacking = missing(review, reviewColumns);
  if (lacking.length > 0) {
    throw new MidwatchError(
      'unsupported',
      `${review.name} is not a review table of pt-query-digest: it lacks ${lacking.join(', ')}`,
      { nextStep: 'Name what stands behind D= and t= in its --review', details: { table: review.name } },
    );
  }
  const histories = historyNames.map((name) => find(historySchema, name));
  return { review, history: historyOf({ schema: historySchema, table: place.historyTable }, histories) };
}

function valueOf(column: SqlRow | undefined): PtTable['checksumValue'] {
  const type = textOf(column, 'type').toLowerCase();
  if (!/^(big|medium|small|tiny)?int/.test(type)) return '?';
  return type.includes('unsigned') ? 'CAST(? AS UNSIGNED)' : 'CAST(? AS SIGNED)';
}

function historyOf(
  place: { readonly schema: string; readonly table: string | undefined },
  found: readonly (PtTable | null)[],
): PtTable | string {
  const history = found.find((one) => one !== null);
  if (history === undefined) {
    if (place.table !== undefined) throw absent(place.schema, place.table);
    return `${place.schema} holds no history table`;
  }
  const lacking = missing(history, historyColumns);
  return lacking.length === 0 ? history : `${history.name} cannot be compared: it lacks ${lacking.join(', ')}`;
}

const missing = (table: PtTable, wanted: readonly string[]): readonly string[] =>
  wanted.filter((one) => !table.columns.includes(one));

const absent = (schema: string, table: string): MidwatchError =>
  new MidwatchError('not-found', `There is no table ${schema}.${table}, or this account may not read it`, {
    nextStep: 'Name what stands behind D= and t= of pt-query-digest’s --review and --history, and grant SELECT on it',
    details: { table: `${schema}.${table}` },
  });
