import { createConnection, type Connection } from 'mysql2/promise';
import type { Instance, RunningFleet } from '../../e2e/fleet';

/**
 * The bare SQL of the same operation: fence, wait, the way back, open (planned); wait, acknowledgements, open (emergency). On
 * connections that are open, side by side where they can be, with nothing checked, locked, recorded or proved. What every
 * tool is measured against, and what nobody should run: it loses writes as soon as anything is not as it was assumed.
 */
export interface Floor {
  /**
   * Planned: fence, wait, open. What follows the opening is not in the write gap and is waited for.
   * @returns how long the statements took until the candidate was open
   */
  switchOver(primary: Instance, candidate: Instance): Promise<{ readonly tookMs: number }>;
  /** The primary was killed: drain the one of `survivors` that received most, and open it. @returns the new primary */
  failOver(survivors: readonly Instance[]): Promise<Instance>;
  close(): void;
}

type Row = Record<string, unknown>;

/** Opens its connections now, so that none is opened in the write gap. */
export async function openFloor(fleet: RunningFleet): Promise<Floor> {
  const sql = fleet.dialect === 'mysql' ? mysql : mariadb;
  const connections = new Map<string, Connection>();
  for (const { name, host, port } of fleet.instances) {
    const connection = await createConnection({
      host,
      port,
      user: 'admin',
      password: 'admin',
      multipleStatements: true,
    });
    connection.on('error', () => undefined);
    connections.set(name, connection);
  }
  const ask = async (instance: Instance, text: string, values: unknown[] = []): Promise<unknown> => {
    const connection = connections.get(instance.name);
    if (!connection) throw new Error(`No connection to ${instance.name}`);
    const [rows] = await connection.query(text, values);
    return Array.isArray(rows)
      ? (rows.flat() as Row[]).map((row) => row?.['value'] ?? row?.['Gtid_IO_Pos']).find((value) => value !== undefined)
      : undefined;
  };
  const waitsForAck = Number(await ask(fleet.primary, sql.waitsForAck)) === 1;
  const follow = (instance: Instance, source: Instance, wasPrimary: boolean): Promise<unknown> =>
    ask(instance, sql.follow(source, wasPrimary));
  return {
    async switchOver(primary, candidate) {
      const startedMs = performance.now();
      const frozen = await ask(primary, sql.fence);
      await ask(candidate, sql.wait, [frozen]);
      await Promise.all([ask(candidate, sql.stop), follow(primary, candidate, true)]);
      await ask(candidate, sql.open);
      const tookMs = performance.now() - startedMs;
      const others = fleet.instances.filter((one) => one !== primary && one !== candidate);
      await Promise.all([ask(primary, sql.keepFence), ...others.map((one) => follow(one, candidate, false))]);
      return { tookMs };
    },
    async failOver(replicas) {
      const received = await Promise.all(replicas.map(async (one) => String(await ask(one, sql.received))));
      const best = received.reduce(
        (most, one, index) => (sizeOf(one) > sizeOf(received[most] ?? '') ? index : most),
        0,
      );
      const candidate = replicas[best];
      if (!candidate) throw new Error('No replica is left');
      await ask(candidate, sql.wait, [received[best]]);
      const others = replicas.filter((one) => one !== candidate);
      const move = (): Promise<unknown> => Promise.all(others.map((one) => follow(one, candidate, false)));
      await ask(candidate, sql.stop);
      // Under semi-sync the first commit waits for an acknowledgement, whoever opened the server.
      if (waitsForAck) await Promise.all([move(), ask(candidate, sql.semiSync)]);
      await ask(candidate, sql.open);
      if (!waitsForAck) await move();
      return candidate;
    },
    close() {
      for (const connection of connections.values()) connection.destroy();
    },
  };
}

/** How many transactions a position of the lab holds: its fleets write with one number each. */
function sizeOf(position: string): number {
  const ends = position.split(/[,\s]+/).map((part) => Number(/(\d+)$/.exec(part)?.[1] ?? 0));
  return ends.reduce((sum, end) => sum + end, 0);
}

const mysql = {
  fence: "SET GLOBAL super_read_only = ON; SELECT REPLACE(@@GLOBAL.gtid_executed, '\\n', '') AS value",
  /** So that a restart does not open it; the value is the same, so it is no part of the floor. */
  keepFence: 'SET PERSIST super_read_only = ON',
  wait: 'SELECT WAIT_FOR_EXECUTED_GTID_SET(?, 60) AS value',
  received: `SELECT REPLACE(received_transaction_set, '\\n', '') AS value FROM performance_schema.replication_connection_status
    WHERE channel_name = ''`,
  stop: "STOP REPLICA FOR CHANNEL ''; RESET REPLICA ALL FOR CHANNEL ''",
  semiSync: 'SET PERSIST rpl_semi_sync_source_enabled = ON',
  waitsForAck:
    "SELECT COUNT(*) AS value FROM performance_schema.global_variables WHERE variable_name = 'rpl_semi_sync_source_enabled' AND variable_value = 'ON'",
  open: 'SET PERSIST super_read_only = OFF, PERSIST read_only = OFF',
  follow: ({ host, port }: Instance, wasPrimary: boolean) =>
    `${wasPrimary ? '' : "STOP REPLICA FOR CHANNEL '';"} CHANGE REPLICATION SOURCE TO SOURCE_HOST = '${host}', SOURCE_PORT = ${port},
       SOURCE_USER = 'repl', SOURCE_PASSWORD = 'repl', SOURCE_AUTO_POSITION = 1, SOURCE_SSL = 1, SOURCE_CONNECT_RETRY = 1,
       SOURCE_RETRY_COUNT = 86400, SOURCE_HEARTBEAT_PERIOD = 1 FOR CHANNEL ''; START REPLICA FOR CHANNEL ''`,
};

const mariadb: typeof mysql = {
  fence: 'SET GLOBAL read_only = 1; SELECT @@GLOBAL.gtid_binlog_pos AS value',
  keepFence: 'DO 1',
  wait: 'SELECT MASTER_GTID_WAIT(?, 60) AS value',
  received: 'SHOW SLAVE STATUS',
  stop: 'STOP SLAVE; RESET SLAVE ALL',
  semiSync: 'SET GLOBAL rpl_semi_sync_master_enabled = 1',
  waitsForAck: 'SELECT @@GLOBAL.rpl_semi_sync_master_enabled AS value',
  open: 'SET GLOBAL read_only = 0',
  follow: ({ host, port }: Instance, wasPrimary: boolean) =>
    `${wasPrimary ? '' : 'STOP SLAVE;'} CHANGE MASTER TO MASTER_HOST = '${host}', MASTER_PORT = ${port}, MASTER_USER = 'repl',
       MASTER_PASSWORD = 'repl', MASTER_USE_GTID = slave_pos, ${wasPrimary ? 'MASTER_DEMOTE_TO_SLAVE = 1,' : ''}
       MASTER_CONNECT_RETRY = 1, MASTER_HEARTBEAT_PERIOD = 1; START SLAVE`,
};
