import type { RunState, RunSummary } from '@shared/model/run';
import { useCall } from './queries';

const everyMs = 3_000;
const waits: readonly RunState[] = ['interrupted', 'needs-attention'];
const works: readonly RunState[] = ['running', 'cancelling', 'undoing', 'verifying'];

/** Runs at work, and those that wait for a person. */
export const useOpenRuns = (): readonly RunSummary[] | undefined =>
  useCall('operation.list', {}, { everyMs }).data?.filter((run) => [...waits, ...works].includes(run.state));

/** Runs that stopped with servers half changed until a person decides: the interrupted first. */
export function useWaitingRuns(): readonly RunSummary[] | undefined {
  return useOpenRuns()
    ?.filter((run) => waits.includes(run.state))
    .sort((a, b) => waits.indexOf(a.state) - waits.indexOf(b.state));
}
