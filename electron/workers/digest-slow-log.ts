// Digests one slow log on a thread of its own: started by worker-digester.ts with its order, ends when it is done.
import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { toAppError } from '@shared/errors';
import type { OpenSlowLog } from '../core/ports/slow-logs';
import { sqlStatementReader } from '../core/queries/aggregate/sql-statement-reader';
import { SlowLogDigest } from '../core/queries/digest-slow-log';
import { openLocalSlowLog } from '../adapters/slow-logs/local-slow-log';
import { nodeTextCodec } from '../adapters/slow-logs/node-text-codec';
import { openMessages } from '../adapters/slow-logs/message-slow-log';
import { ProgressClock } from '../adapters/slow-logs/progress-clock';
import type { DigestOrder, FromWorker } from '../adapters/slow-logs/worker-messages';

const classesAtOnce = 200;

const port = parentPort;
if (!port) throw new Error('digest-slow-log runs as a worker');
const say = (message: FromWorker): void => port.postMessage(message);
const md5Hex = (text: string): string => createHash('md5').update(text, 'latin1').digest('hex');

async function digest({ source, filter, schema, head }: DigestOrder): Promise<void> {
  const log: OpenSlowLog =
    source.kind === 'file'
      ? await openLocalSlowLog(source.request)
      : openMessages(port as NonNullable<typeof port>, source);
  const digester = new SlowLogDigest({
    codec: nodeTextCodec,
    reader: sqlStatementReader(md5Hex),
    filter,
    startByte: log.startByte,
    schema: log.startByte > 0 ? Buffer.from(schema, 'utf8').toString('latin1') : '',
  });
  const clock = new ProgressClock(log.storedBytes, (progress) => say({ kind: 'progress', progress }));
  for await (const piece of log.pieces) {
    digester.push(piece);
    clock.tell(log.storedBytesRead(), digester.events);
  }
  const { skipped, notes, goesOn } = log.end();
  const { capture, classes, ...end } = digester.finish(
    { ...head, sourceName: head.name ?? log.name, skipped, notes },
    goesOn,
  );
  clock.tellLast(log.storedBytesRead(), digester.events);
  let part = [];
  for (const one of classes) {
    part.push(one);
    if (part.length < classesAtOnce) continue;
    say({ kind: 'classes', classes: part });
    part = [];
  }
  say({ kind: 'classes', classes: part });
  say({ kind: 'done', capture: capture(), inode: log.inode, ...end });
}

digest(workerData as DigestOrder)
  .catch((error: unknown) => say({ kind: 'failed', error: toAppError(error) }))
  .finally(() => port.close());
