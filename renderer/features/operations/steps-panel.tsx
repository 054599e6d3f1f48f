import { Button } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { Plan, PlannedStatement, StatementPhase, Step } from '@shared/model/operation';
import { call } from '../../lib/bridge';
import { formatMs, formatRemaining, plural } from '../../lib/format';
import { useNow } from '../../lib/clock';
import { FactsList } from '../../ui/facts-list';
import { IconDownload } from '../../ui/icons';
import { Panel } from '../../ui/panel';
import { SqlBlock } from '../../ui/sql-block';
import { StepList } from '../../ui/step-list';
import { plannedTotalMs } from './plan-words';

/** The plan itself: each step, and everything it would send, before it is sent. */
export function StepsPanel({ plan }: { readonly plan: Plan }): ReactNode {
  const [picked, setPicked] = useState<string | null>(null);
  const now = useNow();
  const shown =
    plan.steps.find((step) => step.id === picked) ?? plan.steps.find((step) => step.pointOfNoReturn) ?? plan.steps[0];
  const leftMs = plan.expiresAtMs - now;
  return (
    <Panel
      flush
      className="grow"
      title="Plan"
      note={`${plural(plan.steps.length, 'step')}, about ${formatMs(plannedTotalMs(plan.steps))}`}
      right={
        <>
          <span className={leftMs <= 0 ? 'c-watch' : ''}>
            {leftMs > 0 ? `valid ${formatRemaining(leftMs)} more, then asked again` : 'expired: ask again'}
          </span>
          <Button
            variant="subtle"
            color="gray"
            h={22}
            leftSection={<IconDownload size={13} />}
            onClick={() =>
              void call('app.saveText', {
                suggestedName: `plan-${plan.cluster}.json`,
                text: JSON.stringify(plan, null, 2),
              })
            }
          >
            Export plan
          </Button>
        </>
      }
    >
      <div className="plan-steps">
        <div className="scroll">
          <StepList
            selected={shown?.id ?? null}
            onSelect={setPicked}
            steps={plan.steps.map((step) => ({
              id: step.id,
              mark: 'todo',
              title: step.title,
              target: step.target,
              time: formatMs(step.plannedMs),
              pointOfNoReturn: step.pointOfNoReturn,
            }))}
          />
        </div>
        <div className="scroll" style={{ padding: '8px 12px' }} tabIndex={0} role="region" aria-label="Step">
          {shown && <StepDetail step={shown} number={plan.steps.indexOf(shown) + 1} />}
        </div>
      </div>
    </Panel>
  );
}

const phases: readonly { readonly phase: StatementPhase; readonly word: string }[] = [
  { phase: 'guard', word: 'Guard reads' },
  { phase: 'run', word: 'Run sends' },
  { phase: 'verify', word: 'Verify reads' },
  { phase: 'undo', word: 'Undo sends' },
];

/** One step: its statements by phase, and in words what guards, proves and undoes it. */
export function StepDetail({ step, number }: { readonly step: Step; readonly number: number }): ReactNode {
  return (
    <div data-testid="step-detail">
      <div className="row">
        <span className="name">
          Step {number}: {step.title}
        </span>
        <span className="label right nowrap">
          on {step.target}, limit {formatMs(step.timeoutMs)}
        </span>
      </div>
      {phases.map(({ phase, word }) => (
        <Statements key={phase} word={word} statements={step.statements.filter((each) => each.phase === phase)} />
      ))}
      <div style={{ marginTop: 8 }}>
        <FactsList
          labelWidth={76}
          facts={[
            { label: 'Guard', value: step.guard },
            { label: 'Verify', value: step.verify },
            {
              label: 'Undo',
              value:
                step.undo === null
                  ? 'None: from here on only forward'
                  : `${step.undo} (limit ${formatMs(step.undoTimeoutMs)})`,
            },
            { label: 'If unknown', value: step.ifUnknown },
            ...(step.optional ? [{ label: 'If it fails', value: 'Reported; the run goes on' }] : []),
          ]}
        />
      </div>
    </div>
  );
}

function Statements({
  word,
  statements,
}: {
  readonly word: string;
  readonly statements: readonly PlannedStatement[];
}): ReactNode {
  if (statements.length === 0) return null;
  const sameInstance = new Set(statements.map((each) => each.instance)).size === 1;
  const sql = statements
    .map((each) => (sameInstance ? `${each.sql};` : `${each.sql};  -- on ${each.instance}`))
    .join('\n');
  return (
    <div className="phase">
      <div className="label" style={{ marginBottom: 3 }}>
        {word}
        {sameInstance && ` on ${statements[0]?.instance ?? ''}`}
      </div>
      <SqlBlock sql={sql} />
    </div>
  );
}
