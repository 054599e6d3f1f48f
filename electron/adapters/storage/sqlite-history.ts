import { MidwatchError } from '@shared/errors';
import type { HistoryPoint } from '@shared/model/fleet';
import type { HistoryQuery, HistorySample, HistoryStore } from '../../core/ports/store';
import { chooseStepSeconds, markHoles, toCells, toPoint } from './history-buckets';
import type { SqliteFile } from './sqlite-file';

/** How much is kept, and when it is written. */
export interface HistoryLimits {
  readonly secondsKept: number;
  readonly minutesKeptSeconds: number;
  /** Above this the 1 s points are kept for less than their time. */
  readonly maxBytes: number;
  readonly flushMs: number;
}

export const defaultHistoryLimits: HistoryLimits = {
  secondsKept: 24 * 3_600,
  minutesKeptSeconds: 30 * 86_400,
  maxBytes: 1024 ** 3,
  flushMs: 1_000,
};

/** Held back while the disk refuses them; older ones are dropped. */
const mostHeld = 20_000;
/** Rows deleted by one call of prune: about a tenth of a second. The next call goes on. */
const prunedAtOnce = 100_000;
const pruneEveryMs = 60_000;
const holeMs = 10_000;
const columns = 'server_lag, worker_lag, heartbeat_lag, position_lag, commits';
const worst = `max(server_lag) AS server_lag, max(worker_lag) AS worker_lag, max(heartbeat_lag) AS heartbeat_lag,
  max(position_lag) AS position_lag, CAST(round(avg(commits)) AS INTEGER) AS commits`;

/**
 * Points a second for a day, points a minute (worst lag, mean commits) for a month. Samples gather in memory and are
 * written once a second in one transaction; minutes are derived from the seconds on disk, so a crash loses none.
 */
export class SqliteHistory implements HistoryStore {
  #file: SqliteFile;
  readonly #startAnew: (damage: MidwatchError) => SqliteFile;
  readonly #limits: HistoryLimits;
  readonly #nowMs: () => number;
  readonly #numbers = new Map<string, number>();
  /** Instance number → second up to which its minutes are written. */
  readonly #rolledTo = new Map<number, number>();
  #held: HistorySample[] = [];
  #timer: NodeJS.Timeout | undefined;
  #failure: unknown = null;
  #prunedAtMs = 0;

  /** @param startAnew keeps a damaged file aside and opens a new one. */
  constructor(parts: {
    readonly file: SqliteFile;
    readonly startAnew: (damage: MidwatchError) => SqliteFile;
    readonly limits: HistoryLimits;
    readonly nowMs: () => number;
  }) {
    this.#file = parts.file;
    this.#startAnew = parts.startAnew;
    this.#limits = parts.limits;
    this.#nowMs = parts.nowMs;
  }

