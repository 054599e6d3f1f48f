import type { ComponentType } from 'react';
import type { Route } from '../../lib/router';
import {
  IconActivity,
  IconListSearch,
  IconRoute,
  IconServer2,
  IconStack2,
  IconTool,
  type IconProps,
} from '../../ui/icons';

/** A part of the product that exists now. `key` follows G; `names` are the routes that belong to it. */
export interface Part {
  readonly label: string;
  readonly key: string;
  readonly route: Route;
  readonly names: readonly Route['name'][];
  readonly icon: ComponentType<IconProps>;
}

export const parts: readonly Part[] = [
  {
    label: 'Fleet',
    key: 'F',
    route: { name: 'fleet' },
    names: ['fleet', 'cluster', 'instance', 'add-cluster'],
    icon: IconServer2,
  },
  {
    label: 'Operations',
    key: 'O',
    route: { name: 'operations' },
    names: ['operations', 'drills', 'plan', 'run'],
    icon: IconTool,
  },
  { label: 'Queries', key: 'Q', route: { name: 'queries' }, names: ['queries', 'review'], icon: IconListSearch },
  {
    label: 'Inventory',
    key: 'N',
    route: { name: 'inventory', tab: 'clusters' },
    names: ['inventory'],
    icon: IconStack2,
  },
  { label: 'Tunnels', key: 'T', route: { name: 'tunnels' }, names: ['tunnels'], icon: IconRoute },
  { label: 'Activity', key: 'A', route: { name: 'activity' }, names: ['activity'], icon: IconActivity },
];
