import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { RunSummary } from '@shared/model/run';
import { useNow } from '../../lib/clock';
import { formatAge, formatClock } from '../../lib/format';
import { navigate } from '../../lib/router';
import { IconArrowRight } from '../../ui/icons';
import { StatusBadge } from '../../ui/status-badge';

/** A run that stopped in the middle: before everything else, because writes may be refused until it is settled. */
export function WaitingCard({ run, focused }: { readonly run: RunSummary; readonly focused: boolean }): ReactNode {
  const now = useNow();
  const interrupted = run.state === 'interrupted';
  const headline = `${run.title}, ${interrupted ? 'interrupted' : 'stopped'}`;
  return (
    <article
      className={`need act run ${focused ? 'focused' : ''}`}
      data-row={run.runId}
      data-run={run.runId}
      data-state={run.state}
      aria-label={headline}
    >
      <div className="col">
        <div className="row">
          <StatusBadge mark="act">Act now</StatusBadge>
          <span className="label ellipsis">operation by {run.by}</span>
        </div>
        <h2 title={headline}>{headline}</h2>
        <div className="small nowrap">
          begun <b className="name">{formatAge(now - run.startedAtMs)}</b> ago, {formatClock(run.startedAtMs)}
        </div>
      </div>
      <div className="small c-t2">
        {interrupted ? 'The console ended in the middle of it.' : 'It could neither go on nor be undone.'} Writes may be
        refused until you continue it, roll it back or adopt it.
      </div>
      <Button
        color="red"
        h={34}
        fz={13}
        fullWidth
        rightSection={<IconArrowRight size={15} />}
        onClick={() => navigate({ name: 'run', runId: run.runId, stage: 'run' })}
      >
        {interrupted ? 'Open interrupted run' : 'Open the run that needs you'}
      </Button>
    </article>
  );
}
