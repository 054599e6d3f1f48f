import { Select } from '@mantine/core';
import type { ReactNode } from 'react';
import { useFleet } from '../../lib/fleet';

/** Which instance is asked: by its cluster, the primary named as such. */
export function InstancePick({
  value,
  onChange,
  wide = false,
}: {
  readonly value: string | null;
  readonly onChange: (instanceId: string | null) => void;
  /** With its label above, as a field of a form. */
  readonly wide?: boolean;
}): ReactNode {
  const clusters = useFleet()?.clusters ?? [];
  return (
    <Select
      {...(wide ? { label: 'Instance' } : { 'aria-label': 'Ask the instance', w: 170 })}
      placeholder={wide ? 'choose one' : 'ask which instance?'}
      searchable
      data={clusters.map((cluster) => ({
        group: cluster.name,
        items: cluster.instances.map((each) => ({
          value: each.id,
          label: each.id === cluster.primaryId ? `${each.name}, primary` : each.name,
        })),
      }))}
      value={value}
      onChange={onChange}
    />
  );
}
