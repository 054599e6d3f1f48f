import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bareParts, type Check, type Plan } from '@shared/model/plan';
import { emptyInventory, type Instance } from '@shared/model/inventory';
import { mariadbDialect } from '../../dialect/mariadb';
import { mysqlDialect } from '../../dialect/mysql';
import { switchoverSql, type ChannelSettings } from '../../dialect/switchover-sql';
import type { ServerFacts, ServerSample } from '../../dialect/server-sample';
import { ActivityLog } from '../../fleet/activity-log';
import { Connections } from '../../fleet/connections';
import { deriveTopology } from '../../fleet/topology';
import { Unlocks } from '../../fleet/unlocks';
import { unseen } from '../../monitor/observation';
import { memorySecrets } from '../../testing/memory-secrets';
import { FakeStore } from '../../testing/memory-store';
import { realClock } from '../../testing/real-clock';
import { channelOf, factsOf, sampleOf } from '../../testing/sample-of';
import { changedFacts, requireSameBasis } from '../basis';
import { bindStatement } from '../bind-statement';
import type { ClusterReading, InstanceReading, ReachedInstance } from '../cluster-reading';
import { OperationService } from '../operation-service';
import { arrange } from '../region/arrangement';

import { preflight, type PreflightInput } from './preflight';
import { switchoverStepCode } from './step-code';
import { switchoverSteps } from './steps-data';
import type { RemoteHost } from '../../ports/remote-host';
import type { Party } from '../steps/step-data';

const settings: ChannelSettings = {
  user: 'repl',
  sslAllowed: true,
  getPublicKey: false,
  heartbeatSeconds: 1,
  connectRetrySeconds: 1,
};

const uuid = '3e11fa47-71ca-11e1-9e33-c80aa9429562';
const allGrants = ['GRANT ALL PRIVILEGES ON *.* TO `midwatch`@`%`'];
const goodVariables = new Map([
  ['log_bin', 'ON'],
  ['log_replica_updates', 'ON'],
  ['sync_binlog', '1'],
  ['innodb_flush_log_at_trx_commit', '1'],
]);

interface Change {
  readonly reading?: Partial<ReachedInstance>;
  readonly facts?: Partial<ServerFacts>;
  readonly sample?: Partial<ServerSample>;
  readonly variables?: Readonly<Record<string, string>>;
}

function readingOf(name: string, change: Change = {}): ReachedInstance {
  const instance: Instance = { id: name, name, host: name, port: 3306, via: [] };
  const isReplica = name !== 'db-1';
  return {
    instance,
    reached: true,
    dialect: mysqlDialect,
    facts: factsOf({
      serverUuid: `${name}`,
      grants: allGrants,
      variables: new Map([...goodVariables, ...Object.entries(change.variables ?? {})]),
      ...change.facts,
    }),
    sample: sampleOf({
      readOnly: isReplica,
      gtidExecuted: `${uuid}:1-100`,
      channels: isReplica ? [channelOf()] : [],
      ...change.sample,
    }),
    preparedXa: 0,
    enabledEvents: 0,
    privilegedAccounts: '',
    longestWriteSeconds: 0,
    channelSettings: isReplica ? settings : null,
    partialTransaction: '',
    binlogState: '',
    ...change.reading,
  };
}

