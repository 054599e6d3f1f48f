import { toAppError } from '@shared/errors';
import type { Cluster, Instance } from '@shared/model/inventory';
import type { Verdict, Viewpoint } from '@shared/model/verdict';
import { bastionsOf, type Connections } from '../../fleet/connections';
import { channelKey } from '../../fleet/topology';
import { lastWordsOf } from '../../monitor/last-words';
import type { Observation } from '../../monitor/observation';
import type { Clock } from '../../ports/clock';
import type { RemoteHost } from '../../ports/remote-host';
import type { LastWords, LastWordsStore } from '../../ports/store';
import { readCluster, type ClusterReading, type InstanceReading } from '../cluster-reading';
import { serverStateCommand, type ServerFiles } from './host-commands';
import { judgeVerdict } from './verdict';
import { consoleView, hostView, replicaView } from './viewpoints';

export interface OutageParts {
  readonly connections: Connections;
  readonly clock: Clock;
  readonly hosts: RemoteHost;
  readonly lastWords: LastWordsStore;
  readonly primaryHint: (clusterId: string) => string | null;
  readonly lastSeen: (clusterId: string, instanceId: string) => Observation | null;
}

/** The cluster as it is in an outage, and what the outage is. */
export interface Outage {
  readonly reading: ClusterReading;
  readonly primary: InstanceReading | null;
  readonly words: LastWords | null;
  readonly files: ServerFiles | null;
  readonly verdict: Verdict;
}

/** Longest wait for an instance that may be dead, ms. */
const askMs = 2500;
/** A replica notices a death within some 40 ms; while it still says that it hears, it is asked again. */
const againMs = 100;
const tries = 4;

/**
 * Looks at the primary from every viewpoint at once: this console, each replica, its host by SSH. `basisOnly`: whether it is
 * still so, which is asked while writers wait; nothing can be planned by that.
 */
export async function lookAtOutage(
  cluster: Cluster,
  parts: OutageParts,
  signal: AbortSignal,
  { basisOnly = false }: { readonly basisOnly?: boolean } = {},
): Promise<Outage> {
  const hint = parts.primaryHint(cluster.id);
  const read = (): Promise<ClusterReading> =>
    readCluster(
      cluster,
      {
        connections: parts.connections,
        clock: parts.clock,
        primaryId: hint,
        limitMs: askMs,
        basisOnly,
        lastSeen: (id) => parts.lastSeen(cluster.id, id),
      },
      signal,
    );
  const hinted = cluster.instances.find((one) => one.id === hint);
  const [first, earlyHost] = await Promise.all([read(), hinted ? askHost(hinted, parts, signal) : null]);
  const primaryId = first.topology.primaryId ?? hint;
  const instance = cluster.instances.find((one) => one.id === primaryId);
  if (!instance) return { reading: first, primary: null, words: null, files: null, verdict: noPrimary };
  const host = instance === hinted ? earlyHost : await askHost(instance, parts, signal);
  const words = wordsOf(instance, cluster, parts);
  let [reading, before] = [first, first];
  for (let turn = 1; ; turn += 1) {
    const judged = judge(instance, reading, turn === 1 ? null : before, host);
    const undecided = judged.kind === 'unseen' || judged.kind === 'unclear' || mustLookTwice(reading, instance);
    if (turn >= tries || !undecided || judged.kind === 'alive')
      return {
        reading,
        primary: reading.readings.find((one) => one.instance.id === instance.id) ?? null,
        words,
        files: filesOf(words),
        verdict: judged,
      };
    before = reading;
    // Servers that do not say when they heard: long enough for a heartbeat to have come.
    await parts.clock.sleep(mustLookTwice(reading, instance) ? heartbeatMs(reading) : againMs, signal);
    reading = await read();
  }
}

const noPrimary: Verdict = {
  kind: 'unclear',
  sentence: 'No primary was found',
  offersFailover: false,
  nextStep: 'See the findings of this cluster: nobody says whom it follows',
  viewpoints: [],
};

