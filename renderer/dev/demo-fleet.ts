/** Made-up fleet for the development window and for unit tests. Not part of the product. */
import type {
  ClusterState,
  FleetSnapshot,
  InstanceState,
  Metrics,
  ReplicationChannel,
  Role,
  TunnelState,
} from '@shared/model/fleet';
import type { Finding } from '@shared/model/health';

const uuid = '3e11fa47-71ca-11e1-9e33-c80aa9429562';

export const demoChannel = (sourceInstanceId: string): ReplicationChannel => ({
  name: '',
  sourceHost: `${sourceInstanceId}.internal`,
  sourcePort: 3306,
  sourceUuid: uuid,
  sourceInstanceId,
  receiver: 'running',
  applier: 'running',
  receiverError: '',
  applierError: '',
  autoPosition: true,
  delaySeconds: 0,
  semiSync: false,
  filters: [],
  heardAgeSeconds: 0.4,
  receivedGtid: `${uuid}:1-48210377`,
  toApply: 0,
});

const metrics: Metrics = {
  commitsPerSecond: 286,
  queriesPerSecond: 1310,
  connections: 184,
  maxConnections: 600,
  threadsRunning: 9,
  bytesSentPerSecond: 4_200_000,
  roundTripMs: 11,
};

export function demoInstance(of: {
  readonly name: string;
  readonly role: Role;
  readonly region: string;
}): InstanceState {
  const replica = of.role !== 'primary';
  return {
    id: of.name,
    clusterId: '',
    name: of.name,
    host: `${of.name}.internal`,
    port: 3306,
    region: of.region,
    via: ['bastion-fra'],
    reach: 'answering',
    seenAtMs: 0,
    error: null,
    nextTryAtMs: null,
    severity: 'ok',
    word: 'Calm',
    role: of.role,
    dialect: 'mysql',
    version: '9.7.4',
    serverUuid: uuid,
    serverId: 11,
    readOnly: replica,
    superReadOnly: replica,
    gtidExecuted: `${uuid}:1-48210377`,
    gtidPurged: '',
    errantGtid: '',
    channels: [],
    lag: replica
      ? {
          seconds: 0.1,
          basis: 'heartbeat',
          serverSeconds: 0,
          workerSeconds: 0.08,
          heartbeatSeconds: 0.1,
          positionSeconds: 0.9,
          why: 'heartbeat row of the primary, 0.1 s old',
        }
      : null,
    semiSync: null,
    metrics,
    groupMembers: [],
    connectionsHeld: 2,
    connectionBudget: 3,
  };
}

const wave = (count: number, size: number, seed: number): readonly number[] =>
  Array.from(
    { length: count },
    (_, index) => size * (0.6 + 0.4 * Math.abs(Math.sin(index * 1.7 + seed)) + (index % 23 === seed % 23 ? 1.4 : 0)),
  );

/** A calm cluster: a primary and its replicas, the first by semi-sync. */
export function demoCluster(of: {
  readonly name: string;
  readonly regions: readonly string[];
  readonly replicas: number;
}): ClusterState {
  const region = (index: number): string => of.regions[index % of.regions.length] ?? 'eu-central';
  const primary = { ...demoInstance({ name: `${of.name}-1`, role: 'primary', region: region(0) }), clusterId: of.name };
  const replicas = Array.from({ length: of.replicas }, (_, index): InstanceState => {
    const name = `${of.name}-${index + 2}`;
    const channel = { ...demoChannel(primary.id), semiSync: index === 0 };
    return {
      ...demoInstance({ name, role: 'replica', region: region(index + 1) }),
      clusterId: of.name,
      channels: [channel],
    };
  });
  return {
    id: of.name,
    name: of.name,
    dialect: 'mysql',
    version: '9.7.4',
    regions: of.regions,
    shard: null,
    pinned: false,
    severity: 'ok',
    findings: [],
    instances: [{ ...primary, semiSync: semiSync(of.replicas) }, ...replicas],
    primaryId: primary.id,
    answered: of.replicas + 1,
    worstLagSeconds: 0.2,
    commitsPerSecond: 286,
    sparkline: wave(60, 0.2, of.name.length),
    commitsSparkline: wave(60, 280, of.name.length),
    heartbeat: { kind: 'midwatch' },
    unlock: null,
    runningOperation: null,
    ageMs: 800,
  };
}

const semiSync = (clients: number): InstanceState['semiSync'] => ({
  sourceEnabled: true,
  sourceActive: true,
  clients: Math.min(1, clients),
  waitForCount: 1,
  waiting: 0,
  timeoutMs: 10_000,
  replicaEnabled: false,
});

/** The finding that a test or a picture needs. */
export const demoFinding = (
  more: Partial<Finding> & Pick<Finding, 'code' | 'severity' | 'title' | 'clusterId'>,
): Finding => ({
  evidence: [],
  advice: '',
  manualUrl: 'https://dev.mysql.com/doc/refman/9.7/en/replication-problems.html',
  sinceMs: 0,
  ...more,
});

export const demoTunnel = (name: string, more: Partial<TunnelState> = {}): TunnelState => ({
  id: name,
  name,
  chain: [name],
  state: 'up',
  roundTripMs: 11,
  attempt: 0,
  nextTryAtMs: null,
  error: null,
  since: 0,
  channels: 6,
  instanceIds: [],
  hostKeyFingerprint: 'SHA256:Lk2vT0m0zq3mJ4f0tq8m8v3n4m7cYl6o0M6r1pWQe7s',
  ...more,
});

/** The snapshot with every age counted from now, as main would push it. */
export function atMoment(fleet: FleetSnapshot, nowMs: number): FleetSnapshot {
  const seen = (instance: InstanceState): InstanceState => ({
    ...instance,
    seenAtMs: nowMs - (instance.reach === 'answering' ? 400 : (instance.seenAtMs ?? 48_000)),
  });
  return {
    ...fleet,
    atMs: nowMs,
    lastPollAtMs: nowMs - 800,
    clusters: fleet.clusters.map((cluster) => ({
      ...cluster,
      instances: cluster.instances.map(seen),
      findings: cluster.findings.map((finding) => ({
        ...finding,
        evidence: finding.evidence.map((line) => ({ ...line, observedAtMs: nowMs - 900 })),
      })),
    })),
  };
}
