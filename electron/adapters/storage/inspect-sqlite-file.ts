import { DatabaseSync } from '@photostructure/sqlite';
import { describeSqliteError } from './sqlite-errors';

const questions = {
  /** Looks at every page: for a small file whose damage must be known at once. */
  'every-page': 'SELECT tell(quick_check) FROM pragma_quick_check',
  /** Looks at the first pages alone: history is large, and shows its damage when it is used. */
  schema: "SELECT tell(iif(count(*) >= 0, 'ok', '')) FROM sqlite_schema",
} as const;

/**
 * Looks whether a file is a sound database, and returns its schema version (0 for a new one).
 * Answers come through a function, not a prepared statement: the package finalises statements only when they are
 * collected, and until then a file that must be renamed would stay open.
 * @throws MidwatchError `store-corrupt`, `disk-full`, `file-unreadable`.
 */
export function inspectSqliteFile(path: string, depth: keyof typeof questions): number {
  const answers: unknown[] = [];
  try {
    const db = new DatabaseSync(path, { timeout: 5_000 });
    try {
      db.function('tell', (answer: unknown) => {
        answers.push(answer);
        return null;
      });
      db.exec(`SELECT tell(user_version) FROM pragma_user_version; ${questions[depth]}`);
    } finally {
      db.close();
    }
  } catch (error) {
    throw describeSqliteError(error, path);
  }
  const [version, verdict] = answers;
  if (verdict !== 'ok') throw describeSqliteError(damage(String(verdict)), path);
  return Number(version);
}

/** What quick_check reports in a result row, in the form of the error that reading the page would give. */
function damage(verdict: string): Error {
  return Object.assign(new Error(verdict), { code: 'ERR_SQLITE_ERROR', errcode: 11 });
}
