import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { MidwatchError } from '@shared/errors';

/**
 * Replaces a small private file (mode 0600) as a whole: after a crash or a power cut the old or the new content is there,
 * never half of one. On the disk (fsync of file and folder) when it returns.
 * @throws MidwatchError `disk-full`, `file-unreadable`.
 */
export function writeFileDurably(file: string, content: string): void {
  const draft = `${file}.new-${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(draft, content, { mode: 0o600, flush: true });
    renameSync(draft, file);
    syncFolder(dirname(file));
  } catch (error) {
    rmSync(draft, { force: true });
    throw describeWriteError(error, file);
  }
}

function syncFolder(folder: string): void {
  // Windows cannot open a folder, and keeps renames by itself.
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** What a failed write of a private file means for a person. */
export function describeWriteError(error: unknown, file: string): MidwatchError {
  const causeText = error instanceof Error ? error.message : String(error);
  const isFull = error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
  return isFull
    ? new MidwatchError('disk-full', `The disk is full: ${file} could not be written`, {
        nextStep: 'Free space on this disk, then repeat; the old content is intact',
        details: { file, cause: causeText },
        cause: error,
      })
    : new MidwatchError('file-unreadable', `${file} could not be written: ${causeText}`, {
        nextStep: 'Check that this user may write in its folder',
        details: { file, cause: causeText },
        cause: error,
      });
}
