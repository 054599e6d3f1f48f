import type { SqliteFile } from './sqlite-file';

/** One script for each schema version, in order; a released one is never changed. */
export type Migrations = readonly string[];

/** What a person chose and what was done: inventory, journal of operations, drills, quarantine, activity. Every commit is durable. */
export const mainMigrations: Migrations = [
  `CREATE TABLE inventory (
     id INTEGER PRIMARY KEY CHECK (id = 1), revision INTEGER NOT NULL, saved_at_ms INTEGER NOT NULL, json TEXT NOT NULL);
   CREATE TABLE run (
     run_id TEXT PRIMARY KEY, cluster_id TEXT NOT NULL, started_at_ms INTEGER NOT NULL, by_user TEXT NOT NULL,
     reason TEXT NOT NULL, state TEXT NOT NULL, plan_json TEXT NOT NULL) WITHOUT ROWID;
   CREATE INDEX run_by_time ON run (started_at_ms);
   CREATE TABLE entry (
     run_id TEXT NOT NULL REFERENCES run, seq INTEGER NOT NULL, at_ms INTEGER NOT NULL, step_id TEXT NOT NULL,
     type TEXT NOT NULL, text TEXT NOT NULL, data_json TEXT NOT NULL, PRIMARY KEY (run_id, seq)) WITHOUT ROWID;
   CREATE TABLE activity (
     seq INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, kind TEXT NOT NULL, severity TEXT NOT NULL,
     cluster_id TEXT, instance_id TEXT, by_user TEXT NOT NULL, text TEXT NOT NULL);
   CREATE INDEX activity_by_cluster ON activity (cluster_id, seq);`,
  `CREATE TABLE drill (
     drill_id TEXT PRIMARY KEY, cluster_id TEXT NOT NULL, started_at_ms INTEGER NOT NULL, json TEXT NOT NULL) WITHOUT ROWID;
   CREATE INDEX drill_by_time ON drill (started_at_ms);
   CREATE TABLE quarantine (instance_id TEXT PRIMARY KEY, at_ms INTEGER NOT NULL, json TEXT NOT NULL) WITHOUT ROWID;`,
];

/**
 * Measurements, which may lose their last second. Lags in ms, commits in tenths a second, all integers: SQLite stores
 * 0 in no byte and small ones in one (sqlite.org/fileformat.html, section 2.1), about 25 bytes a point.
 */
export const historyMigrations: Migrations = [
  `CREATE TABLE instance (no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
   CREATE TABLE second (
     instance_no INTEGER NOT NULL, at_s INTEGER NOT NULL, server_lag INTEGER, worker_lag INTEGER, heartbeat_lag INTEGER,
     position_lag INTEGER, commits INTEGER, PRIMARY KEY (instance_no, at_s)) WITHOUT ROWID;
   CREATE TABLE minute (
     instance_no INTEGER NOT NULL, at_s INTEGER NOT NULL, server_lag INTEGER, worker_lag INTEGER, heartbeat_lag INTEGER,
     position_lag INTEGER, commits INTEGER, PRIMARY KEY (instance_no, at_s)) WITHOUT ROWID;`,
  `CREATE TABLE last_words (instance_id TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;`,
];

/** PRAGMA user_version: the number of migrations that were applied. */
export function readSchemaVersion(file: SqliteFile): number {
  return Number(file.get('PRAGMA user_version')?.user_version ?? 0);
}

/** Brings a file up to the newest schema, one transaction a version. */
export function migrate(file: SqliteFile, migrations: Migrations): void {
  for (let version = readSchemaVersion(file); version < migrations.length; version += 1) {
    file.transaction(() => {
      file.script(migrations[version] ?? '');
      file.script(`PRAGMA user_version = ${version + 1}`);
    });
  }
}
