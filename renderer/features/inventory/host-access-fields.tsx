import { Switch } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Bastion, HostAccess, Instance } from '@shared/model/inventory';
import { ChainLine } from './chain-line';
import { FieldHead } from './field-head';
import { FieldLine } from './field-line';
import { withHostAccess, withService, withStartCommand } from './optional-parts';
import { TextLine } from './text-line';

const none: HostAccess = { via: [], sudo: true };

/** How the host itself is reached: what SQL cannot do when mysqld is dead or hangs. */
export function HostAccessFields({
  instance,
  bastions,
  onChange,
}: {
  readonly instance: Instance;
  readonly bastions: readonly Bastion[];
  readonly onChange: (instance: Instance) => void;
}): ReactNode {
  const access = instance.hostAccess ?? none;
  const set = (next: HostAccess): void => onChange(withHostAccess(instance, next));
  const name = (id: string): string => bastions.find((each) => each.id === id)?.name ?? id;
  const last = access.via.at(-1);
  return (
    <>
      <FieldHead
        title="Host by SSH"
        hint={
          last === undefined
            ? 'Without it a failover cannot stop mysqld, nor count what is on its disk, and a MariaDB cannot be filled anew.'
            : `${access.via.map(name).join(' → ')}: the last is the host itself.`
        }
      />
      <ChainLine
        label="Hops to the host"
        empty="none; the last hop is the host itself"
        bastions={bastions}
        chain={access.via}
        onChange={(via) => set({ ...access, via })}
      />
      {last !== undefined && (
        <>
          <TextLine
            label="systemd unit"
            placeholder="none: the process is ended by its id"
            value={access.service ?? ''}
            onChange={(service) => set(withService(access, service))}
          />
          {access.service === undefined && (
            <TextLine
              label="Start command"
              placeholder="none: a person starts mysqld when it must be started"
              value={access.startCommand ?? ''}
              onChange={(command) => set(withStartCommand(access, command))}
            />
          )}
          <FieldLine label="sudo">
            <Switch
              label="Run commands by sudo"
              checked={access.sudo}
              onChange={(event) => set({ ...access, sudo: event.currentTarget.checked })}
            />
          </FieldLine>
        </>
      )}
    </>
  );
}
