import { Button, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { AppError } from '@shared/errors';
import { useAct } from '../lib/queries';
import { ErrorCard } from './error-card';
import { FactsList } from './facts-list';

const text = (error: AppError, name: string): string => String(error.details[name] ?? '');

/** Fingerprint that the host offers now, whichever way the error carries it. */
export const offeredKey = (error: AppError): string => text(error, 'offered') || text(error, 'fingerprint');

/**
 * What a person may do about a host key. Unknown: compare, then trust. Changed: blocked; a replacement is offered only
 * after a second look showed the same new key, and only by typing the host's name.
 */
export function HostKeyActs({
  error,
  seenOffers,
  onTestAgain,
}: {
  readonly error: AppError;
  readonly seenOffers: ReadonlySet<string>;
  readonly onTestAgain: () => void;
}): ReactNode {
  const trust = useAct('inventory.trustHostKey', { done: () => 'Host key pinned' });
  const fingerprint = offeredKey(error);
  const host = text(error, 'host');
  const port = Number(error.details.port ?? 22);
  const pin = (): void => trust.run({ host, port, fingerprint }, onTestAgain);
  const refused = trust.error && <ErrorCard error={trust.error} />;
  if (error.code === 'host-key-unknown') {
    return (
      <div className="col grow" style={{ gap: 8 }}>
        <FactsList facts={[{ label: 'Offered key', value: <span className="mono">{fingerprint}</span> }]} />
        <span className="label">Compare it with what the owner of {host} gave you by another way.</span>
        <span className="row">
          <Button loading={trust.busy} disabled={fingerprint === ''} onClick={pin}>
            Trust this key, test again
          </Button>
        </span>
        {refused}
      </div>
    );
  }
  if (error.code === 'host-key-changed') {
    return (
      <div className="col grow" style={{ gap: 8 }}>
        <FactsList
          facts={[
            { label: 'Pinned key', value: <span className="mono">{text(error, 'pinned')}</span> },
            { label: 'Offered key', value: <span className="mono c-act">{fingerprint}</span> },
          ]}
        />
        {seenOffers.has(fingerprint) ? (
          <ReplaceKey host={host} busy={trust.busy} onReplace={pin} />
        ) : (
          <span className="label">
            Blocked. Ask the owner of {host} whether its key was changed, then test again; only then can the pinned key
            be replaced.
          </span>
        )}
        {refused}
      </div>
    );
  }
  return null;
}

function ReplaceKey({
  host,
  busy,
  onReplace,
}: {
  readonly host: string;
  readonly busy: boolean;
  readonly onReplace: () => void;
}): ReactNode {
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState('');
  if (!open) {
    return (
      <span className="row">
        <Button variant="default" onClick={() => setOpen(true)}>
          Replace pinned key…
        </Button>
      </span>
    );
  }
  return (
    <span className="row">
      <TextInput
        aria-label="Type the host name"
        placeholder={`type ${host}`}
        value={typed}
        autoFocus
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <Button color="red" variant="outline" disabled={typed !== host} loading={busy} onClick={onReplace}>
        Replace the pinned key of {host}
      </Button>
    </span>
  );
}
