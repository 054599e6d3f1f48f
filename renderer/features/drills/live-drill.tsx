import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Drill } from '@shared/model/drill';
import { useNow } from '../../lib/clock';
import { useFleet } from '../../lib/fleet';
import { formatSeconds } from '../../lib/format';
import { useWatch } from '../../lib/queries';
import { navigate, planRoute } from '../../lib/router';
import { ErrorCard } from '../../ui/error-card';
import { IconArrowRight } from '../../ui/icons';
import { Panel } from '../../ui/panel';
import { kindWord } from '../../ui/run-words';
import { SkeletonRows } from '../../ui/skeleton-rows';
import { StackedBar } from '../../ui/stacked-bar';
import { Stages } from '../../ui/stages';
import { StatusBadge } from '../../ui/status-badge';
import { drillMark, drillWord, phaseParts, regionsWord, stagesOf } from './drill-words';

/** A drill at work: its stages, its outage so far, and the one thing that a person may have to do. */
export function LiveDrill({
  drillId,
  listed,
}: {
  readonly drillId: string;
  readonly listed: Drill | undefined;
}): ReactNode {
  const watched = useWatch('drill.watch', { drillId });
  const drill = watched.data ?? listed;
  if (!drill) {
    return (
      <Panel className="none" title="Drill" note={drillId}>
        {watched.error ? <ErrorCard error={watched.error} /> : <SkeletonRows />}
      </Panel>
    );
  }
  const waits = drill.state === 'awaiting-approval';
  return (
    <Panel
      className="none"
      tone={waits ? 'watch' : drill.state === 'failed' ? 'act' : 'run'}
      title={`${kindWord(drill.kind)} drill: ${drill.cluster}${drill.toRegion === '' ? '' : `, ${regionsWord(drill)}`}`}
      note={drill.unattended ? 'unattended: it approves its own plan' : 'attended: you approve its plan'}
      right={<Elapsed drill={drill} />}
    >
      <div className="col" style={{ gap: 8 }} data-drill={drill.drillId} data-state={drill.state}>
        <div className="live-stages">
          <Stages names={stagesOf(drill)} at={drillWord(drill.state)} />
        </div>
        <div className="row">
          <StatusBadge mark={drillMark(drill.state)}>{drillWord(drill.state)}</StatusBadge>
          <span className="small">{liveWords(drill)}</span>
          <span className="grow" />
          <LiveAct drill={drill} />
        </div>
        {drill.phases.length > 0 && <StackedBar legend label="Outage so far" parts={phaseParts(drill)} />}
        {drill.error !== '' && (
          <StatusBadge mark="failed" plain>
            {drill.error}
          </StatusBadge>
        )}
      </div>
    </Panel>
  );
}

function Elapsed({ drill }: { readonly drill: Drill }): ReactNode {
  const now = useNow();
  return <span>for {formatSeconds(Math.max(0, ((drill.endedAtMs ?? now) - drill.startedAtMs) / 1_000))}</span>;
}

/** Approve, or look on: one button. */
function LiveAct({ drill }: { readonly drill: Drill }): ReactNode {
  const { runId } = drill;
  const cluster = useFleet()?.clusters.find((each) => each.id === drill.clusterId);
  const candidateId = cluster?.instances.find((each) => each.name === drill.newPrimary)?.id ?? null;
  if (drill.state === 'awaiting-approval') {
    return (
      <Button
        rightSection={<IconArrowRight size={14} />}
        onClick={() => navigate(planRoute(drill.kind, drill.clusterId, { candidateId }))}
      >
        Open its plan, then approve
      </Button>
    );
  }
  return runId === null ? null : (
    <Button
      variant="default"
      rightSection={<IconArrowRight size={14} />}
      onClick={() => navigate({ name: 'run', runId, stage: 'run' })}
    >
      Open the run
    </Button>
  );
}

function liveWords(drill: Drill): string {
  const { oldPrimary, cluster } = drill;
  switch (drill.state) {
    case 'preparing':
      return `Looking whether ${cluster} can be drilled; nothing is broken yet.`;
    case 'breaking':
      return drill.toRegion === ''
        ? `Killing ${oldPrimary} on purpose.`
        : `Killing every server of region ${drill.fromRegion} on purpose.`;
    case 'detecting':
      return `${oldPrimary} is gone; waiting until the verdict says so.`;
    case 'planning':
      return 'Asking every instance for the plan.';
    case 'awaiting-approval':
      return drill.kind === 'failover'
        ? `${oldPrimary} is gone and nobody takes writes: the clock runs until you approve.`
        : 'The plan is ready and waits for you.';
    case 'running':
      return 'The plan runs; the probe writes as an application would.';
    case 'measuring':
      return 'Counting the rows that were acknowledged.';
    case 'succeeded':
    case 'failed':
      return 'Ended: the evidence stands below.';
  }
}
