import { useState, type ReactNode } from 'react';
import type { ClusterState, InstanceState } from '@shared/model/fleet';
import { byName } from '../../lib/fleet';
import { formatBareSeconds, formatCompact, formatCount, shortGtid } from '../../lib/format';
import { rowBindings, useKeys } from '../../lib/keyboard';
import { serverWord } from '../../lib/next-step';
import { navigate } from '../../lib/router';
import { Age } from '../../ui/age';
import { DataGrid, type GridColumn } from '../../ui/data-grid';
import { roleWord } from '../../ui/role-chips';
import { markOf, StatusBadge } from '../../ui/status-badge';

const columns: readonly GridColumn<InstanceState>[] = [
  {
    id: 'state',
    title: 'State',
    width: 128,
    render: (each) => <StatusBadge mark={markOf(each.severity)}>{each.word}</StatusBadge>,
  },
  { id: 'name', title: 'Instance', width: 120, render: (each) => <span className="name">{each.name}</span> },
  { id: 'role', title: 'Role', width: 104, render: (each) => <span className="c-t2">{roleWord(each)}</span> },
  { id: 'region', title: 'Region', width: 90, render: (each) => <span className="c-t2">{each.region}</span> },
  { id: 'version', title: 'Server', width: 112, render: (each) => <span className="c-t2">{serverWord(each)}</span> },
  { id: 'writes', title: 'Writes', width: 106, render: writesWord },
  {
    id: 'lag',
    title: 'Lag, s',
    width: 66,
    align: 'right',
    render: (each) => <span title={each.lag?.why ?? ''}>{formatBareSeconds(each.lag?.seconds ?? null)}</span>,
  },
  { id: 'apply', title: 'To apply, trx', width: 88, align: 'right', render: (each) => formatCompact(toApply(each)) },
  {
    id: 'commits',
    title: 'Commits/s',
    width: 78,
    align: 'right',
    render: (each) => formatCompact(each.metrics.commitsPerSecond),
  },
  {
    id: 'connections',
    title: 'Connections',
    width: 92,
    align: 'right',
    render: (each) => `${formatCount(each.metrics.connections)} / ${formatCount(each.metrics.maxConnections)}`,
  },
  {
    id: 'note',
    title: 'Executed GTID, or why not seen',
    render: (each) =>
      each.error ? (
        <span className="c-watch" title={each.error.nextStep}>
          {each.error.message}
        </span>
      ) : (
        <span className="mono c-t2" title={each.gtidExecuted}>
          {shortGtid(each.gtidExecuted) || 'None'}
        </span>
      ),
  },
  { id: 'age', title: 'Age', width: 60, align: 'right', render: (each) => <Age atMs={each.seenAtMs} /> },
];

function writesWord(instance: InstanceState): ReactNode {
  if (instance.readOnly === null) return <span className="c-t3">Unknown</span>;
  if (!instance.readOnly) return <span className="name">Accepts writes</span>;
  return <span className="c-t2">{instance.superReadOnly === true ? 'Super read-only' : 'Read-only'}</span>;
}

function toApply(instance: InstanceState): number | null {
  const known = instance.channels.map((channel) => channel.toApply).filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}

/** The one that takes writes stands first. */
const rank = (instance: InstanceState): number => (instance.role === 'primary' ? 0 : 1);

/** Every instance of a cluster as a row. */
export function InstancesTable({
  cluster,
  byRegion = false,
}: {
  readonly cluster: ClusterState;
  readonly byRegion?: boolean;
}): ReactNode {
  const [picked, setPicked] = useState<string | null>(null);
  const rows = [...cluster.instances].sort(
    (a, b) => (byRegion ? a.region.localeCompare(b.region) : 0) || rank(a) - rank(b) || byName(a, b),
  );
  const open = (instanceId: string): void =>
    navigate({ name: 'instance', clusterId: cluster.id, instanceId, tab: 'processes' });
  useKeys(rowBindings({ ids: rows.map((row) => row.id), selected: picked, select: setPicked, open }));
  return (
    <DataGrid
      label="Instances"
      rows={rows}
      columns={columns}
      rowId={(row) => row.id}
      selected={picked}
      onOpen={(row) => open(row.id)}
      rowClass={(row) => (row.reach === 'answering' ? '' : 'dimmed')}
      rowAttributes={(row) => ({ 'data-instance': row.name, 'data-severity': row.severity, 'data-reach': row.reach })}
    />
  );
}
