import type { Bench } from './bench';
import { runFailovers } from './operations/failover-runs';
import { operationBench, type OperationBenchFlags } from './operations/operation-bench';

/**
 * How long nobody can write when a primary was killed, from the moment that someone decides, against the bare statements.
 * The fleet has semi-sync and hosts, so that nothing needs to be attested and nothing is lost.
 */
export const benchFailover = (flags: OperationBenchFlags): Bench =>
  operationBench('failover', { ...flags, fleet: { hosts: true, semiSync: true } }, runFailovers);
