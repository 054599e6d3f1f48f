import type { ClusterState } from '@shared/model/fleet';
import { failoverQueue } from './failover';
import { useFleet } from './fleet';
import { useInterruptedRuns } from './waiting-runs';

/** Clusters to fail over, worst first; one with an interrupted run is not among them: that run is settled first. */
export function useFailoverQueue(): readonly ClusterState[] {
  const clusters = useFleet()?.clusters ?? [];
  const interrupted = useInterruptedRuns() ?? [];
  return failoverQueue(clusters).filter((cluster) => interrupted.every((run) => run.clusterId !== cluster.id));
}
