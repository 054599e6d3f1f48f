import { Button, NumberInput, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { AppError } from '@shared/errors';
import { ErrorCard } from './error-card';
import { IconLockOpen } from './icons';

const leastReason = 3;

/** Unlocks a cluster in place: why and for how long. Read-only is the normal state, so both must be said. */
export function UnlockForm({
  cluster,
  busy,
  error,
  onUnlock,
  onClose,
  focus = true,
  why,
}: {
  readonly cluster: string;
  readonly busy: boolean;
  readonly error: AppError | null;
  readonly onUnlock: (reason: string, minutes: number) => void;
  readonly onClose?: () => void;
  /** Takes the focus: only where the person has just asked for the form. */
  readonly focus?: boolean;
  /** Said before the fields, in one line with them: where height is dear. */
  readonly why?: string;
}): ReactNode {
  const [reason, setReason] = useState('');
  const [minutes, setMinutes] = useState(30);
  const labelOf = (text: string): { readonly label?: string; readonly 'aria-label'?: string } =>
    why === undefined ? { label: text } : { 'aria-label': text };
  const ready = reason.trim().length >= leastReason;
  return (
    <form
      className="col"
      aria-label={`Unlock ${cluster}`}
      style={{ gap: 8 }}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onUnlock(reason.trim(), minutes);
      }}
    >
      <div className="row" style={{ alignItems: why === undefined ? 'flex-end' : 'center', flexWrap: 'wrap' }}>
        {why !== undefined && <span className="small c-t2 unlock-why">{why}</span>}
        <TextInput
          {...labelOf('Reason')}
          placeholder="written to the activity log"
          value={reason}
          autoFocus={focus}
          className="grow"
          style={{ minWidth: 160 }}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <NumberInput
          {...labelOf('Minutes')}
          {...(why === undefined ? {} : { suffix: ' min' })}
          value={minutes}
          min={1}
          max={480}
          w={84}
          onChange={(value) => setMinutes(typeof value === 'number' ? value : 30)}
        />
        <Button type="submit" disabled={!ready} loading={busy} leftSection={<IconLockOpen size={14} />}>
          {ready ? `Unlock ${cluster} for ${minutes} min` : 'Unlock: reason missing'}
        </Button>
        {onClose && (
          <Button variant="default" onClick={onClose}>
            Leave locked
          </Button>
        )}
      </div>
      {error && <ErrorCard error={error} />}
    </form>
  );
}
