import { setTimeout as wait } from 'node:timers/promises';
import type { RunningFleet } from '../fleet';
import type { CrashStage } from './crash-stage';
import { openNextConsole } from './next-console';
import { isClosed } from './invariants';

const { signal } = new AbortController();

/** An earlier failover on the same journal, after which the old primary has come back and was closed: what a rejoin is for. */
export async function leaveOldPrimary(stage: CrashStage): Promise<void> {
  await failOver(stage, async () => {
    await stage.primary.start();
    // Else the load of the case would find it first: an application that writes there is a case of its own.
    for (let tries = 0; tries < 200 && !(await isClosed(stage.primary)); tries += 1) await wait(50);
  });
}

/** The same, but no console was there when it came back, and an application was. */
export async function leaveOldPrimaryWithOwnWrite(stage: CrashStage): Promise<void> {
  const { fleet, primary, word } = stage;
  await failOver(stage, async () => undefined);
  await primary.start();
  const isMysql = fleet.dialect === 'mysql';
  await primary.execute(
    // Nobody is left who could acknowledge to it.
    `SET GLOBAL ${isMysql ? 'rpl_semi_sync_source_enabled' : 'rpl_semi_sync_master_enabled'} = OFF`,
    `INSERT INTO app.account VALUES (900001, '${word}', 'EUR', 1)`,
    // Else the load of the case would find it too.
    `SET GLOBAL ${isMysql ? 'super_read_only' : 'read_only'} = ON`,
  );
}

async function failOver({ fleet, dataFolder, primary }: CrashStage, then: () => Promise<void>): Promise<void> {
  const console = await openNextConsole(fleet, dataFolder);
  const { clusterId, operations, unlocks, monitor } = console;
  try {
    await allSeen(fleet, () => monitor.snapshot.clusters[0]);
    await fleet.fault('crash', primary.name);
    let plan = await operations.plan({ kind: 'failover', clusterId }, signal);
    for (let tries = 0; !plan.applyable && tries < 60; tries += 1) {
      await wait(250);
      plan = await operations.plan({ kind: 'failover', clusterId }, signal);
    }
    unlocks.unlock({ clusterId, cluster: plan.cluster, reason: 'fault', minutes: 5 });
    const { runId } = await operations.approve({ planId: plan.id, confirmName: plan.cluster, reason: 'fault' }, signal);
    const state = await operations.ended(runId);
    if (state !== 'succeeded') throw new Error(`the failover before the case is ${state}`);
    await then();
  } finally {
    await console.close();
  }
}

async function allSeen(
  fleet: RunningFleet,
  read: () => { readonly primaryId: string | null; readonly answered: number } | undefined,
): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const seen = read();
    if (seen?.primaryId && seen.answered === fleet.instances.length) return;
    await wait(50);
  }
}
