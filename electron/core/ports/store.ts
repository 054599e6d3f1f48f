import type { Activity } from '@shared/model/activity';
import type { HistoryPoint } from '@shared/model/fleet';
import type { Inventory } from '@shared/model/inventory';
import type { Drill } from '@shared/model/drill';
import type { Plan } from '@shared/model/plan';
import type { JournalEntry, RunState } from '@shared/model/run';

/** One sample's worth of history of one instance. */
export interface HistorySample extends HistoryPoint {
  readonly instanceId: string;
}

export interface HistoryQuery {
  readonly instanceIds: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  /** Upper bound of points for each instance: decimated by keeping each bucket's worst lag. */
  readonly points: number;
}

/** History: 1 s points for 24 h, 1 min points (worst of the minute) for 30 days; older ones are deleted by `prune`. */
export interface HistoryStore {
  /** Batched and not fsynced: losing the last second of history in a crash is acceptable. */
  append(samples: readonly HistorySample[]): void;
  read(query: HistoryQuery): { readonly stepMs: number; readonly points: ReadonlyMap<string, readonly HistoryPoint[]> };
  prune(nowMs: number): void;
  /** Bytes on disk now. */
  sizeBytes(): number;
}

export interface RunRecord {
  readonly runId: string;
  readonly plan: Plan;
  readonly by: string;
  readonly reason: string;
  readonly startedAtMs: number;
  /** Last state written; `running` and its like of an earlier process mean interrupted. */
  readonly state: RunState;
}

/** The write-ahead journal. `append`, `appendAll` and `createRun` return only after the bytes are durable (fsync). */
export interface JournalStore {
  createRun(run: RunRecord): void;
  append(entry: Omit<JournalEntry, 'seq'>): JournalEntry;
  /** All or none, in one transaction, with one fsync. */
  appendAll(entries: readonly Omit<JournalEntry, 'seq'>[]): readonly JournalEntry[];
  setState(runId: string, state: RunState): void;
  entries(runId: string): readonly JournalEntry[];
  run(runId: string): RunRecord | null;
  runs(clusterId?: string): readonly RunRecord[];
}

/** Drills, newest first when listed. `save` replaces the one with the same id and is durable when it returns. */
export interface DrillStore {
  save(drill: Drill): void;
  list(clusterId?: string): readonly Drill[];
}

/**
 * A deposed primary: until a person lifts it, the first statement of every session of this console to it is the fence.
 * Found by `serverUuid` (MySQL) or by host and port (MariaDB has none).
 */
export interface Quarantine {
  readonly clusterId: string;
  readonly instanceId: string;
  readonly instance: string;
  readonly host: string;
  readonly port: number;
  readonly serverUuid: string;
  readonly runId: string;
  readonly atMs: number;
  readonly by: string;
}

export interface QuarantineStore {
  add(quarantine: Quarantine): void;
  remove(instanceId: string): void;
  list(): readonly Quarantine[];
}

/** What an instance last said, kept so that a console started after its death knows what it held and where its files lie. */
export interface LastWords {
  readonly instanceId: string;
  readonly atMs: number;
  readonly gtidExecuted: string;
  readonly commitsPerSecond: number | null;
  /** True: it waited for replicas' acknowledgements when it last answered, without falling back. */
  readonly semiSync: boolean;
  readonly serverUuid: string;
  readonly version: string;
  readonly dialect: 'mysql' | 'mariadb';
  readonly pidFile: string;
  readonly dataFolder: string;
  readonly binaryLogBase: string;
  readonly semiSyncWaitForCount: number;
  readonly semiSyncTimeoutMs: number;
}

/** One row an instance; not fsynced: an older answer only makes the announced window larger. */
export interface LastWordsStore {
  save(words: readonly LastWords[]): void;
  find(instanceId: string): LastWords | null;
}

export interface ActivityStore {
  append(activity: Omit<Activity, 'seq'>): Activity;
  list(query: {
    readonly clusterId?: string;
    readonly limit: number;
    readonly beforeSeq?: number;
  }): readonly Activity[];
}

export interface InventoryStore {
  load(): Inventory;
  save(inventory: Inventory): void;
}

/** The local store. Every method throws MidwatchError `disk-full` when the disk is full, and loses nothing already stored. */
export interface Store {
  readonly inventory: InventoryStore;
  readonly history: HistoryStore;
  readonly journal: JournalStore;
  readonly activity: ActivityStore;
  readonly drills: DrillStore;
  readonly quarantine: QuarantineStore;
  readonly lastWords: LastWordsStore;
  /** What happened at opening that must be said: "kept aside as …". */
  readonly notices: readonly {
    readonly severity: 'act' | 'watch' | 'note';
    readonly text: string;
    readonly nextStep: string;
  }[];
  close(): void;
}
