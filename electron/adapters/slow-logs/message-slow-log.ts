import type { MessagePort } from 'node:worker_threads';
import type { OpenSlowLog, SlowLogEnd } from '../../core/ports/slow-logs';
import type { FromWorker, ToWorker, WorkerSource } from './worker-messages';

/** In a worker: the log whose bytes come in messages. Whether it can be resumed is known to who sends them. */
export function openMessages(
  port: MessagePort,
  source: Extract<WorkerSource, { readonly kind: 'bytes' }>,
): OpenSlowLog {
  const waiting: ToWorker[] = [];
  let wake: () => void = () => undefined;
  let storedRead = 0;
  let end: SlowLogEnd = { skipped: [], notes: [], goesOn: false };
  port.on('message', (message: ToWorker) => {
    waiting.push(message);
    wake();
  });
  async function* read(): AsyncIterable<Uint8Array> {
    for (;;) {
      const message = waiting.shift();
      if (message === undefined) await new Promise<void>((resolve) => (wake = resolve));
      else if (message.kind === 'end') {
        end = message.end;
        return;
      } else {
        storedRead = message.storedBytesRead;
        yield message.piece;
        port.postMessage({ kind: 'taken' } satisfies FromWorker);
      }
    }
  }
  return {
    name: source.name,
    startByte: source.startByte,
    inode: null,
    storedBytes: source.totalBytes,
    pieces: read(),
    storedBytesRead: () => storedRead,
    end: () => end,
  };
}
