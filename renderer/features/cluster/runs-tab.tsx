import type { ReactNode } from 'react';
import { useCall } from '../../lib/queries';
import { navigate } from '../../lib/router';
import { ErrorCard } from '../../ui/error-card';
import { Panel } from '../../ui/panel';
import { RunList } from '../../ui/run-list';
import { SkeletonRows } from '../../ui/skeleton-rows';

/** Operations of this cluster. */
export function RunsTab({ clusterId }: { readonly clusterId: string }): ReactNode {
  const runs = useCall('operation.list', { clusterId }, { everyMs: 5_000 });
  return (
    <Panel flush className="grow" title="Operations" note="this cluster">
      {runs.error && <ErrorCard error={runs.error} />}
      {runs.data ? (
        <RunList
          runs={runs.data}
          emptyText="No operation ran on this cluster yet. “Plan switchover…” shows what one would do; nothing changes."
          onOpen={(run) =>
            navigate({ name: 'run', runId: run.runId, stage: run.endedAtMs === null ? 'run' : 'report' })
          }
        />
      ) : (
        runs.error === null && <SkeletonRows />
      )}
    </Panel>
  );
}
