import type { RunState, RunSummary } from '@shared/model/run';
import { useCall } from './queries';

const everyMs = 3_000;
const waits: readonly RunState[] = ['interrupted', 'needs-attention'];

/** Runs that stopped with servers half changed until a person decides: the interrupted first. */
export function useWaitingRuns(): readonly RunSummary[] | undefined {
  return useCall('operation.list', {}, { everyMs })
    .data?.filter((run) => waits.includes(run.state))
    .sort((a, b) => waits.indexOf(a.state) - waits.indexOf(b.state));
}
