import { MidwatchError } from '@shared/errors';
import type { CaptureOrder } from '@shared/ipc/query.contract';
import type { Bastion } from '@shared/model/inventory';
import type { JobProgress } from '@shared/model/query-job';
import type { Capture } from '@shared/model/query-capture';
import { flagOf, numberOf, textOf } from '../../dialect/rows';
import type { Connections } from '../../fleet/connections';
import type { LogPositions } from '../../ports/log-positions';
import type { SlowLogDigester } from '../../ports/slow-log-digester';
import { mergeCaptures } from '../aggregate/merge-captures';

interface LogCapturesParts {
  readonly digester: SlowLogDigester;
  readonly connections: Connections;
  readonly positions: LogPositions;
  /** Bastions of an instance's host, outermost first, the host last. */
  readonly hostWay: (instanceId: string) => readonly Bastion[];
  readonly newId: () => string;
}

/** A capture from logs; `taken` is called when it is safely kept, so that the next one goes on behind it. */
export interface LogCapture {
  readonly capture: Capture;
  readonly clusterName: string;
  readonly taken: () => void;
}

/** A log of months is no review: what is more is read next time, and said. */
const mostBytesFromHost = 4 * 1024 ** 3;

/** Captures slow logs: files of this computer, or the log on the host of an instance. */
export class LogCaptures {
  readonly #parts: LogCapturesParts;

  constructor(parts: LogCapturesParts) {
    this.#parts = parts;
  }

  /** @throws MidwatchError `file-unreadable`, `unsupported` when the instance writes no slow log to a file; those of the host */
  async capture(
    order: Extract<CaptureOrder, { readonly kind: 'files' | 'host-log' }>,
    onProgress: (progress: JobProgress) => void,
    signal: AbortSignal,
  ): Promise<LogCapture> {
    return order.kind === 'files'
      ? {
          capture: await this.#files(order, onProgress, signal),
          clusterName: order.clusterName,
          taken: () => undefined,
        }
      : this.#hostLog(order, onProgress, signal);
  }

  async #files(
    order: Extract<CaptureOrder, { readonly kind: 'files' }>,
    onProgress: (progress: JobProgress) => void,
    signal: AbortSignal,
  ): Promise<Capture> {
    const { digester, newId } = this.#parts;
    let merged: Capture | null = null;
    let before = 0;
    for (const [index, path] of order.paths.entries()) {
      let bytes = 0;
      const words = order.paths.length === 1 ? 'reading' : `reading file ${index + 1} of ${order.paths.length}`;
      const { capture } = await digester.digest(
        {
          source: { place: { kind: 'file', path } },
          captureId: newId(),
          clusterId: null,
          instanceId: null,
          filter: {
            ...(order.fromMs === undefined ? {} : { sinceMs: order.fromMs }),
            ...(order.toMs === undefined ? {} : { untilMs: order.toMs }),
          },
        },
        (progress) => {
          bytes = progress.bytesRead;
          // Of several files only the one at work has a known end.
          const total = order.paths.length === 1 ? progress.totalBytes : null;
          onProgress({
            done: before + bytes,
            total,
            unit: 'bytes',
            words: `${words}, ${statements(progress.statements)}`,
          });
        },
        signal,
      );
      before += bytes;
      merged = merged === null ? capture : mergeCaptures(merged, capture);
    }
    if (merged === null)
      throw new MidwatchError('invalid-input', 'No file was chosen', { nextStep: 'Choose a slow log' });
    return merged;
  }

  async #hostLog(
    order: Extract<CaptureOrder, { readonly kind: 'host-log' }>,
    onProgress: (progress: JobProgress) => void,
    signal: AbortSignal,
  ): Promise<LogCapture> {
    const { digester, connections, positions, hostWay, newId } = this.#parts;
    const { cluster, instance } = connections.find(order.instanceId);
    const log = await connections.use(instance.id, 'queries', signal, async ({ session }) => {
      const [row] = await session.query(
        'SELECT @@GLOBAL.slow_query_log AS enabled, @@GLOBAL.log_output AS output, @@GLOBAL.slow_query_log_file AS file, @@GLOBAL.datadir AS folder, @@GLOBAL.long_query_time AS seconds',
        { timeoutMs: 5000 },
      );
      return {
        isOn: flagOf(row, 'enabled'),
        toFile: /file/i.test(textOf(row, 'output')),
        path: absolute(textOf(row, 'file'), textOf(row, 'folder')),
        longQueryTimeSeconds: numberOf(row, 'seconds'),
      };
    });
    if (!log.toFile) {
      throw new MidwatchError('unsupported', `${instance.name} writes its slow log to a table, not to a file`, {
        nextStep: 'Capture its statement digests, or set log_output=FILE',
      });
    }
    const before = order.all ? null : positions.find(instance.id);
    const { capture, position } = await digester.digest(
      {
        source: {
          place: { kind: 'host', via: hostWay(instance.id), path: log.path },
          ...(before === null ? {} : { from: before }),
          maxBytes: order.mostBytes ?? mostBytesFromHost,
        },
        captureId: newId(),
        clusterId: cluster.id,
        instanceId: instance.id,
        name: `${instance.name}: ${log.path}`,
      },
      (progress) =>
        onProgress({
          done: progress.bytesRead,
          total: progress.totalBytes,
          unit: 'bytes',
          words: `reading ${log.path}, ${statements(progress.statements)}`,
        }),
      signal,
    );
    // Only what holds for the whole log: a faster statement in it says that the limit was another one then.
    const fastest = capture.metrics['Query_time']?.min ?? null;
    const wasLower = fastest !== null && log.longQueryTimeSeconds !== null && fastest < log.longQueryTimeSeconds;
    const notes = [
      ...capture.coverage.notes,
      ...(wasLower
        ? [
            `long_query_time is ${log.longQueryTimeSeconds} s now, and was lower while the log was written: which statements it lacks is not known`,
          ]
        : []),
      ...(log.isOn ? [] : [`slow_query_log is OFF on ${instance.name} now: what runs since is in no log`]),
    ];
    return {
      clusterName: cluster.name,
      capture: {
        ...capture,
        coverage: {
          ...capture.coverage,
          longQueryTimeSeconds: wasLower ? null : log.longQueryTimeSeconds,
          notes,
        },
      },
      taken: () => {
        if (position !== null) positions.save(instance.id, position);
      },
    };
  }
}

const statements = (count: number): string => `${count.toLocaleString('en')} statements`;

/** A name without a folder lies in the data folder. */
const absolute = (file: string, dataFolder: string): string =>
  file.startsWith('/') ? file : `${dataFolder.replace(/\/$/, '')}/${file}`;
