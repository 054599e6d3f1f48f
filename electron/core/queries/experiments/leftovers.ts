import type { LeftoverIndex } from '@shared/model/query-experiment';
import { textOf } from '../../dialect/rows';
import type { MysqlSession } from '../../ports/mysql-session';
import { errnoOf, quotedName, type OpenSession } from '../plans/read-only-session';
import type { Clock } from '../../ports/clock';
import { keepOutOfLog } from './keep-out-of-log';
import { trialPrefix } from './trial-server';

const shortMs = 10_000;

/** Indexes that a trial made and that are still there: after a crash, or because the server could not be reached. */
export async function findLeftovers(session: MysqlSession): Promise<readonly LeftoverIndex[]> {
  const rows = await session.query(
    `SELECT DISTINCT table_schema AS s, table_name AS t, index_name AS i FROM information_schema.statistics
     WHERE LEFT(index_name, ${trialPrefix.length}) = '${trialPrefix}'`,
    { timeoutMs: shortMs },
  );
  return rows.map((row) => ({ schema: textOf(row, 's'), table: textOf(row, 't'), index: textOf(row, 'i') }));
}

/**
 * Removes an index that a trial made, outside of the binary log, and looks with a new connection. May run twice. A build that
 * was cut off may hold the table until it has gone back: tries for `patienceMs`.
 * @returns true: a new connection saw that it is gone. False: it is still there, or nobody could look.
 * @throws Error for an index that no trial made: a bug of the caller
 */
export async function removeLeftover(
  server: { readonly open: OpenSession; readonly clock: Clock },
  leftover: LeftoverIndex,
  patienceMs = 30_000,
): Promise<boolean> {
  if (!leftover.index.startsWith(trialPrefix)) throw new Error(`${leftover.index} was not made by a trial`);
  const untilMs = server.clock.monotonicMs() + patienceMs;
  for (;;) {
    try {
      await dropOnce(server.open, leftover);
      if (await isGone(server.open, leftover)) return true;
    } catch {
      // The table is held, or the server does not answer: the same attempt again, as long as there is patience.
    }
    if (server.clock.monotonicMs() > untilMs) return false;
    await server.clock.sleep(500);
  }
}

async function dropOnce(open: OpenSession, leftover: LeftoverIndex): Promise<void> {
  const session = await open(AbortSignal.timeout(shortMs));
  try {
    const logged = await keepOutOfLog(session);
    if (logged) throw new Error(logged.reason);
    await session.query('SET SESSION lock_wait_timeout = 5', { timeoutMs: shortMs });
    const table = `${quotedName(leftover.schema)}.${quotedName(leftover.table)}`;
    await session.query(`DROP INDEX ${quotedName(leftover.index)} ON ${table} ALGORITHM=INPLACE LOCK=NONE`, {
      timeoutMs: 60_000,
    });
  } catch (error) {
    // 1091: there is no such index. 1146: the table itself is gone.
    if (![1091, 1146].includes(errnoOf(error) ?? 0)) throw error;
  } finally {
    await session.close();
  }
}

async function isGone(open: OpenSession, leftover: LeftoverIndex): Promise<boolean> {
  const session = await open(AbortSignal.timeout(shortMs));
  try {
    const left = await findLeftovers(session);
    return !left.some(
      (one) => one.schema === leftover.schema && one.table === leftover.table && one.index === leftover.index,
    );
  } finally {
    await session.close();
  }
}
