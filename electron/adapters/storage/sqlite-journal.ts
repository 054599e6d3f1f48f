import type { EntryType, JournalEntry, RunState } from '@shared/model/run';
import type { JournalStore, RunRecord } from '../../core/ports/store';
import { readPlan } from './read-plan';
import type { Row, SqliteFile } from './sqlite-file';

/** The write-ahead journal of operations: each call is one transaction, on the disk when it returns. */
export class SqliteJournal implements JournalStore {
  readonly #file: SqliteFile;

  constructor(file: SqliteFile) {
    this.#file = file;
  }

  createRun(run: RunRecord): void {
    this.#file.transaction(() =>
      this.#file.run(
        `INSERT INTO run (run_id, cluster_id, started_at_ms, by_user, reason, state, plan_json) VALUES (?, ?, ?, ?, ?, ?, ?)`,
        run.runId,
        run.plan.clusterId,
        run.startedAtMs,
        run.by,
        run.reason,
        run.state,
        JSON.stringify(run.plan),
      ),
    );
  }

  append(entry: Omit<JournalEntry, 'seq'>): JournalEntry {
    return this.#file.transaction(() => this.#insert(entry));
  }

  appendAll(entries: readonly Omit<JournalEntry, 'seq'>[]): readonly JournalEntry[] {
    return this.#file.transaction(() => entries.map((entry) => this.#insert(entry)));
  }

  #insert(entry: Omit<JournalEntry, 'seq'>): JournalEntry {
    const last = this.#file.get('SELECT max(seq) AS seq FROM entry WHERE run_id = ?', entry.runId);
    const seq = Number(last?.seq ?? 0) + 1;
    this.#file.run(
      'INSERT INTO entry (run_id, seq, at_ms, step_id, type, text, data_json) VALUES (?, ?, ?, ?, ?, ?, ?)',
      entry.runId,
      seq,
      entry.atMs,
      entry.stepId,
      entry.type,
      entry.text,
      JSON.stringify(entry.data),
    );
    return { ...entry, seq };
  }

  setState(runId: string, state: RunState): void {
    this.#file.transaction(() => this.#file.run('UPDATE run SET state = ? WHERE run_id = ?', state, runId));
  }

  entries(runId: string): readonly JournalEntry[] {
    return this.#file.all('SELECT * FROM entry WHERE run_id = ? ORDER BY seq', runId).map(toEntry);
  }

  run(runId: string): RunRecord | null {
    const row = this.#file.get('SELECT * FROM run WHERE run_id = ?', runId);
    return row ? toRun(row) : null;
  }

  /** Newest first. */
  runs(clusterId?: string): readonly RunRecord[] {
    const order = 'ORDER BY started_at_ms DESC, run_id';
    return (
      clusterId === undefined
        ? this.#file.all(`SELECT * FROM run ${order}`)
        : this.#file.all(`SELECT * FROM run WHERE cluster_id = ? ${order}`, clusterId)
    ).map(toRun);
  }
}

function toEntry(row: Row): JournalEntry {
  return {
    seq: Number(row.seq),
    atMs: Number(row.at_ms),
    runId: String(row.run_id),
    stepId: String(row.step_id),
    type: String(row.type) as EntryType,
    text: String(row.text),
    data: JSON.parse(String(row.data_json)) as JournalEntry['data'],
  };
}

function toRun(row: Row): RunRecord {
  return {
    runId: String(row.run_id),
    plan: readPlan(String(row.plan_json)),
    by: String(row.by_user),
    reason: String(row.reason),
    startedAtMs: Number(row.started_at_ms),
    state: String(row.state) as RunState,
  };
}