/** A calm cluster of db-1 above db-2 (the candidate) and db-3, with what a row of the table changes. */
function inputWith(
  changes: Readonly<Record<string, Change | 'silent'>>,
  rest: Partial<PreflightInput> = {},
): PreflightInput {
  const readings = ['db-1', 'db-2', 'db-3'].map((name): InstanceReading => {
    const change = changes[name] ?? {};
    const reading = readingOf(name, change === 'silent' ? {} : change);
    return change === 'silent'
      ? {
          instance: reading.instance,
          reached: false,
          error: { code: 'connection-refused', message: 'refused', nextStep: '', details: {} },
        }
      : reading;
  });
  const reached = readings.filter((one) => one.reached);
  const topology = deriveTopology(
    readings.map((one) =>
      one.reached
        ? {
            ...unseen('c', one.instance),
            dialect: one.dialect,
            version: one.facts.version,
            sample: one.sample,
            facts: one.facts,
          }
        : unseen('c', one.instance),
    ),
  );
  const dialects = new Set(reached.map((one) => one.dialect.name));
  const reading: ClusterReading = {
    cluster: {
      id: 'c',
      name: 'c',
      user: 'midwatch',
      tls: { mode: 'off' },
      heartbeat: { kind: 'none' },
      pinned: false,
      connectionBudget: 3,
      instances: readings.map((one) => one.instance),
    },
    atMs: 0,
    readings,
    topology,
    dialect: dialects.size === 1 ? ([...dialects][0] ?? null) : null,
  };
  const primary = reached.find((one) => one.instance.name === 'db-1') ?? null;
  const candidate = reached.find((one) => one.instance.name === 'db-2') ?? null;
  const replicas = reached.filter((one) => one !== primary);
  return {
    reading,
    primary,
    candidate,
    replicas,
    arrangement: primary && candidate ? arrange({ topology, primary, candidate, replicas }) : null,
    replicationLogin: { ok: true, evidence: 'signs in' },
    interruptedRun: null,
    ...rest,
  };
}

const channel = (change: Parameters<typeof channelOf>[0]): Change => ({ sample: { channels: [channelOf(change)] } });

const table: readonly (readonly [string, PreflightInput, string, Check['status']])[] = [
  ['a silent replica', inputWith({ 'db-3': 'silent' }), 'all-reachable', 'fail'],
  ['an interrupted run', inputWith({}, { interruptedRun: 'r' }), 'no-interrupted-run', 'fail'],
  ['a replica that takes writes', inputWith({ 'db-3': { sample: { readOnly: false } } }), 'one-writable', 'fail'],
  ['a primary that takes none', inputWith({ 'db-1': { sample: { readOnly: true } } }), 'one-writable', 'fail'],
  ['a replica below a replica', inputWith({ 'db-3': channel({ sourceHost: 'db-2' }) }), 'supported-topology', 'pass'],
  [
    'a replica of a stranger',
    inputWith({ 'db-3': channel({ sourceHost: 'db-9', sourceUuid: '', sourceServerId: 99 }) }),
    'supported-topology',
    'fail',
  ],
  [
    'two sources',
    inputWith({ 'db-3': { sample: { channels: [channelOf(), channelOf({ name: 'b' })] } } }),
    'supported-topology',
    'fail',
  ],
  ['a named channel', inputWith({ 'db-3': channel({ name: 'b' }) }), 'supported-topology', 'fail'],
  ['two products', inputWith({ 'db-3': { reading: { dialect: mariadbDialect } } }), 'supported-topology', 'fail'],
  ['an older candidate', inputWith({ 'db-2': { facts: { version: '8.4.0' } } }), 'version', 'fail'],
  ['an older sibling', inputWith({ 'db-3': { facts: { version: '8.4.0' } } }), 'version', 'warn'],
  ['a version out of support', inputWith({ 'db-2': { facts: { version: '5.7.44' } } }), 'version', 'fail'],
  ['no GTIDs', inputWith({ 'db-3': { facts: { gtidEnabled: false } } }), 'gtid', 'fail'],
  ['file and position', inputWith({ 'db-3': channel({ autoPosition: false }) }), 'gtid', 'fail'],
  ['a stopped receiver', inputWith({ 'db-2': channel({ receiver: 'stopped' }) }), 'candidate-runs', 'fail'],
  ['a stopped applier', inputWith({ 'db-2': channel({ applier: 'stopped' }) }), 'candidate-runs', 'fail'],
  ['a delay on purpose', inputWith({ 'db-2': channel({ delaySeconds: 60 }) }), 'candidate-runs', 'fail'],
  ['a long queue', inputWith({ 'db-1': { sample: { gtidExecuted: `${uuid}:1-9000` } } }), 'catch-up', 'fail'],
  ['a short queue', inputWith({ 'db-1': { sample: { gtidExecuted: `${uuid}:1-900` } } }), 'catch-up', 'pass'],
  ['an errant transaction', inputWith({ 'db-3': { sample: { gtidExecuted: `${uuid}:1-101` } } }), 'errant', 'fail'],
  [
    'what a sibling needs was purged',
    inputWith({
      'db-2': { facts: { gtidPurged: `${uuid}:1-50` } },
      'db-3': { sample: { gtidExecuted: `${uuid}:1-20` } },
    }),
    'purged',
    'fail',
  ],
  ['a prepared XA', inputWith({ 'db-1': { reading: { preparedXa: 1 } } }), 'prepared-xa', 'fail'],
  ['prepared XAs unknown', inputWith({ 'db-1': { reading: { preparedXa: null } } }), 'prepared-xa', 'unknown'],
  ['a long write', inputWith({ 'db-1': { reading: { longestWriteSeconds: 60 } } }), 'long-writes', 'warn'],
  ['writes unknown', inputWith({ 'db-1': { reading: { longestWriteSeconds: null } } }), 'long-writes', 'unknown'],
  ['a filter', inputWith({ 'db-3': channel({ filters: ['replicate-do-db: a'] }) }), 'filters', 'fail'],
  ['semi-sync of one', semiSync({ count: '1', plugin: true }), 'semi-sync', 'pass'],
  ['semi-sync of two', semiSync({ count: '2', plugin: true }), 'semi-sync', 'pass'],
  ['semi-sync of more than there are replicas', semiSync({ count: '9', plugin: true }), 'semi-sync', 'fail'],
  ['semi-sync without the plugin', semiSync({ count: '1', plugin: false }), 'semi-sync', 'fail'],
  ['no binary log', inputWith({ 'db-2': { variables: { log_bin: 'OFF' } } }), 'candidate-logs', 'fail'],
  [
    'no log of what is applied',
    inputWith({ 'db-2': { variables: { log_replica_updates: 'OFF' } } }),
    'candidate-logs',
    'fail',
  ],
  ['a refused login', inputWith({}, { replicationLogin: { ok: false, evidence: 'no' } }), 'reverse-path', 'fail'],
  ['few grants', inputWith({ 'db-2': { facts: { grants: ['GRANT PROCESS ON *.* TO `m`@`%`'] } } }), 'grants', 'fail'],
  ['commits not durable', inputWith({ 'db-2': { variables: { sync_binlog: '0' } } }), 'durability', 'warn'],
  ['accounts that pass', inputWith({ 'db-1': { reading: { privilegedAccounts: "'dba'@'%'" } } }), 'bypass', 'warn'],
];

