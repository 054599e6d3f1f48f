import type { ClusterHistory, ClusterState, HistoryPoint } from '@shared/model/fleet';
import type { InstanceCapabilities, InstanceDetail, ProcessList, Session } from '@shared/model/instance';

const session = (id: number, more: Partial<Session>): Session => ({
  id,
  user: 'app_ledger',
  host: '10.8.2.31:50122',
  schema: 'ledger',
  command: 'Query',
  kind: 'running',
  state: 'executing',
  seconds: 0.4,
  statement: 'SELECT id, booked_at, amount FROM posting WHERE account_id = 9127 ORDER BY booked_at DESC LIMIT 50',
  program: 'ledger-api 4.18',
  trx: null,
  blockedBy: [],
  ...more,
});

/** A lock pile-up with its root idle in a transaction. */
export function demoProcesses(instanceId: string, nowMs: number): ProcessList {
  const update = 'UPDATE account SET balance = balance - 40 WHERE id = 55012';
  const waits = { state: 'updating', statement: update, trx: { ageSeconds: 41, rowsModified: 2, rowsLocked: 3 } };
  return {
    instanceId,
    atMs: nowMs,
    maxConnections: 600,
    limits: [],
    sessions: [
      session(81204, {
        kind: 'sleeping',
        command: 'Sleep',
        state: '',
        seconds: 192,
        statement: '',
        trx: { ageSeconds: 192, rowsModified: 12_408, rowsLocked: 12_411 },
      }),
      session(81377, { ...waits, seconds: 41.2, blockedBy: [81204] }),
      session(81391, { ...waits, seconds: 38, blockedBy: [81377] }),
      session(81402, {
        ...waits,
        seconds: 22.4,
        statement: 'SELECT balance FROM account WHERE id = 55012 FOR SHARE',
        blockedBy: [81377],
      }),
      session(81380, {
        ...waits,
        seconds: 36.7,
        statement: "INSERT INTO posting (account_id, amount, note) VALUES (60110, 12.5, 'fee')",
        blockedBy: [81204],
      }),
      session(81455, { seconds: 0.8 }),
      session(81467, {
        user: 'report',
        host: '10.8.9.2:4410',
        state: 'sorting',
        statement: 'SELECT region, sum(amount) FROM posting GROUP BY region',
      }),
      session(44, {
        user: 'repl',
        host: 'led-2:3306',
        kind: 'replication',
        command: 'Binlog Dump GTID',
        state: 'Source has sent all binlog to replica',
        statement: '',
        seconds: 92_000,
      }),
      session(80012, {
        user: 'midwatch',
        host: 'bastion-iad',
        kind: 'midwatch',
        statement: 'SELECT … FROM performance_schema.threads',
        program: 'midwatch',
      }),
      ...Array.from({ length: 60 }, (_, index) =>
        session(70_000 + index, { kind: 'sleeping', command: 'Sleep', state: '', statement: '', seconds: 30 + index }),
      ),
    ],
  };
}

export const demoDetail = (instanceId: string, nowMs: number): InstanceDetail => ({
  instanceId,
  atMs: nowMs,
  variables: [
    { name: 'innodb_flush_log_at_trx_commit', value: '1', differs: [{ instance: 'wallet-3', value: '2' }] },
    { name: 'max_connections', value: '600', differs: [{ instance: 'wallet-4', value: '151' }] },
    { name: 'sync_binlog', value: '1', differs: [] },
    { name: 'init_connect', value: '', differs: [] },
  ],
  status: [
    { name: 'Threads_connected', value: '184' },
    { name: 'Com_commit', value: '48210377' },
  ],
});

export function demoCapabilities(cluster: ClusterState, nowMs: number): readonly InstanceCapabilities[] {
  return cluster.instances.map((instance, index) => ({
    instanceId: instance.id,
    instance: instance.name,
    account: 'midwatch@10.8.%',
    atMs: nowMs,
    capabilities: [
      { code: 'monitor', title: 'See state, lag and health', state: 'works', missing: [], without: '', grantSql: '' },
      {
        code: 'process-list',
        title: 'See the statements of all sessions',
        state: 'works',
        missing: [],
        without: '',
        grantSql: '',
      },
      index === 1
        ? {
            code: 'kill',
            title: 'End sessions',
            state: 'missing',
            missing: ['CONNECTION_ADMIN'],
            without: 'The process list still works; sessions cannot be ended.',
            grantSql: "GRANT CONNECTION_ADMIN ON *.* TO 'midwatch'@'10.8.%';",
          }
        : { code: 'kill', title: 'End sessions', state: 'works', missing: [], without: '', grantSql: '' },
    ],
  }));
}

/** Lag over time: calm, growing or stopped by what the instance says now; with one hole. */
export function demoHistory(
  cluster: ClusterState,
  of: { fromMs: number; toMs: number; points: number },
): ClusterHistory {
  const stepMs = (of.toMs - of.fromMs) / of.points;
  const point = (now: number, index: number): HistoryPoint => {
    const atMs = of.fromMs + index * stepMs;
    const share = index / of.points;
    const hole = share > 0.48 && share < 0.52 && now < 800;
    const grown =
      now < 1
        ? 0.08 + 0.06 * Math.abs(Math.sin(index))
        : share < 0.35
          ? 1 + Math.abs(Math.sin(index))
          : (now * (share - 0.35)) / 0.65;
    return {
      atMs,
      heartbeatLag: hole ? null : grown,
      workerLag: hole || (now > 800 && share > 0.35) ? null : grown * 0.85,
      serverLag: hole || (now > 800 && share > 0.35) ? null : Math.max(0, Math.round(grown - 8)),
      positionLag: hole ? null : grown * 0.96,
      commitsPerSecond: 280,
    };
  };
  return {
    fromMs: of.fromMs,
    toMs: of.toMs,
    stepMs,
    bound: { secondPointsHours: 24, minutePointsDays: 30, bytes: 412_000_000 },
    instances: cluster.instances.map((instance) => ({
      instanceId: instance.id,
      points: Array.from({ length: of.points + 1 }, (_, index) => point(instance.lag?.seconds ?? 0, index)),
    })),
  };
}
