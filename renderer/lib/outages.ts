import type { ClusterState } from '@shared/model/fleet';
import { failoverQueue } from './failover';
import { useFleet } from './fleet';
import { useWaitingRuns } from './waiting-runs';

/** Clusters to fail over, worst first; one with a run that stopped is not among them: that run is settled first. */
export function useFailoverQueue(): readonly ClusterState[] {
  const clusters = useFleet()?.clusters ?? [];
  const waiting = useWaitingRuns() ?? [];
  return failoverQueue(clusters).filter((cluster) => waiting.every((run) => run.clusterId !== cluster.id));
}
