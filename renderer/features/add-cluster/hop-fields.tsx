import { Button, NumberInput, PasswordInput, Select, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { SshAuth } from '@shared/model/inventory';
import { call } from '../../lib/bridge';
import { IconArrowDown, IconArrowUp, IconTrash } from '../../ui/icons';
import type { HopForm } from './form';
import { HopButton } from './hop-button';

const methods: readonly { readonly value: SshAuth['method']; readonly label: string }[] = [
  { value: 'agent', label: 'agent' },
  { value: 'key', label: 'key file' },
  { value: 'password', label: 'password' },
  { value: 'keyboard-interactive', label: 'keyboard' },
];

/** One hop: user@host, port, how to sign in, and what that needs. */
export function HopFields({
  hop,
  number,
  last,
  failed,
  onChange,
  onMove,
  onRemove,
}: {
  readonly hop: HopForm;
  readonly number: number;
  readonly last: boolean;
  readonly failed: boolean;
  readonly onChange: (hop: HopForm) => void;
  readonly onMove: (step: 1 | -1) => void;
  readonly onRemove: () => void;
}): ReactNode {
  const name = `Hop ${number}`;
  const stored = hop.known === null ? '' : ', empty: the stored one';
  return (
    <div className="hop" data-hop={number}>
      <span className="row" style={{ gap: 2 }}>
        <span className="col">
          <HopButton
            label={`Move hop ${number} up`}
            icon={<IconArrowUp size={11} />}
            disabled={number === 1}
            onClick={() => onMove(-1)}
          />
          <HopButton
            label={`Move hop ${number} down`}
            icon={<IconArrowDown size={11} />}
            disabled={last}
            onClick={() => onMove(1)}
          />
        </span>
        <span className="label">{number}</span>
      </span>
      <TextInput
        aria-label={`${name} user@host`}
        placeholder="user@host"
        value={hop.address}
        error={failed}
        onChange={(event) => onChange({ ...hop, address: event.currentTarget.value })}
      />
      <NumberInput
        aria-label={`${name} port`}
        value={hop.port}
        min={1}
        max={65535}
        hideControls
        onChange={(port) => onChange({ ...hop, port: Number(port) || 22 })}
      />
      <Select
        aria-label={`${name} sign-in`}
        data={methods}
        value={hop.method}
        allowDeselect={false}
        onChange={(value) => {
          const method = methods.find((each) => each.value === value)?.value;
          if (method) onChange({ ...hop, method, secret: '' });
        }}
      />
      <HopButton label={`Remove hop ${number}`} icon={<IconTrash size={14} />} onClick={onRemove} />
      {hop.method === 'key' && (
        <div className="hop-secret">
          <TextInput
            aria-label={`${name} key file`}
            className="grow"
            placeholder="private key file"
            value={hop.keyFile}
            onChange={(event) => onChange({ ...hop, keyFile: event.currentTarget.value })}
          />
          <Button
            variant="default"
            onClick={() => {
              void call('app.chooseFile', { title: 'Private key' }).then(({ path }) => {
                if (path !== null) onChange({ ...hop, keyFile: path });
              });
            }}
          >
            Choose…
          </Button>
          <PasswordInput
            aria-label={`${name} passphrase`}
            className="grow"
            placeholder={`passphrase${stored || ', if it has one'}`}
            value={hop.secret}
            onChange={(event) => onChange({ ...hop, secret: event.currentTarget.value })}
          />
        </div>
      )}
      {(hop.method === 'password' || hop.method === 'keyboard-interactive') && (
        <div className="hop-secret">
          <PasswordInput
            aria-label={`${name} password`}
            className="grow"
            placeholder={`password${stored}`}
            value={hop.secret}
            onChange={(event) => onChange({ ...hop, secret: event.currentTarget.value })}
          />
        </div>
      )}
    </div>
  );
}
