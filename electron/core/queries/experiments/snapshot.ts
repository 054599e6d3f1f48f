import type { Clock } from '../../ports/clock';
import type { MysqlSession } from '../../ports/mysql-session';
import { tablesOutside } from './tables-outside';

const limit = { timeoutMs: 10_000 };

export interface OpenedSnapshot {
  /** False: a table is outside of the snapshot and may change between two runs. */
  readonly snapshotCovers: boolean;
  readonly notes: readonly string[];
}

/**
 * Opens the snapshot in which both statements run: REPEATABLE READ, WITH CONSISTENT SNAPSHOT, READ ONLY. The session's clock
 * stands still as well, so that NOW() is the same in every run, where the account may set it. Only InnoDB keeps a snapshot:
 * tables of other engines are named. The caller ends it by ROLLBACK or by closing the session.
 */
export async function openSnapshot(
  session: MysqlSession,
  clock: Clock,
  { statements, schema }: { readonly statements: readonly string[]; readonly schema: string },
): Promise<OpenedSnapshot> {
  const notes: string[] = [];
  const outside = await tablesOutside(session, statements, schema);
  if (outside.length > 0) {
    notes.push(`Not in the snapshot, for only InnoDB keeps one: ${outside.join(', ')}`);
  }
  await session.query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ', limit);
  try {
    await session.query(`SET SESSION timestamp = ${(clock.nowMs() / 1000).toFixed(3)}`, limit);
  } catch {
    notes.push('The account may not hold the clock of its session still: NOW() goes on between two runs');
  }
  await session.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY', limit);
  return { snapshotCovers: outside.length === 0, notes };
}
