import { MidwatchError } from '@shared/errors';
import type { DialectName } from '@shared/model/fleet';
import type { QueryPlan, Refusal } from '@shared/model/query-plan';
import { textOf } from '../../dialect/rows';
import type { MysqlSession } from '../../ports/mysql-session';
import { askForVersion2, planText, refusedByServer, serverRefusal } from './explain-statement';
import { numberIn, parseObject } from './json-parts';
import { parsePlanText } from './parse-plan-text';
import { errnoOf, isTimeLimit, limitSelects, withLimit } from './read-only-session';

/** What a session runs, as the process list has it. */
export interface RunningStatement {
  readonly sql: string;
  /** Where its names are looked up; '' without one. */
  readonly schema: string;
  /** True: the process list keeps no more of it. */
  readonly truncated: boolean;
}

/** The plan of what a session runs, or why there is none. `statement` is null where nobody knows what it runs. */
export type RunningExplained =
  | {
      readonly kind: 'plan';
      readonly plan: QueryPlan;
      readonly statement: RunningStatement;
      /** ms that it ran when its figures were taken; null where the plan holds estimates alone. */
      readonly soFarMs: number | null;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly statement: RunningStatement | null };

const limitMs = 5_000;
const shortMs = 5_000;

/**
 * The plan that another session follows now. MySQL: EXPLAIN FOR CONNECTION, estimates alone. MariaDB 10.9 and later: SHOW
 * ANALYZE FOR, with the figures so far. What the session runs is read before and after: when it went on meanwhile, nobody
 * knows whose plan came, and it is refused. So is a session that ended, runs nothing that has a plan, or does not answer.
 * The session keeps the limit and the JSON version, and is closed when the limit was ours.
 * @throws MidwatchError of the session
 */
export async function explainRunning(
  session: MysqlSession,
  dialect: DialectName,
  request: { readonly connectionId: number; readonly nowMs: number },
  signal: AbortSignal,
): Promise<RunningExplained> {
  signal.throwIfAborted();
  const id = Math.trunc(request.connectionId);
  const statement = await readRunning(session, id);
  if (statement === null || statement.sql === '') {
    return { kind: 'refused', refusal: statement === null ? ended(id) : idle(id), statement: null };
  }
  const explained = await refusedByServer(
    async () => {
      const raw = dialect === 'mysql' ? await onMysql(session, id) : await onMariadb(session, id);
      if (raw.trim() === '') throw new NothingRuns();
      return parsePlanText(raw, {
        dialect,
        version: session.greetingVersion,
        takenAtMs: request.nowMs,
        analyzed: dialect === 'mariadb',
        tree: null,
        notes: [],
      });
    },
    (error) => refusalOf(error, { id, dialect, sql: statement.sql }),
  );
  if (explained.kind === 'refused') return { ...explained, statement };
  const after = await readRunning(session, id);
  if (after?.sql !== statement.sql) return { kind: 'refused', refusal: movedOn(id), statement };
  const soFarMs = soFarOf(explained.plan);
  return { kind: 'plan', plan: soFarMs === null ? explained.plan : unfinished(explained.plan), statement, soFarMs };
}

/** MySQL answers with no row, where MariaDB has an error of its own. */
class NothingRuns extends Error {}

/** INFO of information_schema ends here in bytes, seen on both products; performance_schema.threads keeps 1,024. */
const mostInfo = 65_535;

/** Null: no such session, or none that this account may see. */
async function readRunning(session: MysqlSession, id: number): Promise<RunningStatement | null> {
  const [row] = await session.query('SELECT INFO AS info, DB AS db FROM information_schema.PROCESSLIST WHERE ID = ?', {
    values: [id],
    timeoutMs: shortMs,
  });
  if (!row) return null;
  const sql = textOf(row, 'info');
  return { sql, schema: textOf(row, 'db'), truncated: new TextEncoder().encode(sql).length >= mostInfo };
}

