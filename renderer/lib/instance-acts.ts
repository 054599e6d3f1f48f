import type { ClusterState, InstanceState } from '@shared/model/fleet';
import type { OperationKind } from '@shared/model/plan';
import { lostPrimaryOf } from './failover';
import { planRoute, type PlanRoute } from './router';

/** Something that can be done with one instance. It only opens a plan; the plan looks at the servers and decides. */
export interface InstanceAct {
  readonly kind: Extract<OperationKind, 'rejoin' | 'reprovision' | 'relocate'>;
  readonly label: string;
  readonly what: string;
  readonly route: PlanRoute;
  /** Why not, as far as this console sees it; null when it can be planned. */
  readonly refusal: string | null;
}

/**
 * True for one that answers and stands beside the primary: it follows nobody, or takes writes itself. So an old primary comes
 * back, and until it is brought back its applications may write to the wrong place.
 */
export const standsAside = (cluster: ClusterState, instance: InstanceState): boolean =>
  instance.reach === 'answering' &&
  cluster.primaryId !== null &&
  instance.id !== cluster.primaryId &&
  instance.groupMembers.length === 0 &&
  (instance.channels.length === 0 || instance.readOnly === false);

/** The one to bring back first: who takes writes is worse than who is closed. */
export const asideOf = (cluster: ClusterState): InstanceState | undefined => {
  const all = cluster.instances.filter((each) => standsAside(cluster, each));
  return all.find((each) => each.readOnly === false) ?? all[0];
};

/** Rejoin, relocate, re-provision for one instance, each with its reason why not. */
export function instanceActs(cluster: ClusterState, instance: InstanceState): readonly InstanceAct[] {
  const act = (kind: InstanceAct['kind'], verb: string, what: string, refusal: string | null): InstanceAct => ({
    kind,
    label: `${verb} ${instance.name}…`,
    what,
    route: planRoute(kind, cluster.id, { instanceId: instance.id }),
    refusal: refusalOf(cluster, instance) ?? refusal,
  });
  return [
    act('rejoin', 'Rejoin', 'an old primary comes back as a replica', rejoinRefusal(cluster, instance)),
    act('relocate', 'Relocate', 'a replica follows another source', relocateRefusal(cluster, instance)),
    act('reprovision', 'Re-provision', 'filled anew from another instance', reprovisionRefusal(cluster)),
  ];
}

/** What stands in the way of all three. */
function refusalOf(cluster: ClusterState, instance: InstanceState): string | null {
  if (cluster.runningOperation !== null) return `${cluster.runningOperation.title} is running`;
  if (instance.id === cluster.primaryId) return `${instance.name} is the primary: it is moved by a switchover`;
  if (lostPrimaryOf(cluster)) return 'the primary does not answer: fail over first';
  return cluster.primaryId === null ? 'no single primary is known: see the findings' : null;
}

function rejoinRefusal(cluster: ClusterState, instance: InstanceState): string | null {
  if (instance.reach !== 'answering') return `${instance.name} does not answer: start it first`;
  return standsAside(cluster, instance) ? null : `${instance.name} follows already and takes no writes`;
}

function relocateRefusal(cluster: ClusterState, instance: InstanceState): string | null {
  if (instance.reach !== 'answering') return `${instance.name} does not answer`;
  if (instance.channels.length === 0) return `${instance.name} follows nobody: rejoin it`;
  if (instance.channels.length > 1) return `${instance.name} has ${instance.channels.length} sources`;
  return cluster.instances.length < 3 ? 'there is no other source' : null;
}

const reprovisionRefusal = (cluster: ClusterState): string | null =>
  cluster.instances.some((each) => each.reach === 'answering') ? null : 'nobody answers that could give its data';
