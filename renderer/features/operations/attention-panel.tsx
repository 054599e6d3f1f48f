import { Button, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { ClusterState } from '@shared/model/fleet';
import type { RunView, StepStatus } from '@shared/model/operation';
import { useCluster } from '../../lib/fleet';
import { useAct } from '../../lib/queries';
import { ErrorCard } from '../../ui/error-card';
import { Panel } from '../../ui/panel';
import { stepMark } from '../../ui/run-words';
import { shownStatus } from './run-band';
import { SecretsForm, useSecretsWanted } from '../../ui/secrets-form';
import { StatusBadge } from '../../ui/status-badge';

const openWords: Readonly<Partial<Record<StepStatus, string>>> = {
  running: 'not known',
  unknown: 'not known',
  failed: 'not done',
  'undo-failed': 'not undone',
};

/** A run that stopped: what happened, each open step, what to do now, and the note of the person who looked. */
export function AttentionPanel({ run }: { readonly run: RunView }): ReactNode {
  const [note, setNote] = useState('');
  const acknowledge = useAct('operation.acknowledge', {
    done: () => 'Noted in the journal',
    refresh: ['operation.list'],
  });
  const rollBack = useAct('operation.rollBack', {
    done: () => `Rolled back: ${run.plan.impact.primary} takes writes again`,
    refresh: ['operation.list'],
  });
  const cluster = useCluster(run.plan.clusterId);
  const wanted = useSecretsWanted(cluster);
  const blind = rollBackRefusal(run, cluster, wanted.length > 0);
  const open = run.steps.filter((step) => openWords[step.status] !== undefined);
  const waits = run.state === 'interrupted' || run.state === 'needs-attention';
  return (
    <Panel tone={waits ? 'act' : 'watch'} className="none" title={waits ? 'Needs you' : 'What happened'}>
      <div className="col" style={{ gap: 8 }}>
        {run.error && <ErrorCard error={run.error} quiet={!waits} />}
        {run.nextStep !== '' && run.error?.nextStep !== run.nextStep && <div className="small">{run.nextStep}</div>}
        {run.state === 'interrupted' &&
          open.map((step) => (
            <StatusBadge key={step.stepId} mark={stepMark(shownStatus(run, step))} plain>
              {run.plan.steps.find((each) => each.id === step.stepId)?.title}: {openWords[step.status]}
            </StatusBadge>
          ))}
        {waits && cluster && wanted.length > 0 && (
          <div style={{ maxWidth: 440 }}>
            <SecretsForm cluster={cluster} />
          </div>
        )}
        {waits && !run.pastPointOfNoReturn && (
          <div className="row">
            <Button
              data-testid="roll-back"
              disabled={blind !== null}
              loading={rollBack.busy}
              onClick={() => rollBack.run({ runId: run.runId })}
            >
              Roll back, give writes back to {run.plan.impact.primary}
            </Button>
            {blind !== null && <span className="small c-watch">{blind}</span>}
          </div>
        )}
        {rollBack.error && <ErrorCard error={rollBack.error} />}
        {run.state === 'interrupted' && (
          <form
            className="row"
            onSubmit={(event) => {
              event.preventDefault();
              if (note.trim().length >= 3) acknowledge.run({ runId: run.runId, note: note.trim() });
            }}
          >
            <TextInput
              aria-label="Note"
              className="grow"
              placeholder="what you saw on the servers, for the journal"
              value={note}
              onChange={(event) => setNote(event.currentTarget.value)}
            />
            <Button type="submit" variant="default" disabled={note.trim().length < 3} loading={acknowledge.busy}>
              {note.trim().length < 3 ? 'Acknowledge: note missing' : 'Acknowledge: I looked at the servers'}
            </Button>
          </form>
        )}
        {acknowledge.error && <ErrorCard error={acknowledge.error} />}
      </div>
    </Panel>
  );
}

/** A roll-back that cannot reach the old primary gives no writes back: then it is not offered yet. */
function rollBackRefusal(run: RunView, cluster: ClusterState | undefined, wantsSecret: boolean): string | null {
  const { primary } = run.plan.impact;
  if (wantsSecret) return 'Not yet: a secret is missing';
  const seen = cluster?.instances.find((each) => each.name === primary);
  return seen?.reach === 'answering' ? null : `Not yet: ${primary} does not answer`;
}
