import type { Cluster } from '@shared/model/inventory';
import type { ReachedInstance } from '../cluster-reading';
import type { Party, TrafficPlan } from './step-data';

/** By what address siblings reach it: what it announces, else what the inventory says. */
export const partyOf = ({ instance, facts }: ReachedInstance): Party => ({
  id: instance.id,
  name: instance.name,
  host: facts.variables.get('report_host') || instance.host,
  port: Number(facts.variables.get('report_port') || 0) || instance.port,
  serverId: facts.serverId,
});

/** The hook in words for people; its token never stands here. */
export function trafficPlanOf({ traffic }: Cluster): TrafficPlan {
  const hook = traffic?.repoint;
  return {
    hook: hook === undefined ? null : hook.kind === 'shell' ? hook.command : `POST ${hook.url}`,
    endpoint: traffic?.endpoint ? `${traffic.endpoint.host}:${traffic.endpoint.port}` : null,
  };
}
