import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { MidwatchError } from '@shared/errors';

const isFull = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && (thrown.code === 'ENOSPC' || thrown.code === 'EDQUOT');

const causeOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

function* withBreaks(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield `${line}\n`;
}

/**
 * Writes lines as one gzip file of mode 0600. As a whole or not at all, and on the disk when it resolves.
 * @throws MidwatchError `disk-full`, `file-unreadable`
 */
export async function writeGzipLines(file: string, lines: Iterable<string>): Promise<void> {
  const draft = `${file}.new-${process.pid}`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await pipeline(
      Readable.from(withBreaks(lines)),
      createGzip({ level: 6 }),
      createWriteStream(draft, { mode: 0o600 }),
    );
    const handle = await open(draft, 'r+');
    await handle.sync().finally(() => handle.close());
    await rename(draft, file);
  } catch (thrown) {
    await rm(draft, { force: true });
    throw new MidwatchError(
      isFull(thrown) ? 'disk-full' : 'file-unreadable',
      `${file} could not be written: ${causeOf(thrown)}`,
      {
        nextStep: isFull(thrown)
          ? 'Free space on this disk, then repeat'
          : 'Choose a folder that this user may write to',
        details: { file, cause: causeOf(thrown) },
        cause: thrown,
      },
    );
  }
}

const unreadable = (file: string, thrown: unknown): MidwatchError =>
  new MidwatchError('file-unreadable', `${file} cannot be read: ${causeOf(thrown)}`, {
    nextStep: 'Check that it is a review file of Midwatch and was copied as a whole',
    details: { file, cause: causeOf(thrown) },
    cause: thrown,
  });

/** Compressed bytes may hide any number of others: no review is larger than this. */
const mostBytes = 4 * 1024 ** 3;

/**
 * Lines of a gzip file, as they are needed.
 * @throws MidwatchError `file-unreadable` when it is none, or ends too early
 */
export async function* readGzipLines(file: string): AsyncGenerator<string> {
  const source = createReadStream(file);
  const text = createGunzip();
  source.on('error', (thrown) => text.destroy(thrown));
  let bytes = 0;
  text.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > mostBytes) text.destroy(new Error('it unpacks to more than 4 GiB'));
  });
  text.pause();
  const lines = createInterface({ input: source.pipe(text), crlfDelay: Infinity });
  // Older runtimes end the lines without a word when the source breaks off, newer ones throw: both are heard.
  let failure: unknown = null;
  text.once('error', (thrown) => {
    failure = thrown;
    lines.close();
  });
  try {
    try {
      for await (const line of lines) yield line;
    } catch (thrown) {
      failure ??= thrown;
    }
    if (failure !== null) throw unreadable(file, failure);
  } finally {
    lines.close();
    source.destroy();
    text.destroy();
  }
}
