import fs from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '@shared/model/plan';
import type { Report } from '@shared/model/report';
import type { StepAdvance } from '@shared/model/run';
import { openTemporaryLab, type Instance, type LoadRun } from '../../../../e2e/fleet';
import { StepFailure } from '../operation-kind';
import { onOneProduct } from '../../testing/products';
import { follows, isClosed, RejoinStage, until } from '../../testing/rejoin-stage';

const lab = openTemporaryLab();
afterAll(() => lab.close());
const scenarios = ['wallet', 'shop'] as const;

let stage: RejoinStage;
afterEach(async () => void (await stage.load?.stop()));

const errantStatements = [
  "INSERT INTO app.account VALUES (950001, 'it''s; errant', 'EUR', 7)",
  "UPDATE app.account SET currency = 'USD' WHERE id = 950001",
  'DELETE FROM app.account WHERE id = 950001',
];

const markerOf = (report: Report, stepId: string, type: string): number =>
  report.journal.find((entry) => entry.stepId === stepId && entry.type === type)?.seq ?? NaN;

describe.each(scenarios)('an old primary of %s with writes of its own', (scenario) => {
  let next: Instance;
  let plan: Plan;
  let ledger: LoadRun['ledger'];
  beforeAll(async () => void (stage = await RejoinStage.open(lab, scenario, false)));
  afterAll(() => stage.close());

  it('The rows that only it holds are shown before anything happens.', async () => {
    stage.load = await stage.fleet.load({ writers: 2, writePauseMs: 15 });
    ({ ledger } = stage.load);
    await stage.load.waitForWrites(30);
    next = await stage.failOver();
    await stage.load.waitForWrites(20);
    await stage.load.stop();
    const old = stage.fleet.primary;
    await old.start();
    // Applications that still know its address, before this console saw it.
    await stage.writeThere(old, errantStatements);
    await until('the old primary is fenced', () => isClosed(old));
    plan = await stage.plan('rejoin');
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
    const old = stage.fleet.primary;
    const report = await stage.run(plan);
    expect(report.state).toBe('succeeded');
    expect(report.plan.impact.achieved).toContain('re-provision it next');
    expect(report.leftToDo.join()).toContain(`Re-provision ${old.name}`);
    expect(report.evidence).toHaveLength(2);
    const [decoded = '', replayable = ''] = report.evidence.map((one) => fs.readFileSync(one.path, 'utf8'));
    for (const gtid of plan.divergence?.rows.map((one) => one.gtid) ?? ['none']) expect(decoded).toContain(gtid);
    expect(decoded).toContain('### DELETE FROM `app`.`account`');
    expect(replayable.match(/^BINLOG '/gm)?.length).toBeGreaterThanOrEqual(3);
    expect(await isClosed(old)).toBe(true);
    expect(stage.console.store.quarantine.list().map((one) => one.instance)).toEqual([old.name]);
  });

  it('Data that will differ is sworn to, and only that choice lets it follow.', async () => {
    const refused = await stage.plan('rejoin', { choice: 'incremental' });
    expect(refused.applyable).toBe(false);
    expect(refused.refusals.join()).toContain('it holds 3 transactions that');
    const inject = await stage.plan('rejoin', { choice: 'inject-empty' });
    if (scenario === 'shop') {
      expect(inject.refusals.join()).toContain('MariaDB has no empty transaction');
      return;
    }
    await expect(stage.run(inject)).rejects.toMatchObject({ code: 'confirmation-mismatch' });
    const report = await stage.run(
      await stage.plan('rejoin', { choice: 'inject-empty' }),
      `${stage.fleet.primary.name} differs`,
    );
    expect(report.steps.filter((one) => one.status !== 'done')).toEqual([]);
    expect(markerOf(report, 'evidence', 'verified')).toBeLessThan(markerOf(report, 'inject', 'statement'));
    expect(await follows(stage.fleet.primary, next)).toBe(true);
    const missing = async (one: Instance): Promise<number> => (await ledger.missing(one.host, one.port)).length;
    // What was not received when it died was announced as lost; the old primary has all that the new one has.
    expect(await missing(stage.fleet.primary)).toBeLessThanOrEqual(await missing(next));
  });
});

describe.each(scenarios)('an old primary of %s that returns clean', (scenario) => {
  let next: Instance;
  let failoverRun = '';
  let report: Report;
  const breaks = { at: '', before: async (_action: string): Promise<void> => undefined };
  beforeAll(async () => {
    stage = await RejoinStage.open(lab, scenario, true, {
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
    });
  });
  afterAll(() => stage.close());

  it('The fence is first, and no ending takes it away.', async () => {
    stage.load = await stage.fleet.load({ writers: 2, writePauseMs: 15 });
    await stage.load.waitForWrites(30);
    next = await stage.failOver();
    failoverRun = stage.console.operations.list()[0]?.runId ?? '';
    await stage.load.waitForWrites(20);
    const old = await stage.returnsClosed();
    for (const at of ['compare', 'follow', 'catch-up', 'prove']) {
      breaks.at = at;
      report = await stage.run(await stage.plan('rejoin'));
      breaks.at = '';
      expect([at, report.state]).toEqual([at, 'failed']);
      expect(markerOf(report, 'fence', 'verified')).toBeLessThan(markerOf(report, 'freeze', 'intent'));
      expect([at, await isClosed(old), (await old.query('SHOW REPLICA STATUS')).length]).toEqual([at, true, 0]);
      expect(stage.console.store.quarantine.list().map((one) => one.instance)).toEqual([old.name]);
      await stage.primarySeen();
    }
  });

  it('A clean return loses nothing: it follows, and holds every acknowledged write.', async () => {
    const old = stage.fleet.primary;
    stage.load = await stage.fleet.load({ writers: 2, writePauseMs: 15 });
    await stage.load.waitForWrites(20);
    const chosen = (of: Plan): string | undefined => of.choices.find((one) => one.chosen)?.code;
    let plan = await stage.plan('rejoin');
    // A person asks again too: right after its start it may not have answered everything. What was said is kept.
    for (let tries = 0; tries < 5 && (chosen(plan) !== 'incremental' || !plan.applyable); tries += 1) {
      process.stdout.write(`asked again: ${JSON.stringify([plan.divergence, plan.choices, plan.refusals])}\n`);
      await wait(500);
      plan = await stage.plan('rejoin');
    }
    expect(plan.divergence).toMatchObject({ errantGtid: '', errantTransactions: 0, purgedTransactions: 0 });
    expect(chosen(plan)).toBe('incremental');
    expect(plan.attestation).toBeNull();
    // Its applier is held up from the first write on, for a while: then there is a way to go.
    breaks.before = async (action) => {
      if (action !== 'follow') return;
      const session = await old.connect();
      await session.query('LOCK TABLES app.ledger READ');
      setTimeout(() => session.destroy(), 4000);
    };
    const advances: StepAdvance[] = [];
    const off = stage.console.operations.onChange((runId) => {
      const { advance } = stage.console.operations.view(runId);
      if (advance) advances.push(advance);
    });
    report = await stage.run(plan);
    off();
    expect(advances.map((one) => [one.stepId, one.unit])).toContainEqual(['catch-up', 'transactions']);
    for (const one of advances) expect(one.done).toBeLessThanOrEqual(one.total ?? 0);
    expect(report.steps.filter((one) => one.status !== 'done')).toEqual([]);
    expect(report.state).toBe('succeeded');
    await stage.load.waitForWrites(20);
    await stage.load.stop();
    await until('it holds every write', async () => {
      const missing = (await stage.load?.ledger.missing(old.host, old.port)) ?? [];
      return missing.length === 0;
    });
    expect(await stage.load.ledger.missing(next.host, next.port)).toEqual([]);
    expect([await follows(old, next), await isClosed(old)]).toEqual([true, true]);
  });

  it('The quarantine is lifted last, and only of a replica that was proven.', () => {
    expect(markerOf(report, 'prove', 'verified')).toBeLessThan(markerOf(report, 'lift', 'intent'));
    expect(report.steps.at(-1)?.stepId).toBe('lift');
    expect(stage.console.store.quarantine.list()).toEqual([]);
  });

  it('The record of an old failover neither fences nor demotes the live primary.', async () => {
    const old = stage.fleet.primary;
    await stage.primarySeen();
    const back = await stage.plan('switchover', { candidateId: stage.idOf(old.name) });
    expect((await stage.run(back)).state).toBe('succeeded');
    // What another console did not hear of: the record of days ago is still there.
    const [cluster] = stage.console.monitor.snapshot.clusters;
    stage.console.store.quarantine.add({
      clusterId: stage.console.clusterId,
      instanceId: stage.idOf(old.name),
      instance: old.name,
      host: old.host,
      port: old.port,
      serverUuid: stage.isMysql
        ? String((await old.query('SELECT @@GLOBAL.server_uuid AS id'))[0]?.['id'])
        : `server_id ${String((await old.query('SELECT @@GLOBAL.server_id AS id'))[0]?.['id'])}`,
      runId: failoverRun,
      atMs: Date.now() - 4 * 86_400_000,
      by: 'tester',
    });
    expect(cluster).toBeDefined();
    const meant = await stage.plan('rejoin', { instanceId: stage.idOf(old.name) });
    expect(meant.applyable).toBe(false);
    expect(meant.refusals.join()).toContain('is the primary itself');
    const unasked = await stage.plan('rejoin');
    expect([unasked.impact.candidate, unasked.applyable]).not.toEqual([old.name, true]);
    await wait(2000);
    expect(await isClosed(old)).toBe(false);
    expect(stage.console.store.quarantine.list()).toEqual([]);
    expect(stage.console.store.activities.map((one) => one.text).join()).toContain('was promoted since');
  });
});

describe.each(onOneProduct('shop'))('an old primary of two servers of %s', (scenario) => {
  beforeAll(async () => void (stage = await RejoinStage.open(lab, scenario, false)));
  afterAll(() => stage.close());

  it('comes back by the one account that may replicate, where no channel is left to tell', async () => {
    const next = await stage.failOver();
    const old = await stage.returnsClosed();
    const cluster = stage.console.inventory.cluster(stage.console.clusterId);
    const two = cluster.instances.filter((one) => [old.name, next.name].includes(one.name));
    stage.console.inventory.saveCluster({ ...cluster, instances: two });
    await wait(1500);
    const plan = await stage.plan('rejoin');
    expect(plan.checks.find((one) => one.code === 'login')?.evidence).toContain('repl signs in');
    const report = await stage.run(plan);
    expect(report.steps.filter((one) => one.status !== 'done')).toEqual([]);
    expect(await follows(old, next)).toBe(true);
  });
});

describe.each(onOneProduct('shop'))('an old primary of %s that applications still use', (scenario) => {
  beforeAll(async () => void (stage = await RejoinStage.open(lab, scenario, true)));
  afterAll(() => stage.close());

  it('Writes that came between the plan and the fence stop the run before anything follows.', async () => {
    const next = await stage.failOver();
    const old = stage.fleet.primary;
    await stage.console.close();
    await old.start();
    // Where it waits for acknowledgements that nobody gives, the fence itself would wait behind its commits.
    const pooled = await stage.fleet.load({ writers: 3, writePauseMs: 15, target: old.name });
    await stage.openStranger();
    await wait(1500);
    expect(await isClosed(old)).toBe(false);
    const plan = await stage.plan('rejoin', { instanceId: stage.idOf(old.name) });
    expect(plan.impact.primary).toBe(next.name);
    await old
      .execute(stage.openSql, 'CREATE TABLE IF NOT EXISTS app.between_us (id INT PRIMARY KEY)')
      .catch(() => undefined);
    const report = await stage.run(plan);
    expect(report.state).toBe('failed');
    expect(report.timeline.map((one) => one.text).join()).toContain('plan again, and they are shown');
    expect(await isClosed(old)).toBe(true);
    expect((await old.query('SHOW REPLICA STATUS')).length).toBe(0);
    const refusedBefore = pooled.report().acknowledged;
    await wait(500);
    expect(pooled.report().acknowledged).toBe(refusedBefore);
    const again = await stage.plan('rejoin', { instanceId: stage.idOf(old.name) });
    expect(again.divergence?.errantTransactions).toBeGreaterThan(plan.divergence?.errantTransactions ?? 0);
    const saved = await stage.run(again);
    await pooled.stop();
    expect(saved.state).toBe('succeeded');
    expect(saved.evidence).toHaveLength(2);
  });

  it('Whoever holds the fence up is ended.', async () => {
    const old = stage.fleet.primary;
    await stage.console.close();
    await stage.openStranger();
    await old.execute(stage.openSql);
    const session = await createConnection({ host: old.host, port: old.port, user: 'app', password: 'app' });
    session.on('error', () => undefined);
    try {
      await session.query('LOCK TABLES app.account WRITE');
      const report = await stage.run(await stage.plan('rejoin', { instanceId: stage.idOf(old.name) }));
      expect(report.timeline.map((one) => one.text).join()).toContain('the sessions in its way are ended');
      expect([report.state, await isClosed(old)]).toEqual(['succeeded', true]);
      await expect(session.query('SELECT 1')).rejects.toThrow();
      if (stage.isMysql)
        expect(Number((await old.query('SELECT @@GLOBAL.offline_mode AS offline'))[0]?.['offline'])).toBe(0);
    } finally {
      session.destroy();
    }
  });

  it('A prepared XA transaction, whose commit would pass the fence, refuses the plan.', async () => {
    const old = stage.fleet.primary;
    const session = await old.connect();
    try {
      await old.execute(stage.openSql);
      for (const sql of ["XA START 'late'", "INSERT INTO app.account VALUES (950009, 'xa', 'EUR', 1)"])
        await session.query(sql);
      for (const sql of ["XA END 'late'", "XA PREPARE 'late'"]) await session.query(sql);
      const plan = await stage.plan('rejoin', { instanceId: stage.idOf(old.name) });
      expect(plan.refusals.join()).toContain('1 prepared');
      await session.query("XA ROLLBACK 'late'");
    } finally {
      session.destroy();
    }
  });
});

describe.each(onOneProduct('wallet'))('an old primary of %s whose host cannot be reached', (scenario) => {
  beforeAll(async () => void (stage = await RejoinStage.open(lab, scenario, false, { knowsHosts: false })));
  afterAll(() => stage.close());

  it('Rows that nobody can decode are kept by their events, and sworn to.', async () => {
    await stage.failOver();
    const old = stage.fleet.primary;
    await old.start();
    await stage.writeThere(old, errantStatements);
    await until('the old primary is fenced', () => isClosed(old));
    const plan = await stage.plan('rejoin');
    expect(plan.divergence?.rows).toEqual([]);
    expect(plan.divergence?.rowsLeftOut).toContain('no SSH access');
    expect(plan.attestation?.expected).toBe(`${old.name} undecoded`);
    await expect(stage.run(plan)).rejects.toMatchObject({ code: 'confirmation-mismatch' });
    const report = await stage.run(await stage.plan('rejoin'), `${old.name} undecoded`);
    expect(report.state).toBe('succeeded');
    const events = fs.readFileSync(report.evidence[0]?.path ?? '', 'utf8');
    expect(events.match(/Delete_rows/g)).toHaveLength(1);
  });
});
