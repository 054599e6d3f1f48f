import type { TrialRefusal } from '@shared/model/query-experiment';
import { flagOf, textOf } from '../../dialect/rows';
import type { MysqlSession } from '../../ports/mysql-session';
import { errnoOf } from '../plans/read-only-session';

const limit = { timeoutMs: 10_000 };

/**
 * Makes sure that nothing this session does reaches the binary log: there it would be a transaction of the replica's own, and
 * on a primary it would reach every server. Returns the reason when that cannot be had. Temporary tables alone are not logged
 * under row format either, which needs no privilege.
 */
export async function keepOutOfLog(
  session: MysqlSession,
  makes: 'anything' | 'temporary-tables' = 'anything',
): Promise<TrialRefusal | null> {
  const [row] = await session.query('SELECT @@GLOBAL.log_bin AS log, @@SESSION.binlog_format AS format', limit);
  if (!flagOf(row, 'log')) return null;
  if (makes === 'temporary-tables' && textOf(row, 'format') === 'ROW') return null;
  try {
    await session.query('SET SESSION sql_log_bin = 0', limit);
  } catch (error) {
    if (errnoOf(error) === null) throw error;
  }
  const [now] = await session.query('SELECT @@SESSION.sql_log_bin AS logs', limit);
  if (textOf(now, 'logs') === '0') return null;
  return {
    code: 'logs-to-binlog',
    reason:
      'The account may not switch off the binary log for its session (MySQL: SESSION_VARIABLES_ADMIN, MariaDB: BINLOG ADMIN): what the trial makes would be replicated or be errant',
  };
}
