import { toAppError } from '@shared/errors';
import type { FleetSnapshot } from '@shared/model/fleet';
import { numberOf, textOf } from '../dialect/rows';
import { switchoverSql, type SwitchoverSql } from '../dialect/switchover-sql';
import type { MysqlSession } from '../ports/mysql-session';
import type { Quarantine, QuarantineStore } from '../ports/store';
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
      if (await wasPromotedSince(session, sql, entry)) {
        this.#store.remove(instanceId);
        this.#note(
          entry,
          'watch',
          `${entry.instance} has been a replica of its successor and was promoted since: the record of run ${entry.runId} is old, quarantine lifted`,
        );
        return;
      }
      await session.query(sql.limitLockWait, { timeoutMs: 3000 });
      await fence(session, sql);
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

  /** Instances in quarantine that take writes: a session that was open before knew nothing of it. */
  writable(snapshot: FleetSnapshot): readonly string[] {
    const open = snapshot.clusters.flatMap((one) => one.instances).filter((one) => one.readOnly === false);
    const ids = new Set(this.#store.list().map((one) => one.instanceId));
    return open.filter((one) => one.reach === 'answering' && ids.has(one.id)).map((one) => one.id);
  }

  /**
   * Lifts the quarantine of an instance that follows the primary again, read-only, with nothing of its own. `isBusy`: an
   * operation is at work on the cluster: what it built it may yet take down, and it lifts by itself what it has proven.
   */
  review(snapshot: FleetSnapshot, isBusy: (clusterId: string) => boolean): void {
    for (const entry of this.#store.list()) {
      if (isBusy(entry.clusterId)) continue;
      const cluster = snapshot.clusters.find((one) => one.id === entry.clusterId);
      const instance = cluster?.instances.find((one) => one.id === entry.instanceId);
      const channel = instance?.channels[0];
      const healthy =
        instance?.reach === 'answering' &&
        (instance.seenAtMs ?? 0) > entry.atMs + settlingMs &&
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

/** An answer of before, or of the moment when the record was made, says nothing of what is there now. */
const settlingMs = 2000;
/** A promotion that is so much younger than the record came after it, whatever the two clocks say. */
const clockToleranceMs = 60_000;

/**
 * A record may be old: a server that follows nobody and holds the marker which its own deposition wrote on its successor
 * has been that one's replica; nothing but a promotion makes a source of it again. So does a later marker of its own. Any
 * doubt keeps the fence.
 */
async function wasPromotedSince(session: MysqlSession, sql: SwitchoverSql, entry: Quarantine): Promise<boolean> {
  const after = new Date(entry.atMs + clockToleranceMs).toISOString().slice(0, 23).replace('T', ' ');
  try {
    const [marker] = await session.query(
      'SELECT COUNT(*) AS present FROM midwatch.operation_marker WHERE run_id = ? OR (new_primary = ? AND written_at > ?)',
      { timeoutMs: 2000, values: [entry.runId, entry.instance, after] },
    );
    if ((numberOf(marker, 'present') ?? 0) === 0) return false;
    // Every channel: one that is named is one too.
    return (await session.query(sql.channelStatus.replace(" FOR CHANNEL ''", ''), { timeoutMs: 2000 })).length === 0;
  } catch {
    return false;
  }
}

/** @throws MidwatchError of the last statement that failed */
async function fence(session: MysqlSession, sql: SwitchoverSql): Promise<void> {
  try {
    await session.query(sql.fence, { timeoutMs: 5000 });
    return;
  } catch (thrown) {
    if (toAppError(thrown).code !== 'lock-wait-timeout') throw thrown;
  }
  const { waiting, before, after } = sql.forceFence;
  try {
    for (const row of waiting === null ? [] : await session.query(waiting, { timeoutMs: 3000 }))
      await session.query(`KILL CONNECTION ${numberOf(row, 'id') ?? 0}`, { timeoutMs: 3000 }).catch(() => undefined);
    for (const statement of before) await session.query(statement, { timeoutMs: 5000 });
    await session.query(sql.fence, { timeoutMs: 5000 });
  } finally {
    for (const statement of after) await session.query(statement, { timeoutMs: 3000 }).catch(() => undefined);
  }
}
