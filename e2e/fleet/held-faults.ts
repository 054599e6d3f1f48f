import { createConnection, type Connection } from 'mysql2/promise';
import type { FaultOptions, FaultOutcome } from './faults';
import type { RunningFleet } from './fleet';
import type { Instance } from './instance';

/** Opens a transaction with changed rows as the account `app` and leaves it open until it is released. */
export async function openLongTransaction(fleet: RunningFleet, name: string): Promise<FaultOutcome> {
  const session = await openSession(fleet.instance(name));
  await session.query('BEGIN');
  await session.query('UPDATE app.account SET balance_cents = balance_cents + 1 WHERE id BETWEEN 1 AND 5');
  return hold([session]);
}

/** One session holds a row and `waiters` others wait for it. */
export async function pileUpLocks(
  fleet: RunningFleet,
  name: string,
  { waiters = 10 }: FaultOptions,
): Promise<FaultOutcome> {
  const instance = fleet.instance(name);
  const holder = await openSession(instance);
  await holder.query('BEGIN');
  await holder.query('SELECT * FROM app.account WHERE id = 7 FOR UPDATE');
  const waiting = await Promise.all(Array.from({ length: waiters }, () => openSession(instance)));
  for (const session of waiting) {
    await session.query('SET SESSION innodb_lock_wait_timeout = 600');
    session.query('UPDATE app.account SET balance_cents = 0 WHERE id = 7').catch(() => undefined); // ends with the release
  }
  return hold([holder, ...waiting]);
}

function hold(sessions: readonly Connection[]): FaultOutcome {
  const release = async () => {
    for (const session of sessions) session.destroy();
  };
  return { kind: 'held', release };
}

async function openSession({ host, port }: Instance): Promise<Connection> {
  const session = await createConnection({ host, port, user: 'app', password: 'app' });
  session.on('error', () => undefined); // a crash of the server meanwhile is no crash of the lab
  return session;
}
