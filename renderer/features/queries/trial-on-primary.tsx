import { Checkbox } from '@mantine/core';
import type { ReactNode } from 'react';
import type { InstanceState } from '@shared/model/fleet';

/** A server that follows nobody takes the writes, or may: an index is built there only by choice. */
export const mayBePrimary = (instance: InstanceState | undefined): boolean =>
  instance !== undefined && ['primary', 'standalone', 'unknown'].includes(instance.role);

/** What a trial costs a primary, and the choice to make it there all the same. */
export function TrialOnPrimary({
  instance,
  checked,
  onChange,
}: {
  readonly instance: InstanceState;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}): ReactNode {
  return (
    <div className="panel-body small" data-testid="on-primary">
      <Checkbox
        label={`Build it on ${instance.name}, which ${instance.role === 'primary' ? 'is the primary' : 'follows nobody and may be a primary'}`}
        checked={checked}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <div className="c-t2" style={{ marginTop: 4 }}>
        The build reads the whole table and sorts it on the disk that takes the writes: up to 10 minutes, tables up to
        10 GiB. Writes go on; at its begin and end it waits up to 3 s for the table, at the removal up to 5 s, and
        whoever comes behind waits with it. Until the removal every write keeps the index up. The statement itself runs
        four times, 30 s each at most. Nothing of it reaches a replica. The cluster must be unlocked. A replica without
        super_read_only gives the same answer for less.
      </div>
    </div>
  );
}
