import { chmodSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import type { Store } from '../../core/ports/store';
import { inspectSqliteFile } from './inspect-sqlite-file';
import { migrate, type Migrations } from './migrations';
import { describeSqliteError, isDamage } from './sqlite-errors';
import { SqliteFile } from './sqlite-file';

export type Notice = Store['notices'][number];

export interface FileToOpen {
  readonly path: string;
  readonly migrations: Migrations;
  /** `full`: every commit is on the disk when it returns. `normal`: a power cut may lose the newest, never the file. */
  readonly durability: 'full' | 'normal';
  /** What is lost to view when the file is damaged, and how to get it back. */
  readonly whenDamaged: { readonly what: string; readonly nextStep: string };
}

/**
 * Opens a database, makes it when absent and brings its schema up to date. A damaged file is renamed to
 * `<name>.corrupt-<UTC time>` and a new one started; a file of a newer schema is left alone, and a file of its own is used
 * beside it until Midwatch is updated. Nothing is ever deleted.
 * @throws MidwatchError `disk-full`, `file-unreadable`.
 */
export function openSqliteFile(wanted: FileToOpen, notices: Notice[]): SqliteFile {
  mkdirSync(dirname(wanted.path), { recursive: true, mode: 0o700 });
  try {
    return prepare(wanted, notices);
  } catch (error) {
    if (!isDamage(error)) throw describeSqliteError(error, wanted.path);
    notices.push(keepAside(wanted, error));
    return prepare(wanted, notices);
  }
}

/** Renames a damaged file with its companions and says so. */
export function keepAside(wanted: FileToOpen, cause: unknown): Notice {
  const aside = `${wanted.path}.corrupt-${utcStamp(new Date())}`;
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(wanted.path + suffix)) renameSync(wanted.path + suffix, aside + suffix);
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return {
    severity: 'act',
    text: `${wanted.whenDamaged.what} was damaged (${reason}). It is kept aside as ${aside}, and a new one was started`,
    nextStep: wanted.whenDamaged.nextStep,
  };
}

function prepare(wanted: FileToOpen, notices: Notice[]): SqliteFile {
  const version = inspectSqliteFile(wanted.path, wanted.durability === 'full' ? 'every-page' : 'schema');
  if (version > wanted.migrations.length) return openBeside(wanted, version, notices);
  const file = new SqliteFile(wanted.path);
  try {
    chmodSync(wanted.path, 0o600);
    // auto_vacuum takes effect only before the first table; fullfsync is what an fsync needs to mean it on macOS.
    file.script(`PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = ${wanted.durability};
      PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 8388608`);
    migrate(file, wanted.migrations);
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

function openBeside(wanted: FileToOpen, version: number, notices: Notice[]): SqliteFile {
  const known = wanted.migrations.length;
  const extension = extname(wanted.path);
  const beside = join(dirname(wanted.path), `${basename(wanted.path, extension)}.schema-${known}${extension}`);
  notices.push({
    severity: 'act',
    text: `${wanted.path} was written by a newer Midwatch (schema ${version}, this one knows ${known}). It was left untouched; ${beside} is used instead`,
    nextStep: 'Update Midwatch to see the inventory, journal and history of the newer one again',
  });
  return openSqliteFile({ ...wanted, path: beside }, notices);
}

/** `20261122T183000Z`: sorts, and fits every file system. */
export function utcStamp(at: Date): string {
  return at.toISOString().replace(/[-:]|\.\d+/g, '');
}
