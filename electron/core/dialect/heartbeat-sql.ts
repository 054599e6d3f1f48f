import type { Heartbeat } from '@shared/model/inventory';
import { textOf, utcMs } from './rows';
import type { Read } from './server-sample';

/** One row for each primary that ever wrote: the newest counts, whoever wrote it. */
export const heartbeatSetup = [
  'CREATE DATABASE IF NOT EXISTS midwatch',
  'CREATE TABLE IF NOT EXISTS midwatch.heartbeat (server_id INT UNSIGNED NOT NULL PRIMARY KEY, beat_at DATETIME(6) NOT NULL) ENGINE=InnoDB',
] as const;

/** Asked before each beat: an account that may lift MariaDB's read_only also writes through it. Column `closed`. */
export const heartbeatGuard = 'SELECT @@GLOBAL.read_only AS closed';

export const heartbeatWrite =
  'INSERT INTO midwatch.heartbeat (server_id, beat_at) VALUES (@@server_id, UTC_TIMESTAMP(6)) ON DUPLICATE KEY UPDATE beat_at = UTC_TIMESTAMP(6)';

/** The newest beat in Midwatch's own or pt-heartbeat's table (whose `ts` is text, by default in the writer's local time; `--utc` is expected). */
export async function readHeartbeat(read: Read, heartbeat: Heartbeat): Promise<{ atMs: number | null; error: string }> {
  if (heartbeat.kind === 'none') return { atMs: null, error: '' };
  const sql =
    heartbeat.kind === 'midwatch'
      ? 'SELECT MAX(beat_at) AS beat FROM midwatch.heartbeat'
      : `SELECT MAX(ts) AS beat FROM ${heartbeat.table
          .split('.')
          .map((part) => `\`${part}\``)
          .join('.')}`;
  try {
    const [row] = await read(sql);
    return { atMs: utcMs(textOf(row, 'beat').replace('T', ' ')), error: '' };
  } catch (thrown) {
    // A missing table is a fact about the heartbeat, not a failed poll.
    return { atMs: null, error: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}
