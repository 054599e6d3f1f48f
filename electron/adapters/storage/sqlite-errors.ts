import { MidwatchError } from '@shared/errors';

/** Primary result codes (sqlite.org/rescode.html); extended codes carry them in their low byte. */
const result = { error: 1, busy: 5, readOnly: 8, ioError: 10, corrupt: 11, full: 13, cantOpen: 14, notADatabase: 26 };
/** SQLITE_IOERR_SHMSIZE: the shared-memory file of the write-ahead log could not grow. */
const sharedMemoryFull = 4874;

/** SQLite's errors about the file itself as a {@link MidwatchError}; anything else is a bug of ours and stays as it is. */
export function describeSqliteError(error: unknown, file: string): unknown {
  if (error instanceof MidwatchError) return error;
  const code = sqliteCode(error);
  if (code === null) return hasCode(error, 'ENOSPC') ? diskFull(file, error) : error;
  const causeText = error instanceof Error ? error.message : String(error);
  const details = { file, cause: causeText };
  if (code === sharedMemoryFull) return diskFull(file, error);
  switch (code & 0xff) {
    case result.full:
      return diskFull(file, error);
    case result.corrupt:
    case result.notADatabase:
      return new MidwatchError('store-corrupt', `The local store ${file} is damaged: ${causeText}`, {
        nextStep: 'Restart Midwatch: it keeps the damaged file aside and starts a new one',
        details,
        cause: error,
      });
    case result.busy:
      return new MidwatchError('file-unreadable', `The local store ${file} is held by another program`, {
        nextStep: 'End the other Midwatch or the tool that has it open',
        details,
        cause: error,
      });
    case result.readOnly:
    case result.ioError:
    case result.cantOpen:
      return new MidwatchError('file-unreadable', `The local store ${file} cannot be used: ${causeText}`, {
        nextStep: 'Check that this user may write in its folder, and that the disk is healthy',
        details,
        cause: error,
      });
    default:
      return error;
  }
}

/** True for a file that SQLite can open and not understand: it is damaged, or not ours. */
export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  if (error instanceof MidwatchError) return error.code === 'store-corrupt';
  return code !== null && [result.error, result.corrupt, result.notADatabase].includes(code & 0xff);
}

function diskFull(file: string, cause: unknown): MidwatchError {
  return new MidwatchError('disk-full', `The disk is full: ${file} could not be written`, {
    nextStep: 'Free space on this disk, then repeat; what was stored before is intact',
    details: { file, cause: cause instanceof Error ? cause.message : String(cause) },
    cause,
  });
}

function sqliteCode(error: unknown): number | null {
  if (!hasCode(error, 'ERR_SQLITE_ERROR')) return null;
  if ('errcode' in error && typeof error.errcode === 'number') return error.errcode;
  // `all` and `iterate` of the package tell the text alone.
  const text = error instanceof Error ? error.message : '';
  return codeByText.find(([pattern]) => pattern.test(text))?.[1] ?? result.error;
}

const codeByText: readonly (readonly [RegExp, number])[] = [
  [/malformed/, result.corrupt],
  [/not a database/, result.notADatabase],
  [/disk is full/, result.full],
  [/disk I\/O error/, result.ioError],
  [/locked/, result.busy],
  [/unable to open/, result.cantOpen],
  [/readonly/, result.readOnly],
];

function hasCode(error: unknown, code: string): error is { readonly code: string } {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
