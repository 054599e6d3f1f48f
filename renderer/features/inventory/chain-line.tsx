import { MultiSelect } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Bastion } from '@shared/model/inventory';
import { FieldLine } from './field-line';

/** SSH hops in their order, outermost first. */
export function ChainLine({
  label,
  empty,
  bastions,
  chain,
  onChange,
}: {
  readonly label: string;
  /** Said while no hop is chosen. */
  readonly empty: string;
  readonly bastions: readonly Bastion[];
  readonly chain: readonly string[];
  readonly onChange: (chain: string[]) => void;
}): ReactNode {
  return (
    <FieldLine label={label}>
      <MultiSelect
        aria-label={`${label}, outermost first`}
        size="xs"
        placeholder={chain.length === 0 ? empty : ''}
        data={bastions.map((bastion) => ({ value: bastion.id, label: bastion.name }))}
        value={[...chain]}
        maxValues={8}
        onChange={onChange}
      />
    </FieldLine>
  );
}
