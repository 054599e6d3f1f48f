import fs from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '@shared/model/plan';
import type { Report } from '@shared/model/report';
import type { StepAdvance } from '@shared/model/run';
import { openTemporaryLab, type Instance, type LoadRun, type RunningFleet } from '../../../../e2e/fleet';
import { StepFailure } from '../operation-kind';
import { openLabConsole, type LabConsole, type LabConsoleOptions } from '../../testing/lab-console';

const lab = openTemporaryLab();
afterAll(() => lab.close());
const { signal } = new AbortController();
const scenarios = ['wallet', 'shop'] as const;

let fleet: RunningFleet;
let console: LabConsole;
let load: LoadRun | undefined;

async function until(what: string, holds: () => Promise<boolean> | boolean, limitMs = 20_000): Promise<void> {
  for (const endMs = Date.now() + limitMs; !(await holds()); await wait(100))
    if (Date.now() > endMs) throw new Error(`${what}: not within ${limitMs / 1000} s`);
}

const primarySeen = (): Promise<void> =>
  until('the monitor sees the whole cluster', () => {
    const [cluster] = console.monitor.snapshot.clusters;
    return cluster?.primaryId !== null && cluster?.answered === fleet.instances.length;
  });

async function open(scenario: string, semiSync: boolean, options: LabConsoleOptions = {}): Promise<void> {
  fleet = await lab.up(scenario, { hosts: true, semiSync });
  console = await openLabConsole(fleet, options);
  await primarySeen();
}

const close = async (): Promise<void> => {
  await load?.stop();
  load = undefined;
  await console?.close();
  await fleet?.down();
};
afterEach(async () => {
  await load?.stop();
  load = undefined;
});

async function run(plan: Plan, attestation?: string): Promise<Report> {
  expect(plan.refusals).toEqual([]);
  console.unlocks.unlock({ clusterId: console.clusterId, cluster: plan.cluster, reason: 'test', minutes: 5 });
  const { runId } = await console.operations.approve(
    { planId: plan.id, confirmName: plan.cluster, reason: 'test', attestation },
    signal,
  );
  await console.operations.ended(runId);
  return console.operations.report(runId);
}

const planRejoin = (more: { instanceId?: string; choice?: string } = {}): Promise<Plan> =>
  console.operations.plan({ kind: 'rejoin', clusterId: console.clusterId, ...more }, signal);

/** Ends the primary and promotes another one. @returns the new primary */
async function failOver(): Promise<Instance> {
  await fleet.fault('crash', fleet.primary.name);
  let plan = await console.operations.plan({ kind: 'failover', clusterId: console.clusterId }, signal);
  await until('a failover is offered', async () => {
    plan = await console.operations.plan({ kind: 'failover', clusterId: console.clusterId }, signal);
    return plan.applyable;
  });
  const report = await run(plan);
  expect(report.state).toBe('succeeded');
  return fleet.instance(report.plan.impact.candidate);
}

const isClosed = async (one: Instance): Promise<boolean> =>
  Number((await one.query('SELECT @@GLOBAL.read_only AS closed'))[0]?.['closed']) === 1;

const isMysql = (): boolean => fleet.dialect === 'mysql';
const openSql = (): string =>
  isMysql() ? 'SET PERSIST super_read_only = OFF, PERSIST read_only = OFF' : 'SET GLOBAL read_only = 0';

const idOf = (name: string): string =>
  console.inventory.cluster(console.clusterId).instances.find((one) => one.name === name)?.id ?? '';

const errantStatements = [
  "INSERT INTO app.account VALUES (950001, 'it''s; errant', 'EUR', 7)",
  "UPDATE app.account SET currency = 'USD' WHERE id = 950001",
  'DELETE FROM app.account WHERE id = 950001',
];

/** Writes on a server that the console fences at first sight, as an application that was quicker. */
async function writeThere(one: Instance, statements: readonly string[]): Promise<void> {
  for (const statement of statements)
    await until('it takes the write', async () =>
      one.execute(openSql(), statement).then(
        () => true,
        (thrown: unknown) => {
          if (!String(thrown).includes('read-only')) throw thrown;
          return false;
        },
      ),
    );
}

