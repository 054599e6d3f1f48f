import { MidwatchError } from '@shared/errors';
import type { DialectName } from '@shared/model/fleet';
import type { Refusal } from '@shared/model/query-plan';
import { textOf } from '../../dialect/rows';
import type { MysqlSession } from '../../ports/mysql-session';
import type { ReadStatement } from './guard-statement';
import { quoteRulesOf, type QuoteRules } from './statement-tokens';

/** Opens one more session to the server on which the work is done. */
export type OpenSession = (signal: AbortSignal) => Promise<MysqlSession>;

/** What an answer may take longer than the server's own limit before the session is given up. */
const slackMs = 5_000;
const shortMs = 10_000;

/** The server's number of a failed statement; null for every other failure. */
export const errnoOf = (error: unknown): number | null => {
  const errno = error instanceof MidwatchError ? error.details['errno'] : undefined;
  return typeof errno === 'number' ? errno : null;
};

/** 3024: MySQL's max_execution_time; 1969: MariaDB's max_statement_time; 1317: KILL QUERY. */
export const isTimeLimit = (error: unknown): boolean => [3024, 1969].includes(errnoOf(error) ?? 0);

/** 1792: a write in a READ ONLY transaction. 1205 and the like are no such thing. */
export const isRefusedWrite = (error: unknown): boolean => errnoOf(error) === 1792;

/** How this session reads quotes. */
export async function readQuoteRules(session: MysqlSession): Promise<QuoteRules> {
  const [row] = await session.query('SELECT @@SESSION.sql_mode AS mode', { timeoutMs: shortMs });
  return quoteRulesOf(textOf(row, 'mode'));
}

/** A name as SQL writes it. */
export const quotedName = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** Sets the schema in which unqualified names are looked up; none for ''. */
export async function useSchema(session: MysqlSession, schema: string): Promise<void> {
  if (schema !== '') await session.query(`USE ${quotedName(schema)}`, { timeoutMs: shortMs });
}

/** Puts the server's own limit on every SELECT that follows in this session. MySQL counts ms, MariaDB seconds. */
export async function limitSelects(session: MysqlSession, dialect: DialectName, limitMs: number): Promise<void> {
  const set =
    dialect === 'mysql' ? `max_execution_time = ${Math.ceil(limitMs)}` : `max_statement_time = ${limitMs / 1000}`;
  await session.query(`SET SESSION ${set}`, { timeoutMs: shortMs });
}

/** Runs `work` inside a transaction that is rolled back, also after a failure. In READ ONLY the server refuses every write. */
export async function rolledBack<T>(
  session: MysqlSession,
  mode: 'READ ONLY' | 'READ WRITE',
  work: () => Promise<T>,
): Promise<T> {
  await session.query(`START TRANSACTION ${mode}`, { timeoutMs: shortMs });
  try {
    return await work();
  } finally {
    if (!session.closed) await session.query('ROLLBACK', { timeoutMs: shortMs });
  }
}

/**
 * Runs `work` so that an abort, or a limit of our own, ends its statement on the server too: a client that goes away does not.
 * The session is destroyed then; what the server still does stops by KILL from a second session, and failing that by the
 * time limit.
 * @throws the signal's reason after an abort
 */
export async function untilAborted<T>(
  session: MysqlSession,
  open: OpenSession,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  let ended: Promise<void> | null = null;
  const onAbort = (): void => {
    ended = endStatement(session, open);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const result = await work();
    signal.throwIfAborted();
    return result;
  } catch (error) {
    // Given up by our own limit, or cut off: what was sent may still run there.
    if (session.closed && ended === null) ended = endStatement(session, open);
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await ended;
  }
}

async function endStatement(session: MysqlSession, open: OpenSession): Promise<void> {
  // First, so that its place in the instance's budget of connections is free for the one that ends it.
  session.destroy();
  try {
    const killer = await open(AbortSignal.timeout(shortMs));
    try {
      await killer.query(`KILL ${session.connectionId}`, { timeoutMs: shortMs });
    } finally {
      await killer.close();
    }
  } catch {
    // It has ended by itself, or the time limit on the server ends it.
  }
}

/** A statement under the server's limit: should the server not keep it, the session is given up a little later. */
export const withLimit = (limitMs: number): { readonly timeoutMs: number } => ({ timeoutMs: limitMs + slackMs });

/**
 * The second fence: functions that the statement calls. A loadable function may do anything, so it is refused; a stored one
 * is refused unless it is declared to read at most, and a READ ONLY transaction then holds it to that. A view may call
 * functions that are not seen here: for them the transaction alone stands.
 * @param schema where names without a schema are looked up
 */
export async function refuseForFunctions(
  session: MysqlSession,
  dialect: DialectName,
  statement: ReadStatement,
  schema: string,
): Promise<Refusal | null> {
  if (statement.calls.length === 0) return null;
  const names = [...new Set(statement.calls.map((call) => call.slice(call.lastIndexOf('.') + 1)))];
  const places = names.map(() => '?').join(', ');
  const stored = await session.query(
    `SELECT routine_schema AS s, routine_name AS n, sql_data_access AS access FROM information_schema.routines
     WHERE routine_type = 'FUNCTION' AND LOWER(routine_name) IN (${places})`,
    { values: names, timeoutMs: shortMs },
  );
  for (const row of stored) {
    const access = textOf(row, 'access');
    if (access === 'READS SQL DATA' || access === 'NO SQL') continue;
    const name = `${textOf(row, 's')}.${textOf(row, 'n')}`;
    const called = statement.calls.map((call) => (call.includes('.') ? call : `${schema}.${call}`.toLowerCase()));
    if (!called.includes(name.toLowerCase())) continue;
    return {
      code: 'stored-function',
      reason: `The stored function ${name} is declared ${access}: it may write. Only READS SQL DATA and NO SQL are run`,
    };
  }
  return refuseLoadable(session, dialect, names);
}

async function refuseLoadable(
  session: MysqlSession,
  dialect: DialectName,
  names: readonly string[],
): Promise<Refusal | null> {
  const sql =
    dialect === 'mysql'
      ? 'SELECT udf_name AS n FROM performance_schema.user_defined_functions'
      : 'SELECT name AS n FROM mysql.func';
  let loadable: readonly string[];
  try {
    loadable = (await session.query(sql, { timeoutMs: shortMs })).map((row) => textOf(row, 'n').toLowerCase());
  } catch {
    // Without the right to look, a call that is no function of the server cannot be told from one that is.
    return null;
  }
  const found = names.find((name) => loadable.includes(name));
  return found === undefined
    ? null
    : { code: 'side-effect', reason: `${found}() is a loadable function: what it does is not known` };
}
