import { setTimeout as wait } from 'node:timers/promises';
import type { RunningFleet } from '../../../e2e/fleet';
import type { Plan } from '@shared/model/plan';
import type { LabConsole } from './lab-console';

type Kind = 'switchover' | 'failover';
const { signal } = new AbortController();

/** Waits until the monitor has seen every instance that should answer. @throws Error after 20 s */
export async function untilSeen(console: LabConsole, instances: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const cluster = console.monitor.snapshot.clusters[0];
    if (cluster?.primaryId && cluster.answered === instances) return;
    await wait(100);
  }
  throw new Error('the monitor never saw the whole cluster');
}

/** A plan for the instance of that name. */
export async function planFor(console: LabConsole, kind: Kind, candidate: string): Promise<Plan> {
  const candidateId = console.inventory.cluster(console.clusterId).instances.find((one) => one.name === candidate)?.id;
  return console.operations.plan({ kind, clusterId: console.clusterId, candidateId }, signal);
}

/** Approves a plan, swearing where it asks for it, and waits for the end. */
export async function carryOut(
  console: LabConsole,
  plan: Plan,
): Promise<ReturnType<LabConsole['operations']['report']>> {
  console.unlocks.unlock({ clusterId: console.clusterId, cluster: plan.cluster, reason: 'test', minutes: 5 });
  const { runId } = await console.operations.approve(
    {
      planId: plan.id,
      confirmName: plan.cluster,
      reason: 'test',
      ...(plan.attestation ? { attestation: plan.attestation.expected } : {}),
    },
    signal,
  );
  await console.operations.ended(runId);
  return console.operations.report(runId);
}

/** Sessions of the application on one server. */
export async function sessionsOfApp(fleet: RunningFleet, name: string): Promise<number> {
  const [row] = await fleet
    .instance(name)
    .query("SELECT COUNT(*) AS n FROM information_schema.processlist WHERE user = 'app'");
  return Number(row?.['n']);
}

/** Takes the traffic settings of the cluster for others, as a person who saves the form. */
export function setTraffic(
  console: LabConsole,
  traffic: NonNullable<ReturnType<LabConsole['inventory']['cluster']>['traffic']>,
): void {
  console.inventory.saveCluster({ ...console.inventory.cluster(console.clusterId), traffic });
}
