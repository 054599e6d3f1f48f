import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '@shared/model/plan';
import type { Report } from '@shared/model/report';
import { openTemporaryLab, type Instance, type LoadRun, type RunningFleet } from '../../../../e2e/fleet';
import { openLabConsole, type LabConsole, type LabConsoleOptions } from '../../testing/lab-console';

const lab = openTemporaryLab();
afterAll(() => lab.close());
const { signal } = new AbortController();

async function untilPrimarySeen(console: LabConsole, instances: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const cluster = console.monitor.snapshot.clusters[0];
    if (cluster?.primaryId && cluster.answered === instances) return;
    await wait(100);
  }
  throw new Error('the monitor never saw the whole cluster');
}

const planNow = async (console: LabConsole): Promise<Plan> =>
  console.operations.plan({ kind: 'failover', clusterId: console.clusterId }, signal);

/** Plans until a failover is offered: after SIGSTOP a replica needs seconds to notice. */
async function planOffered(console: LabConsole): Promise<Plan> {
  for (let tries = 0; ; tries += 1) {
    const shown = await planNow(console);
    if (shown.verdict?.offersFailover || tries > 40) return shown;
    await wait(250);
  }
}

async function approve(console: LabConsole, shown: Plan, attestation?: string): Promise<string> {
  console.unlocks.unlock({ clusterId: console.clusterId, cluster: shown.cluster, reason: 'test', minutes: 5 });
  const { runId } = await console.operations.approve(
    { planId: shown.id, confirmName: shown.cluster, reason: 'test', attestation },
    signal,
  );
  return runId;
}

async function failOver(console: LabConsole, shown: Plan, attestation?: string): Promise<Report> {
  expect(shown.refusals).toEqual([]);
  const runId = await approve(console, shown, attestation);
  await console.operations.ended(runId);
  return console.operations.report(runId);
}

const isClosed = async (one: Instance): Promise<boolean> =>
  Number((await one.query('SELECT @@GLOBAL.read_only AS closed'))[0]?.['closed']) === 1;

const startReplication = (scenario: string): string => (scenario === 'wallet' ? 'START REPLICA' : 'START SLAVE');

const at = (report: Report, stepId: string, type: string): number =>
  report.journal.find((entry) => entry.stepId === stepId && entry.type === type)?.seq ?? 0;

let fleet: RunningFleet;
let console: LabConsole;
let load: LoadRun | undefined;

async function open(scenario: string, semiSync: boolean, options: LabConsoleOptions = {}): Promise<void> {
  fleet = await lab.up(scenario, { hosts: true, semiSync });
  console = await openLabConsole(fleet, options);
  await untilPrimarySeen(console, fleet.instances.length);
}

afterEach(async () => {
  await load?.stop();
  load = undefined;
});
const close = async (): Promise<void> => {
  await console?.close();
  await fleet?.down();
};

describe.each(['wallet', 'shop'])('a failover of %s under semi-sync', (scenario) => {
  let report: Report;
  beforeAll(() => open(scenario, true));
  afterAll(close);

  it('No acknowledged write is lost under semi-sync.', async () => {
    expect((await planNow(console)).verdict?.kind).toBe('alive');
    load = await fleet.load({ writers: 2, writePauseMs: 12 });
    await load.waitForWrites(50);
    await fleet.fault('crash', fleet.primary.name);
    const shown = await planNow(console);
    expect(shown.verdict?.kind).toBe('dead');
    expect(shown.actLabel).toContain('lose 0 transactions');
    report = await failOver(console, shown);
    expect(report.steps.filter((step) => step.status !== 'done')).toEqual([]);
    expect(report.state).toBe('succeeded');
    const next = fleet.instance(report.plan.impact.candidate);
    await load.waitForWrites(20);
    await load.stop();
    expect(await load.ledger.missing(next.host, next.port)).toEqual([]);
  });

  it('The old primary is fenced with proof before the new one opens.', () => {
    const fence = report.steps.find((step) => step.stepId === 'fence');
    expect(fence?.proof).toContain('By ssh-kill: gone said its host');
    expect(at(report, 'fence', 'verified')).toBeLessThan(at(report, 'open', 'statement'));
  });

  it('No receiver listens to the old primary when the new one opens.', () => {
    expect(report.steps.find((step) => step.stepId === 'freeze')?.proof).toBe('No receiver runs or tries');
    expect(at(report, 'freeze', 'verified')).toBeLessThan(at(report, 'open', 'statement'));
  });

  it('An old primary that comes back is fenced before anything else.', async () => {
    const old = fleet.primary;
    await old.start();
    for (let tries = 0; tries < 100 && !(await isClosed(old).catch(() => false)); tries += 1) await wait(100);
    expect(await isClosed(old)).toBe(true);
    expect(console.store.activities.map((one) => one.text).join()).toContain(
      `${old.name} is back: fenced at first sight`,
    );
  });
});

describe.each(['wallet', 'shop'])('a failover of %s without semi-sync', (scenario) => {
  beforeAll(() => open(scenario, false));
  afterAll(close);

  it('What only the dead primary’s disk holds is brought over.', async () => {
    const { primary, replicas } = fleet;
    // Written while nobody receives: on the primary's disk and nowhere else.
    for (const one of replicas) await fleet.fault('stop-receiver', one.name);
    await primary.query('CREATE TABLE app.salvaged (id INT PRIMARY KEY, note TEXT, picture MEDIUMBLOB)');
    for (let id = 1; id <= 5; id += 1)
      await primary.query(
        `INSERT INTO app.salvaged VALUES (${id}, 'it''s; row ${id}\\nnext line', REPEAT('x', 70000))`,
      );
    await fleet.fault('crash', primary.name);
    for (const one of replicas) await one.execute(startReplication(scenario));
    await wait(500);
    const shown = await planNow(console);
    expect(shown.verdict?.kind).toBe('dead');
    expect(shown.actLabel).toContain('salvage 6 transactions');
    const report = await failOver(console, shown);
    expect(report.steps.filter((step) => step.status !== 'done')).toEqual([]);
    for (const one of replicas) {
      const rows = await one.query('SELECT id, note, LENGTH(picture) AS size FROM app.salvaged ORDER BY id');
      expect(rows.map((row) => [Number(row['id']), Number(row['size'])])).toEqual(
        [1, 2, 3, 4, 5].map((id) => [id, 70000]),
      );
    }
  });
});

