import { Select } from '@mantine/core';
import type { ReactNode } from 'react';
import type { TlsPolicy } from '@shared/model/inventory';
import { FieldLine } from './field-line';
import { TextLine } from './text-line';

const modes: readonly { readonly value: TlsPolicy['mode']; readonly label: string }[] = [
  { value: 'verify-identity', label: 'Required, verify CA and name' },
  { value: 'verify-ca', label: 'Required, verify CA' },
  { value: 'required', label: 'Required, nothing verified' },
  { value: 'off', label: 'Off: passwords and rows travel in clear' },
];

const files: readonly { readonly key: 'caFile' | 'certFile' | 'keyFile'; readonly label: string }[] = [
  { key: 'caFile', label: 'CA file' },
  { key: 'certFile', label: 'Client certificate' },
  { key: 'keyFile', label: 'Client key' },
];

/** How connections are protected; files are paths on this computer. */
export function TlsFields({
  tls,
  onChange,
}: {
  readonly tls: TlsPolicy;
  readonly onChange: (tls: TlsPolicy) => void;
}): ReactNode {
  return (
    <>
      <FieldLine label="TLS">
        <Select
          aria-label="TLS"
          data={modes}
          value={tls.mode}
          allowDeselect={false}
          onChange={(value) => {
            const mode = modes.find((each) => each.value === value)?.value;
            if (mode) onChange({ ...tls, mode });
          }}
        />
      </FieldLine>
      {tls.mode !== 'off' &&
        files.map(({ key, label }) => (
          <TextLine
            key={key}
            label={label}
            placeholder="none"
            value={tls[key] ?? ''}
            onChange={(path) => onChange(withFile(tls, key, path))}
          />
        ))}
    </>
  );
}

function withFile(tls: TlsPolicy, key: 'caFile' | 'certFile' | 'keyFile', path: string): TlsPolicy {
  const { [key]: _before, ...rest } = tls;
  return path === '' ? rest : { ...rest, [key]: path };
}
