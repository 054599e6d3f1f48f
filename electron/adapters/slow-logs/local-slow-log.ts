import { open, type FileHandle } from 'node:fs/promises';
import { MidwatchError } from '@shared/errors';
import type { OpenSlowLog, SlowLogPosition } from '../../core/ports/slow-logs';
import { compressionOf, magicLength } from './decompress';
import { findStart } from './log-start';
import { openLog } from './open-log';
import { readFile } from './read-file';

export interface LocalLogRequest {
  readonly path: string;
  readonly from?: SlowLogPosition;
  readonly maxBytes?: number;
}

/** Opens a slow log on this computer. @throws MidwatchError `file-unreadable` */
export async function openLocalSlowLog({ path, from, maxBytes }: LocalLogRequest): Promise<OpenSlowLog> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw unreadable(path, new Error('it is not a file'));
    const magic = new Uint8Array(magicLength);
    const { bytesRead } = await file.read(magic, 0, magicLength, 0);
    const compression = compressionOf(magic.subarray(0, bytesRead));
    const inode = String(stat.ino);
    const isPlain = compression === 'none';
    const start = isPlain ? findStart({ path, inode, sizeBytes: stat.size }, from) : { startByte: 0, notes: [] };
    return openLog({
      name: path,
      compression,
      isPlain,
      inode,
      ...start,
      storedBytes: stat.size - start.startByte,
      stored: readAndClose(file, path, start.startByte, stat.size),
      maxBytes,
      wantedBytes: isPlain ? stat.size - start.startByte : null,
      isGrowing: false,
    });
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function* readAndClose(file: FileHandle, path: string, from: number, to: number): AsyncIterable<Uint8Array> {
  try {
    yield* readFile(file, from, to);
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    await file.close();
  }
}

function unreadable(path: string, error: unknown): MidwatchError {
  const cause = error instanceof Error ? error.message : String(error);
  return new MidwatchError('file-unreadable', `${path} cannot be read`, {
    nextStep: 'Check that the file exists and that you may read it',
    details: { path, cause },
    cause: error,
  });
}
