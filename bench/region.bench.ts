import type { Bench } from './bench';
import { runFailovers } from './operations/failover-runs';
import { operationBench, type OperationBenchFlags } from './operations/operation-bench';

/**
 * How long nobody can write when the servers of a whole region were killed, from the moment that someone decides until
 * another region takes writes, against the bare statements; 80 ms there and back between the regions.
 */
export const benchRegion = (flags: OperationBenchFlags): Bench =>
  operationBench('region', { ...flags, scenario: 'payments', fleet: { hosts: true, wan: true } }, runFailovers);