async function returnsClosed(): Promise<Instance> {
  const old = fleet.primary;
  await old.start();
  await until('the old primary is fenced', () => isClosed(old).catch(() => false));
  return old;
}

/** A console with the same inventory that knows of no earlier failover: another one did it. */
async function openStranger(options: LabConsoleOptions = {}): Promise<void> {
  const { store } = console;
  for (const one of store.quarantine.list()) store.quarantine.remove(one.instanceId);
  console = await openLabConsole(fleet, { ...options, store });
  await primarySeen();
}

const markerOf = (report: Report, stepId: string, type: string): number =>
  report.journal.find((entry) => entry.stepId === stepId && entry.type === type)?.seq ?? NaN;

const follows = async (one: Instance, source: Instance): Promise<boolean> => {
  const [row] = await one.query('SHOW REPLICA STATUS');
  const value = (newer: string, older: string): string => String(row?.[newer] ?? row?.[older] ?? '');
  return (
    Number(value('Source_Port', 'Master_Port')) === source.port &&
    value('Replica_IO_Running', 'Slave_IO_Running') === 'Yes' &&
    value('Replica_SQL_Running', 'Slave_SQL_Running') === 'Yes'
  );
};

describe.each(scenarios)('an old primary of %s with writes of its own', (scenario) => {
  let next: Instance;
  let plan: Plan;
  let ledger: LoadRun['ledger'];
  beforeAll(() => open(scenario, false));
  afterAll(close);

  it('The rows that only it holds are shown before anything happens.', async () => {
    load = await fleet.load({ writers: 2, writePauseMs: 15 });
    ({ ledger } = load);
    await load.waitForWrites(30);
    next = await failOver();
    await load.waitForWrites(20);
    await load.stop();
    const old = fleet.primary;
    await old.start();
    // Applications that still know its address, before this console saw it.
    await writeThere(old, errantStatements);
    await until('the old primary is fenced', () => isClosed(old));
    plan = await planRejoin();
    expect(plan.refusals).toEqual([]);
    expect(plan.impact).toMatchObject({ primary: next.name, candidate: old.name });
    expect(plan.divergence).toMatchObject({ errantTransactions: 3, rowsLeftOut: '', purgedTransactions: 0 });
    expect(plan.divergence?.rows.map((one) => [one.table, one.change])).toEqual([
      ['app.account', expect.stringMatching(/^INSERT id=950001, owner='it.*errant', currency='EUR', balance_cents=7$/)],
      ['app.account', "UPDATE id=950001: currency 'EUR' → 'USD'"],
      ['app.account', expect.stringMatching(/^DELETE id=950001, /)],
    ]);
    expect(new Set(plan.divergence?.rows.map((one) => one.gtid)).size).toBe(3);
    expect(plan.choices.map((one) => [one.code, one.possible, one.chosen])).toEqual([
      ['incremental', false, false],
      ['re-provision', true, true],
      ['inject-empty', scenario === 'wallet', false],
    ]);
  });

  it('What only it holds is saved whole before it may be thrown away.', async () => {
    const old = fleet.primary;
    const report = await run(plan);
    expect(report.state).toBe('succeeded');
    expect(report.plan.impact.achieved).toContain('re-provision it next');
    expect(report.leftToDo.join()).toContain(`Re-provision ${old.name}`);
    expect(report.evidence).toHaveLength(2);
    const [decoded = '', replayable = ''] = report.evidence.map((one) => fs.readFileSync(one.path, 'utf8'));
    for (const gtid of plan.divergence?.rows.map((one) => one.gtid) ?? ['none']) expect(decoded).toContain(gtid);
    expect(decoded).toContain('### DELETE FROM `app`.`account`');
    expect(replayable.match(/^BINLOG '/gm)?.length).toBeGreaterThanOrEqual(3);
    expect(await isClosed(old)).toBe(true);
    expect(console.store.quarantine.list().map((one) => one.instance)).toEqual([old.name]);
  });

  it('Data that will differ is sworn to, and only that choice lets it follow.', async () => {
    const refused = await planRejoin({ choice: 'incremental' });
    expect(refused.applyable).toBe(false);
    expect(refused.refusals.join()).toContain('it holds 3 transactions that');
    const inject = await planRejoin({ choice: 'inject-empty' });
    if (scenario === 'shop') {
      expect(inject.refusals.join()).toContain('MariaDB has no empty transaction');
      return;
    }
    await expect(run(inject)).rejects.toMatchObject({ code: 'confirmation-mismatch' });
    const report = await run(await planRejoin({ choice: 'inject-empty' }), `${fleet.primary.name} differs`);
    expect(report.steps.filter((one) => one.status !== 'done')).toEqual([]);
    expect(markerOf(report, 'evidence', 'verified')).toBeLessThan(markerOf(report, 'inject', 'statement'));
    expect(await follows(fleet.primary, next)).toBe(true);
    const missing = async (one: Instance): Promise<number> => (await ledger.missing(one.host, one.port)).length;
    // What was not received when it died was announced as lost; the old primary has all that the new one has.
    expect(await missing(fleet.primary)).toBeLessThanOrEqual(await missing(next));
  });
});

describe.each(scenarios)('an old primary of %s that returns clean', (scenario) => {
  let next: Instance;
  let failoverRun = '';
  let report: Report;
  const breaks = { at: '', before: async (_action: string): Promise<void> => undefined };
  beforeAll(() =>
    open(scenario, true, {
      wrapKind: (kind) =>
        kind.kind !== 'rejoin'
          ? kind
          : {
              ...kind,
              steps: Object.fromEntries(
                Object.entries(kind.steps).map(([action, code]) => [
                  action,
                  {
                    ...code,
                    run: async (context) => {
                      if (breaks.at === action) throw new StepFailure('broken on purpose');
                      await breaks.before(action);
                      await code.run(context);
                    },
                  },
                ]),
              ),
            },
    }),
  );
  afterAll(close);

  it('The fence is first, and no ending takes it away.', async () => {
    load = await fleet.load({ writers: 2, writePauseMs: 15 });
    await load.waitForWrites(30);
    next = await failOver();
    failoverRun = console.operations.list()[0]?.runId ?? '';
    await load.waitForWrites(20);
    const old = await returnsClosed();
    for (const at of ['compare', 'follow', 'catch-up', 'prove']) {
      breaks.at = at;
      report = await run(await planRejoin());
      breaks.at = '';
      expect([at, report.state]).toEqual([at, 'failed']);
      expect(markerOf(report, 'fence', 'verified')).toBeLessThan(markerOf(report, 'freeze', 'intent'));
      expect([at, await isClosed(old), (await old.query('SHOW REPLICA STATUS')).length]).toEqual([at, true, 0]);
      expect(console.store.quarantine.list().map((one) => one.instance)).toEqual([old.name]);
      await primarySeen();
    }
  });

  it('A clean return loses nothing: it follows, and holds every acknowledged write.', async () => {
    const old = fleet.primary;
    load = await fleet.load({ writers: 2, writePauseMs: 15 });
    await load.waitForWrites(20);
    const plan = await planRejoin();
    expect(plan.divergence).toMatchObject({ errantGtid: '', errantTransactions: 0, purgedTransactions: 0 });
    expect(plan.choices.find((one) => one.chosen)?.code).toBe('incremental');
    expect(plan.attestation).toBeNull();
    // Its applier is held up for a while: then there is a way to go.
    breaks.before = async (action) => {
      if (action !== 'catch-up') return;
      const session = await old.connect();
      await session.query('LOCK TABLES app.ledger READ');
      setTimeout(() => session.destroy(), 4000);
    };
    const advances: StepAdvance[] = [];
    const off = console.operations.onChange((runId) => {
      const { advance } = console.operations.view(runId);
      if (advance) advances.push(advance);
    });
    report = await run(plan);
    off();
    expect(advances.map((one) => [one.stepId, one.unit])).toContainEqual(['catch-up', 'transactions']);
    for (const one of advances) expect(one.done).toBeLessThanOrEqual(one.total ?? 0);
    expect(report.steps.filter((one) => one.status !== 'done')).toEqual([]);
    expect(report.state).toBe('succeeded');
    await load.waitForWrites(20);
    await load.stop();
    await until('it holds every write', async () => {
      const missing = (await load?.ledger.missing(old.host, old.port)) ?? [];
      return missing.length === 0;
    });
    expect(await load.ledger.missing(next.host, next.port)).toEqual([]);
    expect([await follows(old, next), await isClosed(old)]).toEqual([true, true]);
  });

  it('The quarantine is lifted last, and only of a replica that was proven.', () => {
    expect(markerOf(report, 'prove', 'verified')).toBeLessThan(markerOf(report, 'lift', 'intent'));
    expect(report.steps.at(-1)?.stepId).toBe('lift');
    expect(console.store.quarantine.list()).toEqual([]);
  });

  it('The record of an old failover neither fences nor demotes the live primary.', async () => {
    const old = fleet.primary;
    await primarySeen();
    const back = await console.operations.plan(
      { kind: 'switchover', clusterId: console.clusterId, candidateId: idOf(old.name) },
      signal,
    );
    expect((await run(back)).state).toBe('succeeded');
    // What another console did not hear of: the record of days ago is still there.
    const [cluster] = console.monitor.snapshot.clusters;
    console.store.quarantine.add({
      clusterId: console.clusterId,
      instanceId: idOf(old.name),
      instance: old.name,
      host: old.host,
      port: old.port,
      serverUuid: isMysql()
        ? String((await old.query('SELECT @@GLOBAL.server_uuid AS id'))[0]?.['id'])
        : `server_id ${String((await old.query('SELECT @@GLOBAL.server_id AS id'))[0]?.['id'])}`,
      runId: failoverRun,
      atMs: Date.now() - 4 * 86_400_000,
      by: 'tester',
    });
    expect(cluster).toBeDefined();
    const meant = await planRejoin({ instanceId: idOf(old.name) });
    expect(meant.applyable).toBe(false);
    expect(meant.refusals.join()).toContain('is the primary itself');
    const unasked = await planRejoin();
    expect([unasked.impact.candidate, unasked.applyable]).not.toEqual([old.name, true]);
    await wait(2000);
    expect(await isClosed(old)).toBe(false);
    expect(console.store.quarantine.list()).toEqual([]);
    expect(console.store.activities.map((one) => one.text).join()).toContain('was promoted since');
  });
});

describe.each(scenarios)('an old primary of two servers of %s', (scenario) => {
  beforeAll(() => open(scenario, false));
  afterAll(close);

  it('comes back by the one account that may replicate, where no channel is left to tell', async () => {
    const next = await failOver();
    const old = await returnsClosed();
    const cluster = console.inventory.cluster(console.clusterId);
    const two = cluster.instances.filter((one) => [old.name, next.name].includes(one.name));
    console.inventory.saveCluster({ ...cluster, instances: two });
    await wait(1500);
    const plan = await planRejoin();
    expect(plan.checks.find((one) => one.code === 'login')?.evidence).toContain('repl signs in');
    const report = await run(plan);
    expect(report.steps.filter((one) => one.status !== 'done')).toEqual([]);
    expect(await follows(old, next)).toBe(true);
  });
});

describe.each(scenarios)('an old primary of %s that applications still use', (scenario) => {
  beforeAll(() => open(scenario, true));
  afterAll(close);

  it('Writes that came between the plan and the fence stop the run before anything follows.', async () => {
    const next = await failOver();
    const old = fleet.primary;
    await console.close();
    await old.start();
    // Where it waits for acknowledgements that nobody gives, the fence itself would wait behind its commits.
    const pooled = await fleet.load({ writers: 3, writePauseMs: 15, target: old.name });
    await openStranger();
    await wait(1500);
    expect(await isClosed(old)).toBe(false);
    const plan = await planRejoin({ instanceId: idOf(old.name) });
    expect(plan.impact.primary).toBe(next.name);
    await old
      .execute(openSql(), 'CREATE TABLE IF NOT EXISTS app.between_us (id INT PRIMARY KEY)')
      .catch(() => undefined);
    const report = await run(plan);
    expect(report.state).toBe('failed');
    expect(report.timeline.map((one) => one.text).join()).toContain('plan again, and they are shown');
    expect(await isClosed(old)).toBe(true);
    expect((await old.query('SHOW REPLICA STATUS')).length).toBe(0);
    const refusedBefore = pooled.report().acknowledged;
    await wait(500);
    expect(pooled.report().acknowledged).toBe(refusedBefore);
    const again = await planRejoin({ instanceId: idOf(old.name) });
    expect(again.divergence?.errantTransactions).toBeGreaterThan(plan.divergence?.errantTransactions ?? 0);
    const saved = await run(again);
    await pooled.stop();
    expect(saved.state).toBe('succeeded');
    expect(saved.evidence).toHaveLength(2);
  });

  it('Whoever holds the fence up is ended.', async () => {
    const old = fleet.primary;
    await openStranger();
    await old.execute(openSql());
    const session = await createConnection({ host: old.host, port: old.port, user: 'app', password: 'app' });
    session.on('error', () => undefined);
    try {
      await session.query('LOCK TABLES app.account WRITE');
      const report = await run(await planRejoin({ instanceId: idOf(old.name) }));
      expect(report.timeline.map((one) => one.text).join()).toContain('the sessions in its way are ended');
      expect([report.state, await isClosed(old)]).toEqual(['succeeded', true]);
      await expect(session.query('SELECT 1')).rejects.toThrow();
      if (isMysql())
        expect(Number((await old.query('SELECT @@GLOBAL.offline_mode AS offline'))[0]?.['offline'])).toBe(0);
    } finally {
      session.destroy();
    }
  });

  it('A prepared XA transaction, whose commit would pass the fence, refuses the plan.', async () => {
    const old = fleet.primary;
    const session = await old.connect();
    try {
      await old.execute(openSql());
      for (const sql of ["XA START 'late'", "INSERT INTO app.account VALUES (950009, 'xa', 'EUR', 1)"])
        await session.query(sql);
      for (const sql of ["XA END 'late'", "XA PREPARE 'late'"]) await session.query(sql);
      const plan = await planRejoin({ instanceId: idOf(old.name) });
      expect(plan.refusals.join()).toContain('1 prepared');
      await session.query("XA ROLLBACK 'late'");
    } finally {
      session.destroy();
    }
  });
});

describe.each(scenarios)('an old primary of %s whose host cannot be reached', (scenario) => {
  beforeAll(() => open(scenario, false, { knowsHosts: false }));
  afterAll(close);

  it('Rows that nobody can decode are kept by their events, and sworn to.', async () => {
    await fleet.fault('crash', fleet.primary.name);
    let failover = await console.operations.plan({ kind: 'failover', clusterId: console.clusterId }, signal);
    await until('a failover is offered', async () => {
      failover = await console.operations.plan({ kind: 'failover', clusterId: console.clusterId }, signal);
      return failover.applyable;
    });
    expect((await run(failover, failover.attestation?.expected)).state).toBe('succeeded');
    const old = fleet.primary;
    await old.start();
    await writeThere(old, errantStatements);
    await until('the old primary is fenced', () => isClosed(old));
    const plan = await planRejoin();
    expect(plan.divergence?.rows).toEqual([]);
    expect(plan.divergence?.rowsLeftOut).toContain('no SSH access');
    expect(plan.attestation?.expected).toBe(`${old.name} undecoded`);
    await expect(run(plan)).rejects.toMatchObject({ code: 'confirmation-mismatch' });
    const report = await run(await planRejoin(), `${old.name} undecoded`);
    expect(report.state).toBe('succeeded');
    const events = fs.readFileSync(report.evidence[0]?.path ?? '', 'utf8');
    expect(events.match(/Delete_rows/g)).toHaveLength(1);
  });
});
