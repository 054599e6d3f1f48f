import { Button, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { Reconciliation, RunView } from '@shared/model/run';
import { useAct } from '../../lib/queries';
import { ErrorCard } from '../../ui/error-card';
import { StatusBadge } from '../../ui/status-badge';
import { settleLabel } from './settle-words';

const leastNote = 3;
const refresh = ['operation.list', 'operation.look'] as const;

/** Continue, roll back or adopt: one card each, the recommended first; what is impossible says why. */
export function SettleChoices({
  run,
  choices,
}: {
  readonly run: RunView;
  readonly choices: Reconciliation['choices'];
}): ReactNode {
  const resume = useAct('operation.resume', { refresh });
  const rollBack = useAct('operation.rollBack', { done: () => 'Rolled back: what was done is undone', refresh });
  const adopt = useAct('operation.adopt', { done: () => 'Adopted: your note is in the journal', refresh });
  const [note, setNote] = useState('');
  const busy = resume.busy || rollBack.busy || adopt.busy;
  const { runId } = run;
  const error = resume.error ?? rollBack.error ?? adopt.error;
  return (
    <>
      <div className="settle" role="group" aria-label="Ways out">
        {choices.map(({ choice, possible, recommended, why }) => {
          const noteMissing = choice === 'adopt' && possible && note.trim().length < leastNote;
          const act = { continue: resume, 'roll-back': rollBack, adopt }[choice];
          const send = (): void => {
            if (choice === 'continue') resume.run({ runId });
            else if (choice === 'roll-back') rollBack.run({ runId });
            else adopt.run({ runId, note: note.trim() });
          };
          return (
            <div key={choice} className="settle-choice" data-choice={choice} data-possible={possible}>
              {recommended && <StatusBadge mark="run">Recommended</StatusBadge>}
              {!possible && <StatusBadge mark="skipped">Not possible now</StatusBadge>}
              <span className={possible ? 'small' : 'small c-t2'}>{why}</span>
              {choice === 'adopt' && possible && (
                <TextInput
                  aria-label="Note"
                  placeholder="what you saw on the servers, for the journal"
                  value={note}
                  onChange={(event) => setNote(event.currentTarget.value)}
                />
              )}
              <span className="grow" />
              <Button
                fullWidth
                data-testid={choice}
                variant={recommended ? 'filled' : 'default'}
                disabled={!possible || noteMissing || (busy && !act.busy)}
                title={possible ? '' : why}
                loading={act.busy}
                onClick={send}
              >
                {noteMissing ? 'Adopt: note missing' : settleLabel(choice, run.plan)}
              </Button>
            </div>
          );
        })}
      </div>
      {error && <ErrorCard error={error} />}
    </>
  );
}
