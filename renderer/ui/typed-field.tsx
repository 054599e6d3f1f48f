import { TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { StatusIcon } from './status-badge';

/** Words that must be typed exactly before a dangerous act; a tick stands where they are. */
export function TypedField({
  label,
  expected,
  width = 116,
  value,
  onChange,
}: {
  readonly label: string;
  readonly expected: string;
  readonly width?: number;
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactNode {
  return (
    <span className="row none" style={{ gap: 6 }}>
      <span className="label">{label}</span>
      <TextInput
        aria-label={label}
        w={width}
        placeholder={expected}
        value={value}
        spellCheck={false}
        autoComplete="off"
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        rightSection={value === expected ? <StatusIcon mark="ok" size={13} /> : null}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </span>
  );
}
