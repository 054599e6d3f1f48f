import { flagOf, numberOf } from '../../dialect/rows';
import type { MysqlSession } from '../../ports/mysql-session';
import { primaryKeyOf, type ColumnSample, type TableFacts } from './read-table';

/** Pages of a B-tree that grew by random inserts are about two thirds full (ln 2). */
const fill = 0.69;

/** Bytes of an index on `columns`: rows × (key + primary key) / 0.69; null without the table's row estimate. */
export function indexBytes(facts: TableFacts, columns: readonly string[], sample: ColumnSample): number | null {
  if (facts.rows === null) return null;
  const key = [...new Set([...columns, ...primaryKeyOf(facts)])];
  const rowBytes = key.reduce((sum, name) => sum + (sample.columns.get(name)?.bytes ?? 8), 0);
  return Math.round((facts.rows * rowBytes) / fill);
}

export interface WriteRate {
  readonly perSecond: number | null;
  readonly evidence: string;
}

/**
 * Rows inserted, changed and deleted in a second, by performance_schema. Its counters begin with the server, and again with
 * each ALTER of the table: the rate is at least what is said. Null where the instrument is off, or nothing was counted yet.
 */
export async function readWriteRate(session: MysqlSession, facts: TableFacts): Promise<WriteRate> {
  const unknown = {
    perSecond: null,
    evidence: 'performance_schema does not count this table: the writes are not known',
  };
  try {
    const [row] = await session.query(
      `SELECT count_star AS counted, count_write AS n FROM performance_schema.table_io_waits_summary_by_table
       WHERE object_type = 'TABLE' AND object_schema = ? AND object_name = ?`,
      { timeoutMs: 10_000, values: [facts.schema, facts.table] },
    );
    const [instrument] = await session.query(
      "SELECT enabled AS isOn FROM performance_schema.setup_instruments WHERE name = 'wait/io/table/sql/handler'",
      { timeoutMs: 10_000 },
    );
    const [status] = await session.query("SHOW GLOBAL STATUS LIKE 'Uptime'", { timeoutMs: 10_000 });
    const [writes, uptime] = [numberOf(row, 'n'), numberOf(status, 'Value')];
    if (!flagOf(instrument, 'isOn') || (numberOf(row, 'counted') ?? 0) === 0) return unknown;
    if (writes === null || uptime === null || uptime <= 0) return unknown;
    return {
      perSecond: writes / uptime,
      evidence: `${writes} rows written in at most ${uptime} s, since the server started or the table was altered; each would change this index too`,
    };
  } catch {
    return unknown;
  }
}
