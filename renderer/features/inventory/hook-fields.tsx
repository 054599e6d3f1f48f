import { NumberInput, Select } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Hook } from '@shared/model/hook';
import { FieldLine } from './field-line';
import { TextLine } from './text-line';

const kinds = [
  { value: 'none', label: 'None' },
  { value: 'shell', label: 'Shell command on this computer' },
  { value: 'http', label: 'HTTP: POST of JSON' },
] as const;
const usualSeconds = 30;

/** A program of the user's: none, a command or a URL, and how long it may take. */
export function HookFields({
  label,
  hook,
  onChange,
}: {
  readonly label: string;
  readonly hook: Hook | undefined;
  readonly onChange: (hook: Hook | undefined) => void;
}): ReactNode {
  const timeoutSeconds = hook?.timeoutSeconds ?? usualSeconds;
  return (
    <>
      <FieldLine label={label}>
        <Select
          aria-label={label}
          data={kinds}
          value={hook?.kind ?? 'none'}
          allowDeselect={false}
          onChange={(value) => {
            if (value === 'shell') onChange({ kind: value, command: '', timeoutSeconds });
            else if (value === 'http') onChange({ kind: value, url: 'https://', timeoutSeconds });
            else onChange(undefined);
          }}
        />
      </FieldLine>
      {hook?.kind === 'shell' && (
        <TextLine
          label="Command"
          name={`${label}: command`}
          placeholder="/etc/midwatch/repoint.sh"
          value={hook.command}
          onChange={(command) => onChange({ ...hook, command })}
        />
      )}
      {hook?.kind === 'http' && (
        <TextLine label="URL" name={`${label}: URL`} value={hook.url} onChange={(url) => onChange({ ...hook, url })} />
      )}
      {hook && (
        <FieldLine label="Time limit">
          <NumberInput
            aria-label={`${label}: time limit`}
            suffix=" s"
            min={1}
            max={120}
            value={hook.timeoutSeconds}
            onChange={(value) => onChange({ ...hook, timeoutSeconds: Number(value) || usualSeconds })}
          />
        </FieldLine>
      )}
    </>
  );
}