function semiSync({ count, plugin }: { count: string; plugin: boolean }): PreflightInput {
  return inputWith({
    'db-1': { variables: { rpl_semi_sync_source_enabled: 'ON', rpl_semi_sync_source_wait_for_replica_count: count } },
    'db-2': { variables: plugin ? { rpl_semi_sync_source_enabled: 'OFF' } : {} },
  });
}

describe('the checks before a switchover', () => {
  it('let a calm cluster pass; only applications are warned of', () => {
    const bad = preflight(inputWith({})).filter((one) => one.status !== 'pass');
    expect(bad.map((one) => one.code)).toEqual(['traffic']);
  });

  it.each(table)('judge %s', (_what, input, code, status) => {
    const found = preflight(input).find((one) => one.code === code);
    expect([found?.code, found?.status]).toEqual([code, status]);
    expect(found?.evidence).not.toBe('');
  });

  it('What cannot be read is unknown, and unknown refuses the plan.', () => {
    const unknown = preflight(inputWith({ 'db-1': { reading: { preparedXa: null, longestWriteSeconds: null } } }));
    const open = unknown.filter((one) => one.status === 'unknown');
    expect(open.map((one) => one.code)).toEqual(['prepared-xa', 'long-writes']);
    for (const check of open) expect(check.advice).toMatch(/^Grant /);
  });
});

const party = (name: string): Party => ({
  id: `id-${name}`,
  name,
  host: name,
  port: 3306,
  serverId: Number(name.slice(-1)),
});

const stepsFor = (dialect: 'mysql' | 'mariadb', useSemiSync = false): ReturnType<typeof switchoverSteps> =>
  switchoverSteps({
    sql: switchoverSql[dialect],
    primary: party('db-1'),
    candidate: party('db-2'),
    siblings: [{ ...party('db-3'), settings }],
    kept: [],
    candidateSettings: settings,
    setsOwnPosition: false,
    semiSyncCount: useSemiSync ? 1 : 0,
    traffic: { hook: null, endpoint: null, direct: null },
  });

