import type { AppError } from '@shared/errors';
import type { ClusterState, FleetSnapshot, InstanceState } from '@shared/model/fleet';
import { demoChannel, demoCluster, demoFinding, demoInstance, demoTunnel } from './demo-fleet';

const minute = 60_000;

const lostBastion: AppError = {
  code: 'connection-lost',
  message: 'bastion-sin down for 48 s',
  nextStep: 'Midwatch tries again by itself; look at the network of Singapore if this stays',
  details: { host: 'bastion-sin', port: 22, cause: 'Keepalive timeout' },
};

function burning(of: { nowMs: number; name: string; region: string; replicas: number; sinceMs: number }): ClusterState {
  const { nowMs, name, replicas } = of;
  const cluster = demoCluster({ name, regions: [of.region], replicas });
  const since = nowMs - of.sinceMs;
  return {
    ...cluster,
    pinned: true,
    severity: 'act',
    commitsPerSecond: 0,
    commitsSparkline: cluster.commitsSparkline.map((value, index) => (index > 47 ? 0 : value)),
    answered: replicas,
    instances: cluster.instances.map((instance) =>
      instance.role === 'primary'
        ? { ...instance, reach: 'lost', severity: 'act', word: 'Unreachable', seenAtMs: 183_000 }
        : instance,
    ),
    findings: [
      demoFinding({
        code: 'primary-unreachable',
        severity: 'act',
        title: `primary ${name}-1 unreachable`,
        clusterId: cluster.id,
        instanceId: `${name}-1`,
        sinceMs: since,
        advice: 'Look whether the host answers; the replicas hold all that was acknowledged by semi-sync.',
        evidence: [
          { label: `Console to ${name}-1`, text: 'refused, errno 2003', observedAtMs: 0 },
          { label: 'Heartbeats', text: `none on ${replicas} of ${replicas} replicas`, observedAtMs: 0 },
          { label: 'Host', text: 'answers by SSH; mysqld is gone', observedAtMs: 0 },
        ],
      }),
    ],
  };
}

function lagging(nowMs: number): ClusterState {
  const cluster = demoCluster({ name: 'billing-eu', regions: ['eu-central'], replicas: 3 });
  const [one, two, three, four] = cluster.instances;
  const instances: InstanceState[] = [];
  if (one) instances.push(one);
  if (two) instances.push(two);
  if (three) {
    const lag = three.lag && {
      ...three.lag,
      seconds: 48.2,
      heartbeatSeconds: 48.2,
      workerSeconds: 43.1,
      serverSeconds: 40,
      positionSeconds: 47,
    };
    instances.push({
      ...three,
      severity: 'watch',
      word: 'Lag growing',
      lag,
      channels: three.channels.map((each) => ({ ...each, toApply: 13_771 })),
    });
  }
  if (four) {
    instances.push({
      ...four,
      region: 'us-east',
      severity: 'watch',
      word: 'Applier stopped',
      lag: four.lag && {
        ...four.lag,
        seconds: 842,
        heartbeatSeconds: 842,
        workerSeconds: null,
        serverSeconds: null,
        positionSeconds: 842,
        why: 'applier stopped: server and workers say NULL',
      },
      channels: four.channels.map((each) => ({ ...each, applier: 'stopped', toApply: 240_988 })),
    });
  }
  return {
    ...cluster,
    pinned: true,
    regions: ['eu-central', 'us-east'],
    severity: 'watch',
    worstLagSeconds: 842,
    sparkline: cluster.sparkline.map((_, index) => (index < 27 ? 1 : 1 + (index - 27) * 1.47)),
    instances,
    findings: [
      demoFinding({
        code: 'applier-stopped',
        severity: 'watch',
        title: 'billing-eu-4: applier stopped, error 1062',
        clusterId: cluster.id,
        instanceId: 'billing-eu-4',
        sinceMs: nowMs - 14 * minute,
        advice: 'Compare the row on both servers before you skip anything.',
        evidence: [
          { label: 'Error', text: "Duplicate entry '88120417' for key PRIMARY", observedAtMs: 0 },
          { label: 'Waiting', text: '240,988 transactions, 1.1 GB relay log', observedAtMs: 0 },
        ],
      }),
      demoFinding({
        code: 'lag-growing',
        severity: 'watch',
        title: 'billing-eu-3: lag growing, 48.2 s',
        clusterId: cluster.id,
        instanceId: 'billing-eu-3',
        sinceMs: nowMs - 8 * minute,
        advice: 'Look for a table without a primary key under the busy worker.',
        evidence: [
          { label: 'Layer', text: 'apply 97 %: worker 3 busy, 15 wait', observedAtMs: 0 },
          { label: 'Rate', text: 'rising 6 s a minute', observedAtMs: 0 },
        ],
      }),
      demoFinding({
        code: 'semi-sync-no-spare',
        severity: 'note',
        title: 'Semi-sync has no spare',
        clusterId: cluster.id,
        sinceMs: nowMs - 14 * minute,
        advice: 'A second acknowledging replica would keep commits from waiting when one is lost.',
        evidence: [{ label: 'Clients', text: '1 acknowledges, 1 needed', observedAtMs: 0 }],
      }),
    ],
  };
}

