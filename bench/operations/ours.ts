import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Instance, RunningFleet } from '../../e2e/fleet';
import { openSqliteStore } from '../../electron/adapters/storage/sqlite-store';
import { openLabConsole, type LabConsole } from '../../electron/core/testing/lab-console';
import { realClock } from '../../electron/core/testing/real-clock';

/** The console's own operations, as they are run from the window: every check, lock, journal entry and proof. */
export interface Ours {
  /** Plans, approves, and waits until the run has ended. @throws Error with the refusals or the failed step */
  switchOver(candidate: Instance): Promise<OursRun>;
  close(): Promise<void>;
}

/** What the console says of its own run. */
export interface OursRun {
  /** By its own probe; the bench counts by another. */
  readonly ownWriteGapMs: number | null;
  readonly entries: readonly Entry[];
  /** Plans that it refused before the one that it carried out. */
  readonly refusals: readonly string[];
}

/** A line of the journal. */
export interface Entry {
  readonly atMs: number;
  readonly stepId: string;
  readonly type: string;
  readonly text: string;
}

/** The core on a real journal: SQLite in a folder of its own, each intent fsynced. */
export async function openOurs(fleet: RunningFleet): Promise<Ours> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'midwatch-bench-'));
  const store = openSqliteStore({ folder, clock: realClock });
  const console = await openLabConsole(fleet, { store: store as never });
  return {
    async switchOver(candidate) {
      const { signal } = new AbortController();
      const refusals: string[] = [];
      await untilSeen(console, fleet.instances.length);
      const candidateId = console.inventory
        .cluster(console.clusterId)
        .instances.find(({ name }) => name === candidate.name)?.id;
      const { operations, clusterId } = console;
      const ask = () => operations.plan({ kind: 'switchover', clusterId, candidateId }, signal);
      let plan = await ask();
      // The cluster has just been changed: what was seen meanwhile may be of before. A person asks again too.
      for (let tries = 0; !plan.applyable && tries < 5; tries += 1) {
        refusals.push(plan.refusals.join('; '));
        await wait(500);
        plan = await ask();
      }
      if (!plan.applyable) throw new Error(`Not applyable: ${plan.refusals.join('; ')}`);
      console.unlocks.unlock({ clusterId, cluster: plan.cluster, reason: 'bench', minutes: 5 });
      const approval = { planId: plan.id, confirmName: plan.cluster, reason: 'bench' };
      const { runId } = await operations.approve(approval, signal);
      await operations.ended(runId);
      const report = operations.report(runId);
      const failed = report.steps.filter((step) => step.status !== 'done');
      if (report.state !== 'succeeded')
        throw new Error(
          `${report.state}: ${failed.map((step) => `${step.stepId} ${step.status} ${step.error ?? ''}`).join('; ')}`,
        );
      return { ownWriteGapMs: report.writeGapMs, entries: store.journal.entries(runId), refusals };
    },
    async close() {
      await console.close();
      store.close();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilSeen({ monitor }: LabConsole, instances: number): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const cluster = monitor.snapshot.clusters[0];
    if (cluster?.primaryId && cluster.answered === instances) return;
    await wait(100);
  }
  throw new Error('The monitor never saw the whole cluster');
}
