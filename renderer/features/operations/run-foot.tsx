import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { RunView } from '@shared/model/run';
import { useAct } from '../../lib/queries';
import { navigate } from '../../lib/router';
import { DecisionBar } from '../../ui/decision-bar';
import { ErrorCard } from '../../ui/error-card';
import { IconArrowRight } from '../../ui/icons';
import { StatusIcon } from '../../ui/status-badge';
import { backTo, footWords } from './kind-words';
import { isStopped } from './settle-words';

/** Foot of a run: cancel while it can be taken back, forward only after; the report at the end. */
export function RunFoot({ run }: { readonly run: RunView }): ReactNode {
  const cancel = useAct('operation.cancel', { done: () => 'Cancel asked: taken back at the next step boundary' });
  const stopped = isStopped(run);
  if (run.endedAtMs !== null || stopped) {
    return (
      <DecisionBar>
        <StatusIcon mark="note" />
        <span className="grow">
          {stopped
            ? 'The run has stopped and sends nothing until a person decides.'
            : run.nextStep || 'The run has ended. The report says what it proved and what is left to do.'}
        </span>
        <Button
          h={32}
          // One filled button a screen: a stopped run has its own, the recommended way out.
          variant={stopped ? 'default' : 'filled'}
          rightSection={<IconArrowRight size={14} />}
          onClick={() => navigate({ name: 'run', runId: run.runId, stage: 'report' })}
        >
          Open report
        </Button>
      </DecisionBar>
    );
  }
  const undoing = run.state === 'cancelling' || run.state === 'undoing';
  return (
    <>
      {cancel.error && (
        <div style={{ padding: '0 14px 8px' }}>
          <ErrorCard error={cancel.error} />
        </div>
      )}
      <DecisionBar>
        <StatusIcon mark="note" />
        <span className="grow" style={{ fontSize: 12.5 }}>
          {footWords(run, undoing)}
        </span>
        {run.cancellable ? (
          <Button variant="default" h={32} loading={cancel.busy} onClick={() => cancel.run({ runId: run.runId })}>
            Cancel, {backTo(run.plan)}
          </Button>
        ) : (
          <Button variant="default" h={32} disabled>
            {undoing ? 'Cancel: already undoing' : 'Cancel: past the point of no return'}
          </Button>
        )}
      </DecisionBar>
    </>
  );
}
