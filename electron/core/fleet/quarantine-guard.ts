import type { FleetSnapshot } from '@shared/model/fleet';
import { textOf } from '../dialect/rows';
import { switchoverSql } from '../dialect/switchover-sql';
import type { QuarantineStore } from '../ports/store';
import type { ActivityLog } from './activity-log';
import type { FirstStatement, OpenSession } from './connections';

/**
 * A deposed primary that comes back is writable (measured after kill -9), and applications may still know its address: so
 * the first statement of every session of this console to it is the fence, until it is seen as a healthy replica again.
 */
export class QuarantineGuard implements FirstStatement {
  readonly #store: QuarantineStore;
  readonly #activity: ActivityLog;
  /** Kept in memory: asked at every session. */
  readonly #fencedAtMs = new Map<string, number>();

  constructor(parts: { readonly store: QuarantineStore; readonly activity: ActivityLog }) {
    this.#store = parts.store;
    this.#activity = parts.activity;
  }

  async before(instanceId: string, { session, dialect }: OpenSession): Promise<void> {
    const entry = this.#store.list().find((one) => one.instanceId === instanceId);
    if (!entry) return;
    const sql = switchoverSql[dialect.name];
    try {
      // Another server at the same address (rebuilt, or the one that a name now leads to) has done nothing wrong.
      const [row] = await session.query(sql.identity, { timeoutMs: 3000 });
      if (entry.serverUuid !== '' && textOf(row, 'identity') !== entry.serverUuid) return;
      await session.query(sql.limitLockWait, { timeoutMs: 3000 });
      await session.query(sql.fence, { timeoutMs: 5000 });
      if (!this.#fencedAtMs.has(instanceId))
        this.#note(entry, 'watch', `${entry.instance} is back: fenced at first sight`);
      this.#fencedAtMs.set(instanceId, entry.atMs);
    } catch (thrown) {
      this.#note(
        entry,
        'act',
        `${entry.instance} is back and could not be fenced: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      );
    }
  }

  /** Lifts the quarantine of an instance that follows the primary again, read-only, with nothing of its own. */
  review(snapshot: FleetSnapshot): void {
    for (const entry of this.#store.list()) {
      const cluster = snapshot.clusters.find((one) => one.id === entry.clusterId);
      const instance = cluster?.instances.find((one) => one.id === entry.instanceId);
      const channel = instance?.channels[0];
      const healthy =
        instance?.reach === 'answering' &&
        instance.readOnly === true &&
        instance.errantGtid === '' &&
        channel?.receiver === 'running' &&
        channel.applier === 'running' &&
        channel.sourceInstanceId === cluster?.primaryId;
      if (!healthy) continue;
      this.#store.remove(entry.instanceId);
      this.#fencedAtMs.delete(entry.instanceId);
      this.#note(entry, 'ok', `${entry.instance} follows the primary again: quarantine lifted`);
    }
  }

  #note(
    entry: { readonly clusterId: string; readonly instanceId: string },
    severity: 'ok' | 'watch' | 'act',
    text: string,
  ): void {
    this.#activity.note({
      kind: 'operation',
      severity,
      clusterId: entry.clusterId,
      instanceId: entry.instanceId,
      by: 'midwatch',
      text,
    });
  }
}
