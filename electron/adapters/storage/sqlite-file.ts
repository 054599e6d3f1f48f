import { statSync } from 'node:fs';
import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite';
import { describeSqliteError } from './sqlite-errors';

export type Cell = string | number | null;
export type Row = Readonly<Record<string, Cell>>;

/** One open database: statements prepared once, transactions, and errors in this console's words. */
export class SqliteFile {
  readonly file: string;
  readonly #db: DatabaseSyncInstance;
  readonly #statements = new Map<string, StatementSyncInstance>();

  /** @throws MidwatchError `disk-full`, `store-corrupt`, `file-unreadable`. */
  constructor(file: string) {
    this.file = file;
    // A second process (the command line) may be writing: it is waited for.
    this.#db = this.#described(() => new DatabaseSync(file, { timeout: 5_000 }));
  }

  run(sql: string, ...cells: readonly Cell[]): { readonly changes: number; readonly rowId: number } {
    return this.#described(() => {
      const { changes, lastInsertRowid } = this.#statement(sql).run(...cells);
      return { changes, rowId: Number(lastInsertRowid) };
    });
  }

  all(sql: string, ...cells: readonly Cell[]): readonly Row[] {
    return this.#described(() => this.#statement(sql).all(...cells) as Row[]);
  }

  get(sql: string, ...cells: readonly Cell[]): Row | null {
    return this.all(sql, ...cells)[0] ?? null;
  }

  /** Runs a script without results: schema changes and pragmas. */
  script(sql: string): void {
    this.#described(() => this.#db.exec(sql));
  }

  /** All or nothing. With synchronous=FULL the bytes are on the disk (fsync) when this returns. */
  transaction<T>(work: () => T): T {
    return this.#described(() => {
      this.#db.exec('BEGIN IMMEDIATE');
      try {
        const value = work();
        this.#db.exec('COMMIT');
        return value;
      } catch (error) {
        // A full disk rolls back by itself.
        if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
        throw error;
      }
    });
  }

  /** Bytes on disk: the database and its write-ahead log. */
  sizeBytes(): number {
    return [this.file, `${this.file}-wal`]
      .map((name) => statSync(name, { throwIfNoEntry: false })?.size ?? 0)
      .reduce((sum, size) => sum + size, 0);
  }

  /** Moves the write-ahead log into the file, so that the file alone is whole, and closes it. */
  close(): void {
    if (!this.#db.isOpen) return;
    this.#statements.clear();
    try {
      this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // Damaged, full, or in use by another process: the log stays beside the file, which is as good.
    }
    this.#db.close();
  }

  #statement(sql: string): StatementSyncInstance {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #described<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw describeSqliteError(error, this.file);
    }
  }
}
