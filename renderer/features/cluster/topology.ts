import type { ClusterState, InstanceState, ReplicationChannel } from '@shared/model/fleet';
import { byName } from '../../lib/fleet';
import { formatAge, formatCount, secondsFigure } from '../../lib/format';
import { standsAside } from '../../lib/instance-acts';
import { roleWord } from '../../ui/role-chips';
import { markOf } from '../../ui/status-badge';
import type { GraphLink, GraphNode } from '../../ui/topology-graph';

/** More replicas than this are a list by region: a graph of them cannot be read. */
export const mostReplicas = 12;

const silentAfterSeconds = 60;

/** Instances as nodes; the primary's region comes first. */
export function nodesOf(cluster: ClusterState): readonly GraphNode[] {
  const home = cluster.instances.find((instance) => instance.id === cluster.primaryId)?.region;
  return [...cluster.instances]
    .sort(
      (a, b) =>
        Number(b.region === home) - Number(a.region === home) || a.region.localeCompare(b.region) || byName(a, b),
    )
    .map((instance) => nodeOf(cluster, instance));
}

function nodeOf(cluster: ClusterState, instance: InstanceState): GraphNode {
  return {
    id: instance.id,
    region: instance.region,
    name: instance.name,
    // Two that are called primary would be one too many: the cluster has one.
    role: standsAside(cluster, instance) ? 'Stands aside' : roleWord(instance),
    writes: instance.readOnly === false,
    mark: markOf(instance.severity),
    word: instance.word,
    figures: instance.channels.length > 0 ? replicaFigures(instance) : primaryFigures(instance),
  };
}

function primaryFigures(instance: InstanceState): GraphNode['figures'] {
  const { metrics, semiSync } = instance;
  return [
    { label: 'Commits', value: formatCount(metrics.commitsPerSecond), unit: '/s' },
    semiSync?.sourceEnabled === true
      ? {
          label: 'Semi-sync',
          value: `${semiSync.clients} of ${semiSync.waitForCount}`,
          unit: semiSync.sourceActive ? 'ack' : 'off now',
        }
      : { label: 'Semi-sync', value: 'None' },
    { label: 'Conns', value: formatCount(metrics.connections), unit: `/ ${formatCount(metrics.maxConnections)}` },
  ];
}

function replicaFigures(instance: InstanceState): GraphNode['figures'] {
  const lag = secondsFigure(instance.lag?.seconds ?? null);
  const waiting = instance.channels.map((channel) => channel.toApply).filter((value) => value !== null);
  return [
    { label: 'Lag', ...lag },
    {
      label: 'To apply, trx',
      value: waiting.length === 0 ? 'Unknown' : formatCount(waiting.reduce((a, b) => a + b, 0)),
    },
    { label: 'Queries', value: formatCount(instance.metrics.queriesPerSecond), unit: '/s' },
  ];
}

/** Channels as edges. The source is found by id, else by host and port; a source outside the inventory has no edge. */
export function linksOf(cluster: ClusterState): readonly GraphLink[] {
  return cluster.instances.flatMap((instance) =>
    instance.channels.flatMap((channel): GraphLink[] => {
      const source =
        cluster.instances.find((each) => each.id === channel.sourceInstanceId) ??
        cluster.instances.find((each) => each.host === channel.sourceHost && each.port === channel.sourcePort);
      if (!source) return [];
      const { kind, text } = channelWord(instance, channel);
      return [{ id: `${source.id}>${instance.id}>${channel.name}`, from: source.id, to: instance.id, kind, text }];
    }),
  );
}

/** What a channel does, in the words of the edge: the first thing that is wrong, else how it receives. */
export function channelWord(
  instance: Pick<InstanceState, 'reach'>,
  channel: ReplicationChannel,
): { readonly kind: GraphLink['kind']; readonly text: string } {
  if (instance.reach !== 'answering') return { kind: 'unknown', text: 'not seen' };
  if (channel.receiver === 'stopped') return { kind: 'broken', text: 'receiver stopped' };
  if (channel.receiver === 'connecting') return { kind: 'broken', text: 'connecting' };
  if (channel.heardAgeSeconds !== null && channel.heardAgeSeconds > silentAfterSeconds) {
    return { kind: 'broken', text: `receiver silent ${formatAge(channel.heardAgeSeconds * 1_000)}` };
  }
  if (channel.applier === 'stopped') return { kind: 'broken', text: 'not applied' };
  if (channel.semiSync) return { kind: 'semi-sync', text: 'semi-sync' };
  if (channel.delaySeconds > 0) return { kind: 'async', text: `delayed ${formatAge(channel.delaySeconds * 1_000)}` };
  return { kind: 'async', text: 'async' };
}
