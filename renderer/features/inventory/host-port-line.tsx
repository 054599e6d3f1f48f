import { NumberInput, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { FieldLine } from './field-line';

/** A host and its port in one line. `of` tells apart the fields of several such lines in one form: "Endpoint ". */
export function HostPortLine({
  label = 'Host, port',
  of = '',
  placeholder = '',
  host,
  port,
  usualPort,
  onChange,
}: {
  readonly label?: string;
  readonly of?: string;
  readonly placeholder?: string;
  readonly host: string;
  readonly port: number;
  readonly usualPort: number;
  readonly onChange: (at: { host: string; port: number }) => void;
}): ReactNode {
  return (
    <FieldLine label={label}>
      <span className="row">
        <TextInput
          aria-label={of === '' ? 'Host' : `${of} host`}
          className="grow"
          placeholder={placeholder}
          value={host}
          onChange={(event) => onChange({ host: event.currentTarget.value, port })}
        />
        <NumberInput
          aria-label={of === '' ? 'Port' : `${of} port`}
          w={76}
          hideControls
          min={1}
          max={65535}
          value={port}
          onChange={(value) => onChange({ host, port: Number(value) || usualPort })}
        />
      </span>
    </FieldLine>
  );
}
