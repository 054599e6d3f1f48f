import { NumberInput, PasswordInput, Select, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { TlsPolicy } from '@shared/model/inventory';
import { useCall } from '../../lib/queries';
import { Panel } from '../../ui/panel';
import type { TargetForm } from './form';

const tlsModes: readonly { readonly value: TlsPolicy['mode']; readonly label: string }[] = [
  { value: 'verify-identity', label: 'Required, verify CA and name' },
  { value: 'verify-ca', label: 'Required, verify CA' },
  { value: 'required', label: 'Required, nothing verified' },
  { value: 'off', label: 'Off: passwords and rows travel in clear' },
];

/** The one instance that is named, and the account. */
export function TargetPanel({
  form,
  onChange,
}: {
  readonly form: TargetForm;
  readonly onChange: (form: TargetForm) => void;
}): ReactNode {
  const secrets = useCall('app.info', {}).data?.secrets;
  const set = <Key extends keyof TargetForm>(key: Key, value: TargetForm[Key]): void =>
    onChange({ ...form, [key]: value });
  return (
    <Panel title="Instance" className="none">
      <div className="form-line">
        <span>Host, port</span>
        <span className="row">
          <TextInput
            aria-label="Host"
            className="grow"
            autoFocus
            placeholder="db-1.internal"
            value={form.host}
            onChange={(event) => set('host', event.currentTarget.value)}
          />
          <NumberInput
            aria-label="Port"
            w={72}
            hideControls
            min={1}
            max={65535}
            value={form.port}
            onChange={(port) => set('port', Number(port) || 3306)}
          />
        </span>
      </div>
      <div className="form-line">
        <span>User</span>
        <TextInput aria-label="User" value={form.user} onChange={(event) => set('user', event.currentTarget.value)} />
      </div>
      <div className="form-line">
        <span>Password</span>
        <span className="row">
          <PasswordInput
            aria-label="Password"
            className="grow"
            value={form.password}
            onChange={(event) => set('password', event.currentTarget.value)}
          />
          <span className="label nowrap">{secrets === 'memory' ? 'in memory only' : 'kept in keychain'}</span>
        </span>
      </div>
      <div className="form-line">
        <span>TLS</span>
        <Select
          aria-label="TLS"
          data={tlsModes}
          value={form.tls}
          allowDeselect={false}
          onChange={(value) => {
            const mode = tlsModes.find((each) => each.value === value)?.value;
            if (mode) set('tls', mode);
          }}
        />
      </div>
      {(form.tls === 'verify-ca' || form.tls === 'verify-identity') && (
        <div className="form-line">
          <span>CA file</span>
          <TextInput
            aria-label="CA file"
            placeholder="empty: the authorities of this computer"
            value={form.caFile}
            onChange={(event) => set('caFile', event.currentTarget.value)}
          />
        </div>
      )}
      {form.tls !== 'off' && (
        <div className="form-line">
          <span>Client</span>
          <span className="row">
            <TextInput
              aria-label="Client certificate file"
              placeholder="certificate, if asked for"
              className="grow"
              value={form.certFile}
              onChange={(event) => set('certFile', event.currentTarget.value)}
            />
            <TextInput
              aria-label="Client key file"
              placeholder="its key"
              className="grow"
              value={form.keyFile}
              onChange={(event) => set('keyFile', event.currentTarget.value)}
            />
          </span>
        </div>
      )}
    </Panel>
  );
}
