import type { QueryClient } from '@tanstack/react-query';
import type { FleetSnapshot, Unlock } from '@shared/model/fleet';
import { fleetKey } from './fleet';
import { formatClock } from './format';
import { useAct, type Act } from './queries';

/** Unlocking and locking of clusters: nothing on a locked cluster can be changed. */
export interface UnlockActs {
  readonly unlock: Act<'cluster.unlock'>;
  readonly lock: Act<'cluster.lock'>;
}

/** The screen follows the answer at once; the next snapshot says the same. */
export function useUnlock(): UnlockActs {
  const unlock = useAct('cluster.unlock', {
    done: (given) => `Unlocked until ${formatClock(given.untilMs)} UTC`,
    patch: (client, given) => setUnlock(client, given.clusterId, given),
  });
  const lock = useAct('cluster.lock', {
    done: () => 'Locked: read-only again',
    patch: (client, _, { clusterId }) => setUnlock(client, clusterId, null),
  });
  return { unlock, lock };
}

function setUnlock(client: QueryClient, clusterId: string, unlock: Unlock | null): void {
  client.setQueryData<FleetSnapshot>(
    fleetKey,
    (fleet) =>
      fleet && {
        ...fleet,
        clusters: fleet.clusters.map((cluster) => (cluster.id === clusterId ? { ...cluster, unlock } : cluster)),
      },
  );
}
