import type { ReactNode } from 'react';
import type { PlannedStatement, StatementPhase, Step } from '@shared/model/plan';
import { formatMs } from '../../lib/format';
import { FactsList } from '../../ui/facts-list';
import { SqlBlock } from '../../ui/sql-block';
import { groupStatements } from './statement-groups';

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
                  ? step.pointOfNoReturn
                    ? 'None: from here on only forward'
                    : 'None'
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
  return groupStatements(statements).map((group) => (
    <div key={group.by} className="phase" data-by={group.by}>
      <div className="label" style={{ marginBottom: 3 }}>
        {word} {group.where}
      </div>
      {group.by === 'sql' ? <SqlBlock sql={group.text} /> : <pre className="sql framed">{group.text}</pre>}
    </div>
  ));
}
