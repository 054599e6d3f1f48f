import type { ReactNode } from 'react';
import type { Bastion, Cluster, Instance, Inventory } from '@shared/model/inventory';
import { DataGrid, type GridColumn } from '../../ui/data-grid';
import { EmptyState } from '../../ui/empty-state';

interface ListProps {
  readonly inventory: Inventory;
  readonly selected: string | null;
  readonly onSelect: (id: string) => void;
}

/** An instance with the cluster that keeps it. */
export interface OwnedInstance {
  readonly cluster: Cluster;
  readonly instance: Instance;
}

export const ownedInstances = (inventory: Inventory): readonly OwnedInstance[] =>
  inventory.clusters.flatMap((cluster) => cluster.instances.map((instance) => ({ cluster, instance })));

/** How many instances, or their hosts, are reached through a bastion. */
export const usesOf = (inventory: Inventory, bastionId: string): number =>
  ownedInstances(inventory).filter(
    ({ instance }) => instance.via.includes(bastionId) || instance.hostAccess?.via.includes(bastionId) === true,
  ).length;

const tlsWords: Readonly<Record<Cluster['tls']['mode'], string>> = {
  'verify-identity': 'Verify CA and name',
  'verify-ca': 'Verify CA',
  required: 'Required',
  off: 'Off',
};

const clusterColumns: readonly GridColumn<Cluster>[] = [
  { id: 'name', title: 'Cluster', render: (each) => <span className="name">{each.name}</span> },
  { id: 'instances', title: 'Instances', width: 80, align: 'right', render: (each) => each.instances.length },
  { id: 'user', title: 'User', width: 120, render: (each) => <span className="c-t2">{each.user}</span> },
  {
    id: 'tls',
    title: 'TLS',
    width: 130,
    render: (each) => <span className={each.tls.mode === 'off' ? 'c-watch' : 'c-t2'}>{tlsWords[each.tls.mode]}</span>,
  },
  {
    id: 'heartbeat',
    title: 'Heartbeat',
    width: 104,
    render: (each) => <span className="c-t2">{each.heartbeat.kind}</span>,
  },
  {
    id: 'shard',
    title: 'Shard',
    width: 130,
    render: (each) => <span className="c-t2">{each.shard ? `${each.shard.of} ${each.shard.key}` : '–'}</span>,
  },
];

export function ClusterList({ inventory, selected, onSelect }: ListProps): ReactNode {
  return (
    <DataGrid
      label="Clusters"
      rows={inventory.clusters}
      columns={clusterColumns}
      rowId={(row) => row.id}
      selected={selected}
      onSelect={(row) => onSelect(row.id)}
      rowAttributes={(row) => ({ 'data-cluster': row.name })}
      empty={<EmptyState text="No clusters yet. Add one by naming one instance, or import a file." />}
    />
  );
}

const instanceColumns = (inventory: Inventory): readonly GridColumn<OwnedInstance>[] => [
  {
    id: 'name',
    title: 'Instance',
    width: 150,
    render: ({ instance }) => <span className="name">{instance.name}</span>,
  },
  { id: 'cluster', title: 'Cluster', width: 150, render: ({ cluster }) => cluster.name },
  {
    id: 'address',
    title: 'Address',
    render: ({ instance }) => (
      <span className="mono c-t2">
        {instance.host}:{instance.port}
      </span>
    ),
  },
  {
    id: 'region',
    title: 'Region',
    width: 110,
    render: ({ instance }) => <span className="c-t2">{instance.region ?? '–'}</span>,
  },
  {
    id: 'via',
    title: 'Via',
    width: 180,
    render: ({ instance }) => (
      <span className="c-t2">
        {instance.via.length === 0
          ? 'direct'
          : instance.via.map((id) => inventory.bastions.find((each) => each.id === id)?.name ?? id).join(' → ')}
      </span>
    ),
  },
];

export function InstanceList({ inventory, selected, onSelect }: ListProps): ReactNode {
  return (
    <DataGrid
      label="Instances"
      rows={ownedInstances(inventory)}
      columns={instanceColumns(inventory)}
      rowId={(row) => row.instance.id}
      selected={selected}
      onSelect={(row) => onSelect(row.instance.id)}
      rowAttributes={(row) => ({ 'data-instance': row.instance.name })}
      empty={<EmptyState text="No instances yet: they come with their cluster." />}
    />
  );
}

const bastionColumns = (inventory: Inventory): readonly GridColumn<Bastion>[] => [
  { id: 'name', title: 'Bastion', width: 200, render: (each) => <span className="name">{each.name}</span> },
  {
    id: 'address',
    title: 'Address',
    render: (each) => (
      <span className="mono c-t2">
        {each.user}@{each.host}:{each.port}
      </span>
    ),
  },
  { id: 'auth', title: 'Sign in', width: 150, render: (each) => <span className="c-t2">{each.auth.method}</span> },
  { id: 'uses', title: 'Instances', width: 80, align: 'right', render: (each) => usesOf(inventory, each.id) },
];

export function BastionList({ inventory, selected, onSelect }: ListProps): ReactNode {
  return (
    <DataGrid
      label="Bastions"
      rows={inventory.bastions}
      columns={bastionColumns(inventory)}
      rowId={(row) => row.id}
      selected={selected}
      onSelect={(row) => onSelect(row.id)}
      rowAttributes={(row) => ({ 'data-bastion': row.name })}
      empty={
        <EmptyState text="No bastions: every instance is reached directly. A hop that is added with a cluster stands here." />
      }
    />
  );
}
