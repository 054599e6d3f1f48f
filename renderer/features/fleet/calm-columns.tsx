import type { ReactNode } from 'react';
import type { ClusterState } from '@shared/model/fleet';
import { formatAge, formatBareSeconds, formatCompact, plural } from '../../lib/format';
import { replicasOf } from '../../lib/fleet';
import { serverWord } from '../../lib/next-step';
import type { GridColumn } from '../../ui/data-grid';
import { IconChevronDown, IconChevronRight } from '../../ui/icons';
import { RoleChips } from '../../ui/role-chips';
import { Sparkline } from '../../ui/sparkline';
import { markOf, StatusBadge, StatusIcon, wordOf } from '../../ui/status-badge';
import type { FleetRow, Whole } from './fleet-rows';

const oldMs = 3_999;

const blind = (cluster: ClusterState): boolean => cluster.severity === 'stale' || cluster.severity === 'unknown';

/** Columns of the calm table. `scale` is the shared maximum of all sparklines, in seconds. */
export const calmColumns = (scale: number, closed: ReadonlySet<string>): readonly GridColumn<FleetRow>[] => [
  {
    id: 'state',
    title: 'State',
    width: 92,
    render: (row) => {
      const { severity } = row.kind === 'whole' ? row.whole : row.cluster;
      return <StatusBadge mark={markOf(severity)}>{wordOf(severity)}</StatusBadge>;
    },
  },
  { id: 'cluster', title: 'Cluster', width: 140, render: (row) => <NameCell row={row} closed={closed} /> },
  {
    id: 'server',
    title: 'Server',
    width: 126,
    render: (row) => (
      <span className="c-t2">
        {row.kind === 'whole' ? plural(row.whole.clusters.length, 'shard') : serverWord(row.cluster)}
      </span>
    ),
  },
  { id: 'regions', title: 'Regions', width: 128, render: (row) => <span className="c-t2">{regionsText(row)}</span> },
  {
    id: 'roles',
    title: 'Roles',
    width: 98,
    render: (row) => (row.kind === 'whole' ? null : <RoleChips instances={row.cluster.instances} />),
  },
  {
    id: 'commits',
    title: 'Commits/s',
    width: 80,
    align: 'right',
    render: (row) => formatCompact(subject(row).commitsPerSecond),
  },
  {
    id: 'lag',
    title: 'Worst lag, s',
    width: 84,
    align: 'right',
    render: (row) => formatBareSeconds(subject(row).worstLagSeconds),
  },
  {
    id: 'trend',
    title: 'Lag, recent',
    width: 92,
    hint: `worst lag; all lines share one scale, clipped at ${formatBareSeconds(scale)} s`,
    render: (row) =>
      row.kind === 'whole' ? null : (
        <Sparkline values={row.cluster.sparkline} max={scale} tone={blind(row.cluster) ? 'var(--t3)' : 'var(--s1)'} />
      ),
  },
  { id: 'replicas', title: 'Replicas', width: 72, render: (row) => replicasText(row) },
  { id: 'finding', title: 'Finding', render: (row) => <FindingCell row={row} /> },
  { id: 'age', title: 'Age', width: 60, align: 'right', render: (row) => <AgeCell ageMs={subject(row).ageMs} /> },
];

const subject = (row: FleetRow): ClusterState | Whole => (row.kind === 'whole' ? row.whole : row.cluster);

function NameCell({ row, closed }: { readonly row: FleetRow; readonly closed: ReadonlySet<string> }): ReactNode {
  if (row.kind === 'cluster') {
    return (
      <span className="name" style={row.inWhole ? { paddingLeft: 16 } : {}}>
        {row.cluster.name}
      </span>
    );
  }
  const Chevron = closed.has(row.whole.of) ? IconChevronRight : IconChevronDown;
  return (
    <span className="row name" style={{ gap: 4 }}>
      <Chevron size={13} />
      {row.whole.of}
    </span>
  );
}

function regionsText(row: FleetRow): string {
  const clusters = row.kind === 'whole' ? row.whole.clusters : [row.cluster];
  return [...new Set(clusters.flatMap((cluster) => cluster.regions))].join(', ');
}

/** How many of the replicas answered; of a whole, of those of all its shards. */
function replicasText(row: FleetRow): string {
  const clusters = row.kind === 'whole' ? row.whole.clusters : [row.cluster];
  const replicas = clusters.flatMap(replicasOf);
  return `${replicas.filter((replica) => replica.reach === 'answering').length} of ${replicas.length}`;
}

function FindingCell({ row }: { readonly row: FleetRow }): ReactNode {
  if (row.kind === 'whole') {
    const calm = row.whole.clusters.filter(
      (cluster) => cluster.severity === 'ok' || cluster.severity === 'note',
    ).length;
    return (
      <span className="c-t3">
        {calm} of {row.whole.clusters.length} calm
      </span>
    );
  }
  const [finding] = row.cluster.findings;
  const unseen = row.cluster.instances.find((instance) => instance.reach !== 'answering' && instance.error !== null);
  if (finding) {
    return (
      <span className="row" style={{ gap: 5 }} title={finding.title}>
        <StatusIcon mark={finding.severity} size={13} />
        <span className="ellipsis">{finding.title}</span>
      </span>
    );
  }
  return unseen?.error ? (
    <span className="row" style={{ gap: 5 }} title={unseen.error.nextStep}>
      <StatusIcon mark="stale" size={13} />
      <span className="ellipsis">{unseen.error.message}</span>
    </span>
  ) : (
    <span className="c-t3">None</span>
  );
}

function AgeCell({ ageMs }: { readonly ageMs: number | null }): ReactNode {
  return <span className={ageMs !== null && ageMs > oldMs ? 'c-watch' : 'c-t3'}>{formatAge(ageMs)}</span>;
}
