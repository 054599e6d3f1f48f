import type { DialectName } from '@shared/model/fleet';
import { numberOf, textOf } from '../../dialect/rows';
import type { MysqlSession } from '../../ports/mysql-session';

export type Counters = ReadonlyMap<string, number>;

/** Counters of a session that say how much work a statement was, whoever else uses the machine. */
const wanted =
  /^(Handler_read_.*|Handler_write|Handler_tmp_write|Rows_read|Rows_tmp_read|Rows_sent|Sort_rows|Sort_merge_passes|Created_tmp_(?:disk_)?tables|Created_tmp_files|Select_(?:scan|full_join|range_check))$/i;

const limit = { timeoutMs: 10_000 };

async function readCounters(session: MysqlSession): Promise<Counters> {
  const rows = await session.query('SHOW SESSION STATUS', limit);
  return new Map(
    rows.flatMap((row): [string, number][] => {
      const name = textOf(row, 'Variable_name');
      const value = numberOf(row, 'Value');
      return wanted.test(name) && value !== null ? [[name, value]] : [];
    }),
  );
}

/**
 * What `work` added to the session's counters. Reading them counts as well (MySQL builds a temporary table for it): what an
 * empty measurement adds is taken off, and never below zero. On MySQL `Rows_examined` of the statement is added from
 * performance_schema, where its history is on. InnoDB's pages are counted for the whole server alone: they are not here.
 */
export async function countWork(
  session: MysqlSession,
  dialect: DialectName,
  work: () => Promise<void>,
): Promise<Counters> {
  const first = await readCounters(session);
  const before = await readCounters(session);
  await work();
  const examined = dialect === 'mysql' ? await readExamined(session) : null;
  // Reading the history is work too: it is measured from here, like the empty measurement above.
  const after = await readCounters(session);
  const own = await ownOf(session, dialect, after);
  const counted = new Map<string, number>();
  for (const [name, value] of after) {
    const empty = (before.get(name) ?? 0) - (first.get(name) ?? 0);
    counted.set(name, Math.max(0, value - (before.get(name) ?? 0) - Math.max(empty, own.get(name) ?? 0)));
  }
  if (examined !== null) counted.set('Rows_examined', examined);
  return counted;
}

/** What reading the history and the counters themselves add. */
async function ownOf(session: MysqlSession, dialect: DialectName, from: Counters): Promise<Counters> {
  if (dialect === 'mysql') await readExamined(session);
  const to = await readCounters(session);
  return new Map([...to].map(([name, value]) => [name, value - (from.get(name) ?? 0)]));
}

async function readExamined(session: MysqlSession): Promise<number | null> {
  try {
    const [row] = await session.query(
      `SELECT rows_examined AS n FROM performance_schema.events_statements_history
       WHERE thread_id = PS_CURRENT_THREAD_ID() AND event_name = 'statement/sql/select' ORDER BY event_id DESC LIMIT 1`,
      limit,
    );
    return numberOf(row, 'n');
  } catch {
    // Switched off, or not for this account: the other counters remain.
    return null;
  }
}
