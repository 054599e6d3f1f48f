import type { ClusterState } from '@shared/model/fleet';
import { byUrgency, failoverKey, failoverQueue, failoverRoute, lostPrimaryOf } from '../../lib/failover';
import { formatSeconds } from '../../lib/format';
import { instanceActs } from '../../lib/instance-acts';
import { headlineOf, nextStepOf, serverWord } from '../../lib/next-step';
import { navigate, planRoute, type Route } from '../../lib/router';
import type { PaletteEntry } from '../../ui/palette-filter';
import { roleWord } from '../../ui/role-chips';
import { markOf } from '../../ui/status-badge';
import { parts } from '../shell/parts';

const go = (route: Route) => (): void => navigate(route);

/** What needs somebody first: the worst finding of each cluster is "Do next", the others are found by typing. */
export function findingEntries(clusters: readonly ClusterState[]): readonly PaletteEntry[] {
  const [worst] = failoverQueue(clusters);
  return [...clusters].sort(byUrgency).flatMap((cluster) =>
    cluster.findings.map((finding, index): PaletteEntry => {
      const next = nextStepOf(finding, cluster);
      const first = index === 0 && finding.severity !== 'note';
      return {
        id: `finding:${cluster.id}:${finding.code}:${finding.instanceId ?? ''}`,
        group: first ? 'Do next' : 'Go to',
        kind: 'finding',
        mark: finding.severity,
        title: next.label,
        detail: headlineOf(cluster, finding),
        atStart: first,
        run: go(next.route),
        ...(cluster === worst && index === 0 && next.short !== undefined ? { keys: failoverKey } : {}),
      };
    }),
  );
}

/** Parts, clusters, instances and their processes. */
export function placeEntries(clusters: readonly ClusterState[]): readonly PaletteEntry[] {
  const places = parts.map((part): PaletteEntry => ({
    id: `part:${part.label}`,
    group: 'Go to',
    kind: 'place',
    mark: 'todo',
    title: part.label,
    detail: '',
    keys: `G ${part.key}`,
    atStart: true,
    run: go(part.route),
  }));
  return [...places, ...clusters.flatMap(clusterPlaces)];
}

function clusterPlaces(cluster: ClusterState): readonly PaletteEntry[] {
  const own: PaletteEntry = {
    id: `cluster:${cluster.id}`,
    group: 'Go to',
    kind: 'place',
    mark: markOf(cluster.severity),
    title: cluster.name,
    detail: `${serverWord(cluster)}, ${cluster.regions.join(', ')}`,
    atStart: cluster.pinned,
    run: go({ name: 'cluster', clusterId: cluster.id, tab: 'overview' }),
  };
  const instances = cluster.instances.flatMap((instance): readonly PaletteEntry[] => {
    const at = { name: 'instance', clusterId: cluster.id, instanceId: instance.id } as const;
    const base = { group: 'Go to', kind: 'instance', atStart: false } as const;
    const lag = instance.lag === null ? '' : `, lag ${formatSeconds(instance.lag.seconds)}`;
    return [
      {
        ...base,
        id: `processes:${instance.id}`,
        mark: markOf(instance.severity),
        title: `Processes on ${instance.name}`,
        detail: `${cluster.name}, ${roleWord(instance).toLowerCase()}, ${instance.region}${lag}`,
        run: go({ ...at, tab: 'processes' }),
      },
      {
        ...base,
        id: `variables:${instance.id}`,
        mark: markOf(instance.severity),
        title: `Variables of ${instance.name}`,
        detail: `${cluster.name}, ${instance.version}`,
        run: go({ ...at, tab: 'variables' }),
      },
    ];
  });
  return [own, ...instances];
}

/** Acts. One that cannot run now stays, with its reason. */
export function actEntries(clusters: readonly ClusterState[], toggleColours: () => void): readonly PaletteEntry[] {
  const act = (id: string, title: string, detail: string, run: () => void, atStart = true): PaletteEntry => ({
    id,
    group: 'Do',
    kind: 'act',
    mark: 'run',
    title,
    detail,
    atStart,
    run,
  });
  const switchovers = clusters.map((cluster): PaletteEntry => {
    const refusal = switchoverRefusal(cluster);
    return {
      ...act(
        `switchover:${cluster.id}`,
        `Plan switchover on ${cluster.name}…`,
        'opens a plan first; nothing changes',
        go(planRoute('switchover', cluster.id)),
        false,
      ),
      ...(refusal === null ? {} : { refusal }),
    };
  });
  const failovers = clusters.map((cluster): PaletteEntry => {
    const refusal = failoverRefusal(cluster);
    return {
      ...act(
        `failover:${cluster.id}`,
        `Plan failover on ${cluster.name}…`,
        'looks at the primary first; nothing changes',
        go(failoverRoute(cluster)),
        false,
      ),
      ...(refusal === null ? {} : { refusal }),
    };
  });
  return [
    act('add-cluster', 'Add cluster…', 'by naming one instance', go({ name: 'add-cluster' })),
    act('colours', 'Switch dark and light', 'colour scheme', toggleColours),
    act('about', 'About Midwatch', 'version, data folder, colours', go({ name: 'about' }), false),
    ...switchovers,
    ...failovers,
    ...clusters.flatMap(instanceEntries),
  ];
}

/** Rejoin, relocate, re-provision of each instance but the primary, found by typing. */
const instanceEntries = (cluster: ClusterState): readonly PaletteEntry[] =>
  cluster.instances
    .filter((instance) => instance.id !== cluster.primaryId)
    .flatMap((instance) =>
      instanceActs(cluster, instance).map(({ kind, label, what, route, refusal }): PaletteEntry => ({
        id: `${kind}:${instance.id}`,
        group: 'Do',
        kind: 'act',
        mark: 'run',
        title: label,
        detail: `${cluster.name}: ${what}`,
        atStart: kind === 'rejoin' && refusal === null,
        run: go(route),
        ...(refusal === null ? {} : { refusal: `not possible: ${refusal}` }),
      })),
    );

/** Why a switchover cannot even be planned; null when it can. */
function switchoverRefusal(cluster: ClusterState): string | null {
  if (cluster.runningOperation !== null) return `not possible: ${cluster.runningOperation.title} is running`;
  if (lostPrimaryOf(cluster)) return 'not possible: the primary does not answer; use failover';
  if (cluster.primaryId === null) return 'not possible: no primary is known';
  return cluster.instances.length < 2 ? 'not possible: no replica' : null;
}

/** Why a failover cannot even be planned. Midwatch may be wrong about the primary: it may be planned wherever there is a replica. */
function failoverRefusal(cluster: ClusterState): string | null {
  if (cluster.runningOperation !== null) return `not possible: ${cluster.runningOperation.title} is running`;
  return cluster.instances.length < 2 ? 'not possible: no replica' : null;
}
