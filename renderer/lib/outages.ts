import type { ClusterState } from '@shared/model/fleet';
import { failoverQueue } from './failover';
import { useFleet } from './fleet';
import { useOpenRuns } from './waiting-runs';

/**
 * Clusters to fail over, worst first; one with a run at work or stopped is not among them. The list of runs is asked anew at
 * the click that starts one, and so knows of it before the next look at the fleet does.
 */
export function useFailoverQueue(): readonly ClusterState[] {
  const clusters = useFleet()?.clusters ?? [];
  const open = useOpenRuns() ?? [];
  return failoverQueue(clusters).filter((cluster) => open.every((run) => run.clusterId !== cluster.id));
}
