import { StepFailure, type OperationKindCode, type StepCode } from '../operation-kind';
import type { InventoryService } from '../../fleet/inventory-service';
import { basisOf, requireSameBasis } from '../basis';
import { lookAtOutage, type Outage, type OutageParts } from '../failover/outage';
import { hostView } from '../failover/viewpoints';
import { lock } from '../steps/common-code';
import { planBreak, warmUpMs } from './break-plan';

export interface BreakParts extends OutageParts {
  readonly inventory: InventoryService;
  readonly newId: () => string;
}

/**
 * Breaks the primary on purpose, by ending its process on its host: the first half of a failover drill. With a region as
 * `choice` every server of the primary's region is ended, and somebody there shall take over.
 */
export function breakKind(parts: BreakParts): OperationKindCode {
  const look = async (clusterId: string, signal: AbortSignal): Promise<Outage> =>
    lookAtOutage(parts.inventory.cluster(clusterId), parts, signal);
  return {
    kind: 'drill',
    steps: { lock, prepare, break: breakServers },
    plan: async ({ clusterId, drillId, choice }, signal) =>
      planBreak({
        cluster: parts.inventory.cluster(clusterId),
        outage: await look(clusterId, signal),
        planId: parts.newId(),
        drillId: drillId ?? null,
        toRegion: choice ?? '',
      }),
    requireBasis: async (plan, signal) =>
      requireSameBasis(plan.basis, basisOf((await look(plan.clusterId, signal)).reading)),
  };
}

const prepare: StepCode = {
  run: async (context) => {
    for (const statement of context.step.statements) await context.send(statement.key);
    // A loss counted on two rows proves nothing: the probe writes for a while before anything breaks.
    await context.clock.sleep(warmUpMs, context.signal);
  },
  verify: async () => 'It is there',
};

/** All at once, as a region dies. */
const breakServers: StepCode = {
  run: async (context) => {
    const kills = context.step.statements.filter((one) => one.phase === 'run');
    const outcomes = await Promise.all(
      kills.map(async (one) => ({ ...one, outcome: await context.command(one.key, {}, { timeoutMs: 12_000 }) })),
    );
    const failed = outcomes.find(({ outcome }) => outcome.exitCode !== 0);
    if (failed)
      throw new StepFailure(
        `${failed.instance}: exit code ${failed.outcome.exitCode}: ${failed.outcome.stderr.trim().slice(0, 200)}`,
      );
  },
  verify: async (context) => {
    const asked = context.step.statements.filter((one) => one.phase === 'verify');
    const views = await Promise.all(
      asked.map(async (one) => hostView(one.instance, await context.command(one.key, {}, { timeoutMs: 8000 }))),
    );
    const alive = views.find((one) => one.saw !== 'gone');
    if (alive) throw new StepFailure(`${alive.from}: ${alive.evidence}`);
    return views.map((one) => one.evidence).join('; ');
  },
};
