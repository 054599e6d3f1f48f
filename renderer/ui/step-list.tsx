import { Fragment, type ReactNode } from 'react';
import './step-list.css';
import { StatusIcon, type Mark } from './status-badge';

/** One step as the list draws it. */
export interface StepRow {
  readonly id: string;
  readonly mark: Mark;
  readonly title: string;
  readonly target: string;
  /** Second line: the proof, what it waits for, or the error. */
  readonly detail?: ReactNode;
  /** Right side: planned, or measured / planned. */
  readonly time: ReactNode;
  readonly pointOfNoReturn: boolean;
  readonly waiting?: boolean;
}

/** Steps of an operation; the point of no return is a line between them. */
export function StepList({
  steps,
  selected,
  onSelect,
  lineText = 'Point of no return',
}: {
  readonly steps: readonly StepRow[];
  readonly selected: string | null;
  readonly onSelect?: (id: string) => void;
  readonly lineText?: string;
}): ReactNode {
  return (
    <ol className="step-list" aria-label="Steps">
      {steps.map((step, index) => (
        <Fragment key={step.id}>
          {step.pointOfNoReturn && (
            <li className="step-line" data-testid="point-of-no-return">
              {lineText}
              <i />
              forward only
            </li>
          )}
          <li data-step={step.id} data-status={step.mark}>
            <StepLine step={step} number={index + 1} selected={step.id === selected} onSelect={onSelect} />
          </li>
        </Fragment>
      ))}
    </ol>
  );
}

function StepLine({
  step,
  number,
  selected,
  onSelect,
}: {
  readonly step: StepRow;
  readonly number: number;
  readonly selected: boolean;
  readonly onSelect: ((id: string) => void) | undefined;
}): ReactNode {
  const className = `step ${step.detail === undefined ? '' : 'tall'} ${selected ? 'selected' : ''} ${step.waiting ? 'waiting' : ''}`;
  const body = (
    <>
      <span className="c-t3 num">{number}</span>
      <StatusIcon mark={step.mark} size={14} />
      <span className="col">
        <span className="row" style={{ gap: 8 }}>
          <span className="ellipsis" style={{ fontWeight: selected ? 600 : 500 }}>
            {step.title}
          </span>
          <span className="label ellipsis">{step.target}</span>
        </span>
        {step.detail !== undefined && <span className="label ellipsis">{step.detail}</span>}
      </span>
      <span className="num nowrap">{step.time}</span>
    </>
  );
  return onSelect ? (
    <button type="button" className={className} aria-pressed={selected} onClick={() => onSelect(step.id)}>
      {body}
    </button>
  ) : (
    <div className={className}>{body}</div>
  );
}
