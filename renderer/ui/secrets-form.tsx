import { Button, PasswordInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { ClusterState } from '@shared/model/fleet';
import { useCall, useAct } from '../lib/queries';
import { secretsWanted, type WantedSecret } from '../lib/secrets-wanted';
import { ErrorCard } from './error-card';
import { StatusBadge } from './status-badge';

/** Secrets without which the cluster cannot be seen, typed where one stands. Draws nothing when none is missing. */
export function SecretsForm({ cluster }: { readonly cluster: ClusterState }): ReactNode {
  const wanted = useSecretsWanted(cluster);
  return wanted.map((secret) => <SecretLine key={`${secret.ref.kind}/${secret.ref.id}`} secret={secret} />);
}

/** Secrets that a cluster waits for; none for a cluster that is not in the inventory. */
export function useSecretsWanted(cluster: ClusterState | undefined): readonly WantedSecret[] {
  const inventory = useCall('inventory.get', {}).data;
  return cluster ? secretsWanted(cluster, inventory?.bastions ?? []) : [];
}

function SecretLine({ secret }: { readonly secret: WantedSecret }): ReactNode {
  const [value, setValue] = useState('');
  const keep = useAct('inventory.setSecret', { done: () => `${secret.label} kept` });
  return (
    <form
      className="col"
      aria-label={secret.label}
      data-secret={secret.ref.kind}
      style={{ gap: 4 }}
      onSubmit={(event) => {
        event.preventDefault();
        if (value !== '') keep.run({ ref: secret.ref, value }, () => setValue(''));
      }}
    >
      <StatusBadge mark="watch" plain>
        {secret.why}
      </StatusBadge>
      <div className="row">
        <PasswordInput
          aria-label={secret.label}
          placeholder={secret.label.toLowerCase()}
          className="grow"
          style={{ minWidth: 130 }}
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={value === ''} loading={keep.busy}>
          Use it
        </Button>
      </div>
      {keep.error && <ErrorCard error={keep.error} />}
    </form>
  );
}
