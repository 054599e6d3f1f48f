import type { ReachedInstance } from '../cluster-reading';
import type { Party } from './step-data';

/** By what address siblings reach it: what it announces, else what the inventory says. */
export const partyOf = ({ instance, facts }: ReachedInstance): Party => ({
  id: instance.id,
  name: instance.name,
  host: facts.variables.get('report_host') || instance.host,
  port: Number(facts.variables.get('report_port') || 0) || instance.port,
  serverId: facts.serverId,
});
