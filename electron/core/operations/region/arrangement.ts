import { channelKey, type Topology } from '../../fleet/topology';
import type { ReachedInstance } from '../cluster-reading';
import { logsWhatItApplies } from './logs-updates';

/** Who follows whom after the primary moved. */
export interface Arrangement {
  /** Replicas that follow the new primary directly from now on; the old primary is not among them. */
  readonly moved: readonly ReachedInstance[];
  /** Replicas that stay below whom they follow: an intermediate, or the old primary for its own region. */
  readonly kept: readonly ReachedInstance[];
  /** Replicas that no chain of known sources leads to the primary from. */
  readonly stray: readonly ReachedInstance[];
}

/**
 * Only direct replicas of the primary are moved; what lies below an intermediate stays there, so that each region keeps one
 * channel across. When the primary leaves its region, the replicas of that region stay below the old primary, which becomes
 * their intermediate. Pure.
 */
export function arrange(input: {
  readonly topology: Topology;
  readonly primary: ReachedInstance;
  readonly candidate: ReachedInstance;
  readonly replicas: readonly ReachedInstance[];
}): Arrangement {
  const { topology, primary, candidate, replicas } = input;
  const others = replicas.filter((one) => one !== candidate);
  const sourceOf = (one: ReachedInstance): string | undefined =>
    topology.sources.get(channelKey(one.instance.id, { name: one.sample.channels[0]?.name ?? '' }));
  const reachesPrimary = (one: ReachedInstance): boolean => {
    let at: ReachedInstance | undefined = one;
    for (let steps = 0; at !== undefined && steps <= replicas.length; steps += 1) {
      const source = sourceOf(at);
      if (source === primary.instance.id) return true;
      at = replicas.find((each) => each.instance.id === source);
    }
    return false;
  };
  const stray = others.filter((one) => !reachesPrimary(one));
  const leavesRegion = crossesRegions(primary, candidate) && logsWhatItApplies(primary);
  const stays = (one: ReachedInstance): boolean =>
    sourceOf(one) !== primary.instance.id || (leavesRegion && one.instance.region === primary.instance.region);
  const settled = others.filter((one) => !stray.includes(one));
  return { moved: settled.filter((one) => !stays(one)), kept: settled.filter(stays), stray };
}

/** True where both have a region and they differ. */
export const crossesRegions = (
  from: Pick<ReachedInstance, 'instance'> | { readonly instance: { readonly region?: string } },
  to: Pick<ReachedInstance, 'instance'>,
): boolean => Boolean(from.instance.region && to.instance.region) && from.instance.region !== to.instance.region;
