import type { ReactNode } from 'react';
import type { Plan } from '@shared/model/plan';
import { StatusIcon } from '../../ui/status-badge';
import { TypedField } from '../../ui/typed-field';

/** A fence that no one can prove: what the person swears, and the words that make it so. */
export function AttestationField({
  attestation,
  value,
  onChange,
}: {
  readonly attestation: NonNullable<Plan['attestation']>;
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactNode {
  return (
    <div className="over-decision" role="group" aria-label="Attestation">
      <div className="attestation">
        <StatusIcon mark="watch" />
        <span className="grow">
          <b className="name">You swear: </b>
          {attestation.statement}
        </span>
        <TypedField
          label={`Type “${attestation.expected}”`}
          expected={attestation.expected}
          width={200}
          value={value}
          onChange={onChange}
        />
      </div>
    </div>
  );
}
