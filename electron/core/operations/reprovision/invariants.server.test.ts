import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '@shared/model/plan';
import type { Report } from '@shared/model/report';
import type { StepAdvance } from '@shared/model/run';
import { openTemporaryLab, type Instance, type LoadRun, type RunningFleet } from '../../../../e2e/fleet';
import { openLabConsole, type LabConsole } from '../../testing/lab-console';

const lab = openTemporaryLab();
afterAll(() => lab.close());
const { signal } = new AbortController();

let fleet: RunningFleet;
let console: LabConsole;
let load: LoadRun | undefined;

const idOf = (name: string): string =>
  console.inventory.cluster(console.clusterId).instances.find((one) => one.name === name)?.id ?? '';

const planFor = (name: string, donor?: string): Promise<Plan> =>
  console.operations.plan(
    {
      kind: 'reprovision',
      clusterId: console.clusterId,
      instanceId: idOf(name),
      candidateId: donor === undefined ? undefined : idOf(donor),
    },
    signal,
  );

async function begin(shown: Plan): Promise<string> {
  expect(shown.refusals).toEqual([]);
  console.unlocks.unlock({ clusterId: console.clusterId, cluster: shown.cluster, reason: 'test', minutes: 5 });
  const { runId } = await console.operations.approve(
    { planId: shown.id, confirmName: shown.cluster, reason: 'test' },
    signal,
  );
  return runId;
}

async function fill(shown: Plan): Promise<Report> {
  const runId = await begin(shown);
  await console.operations.ended(runId);
  return console.operations.report(runId);
}

async function untilSeen(): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (console.monitor.snapshot.clusters[0]?.primaryId) return;
    await wait(100);
  }
  throw new Error('the monitor never saw the primary');
}

const mysql = (): boolean => fleet.dialect === 'mysql';

describe.each(['wallet', 'shop'])('re-provision on %s', (scenario) => {
  beforeAll(async () => {
    fleet = await lab.up(scenario, { hosts: true });
    console = await openLabConsole(fleet);
    await untilSeen();
  });
  afterEach(async () => {
    await load?.stop();
    load = undefined;
  });
  afterAll(async () => {
    await console?.close();
    await fleet?.down();
  });

  it('fills a broken replica under load', async () => {
    const broken = fleet.instance(`${scenario}-3`);
    load = await fleet.load({ writers: 2, writePauseMs: 12 });
    await load.waitForWrites(50);
    const shown = await planFor(broken.name);
    const report = await fill(shown);
    process.stdout.write(report.timeline.map((one) => `${one.sinceMs} ${one.text}`).join('\n') + '\n');
    process.stdout.write(JSON.stringify(report.leftToDo) + '\n');
    expect(report.steps.filter((step) => step.status !== 'done')).toEqual([]);
    expect(report.state).toBe('succeeded');
    await load.waitForWrites(50);
    await load.stop();
    await fleet.waitUntilCaughtUp();
    expect(await load.ledger.missing(broken.host, broken.port)).toEqual([]);
  });
});
