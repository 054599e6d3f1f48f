import type { DialectName } from '@shared/model/fleet';
import { textOf } from '../../dialect/rows';
import type { SqlRow, SqlValue } from '../../ports/mysql-session';
import { holdsGtid, isMariadbList, mysqlErrant, newestOfEach, parseRanges } from './errant-set';

/** One question to one server. */
export type Ask = (sql: string, values?: readonly SqlValue[]) => Promise<readonly SqlRow[]>;

/** Where transactions lie in a server's binary logs. */
export type LogReach =
  | { readonly kind: 'from'; readonly firstLog: string }
  /** The oldest log begins behind some of them: they are gone. */
  | { readonly kind: 'purged' }
  /** The server would not tell. */
  | { readonly kind: 'unknown'; readonly why: string };

export const logsSql = 'SHOW BINARY LOGS';
const beginSql = (log: string): string => `SHOW BINLOG EVENTS IN ${literal(log)} LIMIT 4`;

/** Names come from the server itself; one with a quote in it is none of a binary log. */
const literal = (name: string): string => `'${name.replaceAll(/[^\w.@%+-]/g, '')}'`;

/**
 * What was written before a binary log began, as its second event says: a GTID set (MySQL, Previous_gtids) or a state
 * (MariaDB, Gtid_list); null where there is none. Needs REPLICATION SLAVE.
 */
export async function heldBeforeLog(ask: Ask, log: string): Promise<string | null> {
  const row = (await ask(beginSql(log))).find((one) => /^(Previous_gtids|Gtid_list)$/i.test(textOf(one, 'Event_type')));
  return row ? textOf(row, 'Info').replaceAll('\n', '') : null;
}

/** Names of a server's binary logs, oldest first. */
export const logNames = async (ask: Ask): Promise<readonly string[]> =>
  (await ask(logsSql)).map((row) => textOf(row, 'Log_name')).filter((name) => name !== '');

/** The log in which the first of the errant transactions can lie: walks back from the newest. */
export async function reachOf(ask: Ask, errant: string): Promise<LogReach> {
  try {
    const names = await logNames(ask);
    for (const name of [...names].reverse()) {
      const before = await heldBeforeLog(ask, name);
      if (before === null) return { kind: 'unknown', why: `${name} does not say what came before it` };
      if (!overlaps(before, errant)) return { kind: 'from', firstLog: name };
    }
    return { kind: 'purged' };
  } catch (thrown) {
    return { kind: 'unknown', why: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

/** True when a log that began after `before` cannot hold all of the errant transactions. */
function overlaps(before: string, errant: string): boolean {
  if (!isMariadbList(errant)) return mysqlErrant(errant, before).text !== errant;
  const held = newestOfEach(before);
  return parseRanges(errant).some(({ domain, server, from }) => (held.get(`${domain}-${server}`)?.to ?? 0n) >= from);
}

/** One line of a binary log as SHOW BINLOG EVENTS tells it. */
export interface LoggedEvent {
  readonly position: string;
  readonly end: number;
  readonly type: string;
  readonly info: string;
}

export const loggedEvent = (row: SqlRow): LoggedEvent => ({
  position: `${textOf(row, 'Log_name')}:${textOf(row, 'Pos')}`,
  end: Number(textOf(row, 'End_log_pos')),
  type: textOf(row, 'Event_type'),
  info: textOf(row, 'Info'),
});

/** The transaction that an event begins; null for any other event. */
export function beginsGtid({ type, info }: LoggedEvent, dialect: DialectName): string | null {
  const found = dialect === 'mysql' ? /GTID_NEXT= '([^']+)'/.exec(info) : /GTID (\d+-\d+-\d+)/.exec(info);
  return /gtid/i.test(type) && !/^(Previous_gtids|Gtid_list)$/i.test(type) ? (found?.[1] ?? null) : null;
}

/** Keeps of a sequence of events those of the errant transactions; `inside` goes from one call to the next. */
export function keepErrant(
  events: readonly LoggedEvent[],
  errant: string,
  dialect: DialectName,
  inside: boolean,
): { readonly kept: readonly string[]; readonly gtids: readonly string[]; readonly inside: boolean } {
  const kept: string[] = [];
  const gtids: string[] = [];
  let keeps = inside;
  for (const event of events) {
    const gtid = beginsGtid(event, dialect);
    if (gtid !== null) {
      keeps = holdsGtid(errant, gtid);
      if (keeps) gtids.push(gtid);
    }
    if (keeps) kept.push(`${event.position}\t${event.type}\t${event.info}`);
  }
  return { kept, gtids, inside: keeps };
}