describe.each(['wallet', 'shop'])('a failover of %s without access to its host', (scenario) => {
  beforeAll(() => open(scenario, false, { knowsHosts: false }));
  afterAll(close);

  it('Whatever is missing was announced before.', async () => {
    const { primary, replicas } = fleet;
    load = await fleet.load({ writers: 2, writePauseMs: 12, target: primary.name });
    await load.waitForWrites(30);
    // What follows reaches no replica.
    for (const one of replicas) await fleet.fault('stop-receiver', one.name);
    await load.waitForWrites(60);
    await wait(1500);
    await fleet.fault('crash', primary.name);
    for (const one of replicas) await one.execute(startReplication(scenario));
    await load.stop();
    const shown = await planOffered(console);
    const loss = shown.candidates.find((one) => one.instance === shown.impact.candidate)?.loss;
    expect(loss?.basis).toBe('last-answer');
    const best = fleet.instance(shown.impact.candidate);
    const missing = (await load.ledger.missing(best.host, best.port)).length;
    expect(missing).toBeGreaterThan(30);
    expect(missing).toBeLessThanOrEqual((loss?.transactions ?? 0) + Math.max(10, 2 * (loss?.unknownTransactions ?? 0)));
    expect(shown.actLabel).toContain(`lose ${loss?.transactions?.toLocaleString('en')} transactions`);
  });

  it('Without proof nothing runs until a person swears.', async () => {
    const shown = await planOffered(console);
    expect(shown.attestation?.expected).toBe(`${fleet.primary.name} is off`);
    await expect(approve(console, shown)).rejects.toMatchObject({ code: 'confirmation-mismatch' });
    await expect(approve(console, shown, 'yes')).rejects.toMatchObject({ code: 'confirmation-mismatch' });
    const again = await planOffered(console);
    const report = await failOver(console, again, again.attestation?.expected);
    expect(report.state).toBe('succeeded');
    expect(report.journal[0]?.text).toContain(`${fleet.primary.name} is off`);
    expect(report.steps.find((step) => step.stepId === 'fence')?.proof).toContain('Sworn by tester');
  });
});

describe.each(['wallet', 'shop'])('a failover of %s in trouble', (scenario) => {
  beforeAll(() =>
    open(scenario, true, {
      wrapKind: (kind) =>
        kind.kind !== 'failover'
          ? kind
          : {
              ...kind,
              steps: {
                ...kind.steps,
                'stop-receiver': {
                  ...kind.steps['stop-receiver'],
                  run: async (context) => {
                    if (context.plan.drillId === 'break') throw new Error('broken on purpose');
                    await kind.steps['stop-receiver']?.run(context);
                  },
                  verify: async (context) => kind.steps['stop-receiver']?.verify(context) ?? '',
                },
              },
            },
    }),
  );
  afterAll(close);

  it('A primary that came back between the plan and the click refuses the run.', async () => {
    const { primary } = fleet;
    await fleet.fault('crash', primary.name);
    const shown = await planOffered(console);
    expect(shown.applyable).toBe(true);
    await primary.start();
    for (let tries = 0; tries < 100; tries += 1) {
      if ((await planNow(console)).verdict?.kind === 'alive') break;
      await wait(100);
    }
    await expect(approve(console, shown)).rejects.toMatchObject({ code: 'no-failover-needed' });
    expect(await isClosed(primary)).toBe(false);
  });

  it('A failure before the new primary opens starts the receivers again.', async () => {
    const { primary, replicas } = fleet;
    await wait(2500);
    await fleet.fault('crash', primary.name);
    let shown = await planOffered(console);
    shown = await console.operations.plan({ kind: 'failover', clusterId: console.clusterId, drillId: 'break' }, signal);
    const runId = await approve(console, shown);
    expect(await console.operations.ended(runId)).toBe('failed');
    for (const one of replicas) {
      const [row] = await one.query('SHOW REPLICA STATUS');
      const running = String(row?.['Replica_IO_Running'] ?? row?.['Slave_IO_Running']);
      expect(['Yes', 'Connecting']).toContain(running);
      expect(await isClosed(one)).toBe(true);
    }
  });

  it('What was received is applied before the new primary opens, also where the applier was stopped.', async () => {
    const { primary, replicas } = fleet;
    await primary.start();
    await wait(3000);
    await primary.execute(
      scenario === 'wallet' ? 'SET PERSIST super_read_only = OFF, PERSIST read_only = OFF' : 'SET GLOBAL read_only = 0',
    );
    load = await fleet.load({ writers: 2, writePauseMs: 12 });
    await load.waitForWrites(30);
    for (const one of replicas) await fleet.fault('stop-applier', one.name);
    await load.waitForWrites(60);
    await fleet.fault('crash', primary.name);
    const report = await failOver(console, await planOffered(console));
    expect(report.state).toBe('succeeded');
    await load.waitForWrites(10);
    await load.stop();
    const next = fleet.instance(report.plan.impact.candidate);
    expect(await load.ledger.missing(next.host, next.port)).toEqual([]);
  });
});
