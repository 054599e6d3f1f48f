import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Instance, RunningFleet } from '../../e2e/fleet';
import { openSqliteStore } from '../../electron/adapters/storage/sqlite-store';
import { openLabConsole } from '../../electron/core/testing/lab-console';
import { realClock } from '../../electron/core/testing/real-clock';

/** The console's own operations, as they are run from the window: every check, lock, journal entry and proof. */
export interface Ours {
  /** Waits until the monitor sees the whole cluster and this primary. @throws Error after 30 s */
  untilSeen(primary: Instance): Promise<void>;
  /** Plans, approves, and waits until the run has ended. @throws Error with the refusals or the failed step */
  switchOver(primary: Instance, candidate: Instance): Promise<OursRun>;
  /** The same for a primary that is dead, to the best candidate; asks until the console sees that it is. */
  failOver(): Promise<OursRun>;
  close(): Promise<void>;
}

/** What the console says of its own run. */
export interface OursRun {
  /** By its own probe; the bench counts by another. */
  readonly ownWriteGapMs: number | null;
  readonly approvedAtMs: number;
  /** Plans that it refused before the one that it carried out. */
  readonly refusals: readonly string[];
}

/** The run undid what it had done: nothing was changed, and the primary is the same. */
export class TurnedBack extends Error {}

/** The core on a real journal: SQLite in a folder of its own, each intent fsynced. */
export async function openOurs(fleet: RunningFleet): Promise<Ours> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'midwatch-bench-'));
  const store = openSqliteStore({ folder, clock: realClock });
  const console = await openLabConsole(fleet, { store });
  const { operations, clusterId } = console;
  const idOf = (instance: Instance): string | undefined =>
    console.inventory.cluster(clusterId).instances.find(({ name }) => name === instance.name)?.id;

  const untilSeen = async (primary: Instance): Promise<void> => {
    const primaryId = idOf(primary);
    for (let tries = 0; tries < 300; tries += 1) {
      const cluster = console.monitor.snapshot.clusters[0];
      if (cluster?.primaryId === primaryId && cluster?.answered === fleet.instances.length) return;
      await wait(100);
    }
    throw new Error('The monitor never saw the whole cluster and its primary');
  };

  const carryOut = async (input: Parameters<typeof operations.plan>[0], askEveryMs: number): Promise<OursRun> => {
    const { signal } = new AbortController();
    const refusals: string[] = [];
    let plan = await operations.plan(input, signal);
    // A person asks again too: what was seen may be of before, and a dead primary is seen to be dead a moment later.
    for (const limit = Date.now() + 20_000; !plan.applyable; plan = await operations.plan(input, signal)) {
      if (Date.now() > limit) throw new Error(`Not applyable: ${plan.refusals.join('; ')}`);
      refusals.push(plan.refusals.join('; '));
      await wait(askEveryMs);
    }
    console.unlocks.unlock({ clusterId, cluster: plan.cluster, reason: 'bench', minutes: 5 });
    const approvedAtMs = performance.timeOrigin + performance.now();
    const approval = { planId: plan.id, confirmName: plan.cluster, reason: 'bench' };
    const { runId } = await operations.approve(approval, signal);
    await operations.ended(runId);
    const report = operations.report(runId);
    if (report.state !== 'succeeded') {
      const failed = report.steps.filter((step) => step.status !== 'done' && step.status !== 'todo');
      const words = failed.map((step) => `${step.stepId} ${step.status}: ${step.error ?? ''}`);
      const text = `The run ${report.state}: ${words.join('; ')}`;
      throw report.state === 'failed' ? new TurnedBack(text) : new Error(text);
    }
    return { ownWriteGapMs: report.writeGapMs, approvedAtMs, refusals };
  };

  return {
    untilSeen,
    async switchOver(primary, candidate) {
      await untilSeen(primary);
      return carryOut({ kind: 'switchover', clusterId, candidateId: idOf(candidate) }, 500);
    },
    failOver: () => carryOut({ kind: 'failover', clusterId }, 50),
    async close() {
      await console.close();
      store.close();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
