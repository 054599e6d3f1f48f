import type { Act } from './queries';
import { useAct } from './queries';
import { formatClock } from './format';

/** Unlocking and locking of clusters: nothing on a locked cluster can be changed. */
export interface UnlockActs {
  readonly unlock: Act<'cluster.unlock'>;
  readonly lock: Act<'cluster.lock'>;
}

export function useUnlock(): UnlockActs {
  const unlock = useAct('cluster.unlock', { done: (given) => `Unlocked until ${formatClock(given.untilMs)} UTC` });
  const lock = useAct('cluster.lock', { done: () => 'Locked: read-only again' });
  return { unlock, lock };
}
