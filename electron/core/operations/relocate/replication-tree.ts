import { channelKey, type Topology } from '../../fleet/topology';
import type { ReachedInstance } from '../cluster-reading';

/** Who follows whom, by instance id: one source each, as the topology found it. Pure. */
export interface ReplicationTree {
  /** null: it follows nobody of this cluster. */
  sourceOf(id: string): string | null;
  /** Its sources up to the root, nearest first; ends where a circle closes. */
  above(id: string): readonly string[];
  /** Everyone below it, at any depth. */
  below(id: string): ReadonlySet<string>;
}

/** The tree of the instances that answered; who does not answer follows nobody here, and nobody is found through it. */
export function replicationTree(reached: readonly ReachedInstance[], topology: Topology): ReplicationTree {
  const sources = new Map(
    reached.flatMap((one) => {
      const [channel] = one.sample.channels;
      const source = channel && topology.sources.get(channelKey(one.instance.id, channel));
      return source === undefined ? [] : [[one.instance.id, source] as const];
    }),
  );
  return treeOf(sources);
}

/** The same of a plain map: replica to source. */
export function treeOf(sources: ReadonlyMap<string, string>): ReplicationTree {
  const sourceOf = (id: string): string | null => sources.get(id) ?? null;
  const above = (id: string): readonly string[] => {
    const chain: string[] = [];
    for (let at = sourceOf(id); at !== null && at !== id && !chain.includes(at); at = sourceOf(at)) chain.push(at);
    return chain;
  };
  return {
    sourceOf,
    above,
    below: (id) => new Set([...sources.keys()].filter((one) => one !== id && above(one).includes(id))),
  };
}
