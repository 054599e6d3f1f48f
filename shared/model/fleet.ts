import type { AppError } from '../errors';
import type { Finding, Severity } from './health';
import type { Heartbeat } from './inventory';

export type DialectName = 'mysql' | 'mariadb';

/** How a replica receives: the edge of the topology graph. Times in ms since the epoch, by this computer's clock. */
export interface ReplicationChannel {
  readonly name: string;
  readonly sourceHost: string;
  readonly sourcePort: number;
  readonly sourceUuid: string;
  /** Id of the instance in this cluster, when the source is known to the inventory. */
  readonly sourceInstanceId?: string;
  readonly receiver: 'running' | 'connecting' | 'stopped';
  readonly applier: 'running' | 'stopped';
  readonly receiverError: string;
  readonly applierError: string;
  readonly autoPosition: boolean;
  readonly delaySeconds: number;
  readonly semiSync: boolean;
  readonly filters: readonly string[];
  /** Age of the last proof that the source is heard (heartbeat or transaction); null when the server does not tell. */
  readonly heardAgeSeconds: number | null;
  readonly receivedGtid: string;
  /** Transactions received and not applied; null when not computable. */
  readonly toApply: number | null;
}

/**
 * Lag in seconds, three ways side by side, and `seconds`, the one to show: the largest of what can be trusted now.
 * null: the server said NULL or nothing; the reason stands in `why`.
 */
export interface Lag {
  readonly seconds: number | null;
  readonly basis: 'heartbeat' | 'position' | 'worker' | 'server' | 'none';
  readonly serverSeconds: number | null;
  readonly workerSeconds: number | null;
  readonly heartbeatSeconds: number | null;
  /** Age of the newest primary position that this replica has applied, as this console saw the primary advance. */
  readonly positionSeconds: number | null;
  readonly why: string;
}

export interface SemiSync {
  readonly sourceEnabled: boolean;
  readonly sourceActive: boolean;
  readonly clients: number;
  readonly waitForCount: number;
  readonly waiting: number;
  readonly timeoutMs: number;
  readonly replicaEnabled: boolean;
}

export type Role = 'primary' | 'replica' | 'intermediate' | 'group-member' | 'standalone' | 'unknown';

/** Current rates and gauges. Per second values are over the last two samples; null before the second sample. */
export interface Metrics {
  readonly commitsPerSecond: number | null;
  readonly queriesPerSecond: number | null;
  readonly connections: number | null;
  readonly maxConnections: number | null;
  readonly threadsRunning: number | null;
  readonly bytesSentPerSecond: number | null;
  readonly roundTripMs: number | null;
}

export type Reach = 'answering' | 'stale' | 'lost' | 'never';

/** One instance as last seen, judged. Values are the last known; `reach` and `seenAtMs` say how old. */
export interface InstanceState {
  readonly id: string;
  readonly clusterId: string;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly region: string;
  readonly via: readonly string[];
  readonly reach: Reach;
  readonly seenAtMs: number | null;
  readonly error: AppError | null;
  readonly nextTryAtMs: number | null;
  readonly severity: Severity;
  /** One word or a few for the badge: "Calm", "Applier stopped". */
  readonly word: string;
  readonly role: Role;
  readonly dialect: DialectName | null;
  readonly version: string;
  readonly serverUuid: string;
  readonly serverId: number | null;
  readonly readOnly: boolean | null;
  readonly superReadOnly: boolean | null;
  readonly gtidExecuted: string;
  readonly gtidPurged: string;
  readonly errantGtid: string;
  readonly channels: readonly ReplicationChannel[];
  readonly lag: Lag | null;
  readonly semiSync: SemiSync | null;
  readonly metrics: Metrics;
  readonly groupMembers: readonly {
    readonly host: string;
    readonly port: number;
    readonly state: string;
    readonly role: string;
  }[];
  readonly connectionsHeld: number;
  readonly connectionBudget: number;
}

export interface Unlock {
  readonly clusterId: string;
  readonly reason: string;
  readonly by: string;
  readonly atMs: number;
  readonly untilMs: number;
}

/** One cluster, judged. `sparkline`: worst lag in seconds each, oldest first, null is no data. */
export interface ClusterState {
  readonly id: string;
  readonly name: string;
  readonly dialect: DialectName | null;
  readonly version: string;
  readonly regions: readonly string[];
  readonly shard: { readonly of: string; readonly key: string } | null;
  readonly pinned: boolean;
  readonly severity: Severity;
  readonly findings: readonly Finding[];
  readonly instances: readonly InstanceState[];
  readonly primaryId: string | null;
  readonly answered: number;
  readonly worstLagSeconds: number | null;
  readonly commitsPerSecond: number | null;
  readonly sparkline: readonly (number | null)[];
  readonly commitsSparkline: readonly (number | null)[];
  readonly heartbeat: Heartbeat;
  readonly unlock: Unlock | null;
  readonly runningOperation: { readonly runId: string; readonly title: string } | null;
  /** Age of the oldest answer counted in this state. */
  readonly ageMs: number | null;
}

/** One tunnel end, shared by all instances behind it. `chain`: bastion ids, outermost first. */
export interface TunnelState {
  readonly id: string;
  readonly name: string;
  readonly chain: readonly string[];
  readonly state: 'connecting' | 'up' | 'reconnecting' | 'blocked' | 'idle';
  readonly roundTripMs: number | null;
  readonly attempt: number;
  readonly nextTryAtMs: number | null;
  readonly error: AppError | null;
  readonly since: number;
  readonly channels: number;
  readonly instanceIds: readonly string[];
  readonly hostKeyFingerprint: string;
}

/** The whole fleet at one moment: what the renderer draws. Clusters come worst first. */
export interface FleetSnapshot {
  readonly atMs: number;
  readonly lastPollAtMs: number | null;
  readonly clusters: readonly ClusterState[];
  readonly tunnels: readonly TunnelState[];
  readonly answered: number;
  readonly total: number;
}

/** One point of history. Lag in seconds; null is no data (a gap is drawn, never a zero). */
export interface HistoryPoint {
  readonly atMs: number;
  readonly serverLag: number | null;
  readonly workerLag: number | null;
  readonly heartbeatLag: number | null;
  readonly positionLag: number | null;
  readonly commitsPerSecond: number | null;
}

export interface ClusterHistory {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  readonly instances: readonly { readonly instanceId: string; readonly points: readonly HistoryPoint[] }[];
  /** How long history is kept: seconds of 1 s points, days of 1 min points. */
  readonly bound: { readonly secondPointsHours: number; readonly minutePointsDays: number; readonly bytes: number };
}
