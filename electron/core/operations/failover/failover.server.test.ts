import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Plan, Report } from '@shared/model/operation';
import { openTemporaryLab, type LoadRun, type RunningFleet } from '../../../../e2e/fleet';
import { openLabConsole, type LabConsole } from '../../testing/lab-console';

const lab = openTemporaryLab();
afterAll(() => lab.close());
const signal = new AbortController().signal;

async function untilPrimarySeen(console: LabConsole, instances: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const cluster = console.monitor.snapshot.clusters[0];
    if (cluster?.primaryId && cluster.answered === instances) return;
    await wait(100);
  }
  throw new Error('the monitor never saw the whole cluster');
}

const plan = async (console: LabConsole): Promise<Plan> =>
  console.operations.plan({ kind: 'failover', clusterId: console.clusterId }, signal);

async function failOver(console: LabConsole, shown: Plan, attestation?: string): Promise<Report> {
  expect(shown.refusals).toEqual([]);
  console.unlocks.unlock({ clusterId: console.clusterId, cluster: shown.cluster, reason: 'test', minutes: 5 });
  const { runId } = await console.operations.approve(
    { planId: shown.id, confirmName: shown.cluster, reason: 'test', attestation },
    signal,
  );
  await console.operations.ended(runId);
  return console.operations.report(runId);
}

describe.each(['wallet', 'shop'])('a failover of %s', (scenario) => {
  let fleet: RunningFleet;
  let console: LabConsole;
  let load: LoadRun | undefined;
  beforeAll(async () => {
    fleet = await lab.up(scenario, { hosts: true, semiSync: true });
    console = await openLabConsole(fleet);
    await untilPrimarySeen(console, fleet.instances.length);
  });
  afterEach(async () => {
    await load?.stop();
    load = undefined;
  });
  afterAll(async () => {
    await console?.close();
    await fleet?.down();
  });

  it('offers nothing while the primary lives', async () => {
    const shown = await plan(console);
    expect(shown.verdict?.kind).toBe('alive');
    expect(shown.applyable).toBe(false);
  });

  it('loses no acknowledged write under semi-sync, and says so before', async () => {
    load = await fleet.load({ writers: 2, writePauseMs: 12 });
    await load.waitForWrites(50);
    const before = fleet.primary;
    const killedAt = Date.now();
    await fleet.fault('crash', before.name);
    const shown = await plan(console);
    const plannedMs = Date.now() - killedAt;
    expect(shown.verdict?.kind).toBe('dead');
    expect(shown.actLabel).toContain('lose 0 transactions');
    const report = await failOver(console, shown);
    expect(report.steps.filter((step) => step.status !== 'done')).toEqual([]);
    expect(report.state).toBe('succeeded');
    const next = fleet.instance(report.plan.impact.candidate);
    await load.waitForWrites(20);
    await load.stop();
    expect(await load.ledger.missing(next.host, next.port)).toEqual([]);
    process.stdout.write(
      `${scenario}: plan ${plannedMs} ms after the kill; ${report.timeline.map((one) => `\n  ${one.sinceMs} ${one.text}`).join('')}\n`,
    );
  });
});

describe.each(['wallet', 'shop'])('a failover of %s without semi-sync', (scenario) => {
  let fleet: RunningFleet;
  let console: LabConsole;
  beforeAll(async () => {
    fleet = await lab.up(scenario, { hosts: true });
    console = await openLabConsole(fleet);
    await untilPrimarySeen(console, fleet.instances.length);
  });
  afterAll(async () => {
    await console?.close();
    await fleet?.down();
  });

  it('brings over what the dead primary’s disk holds and nobody received', async () => {
    const { primary, replicas } = fleet;
    // Written while nobody receives: on the primary's disk and nowhere else.
    for (const one of replicas) await fleet.fault('stop-receiver', one.name);
    await primary.query('CREATE TABLE app.salvaged (id INT PRIMARY KEY, note TEXT, picture MEDIUMBLOB)');
    for (let id = 1; id <= 5; id += 1)
      await primary.query(`INSERT INTO app.salvaged VALUES (${id}, 'it''s; row ${id}\nnext line', REPEAT('x', 70000))`);
    await fleet.fault('crash', primary.name);
    for (const one of replicas) await one.execute(scenario === 'wallet' ? 'START REPLICA' : 'START SLAVE');
    await wait(500);
    const shown = await plan(console);
    expect(shown.verdict?.kind).toBe('dead');
    expect(shown.actLabel).toContain('salvage 6 transactions');
    const report = await failOver(console, shown);
    process.stdout.write(`${report.timeline.map((one) => `\n  ${one.sinceMs} ${one.text}`).join('')}\n`);
    expect(report.steps.filter((step) => step.status !== 'done')).toEqual([]);
    for (const one of replicas) {
      const rows = await one.query('SELECT id, note, LENGTH(picture) AS size FROM app.salvaged ORDER BY id');
      expect(rows.map((row) => [Number(row['id']), Number(row['size'])])).toEqual(
        [1, 2, 3, 4, 5].map((id) => [id, 70000]),
      );
    }
  });
});
