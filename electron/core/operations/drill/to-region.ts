import type { Cluster } from '@shared/model/inventory';
import type { Candidate, Plan } from '@shared/model/plan';
import type { OperationService } from '../operation-service';

/** Region of an instance by its name; '' where it has none. */
export const regionOf = (cluster: Pick<Cluster, 'instances'>, name: string): string =>
  cluster.instances.find((one) => one.name === name)?.region ?? '';

/** Both where they differ and are known; else a drill within a region. */
export function regionsOf(
  cluster: Pick<Cluster, 'instances'>,
  oldPrimary: string,
  toRegion: string,
): { readonly fromRegion: string; readonly toRegion: string } {
  const fromRegion = regionOf(cluster, oldPrimary);
  return fromRegion !== '' && toRegion !== '' && fromRegion !== toRegion
    ? { fromRegion, toRegion }
    : { fromRegion: '', toRegion: '' };
}

/**
 * A plan whose candidate stands in `toRegion` ('' is anywhere). A planned move that finds nobody there is refused. An emergency
 * is not: writes are away already, so the best one takes over, and `asked` says why it is another.
 */
export async function planToRegion(
  operations: Pick<OperationService, 'plan'>,
  input: {
    readonly kind: 'switchover' | 'failover';
    readonly clusterId: string;
    readonly drillId: string | undefined;
    readonly toRegion: string;
    /** Who could take over there when it was last looked at: saves a second plan while writes are away. */
    readonly hintId?: string | undefined;
  },
  signal: AbortSignal,
): Promise<{ readonly plan: Plan; readonly asked: string }> {
  const { kind, clusterId, drillId, toRegion, hintId } = input;
  const ask = async (candidateId?: string): Promise<Plan> =>
    operations.plan({ kind, clusterId, drillId, candidateId }, signal);
  const plan = await ask(hintId);
  if (toRegion === '') return { plan, asked: '' };
  const there = plan.candidates.filter((one) => one.region === toRegion);
  const able = there.filter((one) => one.state !== 'excluded');
  if (able.some((one) => one.instance === plan.impact.candidate)) return { plan, asked: '' };
  const next = able.find((one) => one.state === 'best') ?? able[0];
  if (next) return { plan: await ask(next.instanceId), asked: '' };
  const why = whyNone(toRegion, there);
  return kind === 'failover'
    ? { plan: hintId === undefined ? plan : await ask(), asked: why }
    : { plan: { ...plan, applyable: false, refusals: [...plan.refusals, why] }, asked: why };
}

const whyNone = (region: string, there: readonly Candidate[]): string =>
  there.length === 0
    ? `Nobody in ${region} could take over`
    : `Nobody in ${region} could take over: ${there.map((one) => `${one.instance}: ${one.why}`).join('; ')}`;
