import type { RunSummary } from '@shared/model/operation';
import { useCall } from './queries';

const everyMs = 3_000;

/** Runs in the middle of which the console ended: servers may stand half changed until a person decides. */
export function useInterruptedRuns(): readonly RunSummary[] | undefined {
  return useCall('operation.list', {}, { everyMs }).data?.filter((run) => run.state === 'interrupted');
}
