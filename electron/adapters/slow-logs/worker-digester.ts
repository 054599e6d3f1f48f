import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { MidwatchError } from '@shared/errors';
import type { StatementClass } from '@shared/model/query-capture';
import type { Clock } from '../../core/ports/clock';
import type { DigestedLog, DigestProgress, DigestRequest, SlowLogDigester } from '../../core/ports/slow-log-digester';
import type { OpenSlowLog, SlowLogSource } from '../../core/ports/slow-logs';
import { findWorker } from './find-worker';
import type { DigestOrder, FromWorker, ToWorker, WorkerSource } from './worker-messages';

/** Pieces on their way to the worker: one is worked on while the next one comes. */
const piecesAhead = 2;
/**
 * The thread's young generation: its garbage is chunks and statements' texts. Larger, the process takes memory that it does
 * not need.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 16 };

/** {@link SlowLogDigester} with a thread for each log. A cancel ends the thread, wherever it is. */
export class WorkerDigester implements SlowLogDigester {
  readonly #logs: SlowLogSource;
  readonly #clock: Pick<Clock, 'nowMs'>;

  constructor(logs: SlowLogSource, clock: Pick<Clock, 'nowMs'>) {
    this.#logs = logs;
    this.#clock = clock;
  }

  async digest(
    request: DigestRequest,
    onProgress: (progress: DigestProgress) => void,
    signal: AbortSignal,
  ): Promise<DigestedLog> {
    signal.throwIfAborted();
    const { place, ...rest } = request.source;
    // A file is read by the thread itself; only what comes through SSH has to come through here.
    const log = place.kind === 'file' ? null : await this.#logs.open(request.source, signal);
    const source: WorkerSource =
      place.kind === 'file'
        ? { kind: 'file', request: { ...rest, path: place.path } }
        : { kind: 'bytes', name: place.path, startByte: log?.startByte ?? 0, totalBytes: log?.storedBytes ?? null };
    const { captureId: id, clusterId, instanceId, name = null, filter = {} } = request;
    const head = { id, takenAtMs: this.#clock.nowMs(), clusterId, instanceId, name };
    const thread = new DigestThread({ source, filter, schema: request.source.from?.schema ?? '', head }, onProgress);
    const cancel = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true, signal: thread.over }),
    );
    try {
      const feeding = log === null ? new Promise<never>(() => undefined) : thread.feed(log).then(() => thread.done);
      const { capture, inode, resumeAt, schema } = await Promise.race([thread.done, feeding, cancel]);
      const known = log === null ? inode : log.inode;
      return {
        capture: { ...capture, classes: thread.classes },
        position: known === null ? null : { path: place.path, inode: known, offset: resumeAt, schema },
      };
    } finally {
      await thread.end();
    }
  }
}

type Done = Extract<FromWorker, { readonly kind: 'done' }>;

class DigestThread {
  readonly #worker: Worker;
  readonly #over = new AbortController();
  #onTheWay = 0;
  readonly classes: StatementClass[] = [];
  /** What the thread says last. @throws MidwatchError what it met; Error when it died */
  readonly done: Promise<Done>;

  constructor(order: DigestOrder, onProgress: (progress: DigestProgress) => void) {
    const { start, options } = findWorker('digest-slow-log');
    this.#worker = new Worker(start, { ...options, workerData: order, resourceLimits });
    this.done = new Promise<Done>((resolve, reject) => {
      this.#worker.on('message', (message: FromWorker) => {
        if (message.kind === 'progress') onProgress(message.progress);
        else if (message.kind === 'taken') this.#onTheWay--;
        else if (message.kind === 'classes') for (const one of message.classes) this.classes.push(one);
        else if (message.kind === 'done') resolve(message);
        else {
          const { code, message: said, nextStep, details } = message.error;
          reject(new MidwatchError(code, said, { nextStep, details }));
        }
      });
      this.#worker.once('error', reject);
      this.#worker.once('exit', (code) => reject(new Error(`The digest ended without a result (code ${code})`)));
    });
    // Who waits for something else first learns of its failure there.
    this.done.catch(() => undefined);
  }

  /** Fires when the thread is no longer wanted. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** Sends a log's bytes, as fast as the thread takes them. */
  async feed(log: OpenSlowLog): Promise<void> {
    for await (const piece of log.pieces) {
      while (this.#onTheWay >= piecesAhead && !this.over.aborted)
        await Promise.race([once(this.#worker, 'message'), once(this.#worker, 'exit')]);
      // The reader ends here, and with it the command on the host.
      if (this.over.aborted) return;
      this.#onTheWay++;
      const own = new Uint8Array(piece);
      this.#send({ kind: 'piece', piece: own, storedBytesRead: log.storedBytesRead() }, own.buffer);
    }
    this.#send({ kind: 'end', end: log.end() });
  }

  async end(): Promise<void> {
    this.#over.abort();
    await this.#worker.terminate();
  }

  #send(message: ToWorker, ...transfer: readonly ArrayBuffer[]): void {
    this.#worker.postMessage(message, [...transfer]);
  }
}
