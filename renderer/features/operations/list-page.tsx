import { useState, type ReactNode } from 'react';
import { rowBindings, useKeys } from '../../lib/keyboard';
import { useCall } from '../../lib/queries';
import { navigate } from '../../lib/router';
import { plural } from '../../lib/format';
import { ErrorCard } from '../../ui/error-card';
import { OperationsTabs } from '../../ui/operations-tabs';
import { PageHead } from '../../ui/page';
import { Panel } from '../../ui/panel';
import { RunList, sortRuns } from '../../ui/run-list';
import { SkeletonRows } from '../../ui/skeleton-rows';
import { StatusBadge } from '../../ui/status-badge';

/** All runs of all clusters, those that wait for a person first. */
export function OperationsPage(): ReactNode {
  const answer = useCall('operation.list', {}, { everyMs: 3_000 });
  const [picked, setPicked] = useState<string | null>(null);
  const runs = answer.data ?? [];
  const waiting = runs.filter((run) => run.state === 'interrupted' || run.state === 'needs-attention').length;
  const open = (runId: string): void => {
    const run = runs.find((each) => each.runId === runId);
    if (run) navigate({ name: 'run', runId, stage: run.endedAtMs === null ? 'run' : 'report' });
  };
  useKeys(rowBindings({ ids: sortRuns(runs).map((run) => run.runId), selected: picked, select: setPicked, open }));
  return (
    <>
      <PageHead
        title="Operations"
        state={waiting > 0 && <StatusBadge mark="act">{plural(waiting, 'run needs', 'runs need')} you</StatusBadge>}
        facts="plans that were approved: what ran, what it proved, what is left"
      />
      <OperationsTabs at="operations" />
      <div className="page-body">
        <Panel
          flush
          className="grow"
          title="Runs"
          note={plural(runs.length, 'run')}
          right="unfinished first, then newest"
        >
          {answer.error && <ErrorCard error={answer.error} />}
          {answer.data === undefined && answer.error === null && <SkeletonRows />}
          {answer.data && (
            <RunList
              runs={runs}
              selected={picked}
              onOpen={(run) => open(run.runId)}
              emptyText="No operation ran yet. Open a cluster and choose “Plan switchover…”: it shows what would happen; nothing changes until you approve."
            />
          )}
        </Panel>
      </div>
    </>
  );
}
