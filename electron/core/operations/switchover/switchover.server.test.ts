import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
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

async function switchOver(
  console: LabConsole,
  candidate?: string,
): Promise<ReturnType<LabConsole['operations']['report']>> {
  const candidateId = console.inventory.cluster(console.clusterId).instances.find((one) => one.name === candidate)?.id;
  const plan = await console.operations.plan({ kind: 'switchover', clusterId: console.clusterId, candidateId }, signal);
  expect(plan.refusals).toEqual([]);
  console.unlocks.unlock({ clusterId: console.clusterId, cluster: plan.cluster, reason: 'test', minutes: 5 });
  const { runId } = await console.operations.approve(
    { planId: plan.id, confirmName: plan.cluster, reason: 'test' },
    signal,
  );
  await console.operations.ended(runId);
  return console.operations.report(runId);
}

describe.each(['wallet', 'shop'])('a switchover on %s', (scenario) => {
  let fleet: RunningFleet;
  let console: LabConsole;
  let load: LoadRun | undefined;
  beforeAll(async () => {
    fleet = await lab.up(scenario);
    console = await openLabConsole(fleet);
    await untilPrimarySeen(console, fleet.instances.length);
  });
  afterEach(async () => {
    await load?.stop();
    load = undefined;
  });
  afterAll(async () => {
    await console.close();
    await fleet.down();
  });

  it('loses no acknowledged write under load, and its report says the gap', async () => {
    load = await fleet.load({ writers: 2, writePauseMs: 12 });
    await load.waitForWrites(50);
    const report = await switchOver(console, `${scenario}-2`);
    expect(report.steps.filter((step) => step.status !== 'done')).toEqual([]);
    expect(report.state).toBe('succeeded');
    await load.waitForWrites(50);
    await load.stop();
    const next = fleet.instance(`${scenario}-2`);
    expect(await load.ledger.missing(next.host, next.port)).toEqual([]);
    expect(report.writeGapMs).toBeGreaterThan(0);
    expect(report.probeMissing).toBe(0);
    for (const instance of fleet.instances) {
      const [row] = await instance.query('SELECT @@GLOBAL.read_only AS ro');
      expect([instance.name, Number(row?.['ro'])]).toEqual([instance.name, instance.name === next.name ? 0 : 1]);
    }
  });

  it('goes back the same way', async () => {
    await wait(1500);
    await untilPrimarySeen(console, fleet.instances.length);
    const report = await switchOver(console, `${scenario}-1`);
    expect(report.steps.filter((step) => step.status !== 'done')).toEqual([]);
    expect(report.state).toBe('succeeded');
  });

  it('gives writes back when the fence is held up, and names who holds it', async () => {
    await wait(1500);
    await untilPrimarySeen(console, fleet.instances.length);
    const blocker = await fleet.primary.connect();
    try {
      await blocker.query('LOCK TABLES app.account WRITE');
      const report = await switchOver(console);
      expect(report.state).toBe('failed');
      expect(report.steps.find((step) => step.stepId === 'fence')?.error).toMatch(/lock|1205/i);
      const [row] = await fleet.primary.query('SELECT @@GLOBAL.read_only AS ro');
      expect(Number(row?.['ro'])).toBe(0);
    } finally {
      blocker.destroy();
    }
  });
});
