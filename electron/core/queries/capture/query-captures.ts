import { MidwatchError } from '@shared/errors';
import type { JobProgress } from '@shared/model/query-job';
import type { Capture } from '@shared/model/query-capture';
import { parseServerVersion } from '../../dialect/server-version';
import type { Connections } from '../../fleet/connections';
import type { Clock } from '../../ports/clock';
import type { StatementReader } from '../aggregate/statement-reader';
import { captureDigests } from './capture-digests';
import { captureLive } from './capture-live';
import type { Ask } from './read-digests';

interface QueryCapturesParts {
  readonly connections: Connections;
  readonly clock: Clock;
  readonly reader: StatementReader;
  readonly newId: () => string;
  readonly random: () => number;
}

/** A capture from a server, and the name of its cluster. */
export interface ServerCapture {
  readonly capture: Capture;
  readonly clusterName: string;
}

/** A capture reads tables of thousands of rows: more time than a poll has, and still far from hurting a server. */
const captureLimits = { statementMs: 20_000, lockWaitSeconds: 2, idleSeconds: 120 };

/** Captures what a server did, by SQL alone: its statement digests, or what runs while somebody looks. */
export class QueryCaptures {
  readonly #parts: QueryCapturesParts;

  constructor(parts: QueryCapturesParts) {
    this.#parts = parts;
  }

  /** @throws MidwatchError `unsupported` where the server counts no statements; those of a connection */
  async fromServer(
    order: { readonly kind: 'digests' | 'live'; readonly instanceId: string; readonly seconds: number },
    onProgress: (progress: JobProgress) => void,
    signal: AbortSignal,
  ): Promise<ServerCapture> {
    const { connections, clock, reader, newId, random } = this.#parts;
    const { cluster, instance } = connections.find(order.instanceId);
    const open = await connections.open(instance.id, 'queries', signal, captureLimits);
    try {
      const version = parseServerVersion(open.session.greetingVersion);
      if (version === null) throw new MidwatchError('not-mysql', `${instance.name} names no version`);
      const ask: Ask = (sql) => open.session.query(sql, { timeoutMs: captureLimits.statementMs + 5_000 });
      const common = {
        ask,
        dialect: open.dialect.name,
        version: version.text,
        instance: { id: instance.id, name: instance.name, clusterId: cluster.id },
        seconds: order.seconds,
        captureId: newId(),
        clock,
        reader,
        onProgress,
      };
      const capture =
        order.kind === 'live' ? await captureLive(common, signal) : await captureDigests({ ...common, random }, signal);
      return { capture, clusterName: cluster.name };
    } finally {
      open.release();
    }
  }
}