  append(samples: readonly HistorySample[]): void {
    this.#held.push(...samples);
    if (this.#held.length > mostHeld) this.#held.splice(0, this.#held.length - mostHeld);
    if (this.#failure !== null) this.flush();
    this.#timer ??= setTimeout(() => this.#flushLater(), this.#limits.flushMs).unref();
  }

  /** For what else lies in this file: a damaged file is kept aside, and the work done again on the new one. */
  use<T>(work: (file: SqliteFile) => T): T {
    return this.#healing(() => work(this.#file));
  }

  /** Writes what is held; part of `read`, and for the store's own close. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#held.length === 0) return;
    const samples = this.#held;
    try {
      this.#healing(() => this.#file.transaction(() => this.#write(samples)));
      this.#held = [];
      this.#failure = null;
    } catch (error) {
      this.#failure = error;
      this.#forgetDerived();
      throw error;
    }
    if (this.#nowMs() - this.#prunedAtMs > pruneEveryMs) this.prune(this.#nowMs());
  }

  read(query: HistoryQuery): {
    readonly stepMs: number;
    readonly points: ReadonlyMap<string, readonly HistoryPoint[]>;
  } {
    this.flush();
    const fromS = Math.floor(query.fromMs / 1_000);
    const toS = Math.ceil(query.toMs / 1_000);
    const isRecent = query.fromMs >= this.#nowMs() - this.#limits.secondsKept * 1_000;
    const step = chooseStepSeconds(query.toMs - query.fromMs, query.points, isRecent ? 1 : 60);
    return this.#healing(() => {
      const points = new Map<string, readonly HistoryPoint[]>();
      for (const instanceId of query.instanceIds) {
        const no = this.#numberOf(instanceId);
        const rows = no === null ? [] : this.#readBuckets(no, fromS, toS, step);
        points.set(instanceId, markHoles(rows.map(toPoint), step * 1_000, Math.max(3 * step * 1_000, holeMs)));
      }
      return { stepMs: step * 1_000, points };
    });
  }

  prune(nowMs: number): void {
    this.#prunedAtMs = nowMs;
    this.flush();
    this.#healing(() =>
      this.#file.transaction(() => {
        const numbers = this.#file.all('SELECT no FROM instance').map((row) => Number(row.no));
        const nowS = Math.floor(nowMs / 1_000);
        for (const no of numbers) this.#rollUp(no, nowS - (nowS % 60));
        const slice = Math.ceil(prunedAtOnce / Math.max(1, numbers.length));
        const secondsKept = this.#isTooLarge() ? this.#shorterTime(nowS) : this.#limits.secondsKept;
        for (const no of numbers) {
          this.#deleteBefore('second', no, nowS - secondsKept, slice);
          this.#deleteBefore('minute', no, nowS - this.#limits.minutesKeptSeconds, slice * 60);
        }
      }),
    );
    this.#file.script('PRAGMA incremental_vacuum(1000)');
  }

  sizeBytes(): number {
    return this.#file.sizeBytes();
  }

  close(): void {
    try {
      this.flush();
    } finally {
      clearTimeout(this.#timer);
      this.#file.close();
    }
  }

  /** A timer has nobody to tell: the next `append` tries again and throws. */
  #flushLater(): void {
    try {
      this.flush();
    } catch (error) {
      this.#failure = error;
    }
  }

  #write(samples: readonly HistorySample[]): void {
    const newest = new Map<number, number>();
    for (const sample of samples) {
      const no = this.#numberOf(sample.instanceId) ?? this.#addInstance(sample.instanceId);
      const cells = toCells(sample);
      this.#file.run(
        `INSERT OR REPLACE INTO second (instance_no, at_s, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)`,
        no,
        ...cells,
      );
      newest.set(no, Math.max(newest.get(no) ?? 0, cells[0] ?? 0));
    }
    for (const [no, atS] of newest) this.#rollUp(no, atS - (atS % 60));
  }

  #rollUp(no: number, toS: number): void {
    const fromS = this.#rolledUpTo(no);
    if (fromS >= toS) return;
    this.#file.run(
      `INSERT OR REPLACE INTO minute (instance_no, at_s, ${columns})
       SELECT instance_no, at_s - at_s % 60 AS minute, ${worst} FROM second
       WHERE instance_no = ? AND at_s >= ? AND at_s < ? GROUP BY minute`,
      no,
      fromS,
      toS,
    );
    this.#rolledTo.set(no, toS);
  }

  #rolledUpTo(no: number): number {
    const known = this.#rolledTo.get(no);
    if (known !== undefined) return known;
    const last = this.#file.get('SELECT max(at_s) AS at_s FROM minute WHERE instance_no = ?', no)?.at_s ?? null;
    return last === null ? 0 : Number(last) + 60;
  }

  #readBuckets(no: number, fromS: number, toS: number, step: number) {
    const bucket = `at_s - at_s % ${step}`;
    const grouped = `GROUP BY ${bucket} ORDER BY at_s`;
    if (step < 60) {
      return this.#file.all(
        `SELECT ${bucket} AS at_s, ${worst} FROM second WHERE instance_no = ? AND at_s BETWEEN ? AND ? ${grouped}`,
        no,
        fromS,
        toS,
      );
    }
    // The minute under way is not in its table yet.
    return this.#file.all(
      `SELECT ${bucket} AS at_s, ${worst} FROM (
         SELECT * FROM minute WHERE instance_no = ?1 AND at_s BETWEEN ?2 AND ?3
         UNION ALL SELECT * FROM second WHERE instance_no = ?1 AND at_s BETWEEN max(?2, ?4) AND ?3) ${grouped}`,
      no,
      fromS - (fromS % 60),
      toS,
      this.#rolledUpTo(no),
    );
  }

  #isTooLarge(): boolean {
    const { pages } = this.#file.get(
      `SELECT (page_count - freelist_count) * page_size AS pages
       FROM pragma_page_count, pragma_freelist_count, pragma_page_size`,
    ) ?? { pages: 0 };
    return Number(pages) > this.#limits.maxBytes;
  }

  /** An hour less than the oldest second there is; never less than an hour. */
  #shorterTime(nowS: number): number {
    const oldest = this.#file
      .all('SELECT (SELECT min(at_s) FROM second WHERE instance_no = no) AS at_s FROM instance')
      .reduce((least, row) => (row.at_s === null ? least : Math.min(least, Number(row.at_s))), nowS);
    return Math.max(3_600, nowS - oldest - 3_600);
  }

  #deleteBefore(table: 'second' | 'minute', no: number, cutoffS: number, slice: number): void {
    const oldest = this.#file.get(`SELECT min(at_s) AS at_s FROM ${table} WHERE instance_no = ?`, no)?.at_s ?? null;
    if (oldest === null || Number(oldest) >= cutoffS) return;
    const end = Math.min(cutoffS, Number(oldest) + slice);
    this.#file.run(`DELETE FROM ${table} WHERE instance_no = ? AND at_s < ?`, no, end);
  }

  #numberOf(instanceId: string): number | null {
    const known = this.#numbers.get(instanceId);
    if (known !== undefined) return known;
    const row = this.#file.get('SELECT no FROM instance WHERE id = ?', instanceId);
    if (!row) return null;
    this.#numbers.set(instanceId, Number(row.no));
    return Number(row.no);
  }

  #addInstance(instanceId: string): number {
    const no = this.#file.run('INSERT INTO instance (id) VALUES (?)', instanceId).rowId;
    this.#numbers.set(instanceId, no);
    return no;
  }

  /** What was remembered of a transaction that did not happen, or of a file that is gone. */
  #forgetDerived(): void {
    this.#numbers.clear();
    this.#rolledTo.clear();
  }

  /** History is worth less than a running console: a damaged file is kept aside and a new one goes on. */
  #healing<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof MidwatchError) || error.code !== 'store-corrupt') throw error;
      this.#forgetDerived();
      this.#file.close();
      this.#file = this.#startAnew(error);
      return work();
    }
  }
}
