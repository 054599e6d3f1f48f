import { randomInt } from 'node:crypto';
import type { RunningFleet } from './fleet';

/** An account that the template does not have: written on the replica first, then on its source. */
const duplicateId = 900_001;

/** Starts or stops one half of replication, in the words of the server. */
export async function switchReplicaThread(
  fleet: RunningFleet,
  name: string,
  verb: 'START' | 'STOP',
  thread: 'IO_THREAD' | 'SQL_THREAD',
): Promise<void> {
  await fleet.instance(name).query(`${verb} ${fleet.dialect === 'mysql' ? 'REPLICA' : 'SLAVE'} ${thread}`);
}

/** Makes the applier fail with a duplicate key (1062); the replica's own row leaves no GTID behind. */
export async function breakApplier(fleet: RunningFleet, name: string): Promise<void> {
  const row = `INSERT INTO app.account VALUES (${duplicateId}, 'duplicate', 'EUR', 0)`;
  await writeDespiteReadOnly(fleet, name, ['SET SESSION sql_log_bin=0', row]);
  await fleet.primary.query(row);
}

/** Undoes {@link breakApplier}. */
export async function mendApplier(fleet: RunningFleet, name: string): Promise<void> {
  const removal = `DELETE FROM app.account WHERE id = ${duplicateId}`;
  await writeDespiteReadOnly(fleet, name, ['SET SESSION sql_log_bin=0', removal]);
  await switchReplicaThread(fleet, name, 'START', 'SQL_THREAD');
}

/** Writes one transaction that only this replica has. */
export async function writeErrantTransaction(fleet: RunningFleet, name: string): Promise<void> {
  const id = randomInt(910_000, 2_000_000);
  await writeDespiteReadOnly(fleet, name, [`INSERT INTO app.account VALUES (${id}, 'errant', 'EUR', 1)`]);
}

/** Root may write on a server that is read-only, not on one that is super-read-only: that is lifted for the moment. */
async function writeDespiteReadOnly(fleet: RunningFleet, name: string, statements: readonly string[]): Promise<void> {
  const instance = fleet.instance(name);
  if (fleet.dialect === 'mariadb') {
    await instance.execute(...statements);
    return;
  }
  const [row] = await instance.query('SELECT @@global.super_read_only AS fenced');
  const isFenced = Number(row?.['fenced']) === 1;
  try {
    await instance.execute(...(isFenced ? ['SET GLOBAL super_read_only=OFF'] : []), ...statements);
  } finally {
    if (isFenced) await instance.query('SET GLOBAL super_read_only=ON');
  }
}
