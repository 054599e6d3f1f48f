import type { Quarantine, QuarantineStore } from '../../core/ports/store';
import type { SqliteFile } from './sqlite-file';

/** Deposed primaries, one row an instance; on the disk when `add` and `remove` return. Read anew each time: a second console may lift one. */
export class SqliteQuarantine implements QuarantineStore {
  readonly #file: SqliteFile;

  constructor(file: SqliteFile) {
    this.#file = file;
  }

  add(quarantine: Quarantine): void {
    this.#file.transaction(() =>
      this.#file.run(
        'INSERT OR REPLACE INTO quarantine (instance_id, at_ms, json) VALUES (?, ?, ?)',
        quarantine.instanceId,
        quarantine.atMs,
        JSON.stringify(quarantine),
      ),
    );
  }

  remove(instanceId: string): void {
    this.#file.transaction(() => this.#file.run('DELETE FROM quarantine WHERE instance_id = ?', instanceId));
  }

  /** Oldest first. */
  list(): readonly Quarantine[] {
    return this.#file
      .all('SELECT json FROM quarantine ORDER BY at_ms, instance_id')
      .map((row) => JSON.parse(String(row.json)) as Quarantine);
  }
}
