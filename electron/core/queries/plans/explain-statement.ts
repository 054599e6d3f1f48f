import { MidwatchError } from '@shared/errors';
import type { DialectName } from '@shared/model/fleet';
import type { Explained, QueryPlan, Refusal, ServerNote } from '@shared/model/query-plan';
import { numberOf, textOf } from '../../dialect/rows';
import type { MysqlSession, SqlRow } from '../../ports/mysql-session';
import { readStatement, refuseUnlessReadOnly, type ReadStatement } from './guard-statement';
import { parsePlanText } from './parse-plan-text';
import {
  errnoOf,
  limitSelects,
  readQuoteRules,
  refuseForFunctions,
  rolledBack,
  useSchema,
  withLimit,
} from './read-only-session';

/** A statement and where its names are looked up. */
export interface ExplainRequest {
  readonly sql: string;
  /** '' : no schema. */
  readonly schema: string;
  /** True: the source kept only the beginning of the statement. */
  readonly truncated?: boolean;
  /** ms since the epoch, for the plan's date. */
  readonly nowMs: number;
}

const explainLimitMs = 10_000;

/**
 * Asks how the server would run a statement, without running it. MySQL is asked for JSON version 2 explicitly (the default
 * differs between versions) and for version 1 where an UPDATE or DELETE of one table has no iterators. Optimizers call
 * functions of constants, so a transaction stands around it and is rolled back: READ ONLY for a SELECT; both servers refuse to
 * explain a write in one, so there functions that may write are refused first. The session keeps schema, limit and version.
 * @throws MidwatchError of the session; what the server says against the statement itself comes back as a refusal
 */
export async function explainStatement(
  session: MysqlSession,
  dialect: DialectName,
  request: ExplainRequest,
  signal: AbortSignal,
): Promise<Explained> {
  signal.throwIfAborted();
  const quotes = await readQuoteRules(session);
  const reading = readStatement(request.sql, { truncated: request.truncated ?? false, quotes });
  if (reading.kind === 'refused') return reading;
  const { statement } = reading;
  const reads = refuseUnlessReadOnly(statement)?.code !== 'writes';
  const refusal = reads ? null : await refuseForFunctions(session, dialect, statement, request.schema);
  if (refusal) return { kind: 'refused', refusal };
  return refusedByServer(async () => {
    await useSchema(session, request.schema);
    await limitSelects(session, dialect, explainLimitMs);
    signal.throwIfAborted();
    return rolledBack(session, reads ? 'READ ONLY' : 'READ WRITE', () =>
      dialect === 'mysql'
        ? explainOnMysql(session, statement, request.nowMs)
        : explainOnMariadb(session, statement, request.nowMs),
    );
  });
}

/** What the server says against a statement (syntax, unknown names, missing rights) as a refusal in its own words. */
export async function refusedByServer(
  work: () => Promise<QueryPlan>,
  judge: (error: unknown) => Refusal | null = () => null,
): Promise<Explained> {
  try {
    return { kind: 'plan', plan: await work() };
  } catch (error) {
    const judged = judge(error);
    if (judged) return { kind: 'refused', refusal: judged };
    if (errnoOf(error) === null || !(error instanceof MidwatchError)) throw error;
    return { kind: 'refused', refusal: serverRefusal(error) };
  }
}

/** A failed statement in the server's own words. */
export function serverRefusal(error: MidwatchError): Refusal {
  const cause = error.details['cause'];
  return { code: 'server-refused', reason: typeof cause === 'string' ? cause : error.message };
}

async function explainOnMysql(session: MysqlSession, statement: ReadStatement, nowMs: number): Promise<QueryPlan> {
  const hasV2 = await askForVersion2(session);
  let raw = await explainJson(session, statement.sql);
  if (hasV2 && notIterated(raw)) {
    await session.query('SET SESSION explain_json_format_version = 1', withLimit(1_000));
    raw = await explainJson(session, statement.sql);
  }
  const notes = await readNotes(session);
  const tree = await readTree(session, statement.sql);
  return parsePlanText(raw, {
    dialect: 'mysql',
    version: session.greetingVersion,
    takenAtMs: nowMs,
    analyzed: false,
    tree,
    notes,
  });
}

/** False: a MySQL before 8.3, which has version 1 alone. */
export async function askForVersion2(session: MysqlSession): Promise<boolean> {
  try {
    await session.query('SET SESSION explain_json_format_version = 2', withLimit(1_000));
    return true;
  } catch (error) {
    if (errnoOf(error) === 1193) return false;
    throw error;
  }
}

const notIterated = (raw: string): boolean => raw.includes('not executable by iterator executor');

async function explainJson(session: MysqlSession, sql: string): Promise<string> {
  return planText(await session.query(`EXPLAIN FORMAT=JSON ${sql}`, withLimit(explainLimitMs)));
}

/** The text of the one column of the rows of EXPLAIN. */
export const planText = (rows: readonly SqlRow[]): string =>
  rows.map((row) => String(Object.values(row)[0] ?? '')).join('\n');

async function readTree(session: MysqlSession, sql: string): Promise<string | null> {
  try {
    const text = planText(await session.query(`EXPLAIN FORMAT=TREE ${sql}`, withLimit(explainLimitMs)));
    return notIterated(text) ? null : text;
  } catch (error) {
    // What has no iterators has no TREE: some of it is refused instead of marked.
    if (errnoOf(error) === null) throw error;
    return null;
  }
}

async function explainOnMariadb(session: MysqlSession, statement: ReadStatement, nowMs: number): Promise<QueryPlan> {
  const raw = await explainJson(session, statement.sql);
  const notes = await readNotes(session);
  return parsePlanText(raw, {
    dialect: 'mariadb',
    version: session.greetingVersion,
    takenAtMs: nowMs,
    analyzed: false,
    tree: null,
    notes,
  });
}

/** 1003 is the statement as the optimizer rewrote it, 1276 says where an outer column was found: neither tells of the plan. */
const silent = new Set([1003, 1276]);

/** Notes and warnings of the last statement. Errors there are of an earlier one: EXPLAIN without a table keeps them. */
export async function readNotes(session: MysqlSession): Promise<readonly ServerNote[]> {
  const rows = await session.query('SHOW WARNINGS', withLimit(1_000));
  return rows
    .filter((row) => textOf(row, 'Level') !== 'Error')
    .map((row) => ({ code: numberOf(row, 'Code') ?? 0, text: textOf(row, 'Message') }))
    .filter((note) => !silent.has(note.code));
}
