import type { Activity } from '@shared/model/activity';
import type { Clock } from '../ports/clock';
import type { ActivityStore } from '../ports/store';

/** The append-only log of who did what and what changed, with its listeners. */
export class ActivityLog {
  readonly #store: ActivityStore;
  readonly #clock: Clock;
  readonly #listeners = new Set<(activity: Activity) => void>();

  constructor(store: ActivityStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  note(entry: Omit<Activity, 'seq' | 'atMs'>): Activity {
    const activity = this.#store.append({ ...entry, atMs: this.#clock.nowMs() });
    for (const listener of this.#listeners) listener(activity);
    return activity;
  }

  list(query: Parameters<ActivityStore['list']>[0]): readonly Activity[] {
    return this.#store.list(query);
  }

  onActivity(listener: (activity: Activity) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
