import { TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { FieldLine } from './field-line';

/** A line of text with its label. `name` is the field's name where the label is too short to stand alone. */
export function TextLine({
  label,
  name = label,
  placeholder = '',
  value,
  onChange,
}: {
  readonly label: string;
  readonly name?: string;
  readonly placeholder?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactNode {
  return (
    <FieldLine label={label}>
      <TextInput
        aria-label={name}
        placeholder={placeholder}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </FieldLine>
  );
}
