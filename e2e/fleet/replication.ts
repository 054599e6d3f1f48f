import { setTimeout as wait } from 'node:timers/promises';
import type { Instance, Row } from './instance';
import type { Dialect } from './scenarios';

/** Where a replica reads from: a server, or the near end of a link to it. */
export interface SourceAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Makes an empty copy of the template a running, read-only replica (GTID positions, 1 s heartbeat, 1 s between attempts).
 * MySQL reads over TLS, as caching_sha2_password demands (MySQL manual, "CHANGE REPLICATION SOURCE TO").
 */
export async function attachReplica(replica: Instance, dialect: Dialect, source: SourceAddress): Promise<void> {
  if (dialect === 'mysql') {
    await replica.execute(
      `CHANGE REPLICATION SOURCE TO SOURCE_HOST='${source.host}', SOURCE_PORT=${source.port}, SOURCE_USER='repl',
         SOURCE_PASSWORD='repl', SOURCE_AUTO_POSITION=1, SOURCE_SSL=1, SOURCE_CONNECT_RETRY=1, SOURCE_RETRY_COUNT=86400,
         SOURCE_HEARTBEAT_PERIOD=1`,
      'START REPLICA',
      'SET PERSIST super_read_only=ON',
    );
  } else {
    await replica.execute(
      `CHANGE MASTER TO MASTER_HOST='${source.host}', MASTER_PORT=${source.port}, MASTER_USER='repl', MASTER_PASSWORD='repl',
         MASTER_USE_GTID=slave_pos, MASTER_CONNECT_RETRY=1, MASTER_HEARTBEAT_PERIOD=1`,
      'START SLAVE',
    );
  }
}

/**
 * Turns semi-sync on before replication starts: every server can acknowledge, the primary waits for `waitFor` of them.
 * It stays over a restart. MariaDB 10.11 has it built in, and waits for one.
 */
export async function enableSemiSync(instance: Instance, dialect: Dialect, waitFor: number): Promise<void> {
  const isPrimary = instance.role === 'primary';
  const settings: Record<string, string | number> =
    dialect === 'mysql'
      ? {
          rpl_semi_sync_replica_enabled: 'ON',
          ...(isPrimary
            ? { rpl_semi_sync_source_wait_for_replica_count: waitFor, rpl_semi_sync_source_enabled: 'ON' }
            : {}),
        }
      : {
          rpl_semi_sync_slave_enabled: 'ON',
          ...(isPrimary ? { rpl_semi_sync_master_enabled: 'ON' } : {}),
        };
  const set = dialect === 'mysql' ? 'SET PERSIST' : 'SET GLOBAL';
  await instance.execute(...Object.entries(settings).map(([name, value]) => `${set} ${name} = ${value}`));
  if (dialect === 'mariadb') instance.addOptions(settings);
}

/** The threads of a replica as the server reports them. */
export interface ReplicaThreads {
  readonly receiver: string;
  readonly applier: string;
  readonly error: string;
}

/** Reads `SHOW REPLICA STATUS`. @returns undefined when the instance replicates from nobody */
export async function readReplicaThreads(instance: Instance, dialect: Dialect): Promise<ReplicaThreads | undefined> {
  const row = (await instance.query(dialect === 'mysql' ? 'SHOW REPLICA STATUS' : 'SHOW SLAVE STATUS'))[0];
  if (!row) return undefined;
  return {
    receiver: text(row, 'Replica_IO_Running', 'Slave_IO_Running'),
    applier: text(row, 'Replica_SQL_Running', 'Slave_SQL_Running'),
    error: text(row, 'Last_IO_Error') || text(row, 'Last_SQL_Error'),
  };
}

function text(row: Row, ...columns: readonly string[]): string {
  return String(columns.map((column) => row[column]).find((value) => value !== undefined) ?? '');
}

/** Waits until receiver and applier run. @throws Error with the state after `limitMs` */
export async function waitUntilReplicating(instance: Instance, dialect: Dialect, limitMs = 30_000): Promise<void> {
  let threads: ReplicaThreads | undefined;
  for (const limit = Date.now() + limitMs; Date.now() < limit; await wait(30)) {
    threads = await readReplicaThreads(instance, dialect);
    if (threads?.receiver === 'Yes' && threads.applier === 'Yes') return;
  }
  throw new Error(`${instance.name} does not replicate: ${JSON.stringify(threads)}`);
}

/**
 * Waits until a source lists its replicas. One says that it receives several round trips before its source knows of it:
 * at 180 ms each, whoever asks the source who follows it misses it for a second.
 *
 * @throws Error after `limitMs`
 */
export async function waitUntilListed(
  source: Instance,
  dialect: Dialect,
  replicas: number,
  limitMs = 30_000,
): Promise<void> {
  const sql = dialect === 'mysql' ? 'SHOW REPLICAS' : 'SHOW REPLICA HOSTS';
  let listed = 0;
  for (const limit = Date.now() + limitMs; Date.now() < limit; await wait(30)) {
    listed = (await source.query(sql)).length;
    if (listed >= replicas) return;
  }
  throw new Error(`${source.name} lists ${listed} of ${replicas} replicas`);
}
