import { useMantineColorScheme } from '@mantine/core';
import type { ReactNode } from 'react';
import { useFleet } from '../../lib/fleet';
import { CommandPalette } from '../../ui/command-palette';
import { actEntries, findingEntries, placeEntries } from './entries';

/** The palette over the fleet as it is now. */
export function Palette(): ReactNode {
  const fleet = useFleet();
  const { toggleColorScheme } = useMantineColorScheme();
  const clusters = fleet?.clusters ?? [];
  return (
    <CommandPalette
      entries={[...findingEntries(clusters), ...placeEntries(clusters), ...actEntries(clusters, toggleColorScheme)]}
    />
  );
}
