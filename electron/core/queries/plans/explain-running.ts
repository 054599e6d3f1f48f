import type { DialectName } from '@shared/model/fleet';
import type { Explained, QueryPlan } from '@shared/model/query-plan';
import type { MysqlSession } from '../../ports/mysql-session';
import { askForVersion2, planText, refusedByServer } from './explain-statement';
import { parsePlanText } from './parse-plan-text';
import { errnoOf, withLimit } from './read-only-session';

const limitMs = 10_000;

/**
 * The plan of the statement that another session runs now. MySQL: EXPLAIN FOR CONNECTION, which for a statement of another
 * account needs PROCESS. MariaDB: SHOW EXPLAIN FOR, and with `analyze` SHOW ANALYZE FOR (10.9 and later), which has the
 * figures so far. A session that runs nothing, or nothing with a plan, is refused in the server's words.
 * @throws MidwatchError of the session
 */
export async function explainRunning(
  session: MysqlSession,
  dialect: DialectName,
  request: { readonly connectionId: number; readonly analyze: boolean; readonly nowMs: number },
  signal: AbortSignal,
): Promise<Explained> {
  signal.throwIfAborted();
  const id = Math.trunc(request.connectionId);
  const read = async (): Promise<QueryPlan> => {
    const raw = dialect === 'mysql' ? await onMysql(session, id) : await onMariadb(session, id, request.analyze);
    if (raw.trim() === '') throw new NothingRuns();
    return parsePlanText(raw, {
      dialect,
      version: session.greetingVersion,
      takenAtMs: request.nowMs,
      analyzed: dialect === 'mariadb' && request.analyze,
      tree: null,
      notes: [],
    });
  };
  return refusedByServer(read, (error) =>
    error instanceof NothingRuns
      ? { code: 'server-refused', reason: `Session ${id} runs no statement that has a plan` }
      : null,
  );
}

/** MySQL answers with no row, where MariaDB has an error of its own. */
class NothingRuns extends Error {}

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

const onMariadb = async (session: MysqlSession, id: number, analyze: boolean): Promise<string> =>
  planText(await session.query(`SHOW ${analyze ? 'ANALYZE' : 'EXPLAIN'} FORMAT=JSON FOR ${id}`, withLimit(limitMs)));
