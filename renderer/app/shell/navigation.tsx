import { Tooltip } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { ReactNode } from 'react';
import type { ClusterState, FleetSnapshot } from '@shared/model/fleet';
import { navigate, type Route } from '../../lib/router';
import { IconInfoCircle } from '../../ui/icons';
import { markOf, StatusIcon, wordOf } from '../../ui/status-badge';
import { parts } from './parts';

/** The parts, below them the pinned clusters with their state; icons with tooltips in a narrow window. */
export function Navigation({
  route,
  fleet,
}: {
  readonly route: Route;
  readonly fleet: FleetSnapshot | undefined;
}): ReactNode {
  const narrow = useMediaQuery('(max-width: 1360px)');
  const pinned = fleet?.clusters.filter((cluster) => cluster.pinned) ?? [];
  const counts: Readonly<Record<string, number | undefined>> = {
    Fleet: fleet?.clusters.length,
    Tunnels: fleet?.tunnels.length,
  };
  return (
    <nav className="nav" aria-label="Parts">
      {parts.map((part) => (
        <NavItem
          key={part.label}
          label={part.label}
          hint={`${part.label} (G ${part.key})`}
          narrow={narrow}
          current={part.names.includes(route.name)}
          icon={<part.icon size={16} stroke={1.6} />}
          count={counts[part.label]}
          onClick={() => navigate(part.route)}
        />
      ))}
      {pinned.length > 0 && <div className="nav-head">Pinned</div>}
      {pinned.map((cluster) => (
        <PinnedItem key={cluster.id} cluster={cluster} narrow={narrow} />
      ))}
      <div className="grow" />
      <NavItem
        label="About"
        hint="About Midwatch"
        narrow={narrow}
        current={route.name === 'about'}
        icon={<IconInfoCircle size={16} stroke={1.6} />}
        count={undefined}
        onClick={() => navigate({ name: 'about' })}
      />
    </nav>
  );
}

function PinnedItem({ cluster, narrow }: { readonly cluster: ClusterState; readonly narrow: boolean }): ReactNode {
  return (
    <NavItem
      label={cluster.name}
      hint={`${cluster.name}: ${wordOf(cluster.severity)}`}
      narrow={narrow}
      current={false}
      icon={<StatusIcon mark={markOf(cluster.severity)} size={13} />}
      count={undefined}
      onClick={() => navigate({ name: 'cluster', clusterId: cluster.id, tab: 'overview' })}
    />
  );
}

function NavItem({
  label,
  hint,
  narrow,
  current,
  icon,
  count,
  onClick,
}: {
  readonly label: string;
  readonly hint: string;
  readonly narrow: boolean;
  readonly current: boolean;
  readonly icon: ReactNode;
  readonly count: number | undefined;
  readonly onClick: () => void;
}): ReactNode {
  return (
    <Tooltip label={hint} position="right" disabled={!narrow}>
      <button
        type="button"
        className="nav-item"
        aria-label={label}
        aria-current={current ? 'page' : undefined}
        onClick={onClick}
      >
        {icon}
        <span className="nav-label ellipsis">{label}</span>
        {count !== undefined && count > 0 && <span className="nav-count">{count}</span>}
      </button>
    </Tooltip>
  );
}
