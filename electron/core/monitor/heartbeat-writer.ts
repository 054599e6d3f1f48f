import { toAppError } from '@shared/errors';
import type { Cluster } from '@shared/model/inventory';
import { heartbeatGuard, heartbeatSetup, heartbeatWrite } from '../dialect/heartbeat-sql';
import type { ActivityLog } from '../fleet/activity-log';
import type { Connections } from '../fleet/connections';
import type { Clock } from '../ports/clock';
import type { MysqlSession } from '../ports/mysql-session';

interface HeartbeatParts {
  readonly clusters: () => readonly Cluster[];
  /** The instance to write to now; null while none is known, or while an operation moves the primary. */
  readonly target: (clusterId: string) => string | null;
  readonly connections: Connections;
  readonly activity: ActivityLog;
  readonly clock: Clock;
}

interface Beat {
  readonly instanceId: string;
  readonly session: MysqlSession;
  readonly release: () => void;
}

const everyMs = 1000;
const retryMs = 10_000;

/** Writes one row a second on the primary of each cluster whose owner asked for it, and on no other. */
export class HeartbeatWriter {
  readonly #parts: HeartbeatParts;
  readonly #beats = new Map<string, Beat>();
  readonly #busy = new Set<string>();
  readonly #notBeforeMs = new Map<string, number>();
  readonly #told = new Set<string>();
  readonly #end = new AbortController();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(parts: HeartbeatParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => this.#tick(), everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#end.abort();
    for (const id of [...this.#beats.keys()]) this.#drop(id);
  }

  #tick(): void {
    const wanted = this.#parts.clusters().filter((one) => one.heartbeat.kind === 'midwatch');
    for (const id of [...this.#beats.keys()]) if (!wanted.some((one) => one.id === id)) this.#drop(id);
    for (const cluster of wanted) {
      if (this.#busy.has(cluster.id) || this.#parts.clock.monotonicMs() < (this.#notBeforeMs.get(cluster.id) ?? 0))
        continue;
      this.#busy.add(cluster.id);
      void this.#beat(cluster)
        .catch((thrown: unknown) => this.#failed(cluster, thrown))
        .finally(() => this.#busy.delete(cluster.id));
    }
  }

  async #beat(cluster: Cluster): Promise<void> {
    const target = this.#parts.target(cluster.id);
    const known = this.#beats.get(cluster.id);
    if (target === null || (known && (known.instanceId !== target || known.session.closed))) this.#drop(cluster.id);
    if (target === null) return;
    const beat = this.#beats.get(cluster.id) ?? (await this.#open(cluster, target));
    const [row] = await beat.session.query(heartbeatGuard, { timeoutMs: 3000 });
    if (Number(row?.['closed']) !== 0) return;
    await beat.session.query(heartbeatWrite, { timeoutMs: 3000 });
  }

  async #open(cluster: Cluster, instanceId: string): Promise<Beat> {
    const open = await this.#parts.connections.open(instanceId, 'heartbeat', this.#end.signal);
    const beat = { instanceId, session: open.session, release: open.release };
    this.#beats.set(cluster.id, beat);
    const [row] = await open.session.query(heartbeatGuard, { timeoutMs: 3000 });
    if (Number(row?.['closed']) === 0)
      for (const sql of heartbeatSetup) await open.session.query(sql, { timeoutMs: 4000 });
    this.#told.delete(cluster.id);
    this.#parts.activity.note({
      kind: 'change',
      severity: 'note',
      clusterId: cluster.id,
      instanceId,
      by: 'midwatch',
      text: `Heartbeat row is written each second to midwatch.heartbeat`,
    });
    return beat;
  }

  #failed(cluster: Cluster, thrown: unknown): void {
    this.#drop(cluster.id);
    this.#notBeforeMs.set(cluster.id, this.#parts.clock.monotonicMs() + retryMs);
    if (this.#end.signal.aborted || this.#told.has(cluster.id)) return;
    this.#told.add(cluster.id);
    this.#parts.activity.note({
      kind: 'change',
      severity: 'watch',
      clusterId: cluster.id,
      instanceId: null,
      by: 'midwatch',
      text: `Heartbeat not written: ${toAppError(thrown).message}`,
    });
  }

  #drop(clusterId: string): void {
    this.#beats.get(clusterId)?.release();
    this.#beats.delete(clusterId);
  }
}
