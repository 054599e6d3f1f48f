import type { Role } from '@shared/model/fleet';
import type { ChannelSample } from '../dialect/server-sample';
import type { Observation } from '../monitor/observation';

/** Who replicates from whom, found from what the servers say. */
export interface Topology {
  readonly primaryId: string | null;
  readonly roles: ReadonlyMap<string, Role>;
  /** Instance id of the source of each channel: key `replicaId/channelName`; absent when the source is not in the cluster. */
  readonly sources: ReadonlyMap<string, string>;
  /** Instances on a circle of replication. */
  readonly circle: ReadonlySet<string>;
}

export const channelKey = (instanceId: string, channel: Pick<ChannelSample, 'name'>): string =>
  `${instanceId}/${channel.name}`;

/** Pure: the same observations give the same topology. The last known answer of a lost instance still counts. */
export function deriveTopology(observations: readonly Observation[]): Topology {
  const sources = new Map<string, string>();
  const parents = new Map<string, string[]>();
  for (const observation of observations) {
    for (const channel of observation.sample?.channels ?? []) {
      const source = findSource(observations, observation, channel);
      if (!source) continue;
      sources.set(channelKey(observation.instance.id, channel), source.instance.id);
      parents.set(observation.instance.id, [...(parents.get(observation.instance.id) ?? []), source.instance.id]);
    }
  }
  const hasReplicas = new Set([...parents.values()].flat());
  const circle = new Set(observations.map((one) => one.instance.id).filter((id) => reaches(parents, id, id)));
  const roles = new Map(observations.map((one) => [one.instance.id, roleOf(one, hasReplicas, observations.length)]));
  return { primaryId: choosePrimary(observations, roles, circle), roles, sources, circle };
}

function findSource(
  all: readonly Observation[],
  replica: Observation,
  channel: ChannelSample,
): Observation | undefined {
  const others = all.filter((one) => one.instance.id !== replica.instance.id);
  return (
    (channel.sourceUuid === '' ? undefined : others.find((one) => one.facts?.serverUuid === channel.sourceUuid)) ??
    others.find((one) => one.instance.port === channel.sourcePort && one.instance.host === channel.sourceHost) ??
    others.find(
      (one) =>
        one.facts?.variables.get('report_host') === channel.sourceHost &&
        Number(one.facts?.variables.get('report_port')) === channel.sourcePort,
    ) ??
    (channel.sourceServerId > 0 ? others.find((one) => one.facts?.serverId === channel.sourceServerId) : undefined) ??
    others.find(
      (one) => one.facts?.variables.get('hostname') === channel.sourceHost && one.instance.port === channel.sourcePort,
    )
  );
}

function reaches(parents: ReadonlyMap<string, readonly string[]>, from: string, to: string): boolean {
  const seen = new Set<string>();
  const walk = (id: string): boolean =>
    (parents.get(id) ?? []).some((parent) => {
      if (parent === to) return true;
      if (seen.has(parent)) return false;
      seen.add(parent);
      return walk(parent);
    });
  return walk(from);
}

function roleOf(observation: Observation, hasReplicas: ReadonlySet<string>, total: number): Role {
  const { sample, facts, instance } = observation;
  if (facts && facts.groupMembers.length > 0) return 'group-member';
  if (!sample) return hasReplicas.has(instance.id) ? 'primary' : 'unknown';
  const isSource = hasReplicas.has(instance.id);
  if (sample.channels.length > 0) return isSource ? 'intermediate' : 'replica';
  if (isSource || total === 1) return 'primary';
  return 'standalone';
}

/**
 * A root that others replicate from; of several the writable one, and of those the one that answers: a lost region keeps its
 * own old root. On a circle: the only writable one.
 */
function choosePrimary(
  observations: readonly Observation[],
  roles: ReadonlyMap<string, Role>,
  circle: ReadonlySet<string>,
): string | null {
  const writable = (one: Observation): boolean => one.sample !== null && !one.sample.readOnly;
  const roots = observations.filter((one) => roles.get(one.instance.id) === 'primary');
  if (roots.length === 1) return roots[0]?.instance.id ?? null;
  const candidates =
    roots.length > 0
      ? roots
      : observations.filter((one) => circle.has(one.instance.id) || roles.get(one.instance.id) === 'group-member');
  const writers = candidates.filter(writable);
  const open = writers.length > 1 ? writers.filter((one) => one.failingSinceMs === null) : writers;
  if (open.length === 1) return open[0]?.instance.id ?? null;
  const member = observations.flatMap((one) => one.facts?.groupMembers ?? []).find((one) => one.role === 'PRIMARY');
  return observations.find((one) => member && one.instance.port === member.port)?.instance.id ?? null;
}
