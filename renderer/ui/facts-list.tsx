import { Fragment, type ReactNode } from 'react';

export interface Fact {
  readonly label: string;
  readonly value: ReactNode;
}

/** Label and value, one under the other. */
export function FactsList({
  facts,
  labelWidth = 96,
}: {
  readonly facts: readonly Fact[];
  readonly labelWidth?: number;
}): ReactNode {
  return (
    <dl className="facts-list" style={{ '--facts-label': `${labelWidth}px` }}>
      {facts.map((fact) => (
        <Fragment key={fact.label}>
          <dt>{fact.label}</dt>
          <dd>{fact.value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}
