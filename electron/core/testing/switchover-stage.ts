import type { Connection } from 'mysql2/promise';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Plan } from '@shared/model/plan';
import type { Report } from '@shared/model/report';
import type { JournalEntry, RunView } from '@shared/model/run';
import type { LoadRun, RunningFleet } from '../../../e2e/fleet';
import type { LabConsole } from './lab-console';

const signal = new AbortController().signal;

/** Writes a figure beside the result of the test. */
export const say = (text: string): void => void process.stdout.write(`measured: ${text}\n`);

/** @throws Error when the monitor does not see the whole cluster within 20 s */
export async function untilPrimarySeen(console: LabConsole): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const cluster = console.monitor.snapshot.clusters[0];
    if (cluster?.primaryId && cluster.answered === cluster.instances.length) return;
    await wait(100);
  }
  throw new Error('the monitor never saw the whole cluster');
}

/** The switchover to a candidate, named; without a name to the best one. */
export async function planFor(console: LabConsole, candidate?: string): Promise<Plan> {
  const candidateId = console.inventory.cluster(console.clusterId).instances.find((one) => one.name === candidate)?.id;
  return console.operations.plan({ kind: 'switchover', clusterId: console.clusterId, candidateId }, signal);
}

/** Replication heals a moment after a fault ends: asks until nothing stands against the switchover. */
export async function clearPlan(console: LabConsole, candidate?: string): Promise<Plan> {
  let plan = await planFor(console, candidate);
  for (let tries = 0; tries < 40 && !plan.applyable; tries += 1) {
    await wait(500);
    plan = await planFor(console, candidate);
  }
  expect(plan.refusals).toEqual([]);
  return plan;
}

/** Unlocks, confirms, starts. @returns run id */
export async function approve(console: LabConsole, plan: Plan): Promise<string> {
  console.unlocks.unlock({ clusterId: console.clusterId, cluster: plan.cluster, reason: 'test', minutes: 5 });
  const { runId } = await console.operations.approve(
    { planId: plan.id, confirmName: plan.cluster, reason: 'test' },
    signal,
  );
  return runId;
}

/** Approves and carries out. */
export async function run(console: LabConsole, plan: Plan): Promise<Report> {
  const runId = await approve(console, plan);
  await console.operations.ended(runId);
  return console.operations.report(runId);
}

/** Acts once, at the moment when the journal holds such an entry; synchronously, before the next statement is sent. */
export function at(
  console: LabConsole,
  type: JournalEntry['type'],
  stepId: string,
  act: (runId: string) => void,
): void {
  const off = console.operations.onChange((runId) => {
    const view: RunView = console.operations.view(runId);
    if (!view.journal.some((entry) => entry.type === type && entry.stepId === stepId)) return;
    off();
    act(runId);
  });
}

/** @throws Error when the journal does not hold such an entry within 10 s */
export async function untilEntry(
  console: LabConsole,
  runId: string,
  holds: (entry: JournalEntry) => boolean,
): Promise<void> {
  for (let tries = 0; tries < 1000; tries += 1) {
    if (console.operations.view(runId).journal.some(holds)) return;
    await wait(10);
  }
  throw new Error('the journal never held it');
}

/** Whether it refuses writes. */
export const closed = async (fleet: RunningFleet, name: string): Promise<boolean> =>
  Number((await fleet.instance(name).query('SELECT @@GLOBAL.read_only AS ro'))[0]?.['ro']) === 1;

/** Number of the first such entry; NaN when there is none. */
export const seqOf = (journal: readonly JournalEntry[], type: JournalEntry['type'], stepId: string): number =>
  journal.find((entry) => entry.type === type && entry.stepId === stepId)?.seq ?? NaN;

/** Asks every instance again and again whether it takes writes; keeps each answer in which two did. */
export async function watchWritable(
  fleet: RunningFleet,
): Promise<{ stop(): Promise<{ asked: number; two: string[][] }> }> {
  const sessions = await Promise.all(fleet.instances.map(async (one) => ({ one, session: await one.connect() })));
  const two: string[][] = [];
  let asked = 0;
  let going = true;
  const loop = (async () => {
    while (going) {
      const answers = await Promise.all(sessions.map(async ({ one, session }) => writableName(one.name, session)));
      const names = answers.filter((name) => name !== null);
      asked += 1;
      if (names.length > 1) two.push(names);
      await wait(3);
    }
  })();
  return {
    stop: async () => {
      going = false;
      await loop;
      for (const { session } of sessions) session.destroy();
      return { asked, two };
    },
  };
}

async function writableName(name: string, session: Connection): Promise<string | null> {
  const [rows] = await session.query('SELECT @@GLOBAL.read_only AS ro').catch(() => [[]]);
  return Array.isArray(rows) && rows.some((row) => 'ro' in row && Number(row.ro) === 0) ? name : null;
}

/** Milliseconds from a moment to the next write that an application got acknowledged. */
export function writesBackMs(load: LoadRun, fromMs: number): number {
  const next = load.ledger.entries().find((one) => one.outcome === 'acknowledged' && one.atMs > fromMs);
  return Math.round((next?.atMs ?? Infinity) - fromMs);
}

/** The clock of the ledger. */
export const nowMs = (): number => performance.timeOrigin + performance.now();
