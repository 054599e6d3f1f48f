import { MidwatchError } from '@shared/errors';
import type { Unlock } from '@shared/model/fleet';
import type { Clock } from '../ports/clock';
import type { ActivityLog } from './activity-log';

/**
 * Every cluster is read-only until a named person unlocks it with a reason, for a time. Kept in memory on purpose: a
 * restart locks everything. The time runs on the monotonic clock, so that setting the clock back unlocks nothing.
 */
export class Unlocks {
  readonly #clock: Clock;
  readonly #activity: ActivityLog;
  readonly #user: string;
  readonly #open = new Map<string, { unlock: Unlock; untilMonotonicMs: number }>();

  constructor(parts: { clock: Clock; activity: ActivityLog; user: string }) {
    this.#clock = parts.clock;
    this.#activity = parts.activity;
    this.#user = parts.user;
  }

  unlock(input: { clusterId: string; cluster: string; reason: string; minutes: number }): Unlock {
    const atMs = this.#clock.nowMs();
    const unlock: Unlock = {
      clusterId: input.clusterId,
      reason: input.reason,
      by: this.#user,
      atMs,
      untilMs: atMs + input.minutes * 60_000,
    };
    this.#activity.note({
      kind: 'unlock',
      severity: 'note',
      clusterId: input.clusterId,
      instanceId: null,
      by: this.#user,
      text: `${input.cluster} unlocked for ${input.minutes} min: ${input.reason}`,
    });
    this.#open.set(input.clusterId, { unlock, untilMonotonicMs: this.#clock.monotonicMs() + input.minutes * 60_000 });
    return unlock;
  }

  lock(clusterId: string, cluster: string): void {
    if (!this.#open.delete(clusterId)) return;
    this.#activity.note({
      kind: 'unlock',
      severity: 'note',
      clusterId,
      instanceId: null,
      by: this.#user,
      text: `${cluster} locked again`,
    });
  }

  current(clusterId: string): Unlock | null {
    const open = this.#open.get(clusterId);
    if (!open) return null;
    if (this.#clock.monotonicMs() < open.untilMonotonicMs) return open.unlock;
    this.#open.delete(clusterId);
    return null;
  }

  /** @throws MidwatchError `cluster-locked` */
  require(clusterId: string, cluster: string): Unlock {
    const unlock = this.current(clusterId);
    if (unlock) return unlock;
    throw new MidwatchError('cluster-locked', `${cluster} is read-only`, {
      nextStep: 'Unlock it with a reason and a duration, then try again',
    });
  }
}
