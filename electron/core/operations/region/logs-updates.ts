import type { ReachedInstance } from '../cluster-reading';

/** True when others can follow it: it has a binary log, and what it replicates goes into it. */
export function logsWhatItApplies({ facts }: Pick<ReachedInstance, 'facts'>): boolean {
  const on = (name: string): boolean => /^(on|1)$/i.test(facts.variables.get(name) ?? '');
  return on('log_bin') && (on('log_replica_updates') || on('log_slave_updates'));
}