async function onMysql(session: MysqlSession, id: number): Promise<string> {
  const ask = (): Promise<string> =>
    session.query(`EXPLAIN FORMAT=JSON FOR CONNECTION ${id}`, withLimit(limitMs)).then(planText);
  const hasV2 = await askForVersion2(session);
  try {
    const raw = await ask();
    if (!raw.includes('not executable by iterator executor')) return raw;
  } catch (error) {
    if (errnoOf(error) === null || !hasV2) throw error;
  }
  await session.query('SET SESSION explain_json_format_version = 1', withLimit(1_000));
  return ask();
}

/** The session that runs it answers itself, between two rows: never while it waits for a row lock. */
async function onMariadb(session: MysqlSession, id: number): Promise<string> {
  await limitSelects(session, 'mariadb', limitMs);
  return planText(await session.query(`SHOW ANALYZE FORMAT=JSON FOR ${id}`, withLimit(limitMs)));
}

/** MariaDB says it; MySQL has no figures so far. */
const soFarOf = ({ raw }: QueryPlan): number | null => numberIn(parseObject(raw), 'r_query_time_in_progress_ms');

/** Fewer rows than estimated say nothing before the end; more do. */
const unfinished = (plan: QueryPlan): QueryPlan => ({
  ...plan,
  nodes: plan.nodes.map((node) => ((node.offBy ?? 1) < 1 ? { ...node, offBy: null } : node)),
});

const ended = (id: number): Refusal => ({
  code: 'session-ended',
  reason: `Session ${id} has ended, or this account may not see it (PROCESS)`,
});

const idle = (id: number): Refusal => ({
  code: 'nothing-runs',
  reason: `Session ${id} runs no statement at this moment`,
});

const movedOn = (id: number): Refusal => ({
  code: 'other-statement',
  reason: `Session ${id} ended that statement while it was asked: nobody knows whose plan came`,
});

/** What the servers' own codes mean here; null: the failure is another one, and goes on as it is. */
function refusalOf(
  error: unknown,
  { id, dialect, sql }: { readonly id: number; readonly dialect: DialectName; readonly sql: string },
): Refusal | null {
  if (error instanceof NothingRuns) return noPlan(id, 'the server answers with nothing');
  if (!(error instanceof MidwatchError)) return null;
  if (isTimeLimit(error) || error.code === 'statement-timeout') return noAnswer(id);
  const cause = serverRefusal(error).reason;
  switch (errnoOf(error)) {
    case 1094:
      return ended(id);
    // MariaDB: DDL, CALL, DO, and whatever still waits for a table.
    case 1933:
      return noPlan(id, cause);
    // MySQL: the same, and what was prepared, although the process list has it with its values.
    case 3012:
      return hasPlanAlone.test(sql) ? notTold(id, cause) : noPlan(id, cause);
    // MariaDB's own limit for an answer, thirty seconds.
    case 1205:
      return noAnswer(id);
    case 1045:
    case 1227:
      return { code: 'privilege', reason: `${dialect === 'mysql' ? mysqlWants : mariadbWants} (${cause})` };
    case 1064:
      return dialect === 'mariadb'
        ? {
            code: 'not-explainable',
            reason: 'MariaDB before 10.9 does not tell the plan of a running statement as JSON',
          }
        : null;
    default:
      return null;
  }
}

/** Seen on 9.7: the manual names PROCESS, the server compares the names of the accounts first and then asks for everything. */
const mysqlWants =
  'MySQL tells the plan of another account’s session only to an account with every static global privilege; PROCESS is not enough';
const mariadbWants = 'The account lacks PROCESS';

const noPlan = (id: number, cause: string): Refusal => ({
  code: 'nothing-runs',
  reason: `What session ${id} does has no plan at this moment: ${cause}`,
});

/** Statements that EXPLAIN takes. */
const hasPlanAlone = /^[\s(]*(select|with|table|values|insert|update|delete|replace)\b/i;

const notTold = (id: number, cause: string): Refusal => ({
  code: 'not-explainable',
  reason: `MySQL does not tell the plan of session ${id}: what it runs was prepared, or waits for a table (${cause})`,
});

const noAnswer = (id: number): Refusal => ({
  code: 'time-limit',
  reason: `Session ${id} did not answer within ${limitMs / 1000} s: it tells its plan between two rows, and not while it waits for a lock`,
});
