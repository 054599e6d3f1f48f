/** What one poll of one server returned, before any judgement. Times of the server are ms since the epoch by its own clock. */
export interface ServerSample {
  readonly readOnly: boolean;
  readonly superReadOnly: boolean;
  readonly gtidExecuted: string;
  readonly serverNowMs: number;
  /** Only the counters that the console draws; names as MySQL 8.4 spells them, lower case. */
  readonly counters: ReadonlyMap<string, number>;
  readonly semiSyncSourceActive: boolean;
  readonly channels: readonly ChannelSample[];
  /** Time in the heartbeat row as this server has it; null: none configured or no row. */
  readonly heartbeatAtMs: number | null;
  readonly heartbeatError: string;
}

/** One replication channel as the server describes it. */
export interface ChannelSample {
  readonly name: string;
  readonly sourceHost: string;
  readonly sourcePort: number;
  readonly sourceUuid: string;
  readonly sourceServerId: number;
  readonly receiver: 'running' | 'connecting' | 'stopped';
  readonly applier: 'running' | 'stopped';
  readonly receiverError: string;
  readonly receiverErrno: number;
  readonly applierError: string;
  readonly applierErrno: number;
  readonly autoPosition: boolean;
  readonly delaySeconds: number;
  readonly serverLagSeconds: number | null;
  readonly receivedGtid: string;
  readonly filters: readonly string[];
  readonly relayLogBytes: number;
  /** Newest proof of life of the source, by this server's clock: heartbeat or queued transaction. */
  readonly heardAtMs: number | null;
  readonly heartbeatPeriodSeconds: number | null;
  /** Heartbeats received since the receiver connected; null where the status does not tell (MySQL: see `heardAtMs`). */
  readonly receivedHeartbeats: number | null;
  /** How far the receiver has read in the source's binary logs: file and byte. */
  readonly sourceLogFile: string;
  readonly sourceLogPosition: number;
  readonly workers: WorkerSample | null;
}

/** The appliers' commit timestamps, by the clock of the server where the transaction began. */
export interface WorkerSample {
  /** Oldest transaction being applied now. */
  readonly applyingOriginMs: number | null;
  /** Newest applied transaction. */
  readonly appliedOriginMs: number | null;
  readonly appliedEndMs: number | null;
}

/** What changes seldom: asked when a session opens and every half minute. */
export interface ServerFacts {
  readonly version: string;
  readonly serverUuid: string;
  readonly serverId: number;
  readonly gtidEnabled: boolean;
  readonly gtidPurged: string;
  readonly variables: ReadonlyMap<string, string>;
  readonly grants: readonly string[];
  readonly groupMembers: readonly {
    readonly host: string;
    readonly port: number;
    readonly state: string;
    readonly role: string;
  }[];
  readonly longestTransactionSeconds: number | null;
  readonly lockWaits: number | null;
}

/** Runs one statement and returns its rows: the only thing a dialect needs of a session. */
export type Read = (sql: string) => Promise<readonly Readonly<Record<string, string | number | null>>[]>;
