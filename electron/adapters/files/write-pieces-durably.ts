import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describeWriteError } from './write-file-durably';

/** Characters that go to the disk at once: a millisecond of work, and the process goes on while they are written. */
const pieceLength = 256 * 1024;

/**
 * As {@link writeFileDurably}, for a content that is too large to be made and written while everything else waits. Whoever
 * writes the same file twice waits for the first.
 * @throws MidwatchError `disk-full`, `file-unreadable`; what `pieces` throws. The old content is then still there
 */
export async function writePiecesDurably(file: string, pieces: Iterable<string>): Promise<void> {
  const draft = `${file}.new-${process.pid}`;
  await describing(file, () => mkdir(dirname(file), { recursive: true, mode: 0o700 }));
  try {
    const handle = await describing(file, () => open(draft, 'w', 0o600));
    try {
      for (const piece of joined(pieces)) await describing(file, () => handle.writeFile(piece));
      await describing(file, () => handle.sync());
    } finally {
      await handle.close();
    }
    await describing(file, () => rename(draft, file));
  } catch (thrown) {
    await rm(draft, { force: true });
    throw thrown;
  }
  await describing(file, () => syncFolder(dirname(file)));
}

async function describing<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw describeWriteError(thrown, file);
  }
}

function* joined(pieces: Iterable<string>): Generator<string> {
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < pieceLength) continue;
    yield text;
    text = '';
  }
  yield text;
}

async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder, and keeps renames by itself.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}
