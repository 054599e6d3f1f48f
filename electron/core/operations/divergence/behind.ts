import { parseMariadbPosition } from '@shared/gtid/mariadb-gtid';
import {
  countMysqlGtidSet,
  formatMysqlGtidSet,
  parseMysqlGtidSet,
  subtractMysqlGtidSet,
} from '@shared/gtid/mysql-gtid-set';
import { newestOfEach, parseRanges } from './errant-set';

/** What an instance lacks of the primary. Counts in transactions; null is not known. */
export interface Behind {
  /** To be had from the primary's logs. */
  readonly transactions: number | null;
  /** Gone from the primary's logs: a GTID set, or words on MariaDB; '' is none. */
  readonly purgedText: string;
  readonly purgedTransactions: number | null;
  /** Why it is not known whether something is gone; '' when it is known. */
  readonly unknown: string;
}

/** @param purged the primary's gtid_purged. @throws Error for what is no GTID set */
export function mysqlBehind(executed: string, primaryExecuted: string, purged: string): Behind {
  const own = parseMysqlGtidSet(executed);
  const gone = subtractMysqlGtidSet(parseMysqlGtidSet(purged), own);
  const missing = countMysqlGtidSet(subtractMysqlGtidSet(parseMysqlGtidSet(primaryExecuted), own));
  return {
    transactions: Number(missing - countMysqlGtidSet(gone)),
    purgedText: formatMysqlGtidSet(gone),
    purgedTransactions: Number(countMysqlGtidSet(gone)),
    unknown: '',
  };
}

/**
 * MariaDB says nowhere what was purged; the oldest binary log begins with what came before it. `errant` moves the place from
 * which the instance would go on back to before the first of them.
 * @param oldestList the oldest log's Gtid_list; null: it could not be read
 */
export function mariadbBehind(
  executed: string,
  primaryExecuted: string,
  oldestList: string | null,
  errant: string,
): Behind {
  const own = sharedSequences(executed, errant);
  let missing = 0n;
  for (const [domain, { sequence }] of parseMariadbPosition(primaryExecuted)) {
    const from = own.get(domain) ?? 0n;
    if (sequence > from) missing += sequence - from;
  }
  if (oldestList === null)
    return {
      transactions: null,
      purgedText: '',
      purgedTransactions: null,
      unknown: 'the beginning of its oldest binary log cannot be read',
    };
  let gone = 0n;
  const ends: string[] = [];
  for (const end of newestOfDomain(oldestList).values()) {
    const from = own.get(end.domain) ?? 0n;
    if (end.to <= from) continue;
    gone += end.to - from;
    ends.push(`${end.domain}-${end.server}-${end.to}`);
  }
  return {
    transactions: Number(missing - gone),
    purgedText: ends.length === 0 ? '' : `up to ${ends.join(', ')}`,
    purgedTransactions: Number(gone),
    unknown: '',
  };
}

/** How far the instance's history is the primary's, by domain. */
function sharedSequences(executed: string, errant: string): ReadonlyMap<number, bigint> {
  const shared = new Map([...parseMariadbPosition(executed)].map(([domain, { sequence }]) => [domain, sequence]));
  for (const range of parseRanges(errant)) {
    const before = range.from - 1n;
    if ((shared.get(range.domain) ?? 0n) > before) shared.set(range.domain, before);
  }
  return shared;
}

function newestOfDomain(state: string): ReturnType<typeof newestOfEach> {
  const newest = new Map<string, { domain: number; server: number; to: bigint }>();
  for (const one of newestOfEach(state).values()) {
    const known = newest.get(String(one.domain));
    if (!known || known.to < one.to) newest.set(String(one.domain), one);
  }
  return newest;
}