describe.each(['mysql', 'mariadb'] as const)('the steps as data, %s', (dialect) => {
  const steps = stepsFor(dialect, true);

  it('stand in the one safe order', () => {
    expect(steps.map((one) => one.id)).toEqual([
      'lock',
      'prepare',
      'pre-sync',
      'fence',
      'freeze',
      'catch-up',
      'stop-receiver',
      'reverse',
      'semi-sync',
      'open',
      'marker',
      'repoint-db-3',
      'clean',
      'prove',
    ]);
    expect(steps.filter((one) => one.pointOfNoReturn).map((one) => one.id)).toEqual(['open']);
    expect(steps.filter((one) => one.optional).map((one) => one.id)).toEqual(['repoint-db-3', 'clean']);
  });

  it('have code for each action, and an undo in data where the code has one', () => {
    for (const step of steps) {
      const code = switchoverStepCode[step.action];
      expect([step.id, code !== undefined]).toEqual([step.id, true]);
      expect([step.id, step.undo !== null]).toEqual([step.id, code?.undo !== undefined]);
      expect([step.id, step.statements.some((one) => one.phase === 'undo')]).toEqual([step.id, step.undo !== null]);
      expect(new Set(step.statements.map((one) => one.key)).size).toBe(step.statements.length);
    }
  });

  it('undo on one instance each, so that undos of different servers can run side by side', () => {
    for (const step of steps) {
      const on = new Set(step.statements.filter((one) => one.phase === 'undo').map((one) => one.instanceId));
      expect([step.id, on.size <= 1]).toEqual([step.id, true]);
    }
  });

  it('Every wait has a limit, and every undo has its own time.', () => {
    for (const step of steps) {
      expect(step.timeoutMs).toBeGreaterThan(0);
      expect(step.timeoutMs).toBeLessThanOrEqual(60_000);
      expect(step.undoTimeoutMs).toBeGreaterThan(0);
      for (const { text } of step.statements) if (/WAIT/.test(text)) expect(text).toMatch(/\(:position, :seconds\)/);
    }
    const fence = steps.find((one) => one.id === 'fence');
    expect(fence?.statements[0]?.text).toBe('SET SESSION lock_wait_timeout = 2');
    expect(fence?.timeoutMs).toBeLessThanOrEqual(6000);
  });

  it('hold no secret: the password is a place', () => {
    const change = steps.find((one) => one.id === 'reverse')?.statements.find((one) => one.key === 'change');
    expect(change?.text).toMatch(/PASSWORD = :password/);
  });

  it('name one lock, whatever a console calls the cluster', () => {
    const locks = steps[0]?.statements.map((one) => one.text) ?? [];
    expect(locks).toHaveLength(3);
    expect(new Set(locks)).toEqual(new Set(["SELECT GET_LOCK('midwatch.operation', 0)"]));
  });
});

describe('bind-statement', () => {
  it.each([
    ['SELECT :a', { a: 'x' }, "SELECT 'x'"],
    ['SELECT :a, :a', { a: "it's" }, "SELECT 'it''s', 'it''s'"],
    ['KILL :session', { session: 7n }, 'KILL 7'],
    ["SELECT 'a:1', :n", { n: 2 }, "SELECT 'a:1', 2"],
  ])('fills %s', (sql, values, bound) => {
    expect(bindStatement(sql, values)).toBe(bound);
  });

  it('refuses text whose meaning depends on the sql_mode', () => {
    expect(() => bindStatement('SELECT :a', { a: 'a\\b' })).toThrow('backslash');
  });

  it('refuses a place without a value and a value without a place', () => {
    expect(() => bindStatement('SELECT :a', {})).toThrow('No value for :a');
    expect(() => bindStatement('SELECT 1', { a: 1 })).toThrow('No place for :a');
  });
});

const unusedHosts: RemoteHost = {
  run: async () => Promise.reject(new Error('unused')),
  stream: () => {
    throw new Error('unused');
  },
  pipe: async () => Promise.reject(new Error('unused')),
};