function payments(): ClusterState {
  const cluster = demoCluster({ name: 'payments', regions: ['eu-central'], replicas: 1 });
  const far = ['us-east', 'ap-south'].flatMap((region): readonly InstanceState[] => {
    const intermediate: InstanceState = {
      ...demoInstance({ name: `pay-${region}-1`, role: 'intermediate', region }),
      clusterId: cluster.id,
      channels: [demoChannel('payments-1')],
    };
    const replica: InstanceState = {
      ...demoInstance({ name: `pay-${region}-2`, role: 'replica', region }),
      clusterId: cluster.id,
      channels: [demoChannel(intermediate.id)],
    };
    return [intermediate, replica];
  });
  return {
    ...cluster,
    regions: ['eu-central', 'us-east', 'ap-south'],
    instances: [...cluster.instances, ...far],
    answered: 6,
    unlock: null,
  };
}

/** The same, an hour later: it follows the new primary. */
function proven(nowMs: number): ClusterState {
  const cluster = returned(nowMs);
  return {
    ...cluster,
    severity: 'ok',
    findings: [],
    instances: cluster.instances.map((instance): InstanceState => {
      if (instance.name !== 'audit-1') return instance;
      const follows = demoInstance({ name: 'audit-1', role: 'replica', region: instance.region });
      return { ...follows, clusterId: cluster.id, channels: [demoChannel('audit-2')] };
    }),
  };
}

/** An old primary is back and takes writes beside the one that was promoted. */
function returned(nowMs: number): ClusterState {
  const cluster = demoCluster({ name: 'audit', regions: ['eu-central', 'eu-west'], replicas: 3 });
  return {
    ...cluster,
    primaryId: 'audit-2',
    severity: 'act',
    instances: cluster.instances.map((instance): InstanceState => {
      if (instance.name === 'audit-1') return { ...instance, role: 'standalone', word: 'Writable', severity: 'act' };
      if (instance.name === 'audit-2')
        return { ...instance, role: 'primary', channels: [], readOnly: false, superReadOnly: false, lag: null };
      return { ...instance, channels: [demoChannel('audit-2')] };
    }),
    findings: [
      demoFinding({
        code: 'several-writable',
        severity: 'act',
        title: '2 instances take writes: audit-1, audit-2',
        clusterId: cluster.id,
        instanceId: 'audit-1',
        sinceMs: nowMs - 95_000,
        advice: 'Close the one that is not the primary, and bring it back as a replica.',
        evidence: [{ label: 'audit-1', text: 'super_read_only OFF, 3 transactions of its own', observedAtMs: 0 }],
      }),
    ],
  };
}

function stale(): ClusterState {
  const cluster = demoCluster({ name: 'media-ap', regions: ['ap-southeast'], replicas: 2 });
  return {
    ...cluster,
    dialect: 'mariadb',
    version: '10.11.19',
    severity: 'stale',
    ageMs: 48_000,
    answered: 0,
    sparkline: cluster.sparkline.map((value, index) => (index > 52 ? null : value)),
    instances: cluster.instances.map((instance) => ({
      ...instance,
      via: ['bastion-sin'],
      reach: 'stale',
      severity: 'stale',
      word: 'Stale',
      seenAtMs: 48_000,
      error: lostBastion,
    })),
  };
}

function shards(count: number): readonly ClusterState[] {
  return Array.from({ length: count }, (_, index): ClusterState => {
    const key = `${(index * 256) / count}-${((index + 1) * 256) / count}`;
    const cluster = demoCluster({
      name: `orders-${String(index + 1).padStart(2, '0')}`,
      regions: ['eu-west'],
      replicas: 2,
    });
    return { ...cluster, shard: { of: 'orders', key } };
  });
}

/** The fleet of the development window: two fires, one slow burn, one blind spot, shards, and calm ones. */
export function demoFleet(nowMs: number, failback = false): FleetSnapshot {
  const wallet: ClusterState = {
    ...demoCluster({ name: 'wallet', regions: ['eu-central', 'eu-west'], replicas: 3 }),
    pinned: true,
  };
  const shop: ClusterState = {
    ...demoCluster({ name: 'shop', regions: ['eu-west'], replicas: 2 }),
    dialect: 'mariadb',
    version: '10.11.11',
    unlock: { clusterId: 'shop', reason: 'patching', by: 'on-call', atMs: nowMs, untilMs: nowMs + 25 * minute },
  };
  const fires = [
    burning({ nowMs, name: 'orders-eu', region: 'eu-central', replicas: 4, sinceMs: 3 * minute + 3_000 }),
    burning({ nowMs, name: 'ledger-us', region: 'us-east', replicas: 2, sinceMs: 41_000 }),
  ];
  const clusters = [
    ...fires,
    failback ? proven(nowMs) : returned(nowMs),
    lagging(nowMs),
    stale(),
    payments(),
    wallet,
    shop,
    ...shards(10),
  ];
  const instances = clusters.flatMap((cluster) => cluster.instances);
  return {
    atMs: nowMs,
    lastPollAtMs: nowMs - 800,
    clusters,
    tunnels: [
      demoTunnel('bastion-fra', {
        since: nowMs - 3 * 3_600_000,
        instanceIds: instances.filter((each) => each.via.includes('bastion-fra')).map((each) => each.id),
      }),
      demoTunnel('bastion-iad', { roundTripMs: 93, since: nowMs - 9_000_000 }),
      demoTunnel('bastion-sin', {
        state: 'reconnecting',
        roundTripMs: null,
        attempt: 4,
        nextTryAtMs: nowMs + 6_000,
        error: lostBastion,
        since: nowMs - 48_000,
        instanceIds: ['media-ap-1', 'media-ap-2', 'media-ap-3'],
      }),
    ],
    answered: instances.filter((each) => each.reach === 'answering').length,
    total: instances.length,
  };
}
