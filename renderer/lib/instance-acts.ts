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

/** Who of the cluster follows this one and answers. */
export const followersOf = (cluster: ClusterState, { id }: InstanceState): readonly InstanceState[] =>
  cluster.instances.filter(
    (each) => each.reach === 'answering' && each.channels.some((channel) => channel.sourceInstanceId === id),
  );

/** True for one below who stands aside: what came to it came from there, as in a region that was lost and is back. */
function isBelowAside(cluster: ClusterState, instance: InstanceState): boolean {
  let at: InstanceState | undefined = instance;
  for (let steps = 0; at && at.id !== cluster.primaryId && steps < cluster.instances.length; steps += 1) {
    const sourceId: string | null | undefined = at.channels[0]?.sourceInstanceId;
    at = cluster.instances.find((each) => each.id === sourceId);
    if (at && at.channels.length === 0 && standsAside(cluster, at)) return instance.reach === 'answering';
  }
  return false;
}

/** True for one that a rejoin brings back: it stands beside the primary, or below one that does. */
export const isAside = (cluster: ClusterState, instance: InstanceState): boolean =>
  standsAside(cluster, instance) || isBelowAside(cluster, instance);

/**
 * The one to bring back first: whoever others follow is not the one that returns, so those whom nobody follows; of them who
 * takes writes, which is worse than who is closed.
 */
export const asideOf = (cluster: ClusterState): InstanceState | undefined => {
  const all = cluster.instances.filter((each) => isAside(cluster, each));
  const free = all.filter((each) => followersOf(cluster, each).length === 0);
  return free.find((each) => each.readOnly === false) ?? free[0] ?? all[0];
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
  if (!isAside(cluster, instance)) return `${instance.name} follows already and takes no writes`;
  const [follower] = followersOf(cluster, instance);
  return follower ? `${follower.name} follows it: bring that one back first` : null;
}

function relocateRefusal(cluster: ClusterState, instance: InstanceState): string | null {
  if (instance.reach !== 'answering') return `${instance.name} does not answer`;
  if (instance.channels.length === 0) return `${instance.name} follows nobody: rejoin it`;
  if (instance.channels.length > 1) return `${instance.name} has ${instance.channels.length} sources`;
  return cluster.instances.length < 3 ? 'there is no other source' : null;
}

const reprovisionRefusal = (cluster: ClusterState): string | null =>
  cluster.instances.some((each) => each.reach === 'answering') ? null : 'nobody answers that could give its data';
