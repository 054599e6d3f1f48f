import type { ClusterState } from '@shared/model/fleet';
import type { Report } from '@shared/model/report';
import { asideOf, followersOf, isAside, standsAside } from '../../lib/instance-acts';
import { planRoute, type PlanRoute } from '../../lib/router';

/** The operation that a report leads to. */
export interface NextOperation {
  readonly label: string;
  readonly why: string;
  readonly route: PlanRoute;
}

/** The way on that a rejoin was planned with when the old data cannot be kept. */
const reprovisionChoice = 're-provision';

/**
 * What follows a run that succeeded: the old primary comes back by a rejoin, after those that still follow it; where its data
 * cannot be kept, it is filled anew; then the next that stands aside. null: nothing does.
 */
export function nextOperation(
  report: Pick<Report, 'state' | 'plan'>,
  cluster: ClusterState | undefined,
): NextOperation | null {
  const { plan, state } = report;
  if (state !== 'succeeded' || !cluster) return null;
  const find = (name: string): ClusterState['instances'][number] | undefined =>
    cluster.instances.find((each) => each.name === name);
  if (plan.kind === 'failover') {
    const old = find(plan.impact.primary);
    // It follows again already: somebody, or an earlier rejoin, has brought it back.
    if (!old || old.id === cluster.primaryId || old.channels.length > 0) return null;
    // A region that was lost as a whole comes back from below.
    const below = standsAside(cluster, old) && followersOf(cluster, old).length > 0 ? asideOf(cluster) : undefined;
    if (below && below.id !== old.id)
      return rejoinOf(below, plan.clusterId, `${below.name} still follows ${old.name}: it comes back first`);
    return {
      label: `Rejoin ${old.name}…`,
      why:
        old.reach === 'answering'
          ? `${old.name} answers and is kept closed: what only it holds is shown before anything is thrown away`
          : `${old.name} does not answer yet: start it, it is closed at first sight; then it can come back as a replica`,
      route: planRoute('rejoin', plan.clusterId, { instanceId: old.id }),
    };
  }
  const chosen = plan.choices.find((each) => each.chosen);
  const returned = find(plan.impact.candidate);
  if (plan.kind === 'rejoin' && chosen?.code === reprovisionChoice && returned && isAside(cluster, returned))
    return {
      label: `Re-provision ${returned.name}…`,
      why: `Its evidence is saved and it is closed: what is left is to fill it anew from another instance`,
      route: planRoute('reprovision', plan.clusterId, { instanceId: returned.id }),
    };
  const aside = plan.kind === 'reprovision' ? asideOf(cluster) : undefined;
  return aside && aside.id !== returned?.id
    ? rejoinOf(aside, plan.clusterId, `${aside.name} still stands beside the primary`)
    : null;
}

const rejoinOf = (instance: ClusterState['instances'][number], clusterId: string, why: string): NextOperation => ({
  label: `Rejoin ${instance.name}…`,
  why: `${why}; what only it holds is shown before anything is thrown away`,
  route: planRoute('rejoin', clusterId, { instanceId: instance.id }),
});
