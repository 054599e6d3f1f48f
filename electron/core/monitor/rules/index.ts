import { reachRules } from './reach-rules';
import { replicationRules } from './replication-rules';
import type { Rule } from './rule';
import { serverRules } from './server-rules';

/** The one table of rules. A finding exists because a row here matched, and for no other reason. */
export const rules: readonly Rule[] = [...reachRules, ...replicationRules, ...serverRules];
