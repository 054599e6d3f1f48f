import type { SqlRow } from '../ports/mysql-session';
import { numberOf } from './rows';
import type { Read, ServerFacts } from './server-sample';

/** Counters and variables of older servers and of MariaDB under today's names. */
export const presentName = (name: string): string =>
  name.replace('_master_', '_source_').replace('_slave_', '_replica_');

/** Of name and value, those that are numbers, under today's names. */
export function numbersOf(status: ReadonlyMap<string, string>): Map<string, number> {
  const counters = new Map<string, number>();
  for (const [name, value] of status) {
    const number = Number(value);
    if (Number.isFinite(number)) counters.set(presentName(name), number);
  }
  return counters;
}

/** Rows, or none where the account may not ask or the server does not know: what is missing is said by the grants. */
export async function readOptional(read: Read, sql: string): Promise<readonly SqlRow[]> {
  try {
    return await read(sql);
  } catch {
    return [];
  }
}

/** What both servers answer alike: the account's grants, and InnoDB's transactions. */
export async function readCommonFacts(
  read: Read,
): Promise<Pick<ServerFacts, 'grants' | 'longestTransactionSeconds' | 'lockWaits'>> {
  const [trx] = await readOptional(
    read,
    "SELECT MAX(TIMESTAMPDIFF(SECOND, trx_started, NOW())) AS longest, SUM(trx_state = 'LOCK WAIT') AS waits FROM information_schema.innodb_trx",
  );
  const grants = await readOptional(read, 'SHOW GRANTS');
  return {
    grants: grants.map((row) => String(Object.values(row)[0] ?? '')),
    longestTransactionSeconds: trx ? (numberOf(trx, 'longest') ?? 0) : null,
    lockWaits: trx ? (numberOf(trx, 'waits') ?? 0) : null,
  };
}
