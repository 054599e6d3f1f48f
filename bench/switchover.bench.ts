import type { Bench } from './bench';
import { operationBench, type OperationBenchFlags } from './operations/operation-bench';
import { runSwitchovers } from './operations/switchover-runs';

/** How long nobody can write during a planned switchover, against the bare statements that it cannot do without. */
export const benchSwitchover = (flags: OperationBenchFlags): Bench =>
  operationBench('switchover', flags, async (up, options) => runSwitchovers(await up(), options));