describe('a plan', () => {
  const plan: Plan = {
    id: 'p',
    kind: 'switchover',
    clusterId: 'c',
    cluster: 'wallet',
    title: 't',
    createdAtMs: 0,
    expiresAtMs: 60_000,
    basis: { seenAtMs: 0, facts: { 'db-1: writes': 'writable' } },
    checks: [],
    candidates: [],
    steps: [],
    impact: { primary: 'db-1', candidate: 'db-2', writeGapMs: 0, lostTransactions: 0, sentences: [], achieved: '' },
    actLabel: '',
    applyable: true,
    refusals: [],
    ...bareParts,
  };

  it('A plan whose cluster changed, or that is older than a minute, is refused and made again.', async () => {
    const time = { nowMs: 0 };
    const clock = { ...realClock, nowMs: () => time.nowMs };
    const store = new FakeStore();
    const activity = new ActivityLog(store.activity, clock);
    const unlocks = new Unlocks({ clock, activity, user: 'tester' });
    const secrets = memorySecrets();
    let facts: Record<string, string> = plan.basis.facts;
    const service = new OperationService({
      kinds: [
        {
          kind: 'switchover',
          steps: {},
          plan: async () => plan,
          requireBasis: async () => requireSameBasis(plan.basis, { seenAtMs: time.nowMs, facts }),
        },
      ],
      journal: store.journal,
      hosts: unusedHosts,
      hooks: { call: async () => Promise.reject(new Error('unused')) },
      proxies: {
        haproxy: async () => Promise.reject(new Error('unused')),
        proxysql: async () => Promise.reject(new Error('unused')),
        router: async () => Promise.reject(new Error('unused')),
      },
      quarantine: store.quarantine,
      processes: { self: '1', isAlive: () => false },
      evidence: { save: () => ({ path: '', sha256: '', bytes: 0 }) },
      connections: new Connections({
        connector: { connect: async () => Promise.reject(new Error('no server')) },
        secrets,
        inventory: () => emptyInventory,
      }),
      unlocks,
      activity,
      clock,
      user: 'tester',
      newId: () => 'run',
    });
    const { signal } = new AbortController();
    const approve = async (): Promise<{ runId: string }> => {
      await service.plan({ kind: 'switchover', clusterId: 'c' }, signal);
      return service.approve({ planId: 'p', confirmName: 'wallet', reason: '' }, signal);
    };
    await expect(approve()).rejects.toMatchObject({ code: 'cluster-locked' });
    unlocks.unlock({ clusterId: 'c', cluster: 'wallet', reason: 'test', minutes: 60 });
    facts = { 'db-1: writes': 'read-only' };
    await expect(approve()).rejects.toMatchObject({ code: 'plan-expired' });
    facts = plan.basis.facts;
    time.nowMs = 60_001;
    await expect(approve()).rejects.toMatchObject({ code: 'plan-expired', message: expect.stringContaining('minute') });
    expect(store.journal.runs()).toEqual([]);
    time.nowMs = 60_000;
    const { runId } = await approve();
    expect(await service.ended(runId)).toBe('succeeded');
  });

  it('takes the rounding of a start for no restart', () => {
    const at = (second: number): { seenAtMs: number; facts: Record<string, string> } => ({
      seenAtMs: 0,
      facts: { 'db-1: started': new Date(second * 1000).toISOString() },
    });
    expect(changedFacts(at(10), at(12))).toEqual([]);
    expect(changedFacts(at(10), at(14))).toHaveLength(1);
  });
});

describe('INVARIANTS.md', () => {
  it('has a test with the same words for every sentence', () => {
    const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
    const tests = (
      read('./invariants.test.ts') +
      read('./invariants.server.test.ts') +
      read('./trouble.server.test.ts')
    ).replaceAll("\\'", "'");
    const sentences = [...read('./INVARIANTS.md').matchAll(/^\d+\. (.+)$/gm)].map((match) => match[1] ?? '');
    expect(sentences).toHaveLength(26);
    expect(sentences.filter((one) => !tests.includes(`it('${one}'`) && !tests.includes(`it("${one}"`))).toEqual([]);
  });
});
