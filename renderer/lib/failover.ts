import type { ClusterState } from '@shared/model/fleet';
import { severityRank, type Finding } from '@shared/model/health';
import { planRoute, type Route } from './router';

/** Opens the failover plan of the worst cluster from anywhere. It only asks: nothing changes before the plan is approved. */
export const failoverKey = 'F2';

const lostPrimary = new Set<Finding['code']>(['primary-unreachable', 'primary-missing']);

/** The finding that says that the primary does not answer or that there is none. */
export const lostPrimaryOf = (cluster: ClusterState): Finding | undefined =>
  cluster.findings.find((finding) => lostPrimary.has(finding.code));

/** True for a red cluster without a primary that answers, and nobody at work on it yet. */
export const wantsFailover = (cluster: ClusterState): boolean =>
  cluster.severity === 'act' && cluster.runningOperation === null && lostPrimaryOf(cluster) !== undefined;

/** Where its failover is planned. */
export const failoverRoute = (cluster: ClusterState): Route => planRoute('failover', cluster.id);

/** Worst first: by severity, then who has no primary, then who has had none for longest, then by name so that rows do not jump. */
export function byUrgency(a: ClusterState, b: ClusterState): number {
  const since = (cluster: ClusterState): number =>
    wantsFailover(cluster) ? (lostPrimaryOf(cluster)?.sinceMs ?? 0) : Infinity;
  const waited = since(a) === since(b) ? 0 : since(a) - since(b);
  return (
    severityRank(a.severity) - severityRank(b.severity) ||
    waited ||
    a.name.localeCompare(b.name, 'en', { numeric: true })
  );
}

/** Clusters to fail over, worst first. */
export const failoverQueue = (clusters: readonly ClusterState[]): readonly ClusterState[] =>
  clusters.filter(wantsFailover).sort(byUrgency);
