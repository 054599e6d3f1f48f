import { Button } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { AppError } from '@shared/errors';
import { ErrorCard } from '../../ui/error-card';

/** Save, and remove behind a second press in place that names what goes. */
export function FormFoot({
  name,
  removes,
  changed,
  refusal = null,
  busy,
  error,
  onSave,
  onRemove,
}: {
  readonly name: string;
  /** What removing takes away, in words. */
  readonly removes: string;
  readonly changed: boolean;
  /** What is missing before it can be saved. */
  readonly refusal?: string | null;
  readonly busy: boolean;
  readonly error: AppError | null;
  readonly onSave: () => void;
  readonly onRemove: () => void;
}): ReactNode {
  const [asking, setAsking] = useState(false);
  return (
    <div style={{ borderTop: '1px solid var(--line)', padding: '9px 12px' }} className="col none">
      {error && (
        <div style={{ marginBottom: 8 }}>
          <ErrorCard error={error} />
        </div>
      )}
      {asking ? (
        <div className="col" style={{ gap: 7 }}>
          <span className="small">{removes} No server is touched.</span>
          <div className="row">
            <Button variant="outline" color="red" loading={busy} onClick={onRemove}>
              Remove {name}
            </Button>
            <Button variant="default" onClick={() => setAsking(false)}>
              Keep {name}
            </Button>
          </div>
        </div>
      ) : (
        <div className="row">
          <Button disabled={!changed || refusal !== null} loading={busy} onClick={onSave}>
            {!changed ? 'Saved' : refusal === null ? `Save ${name}` : `Save: ${refusal}`}
          </Button>
          <span className="grow" />
          <Button variant="subtle" color="red" onClick={() => setAsking(true)}>
            Remove {name}…
          </Button>
        </div>
      )}
    </div>
  );
}
