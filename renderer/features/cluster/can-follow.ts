import { isMysqlGtidSubset, parseMysqlGtidSet } from '@shared/gtid/mysql-gtid-set';
import type { ClusterState, InstanceState } from '@shared/model/fleet';
import { instanceActs } from '../../lib/instance-acts';

/** The instance that one follows; undefined where it follows nobody of this cluster. */
export function sourceOf(cluster: ClusterState, instance: InstanceState): InstanceState | undefined {
  const [channel] = instance.channels;
  if (!channel) return undefined;
  return (
    cluster.instances.find((each) => each.id === channel.sourceInstanceId) ??
    cluster.instances.find((each) => each.host === channel.sourceHost && each.port === channel.sourcePort)
  );
}

/** Why an instance cannot be moved at all; '' when it can. */
export function moveRefusal(cluster: ClusterState, instanceId: string): string {
  const instance = cluster.instances.find((each) => each.id === instanceId);
  if (!instance) return 'not in the inventory';
  return instanceActs(cluster, instance).find((act) => act.kind === 'relocate')?.refusal ?? '';
}

/**
 * Why one cannot follow another, by what this console saw last; '' is: it can, as far as that tells. A quick word while a
 * person drags: the plan asks the servers, and decides.
 */
export function followRefusal(cluster: ClusterState, replicaId: string, sourceId: string): string {
  const replica = cluster.instances.find((each) => each.id === replicaId);
  const source = cluster.instances.find((each) => each.id === sourceId);
  if (!replica || !source) return 'not in the inventory';
  if (replica === source) return 'is the one to move';
  if (sourceOf(cluster, replica) === source) return `${replica.name} follows it already`;
  const through = wayUp(cluster, source);
  const at = through.findIndex((each) => each.id === replicaId);
  if (at === 0) return `follows ${replica.name}: a circle`;
  if (at > 0) return `${replica.name} would follow itself through ${through[at - 1]?.name}`;
  if (source.reach !== 'answering') return 'does not answer';
  if (source.dialect !== replica.dialect) return 'is another product';
  if (source.id !== cluster.primaryId) {
    const why = asIntermediate(source);
    if (why !== '') return why;
  }
  if (source.errantGtid !== '') return 'holds transactions that the primary never had';
  return hasPurged(source, replica) ? `has purged what ${replica.name} still needs` : '';
}

/** Its sources, nearest first; ends where a circle closes. */
function wayUp(cluster: ClusterState, instance: InstanceState): readonly InstanceState[] {
  const way: InstanceState[] = [];
  for (let at = sourceOf(cluster, instance); at && at !== instance && !way.includes(at); at = sourceOf(cluster, at))
    way.push(at);
  return way;
}

function asIntermediate({ channels, readOnly }: InstanceState): string {
  const [channel] = channels;
  if (!channel) return 'follows nobody';
  if (readOnly === false) return 'takes writes itself';
  if (channel.receiver !== 'running') return 'receives nothing';
  if (channel.applier !== 'running') return 'applies nothing';
  if (channel.delaySeconds > 0) return `delayed by ${channel.delaySeconds} s on purpose`;
  return channel.filters.length > 0 ? 'filters what it replicates' : '';
}

/** Only MySQL says what its logs have lost. */
function hasPurged(source: InstanceState, replica: InstanceState): boolean {
  if (source.dialect !== 'mysql' || source.gtidPurged === '') return false;
  try {
    return !isMysqlGtidSubset(parseMysqlGtidSet(source.gtidPurged), parseMysqlGtidSet(replica.gtidExecuted));
  } catch {
    return false;
  }
}
