import { Button } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { AppError } from '@shared/errors';
import type { RunningPlan } from '@shared/ipc/query.contract';
import type { Session } from '@shared/model/instance';
import { formatTime } from '../../lib/format';
import { useAct } from '../../lib/queries';
import { Age } from '../../ui/age';
import { ErrorCard } from '../../ui/error-card';
import { IconX } from '../../ui/icons';
import { Panel } from '../../ui/panel';
import { PlanTree } from '../../ui/plan-tree';
import { StatusBadge, type Mark } from '../../ui/status-badge';

/** How the plan of the selected session is asked for, and its panel; null where none is shown. */
export interface PlanNow {
  readonly ask: () => void;
  readonly busy: boolean;
  readonly panel: ReactNode;
}

interface Shown {
  readonly sessionId: number;
  readonly plan: RunningPlan;
  readonly atMs: number;
}

/** A session that does something, and of which the server lists what: others have no plan. */
export const mayHavePlan = (session: Session | null): boolean =>
  session?.kind === 'running' && session.statement !== '';

/** Asks for the plan of what the selected session runs. What came stays when the session ends, and goes with another one. */
export function usePlanNow(instanceId: string, selected: number | null, session: Session | null): PlanNow {
  const explain = useAct('query.explainRunning');
  const [answer, setAnswer] = useState<Shown | null>(null);
  const [askedOf, setAskedOf] = useState<number | null>(null);
  const shown = answer !== null && answer.sessionId === selected ? answer : null;
  const error = askedOf !== null && askedOf === selected ? explain.error : null;
  return {
    busy: explain.busy,
    ask: () => {
      if (selected === null || explain.busy || !mayHavePlan(session)) return;
      setAskedOf(selected);
      explain.run({ instanceId, sessionId: selected }, (plan) =>
        setAnswer({ sessionId: selected, plan, atMs: Date.now() }),
      );
    },
    panel:
      selected === null || (shown === null && error === null) ? null : (
        <PlanNowPanel
          sessionId={selected}
          session={session}
          answer={shown}
          error={error}
          onClose={() => {
            setAnswer(null);
            explain.clear();
          }}
        />
      ),
  };
}

function PlanNowPanel({
  sessionId,
  session,
  answer,
  error,
  onClose,
}: {
  readonly sessionId: number;
  readonly session: Session | null;
  readonly answer: Shown | null;
  readonly error: AppError | null;
  readonly onClose: () => void;
}): ReactNode {
  return (
    <Panel
      flush
      className="none plan-now"
      title={`Plan of session ${sessionId}`}
      note={answer?.plan.instance}
      right={
        <>
          {answer !== null && <Age atMs={answer.atMs} prefix="asked " suffix=" ago" />}
          <Button variant="subtle" color="gray" h={22} leftSection={<IconX size={12} />} onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      <div className="scroll" tabIndex={0} data-testid="plan-now">
        {error && <ErrorCard error={error} />}
        {answer !== null && <PlanNowBody running={answer.plan} session={session} />}
      </div>
    </Panel>
  );
}

function PlanNowBody({
  running,
  session,
}: {
  readonly running: RunningPlan;
  readonly session: Session | null;
}): ReactNode {
  const { explained, because, findings } = running;
  const { mark, words } = basisOf(running);
  const meanwhile = explained.kind === 'plan' ? sinceThen(running.statement, session) : '';
  return (
    <>
      <div className="panel-body col" style={{ gap: 4 }}>
        <StatusBadge mark={mark}>{words}</StatusBadge>
        {because !== '' && <span className="small c-t2">{because}</span>}
        {explained.kind === 'refused' && <span className="small">{explained.refusal.reason}</span>}
        {meanwhile !== '' && <StatusBadge mark="note">{meanwhile}</StatusBadge>}
      </div>
      {explained.kind === 'plan' && <PlanTree plan={explained.plan} unfinished={running.soFarMs !== null} />}
      {findings.length > 0 && (
        <div className="panel-body col small" style={{ gap: 4 }}>
          {findings.map((finding, index) => (
            <div key={`${finding.code}${index}`}>
              {finding.evidence}. <span className="c-t2">{finding.advice}</span>
            </div>
          ))}
        </div>
      )}
    </>
  );
}

/** Whose plan it is, and how far it got: nobody may take an estimate for what runs. */
function basisOf({ explained, basis, soFarMs }: RunningPlan): { readonly mark: Mark; readonly words: string } {
  if (explained.kind === 'refused') return { mark: 'watch', words: 'No plan' };
  if (basis === 'text') {
    return { mark: 'watch', words: 'Not the plan that runs: what the server would choose for the same text now' };
  }
  return soFarMs === null
    ? { mark: 'run', words: 'The plan that runs, as it was estimated before it began' }
    : { mark: 'run', words: `The plan that runs, with its figures after ${formatTime(soFarMs / 1000)}` };
}

/** What became of the statement since its plan was asked; '' while it runs. The list may keep only its beginning. */
function sinceThen(statement: string, session: Session | null): string {
  if (session === null) return 'The session has ended since';
  if (session.statement === '') return 'The statement has ended since';
  const listed = session.statement.replace(/\uFFFD$/, '');
  return statement.startsWith(listed) ? '' : 'That statement has ended since: the session runs another one';
}