function judge(
  instance: Instance,
  reading: ClusterReading,
  before: ClusterReading | null,
  host: Viewpoint | null,
): Verdict {
  const primary = reading.readings.find((one) => one.instance.id === instance.id);
  // Who follows somebody else hears that one, and says nothing of this primary.
  const replicas = reading.readings.filter((one) => one !== primary && !followsAnother(one, reading, instance.id));
  const counters = primary?.reached ? primary.sample.counters : null;
  return judgeVerdict({
    primary: instance.name,
    viewpoints: [
      ...(primary ? [consoleView(primary)] : []),
      ...replicas.map((one) =>
        replicaView(one, before?.readings.find((each) => each.instance.id === one.instance.id) ?? null),
      ),
      ...(host ? [host] : []),
    ],
    waitingForAck: counters?.get('rpl_semi_sync_source_wait_sessions') ?? 0,
    ackersConnected: counters?.get('rpl_semi_sync_source_clients') ?? 0,
    acksWanted: primary?.reached
      ? Number(primary.facts.variables.get('rpl_semi_sync_source_wait_for_replica_count') ?? 1)
      : 1,
  });
}

/** As {@link followsAnother}, and that other one answers. One whose source died with the primary is a replica to be moved. */
export function followsLiving(one: InstanceReading, reading: ClusterReading, primaryId: string): boolean {
  const channel = one.reached ? one.sample.channels[0] : undefined;
  const source = channel && reading.topology.sources.get(channelKey(one.instance.id, { name: channel.name }));
  return (
    followsAnother(one, reading, primaryId) &&
    reading.readings.some((each) => each.instance.id === source && each.reached)
  );
}

/** True for an instance whose source is known and is another one of the cluster. */
export function followsAnother(one: InstanceReading, { topology }: ClusterReading, primaryId: string): boolean {
  const channel = one.reached ? one.sample.channels[0] : undefined;
  const source = channel && topology.sources.get(channelKey(one.instance.id, { name: channel.name }));
  return source !== undefined && source !== primaryId;
}

/** Receivers that claim to run on servers that do not say when they heard last: one look says nothing. */
const mustLookTwice = (reading: ClusterReading, primary: Instance): boolean =>
  reading.readings.some(
    (one) =>
      one.reached &&
      one.instance.id !== primary.id &&
      one.sample.channels[0]?.receiver === 'running' &&
      one.sample.channels[0].heardAtMs === null,
  ) && reading.readings.some((one) => one.instance.id === primary.id && !one.reached);

const heartbeatMs = (reading: ClusterReading): number => {
  const periods = reading.readings.flatMap((one) =>
    one.reached ? [one.sample.channels[0]?.heartbeatPeriodSeconds ?? 1] : [],
  );
  return Math.min(Math.max(...periods, 0.5) * 1000 + 200, 5000);
};

/** null: no SSH access is known. */
async function askHost(instance: Instance, parts: OutageParts, signal: AbortSignal): Promise<Viewpoint | null> {
  const access = instance.hostAccess;
  if (!access) return null;
  const files = filesOf(wordsOf(instance, parts.connections.find(instance.id).cluster, parts));
  if (!files)
    return hostView(instance.name, {
      code: 'unsupported',
      message: 'This console never heard where its data folder is',
      nextStep: '',
      details: {},
    });
  try {
    const via = bastionsOf(parts.connections.inventory(), access.via);
    return hostView(
      instance.name,
      await parts.hosts.run(via, serverStateCommand(access, files), { timeoutMs: askMs }, signal),
    );
  } catch (thrown) {
    return hostView(instance.name, toAppError(thrown));
  }
}

/** What it said last: to this process, or to an earlier one. */
function wordsOf(instance: Instance, cluster: Cluster, parts: OutageParts): LastWords | null {
  const seen = parts.lastSeen(cluster.id, instance.id);
  return (seen && lastWordsOf(seen)) ?? parts.lastWords.find(instance.id);
}

/** Where its files lie. */
function filesOf(words: LastWords | null): ServerFiles | null {
  return words === null || words.dataFolder === ''
    ? null
    : {
        dataFolder: words.dataFolder,
        binaryLogBase: words.binaryLogBase,
        pidFile: words.pidFile.startsWith('/') ? words.pidFile : '',
      };
}
