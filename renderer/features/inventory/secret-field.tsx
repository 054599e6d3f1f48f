import { Button, PasswordInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { SecretRef } from '@shared/model/inventory';
import { useAct } from '../../lib/queries';
import { ErrorCard } from '../../ui/error-card';
import { FieldLine } from './field-line';

/** A secret goes in and never comes out: the field starts empty and empties itself when it was kept. */
export function SecretField({ label, secret }: { readonly label: string; readonly secret: SecretRef }): ReactNode {
  const [value, setValue] = useState('');
  const keep = useAct('inventory.setSecret', { done: () => `${label} kept` });
  return (
    <>
      <FieldLine label={label}>
        <span className="row">
          <PasswordInput
            aria-label={label}
            className="grow"
            placeholder="empty keeps the stored one"
            value={value}
            onChange={(event) => setValue(event.currentTarget.value)}
          />
          <Button
            variant="default"
            aria-label={`Keep ${label.toLowerCase()}`}
            disabled={value === ''}
            loading={keep.busy}
            onClick={() => keep.run({ ref: secret, value }, () => setValue(''))}
          >
            Keep
          </Button>
        </span>
      </FieldLine>
      {keep.error && <ErrorCard error={keep.error} />}
    </>
  );
}
