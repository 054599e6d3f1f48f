import { Button } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { FleetSnapshot, TunnelState } from '@shared/model/fleet';
import { useNow } from '../../lib/clock';
import { useFleet } from '../../lib/fleet';
import { formatAge, formatMs, formatRemaining, plural } from '../../lib/format';
import { rowBindings, useKeys } from '../../lib/keyboard';
import { useAct } from '../../lib/queries';
import { navigate } from '../../lib/router';
import { DataGrid, type GridColumn } from '../../ui/data-grid';
import { EmptyState } from '../../ui/empty-state';
import { ErrorCard } from '../../ui/error-card';
import { FactsList } from '../../ui/facts-list';
import { HostKeyActs, offeredKey } from '../../ui/host-key-acts';
import { IconRefresh } from '../../ui/icons';
import { PageHead } from '../../ui/page';
import { Panel } from '../../ui/panel';
import { SkeletonRows } from '../../ui/skeleton-rows';
import { StatusBadge, type Mark } from '../../ui/status-badge';

const states: Readonly<Record<TunnelState['state'], { readonly mark: Mark; readonly word: string }>> = {
  up: { mark: 'ok', word: 'Up' },
  connecting: { mark: 'run', word: 'Connecting' },
  reconnecting: { mark: 'watch', word: 'Reconnecting' },
  blocked: { mark: 'act', word: 'Blocked' },
  idle: { mark: 'todo', word: 'Idle' },
};

const order: readonly TunnelState['state'][] = ['blocked', 'reconnecting', 'connecting', 'up', 'idle'];

const sortTunnels = (tunnels: readonly TunnelState[]): readonly TunnelState[] =>
  [...tunnels].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || a.name.localeCompare(b.name));

const columns = (nowMs: number): readonly GridColumn<TunnelState>[] => [
  {
    id: 'state',
    title: 'State',
    width: 128,
    render: (each) => <StatusBadge mark={states[each.state].mark}>{states[each.state].word}</StatusBadge>,
  },
  { id: 'name', title: 'Tunnel', width: 190, render: (each) => <span className="name">{each.name}</span> },
  { id: 'chain', title: 'Through', render: (each) => <span className="c-t2">{each.chain.join(' → ')}</span> },
  { id: 'trip', title: 'Round trip', width: 84, align: 'right', render: (each) => formatMs(each.roundTripMs) },
  { id: 'channels', title: 'Channels', width: 76, align: 'right', render: (each) => each.channels },
  { id: 'instances', title: 'Instances', width: 78, align: 'right', render: (each) => each.instanceIds.length },
  { id: 'next', title: 'Next try', width: 120, align: 'right', render: (each) => nextTry(each, nowMs) },
  {
    id: 'since',
    title: 'Since',
    width: 76,
    align: 'right',
    render: (each) => <span className="c-t3">{formatAge(nowMs - each.since)}</span>,
  },
];

function nextTry(tunnel: TunnelState, nowMs: number): ReactNode {
  if (tunnel.nextTryAtMs === null) return <span className="c-t3">–</span>;
  return (
    <span className="c-watch">
      try {tunnel.attempt}, in {formatRemaining(tunnel.nextTryAtMs - nowMs)}
    </span>
  );
}

/** SSH tunnels: which are up, how far, what they carry, and why one is not. */
export function TunnelsPage(): ReactNode {
  const fleet = useFleet();
  return (
    <>
      <PageHead title="Tunnels" facts={fleet && factsOf(fleet)} />
      <div className="page-body">{fleet ? <TunnelBoard fleet={fleet} /> : <SkeletonRows />}</div>
    </>
  );
}

const factsOf = (fleet: FleetSnapshot): string =>
  `${plural(fleet.tunnels.length, 'tunnel')} · ${fleet.tunnels.filter((each) => each.state === 'up').length} up · one tunnel serves all instances behind a bastion`;

function TunnelBoard({ fleet }: { readonly fleet: FleetSnapshot }): ReactNode {
  const [picked, setPicked] = useState<string | null>(null);
  const now = useNow();
  const rows = sortTunnels(fleet.tunnels);
  const shown = rows.find((each) => each.id === picked) ?? rows[0];
  useKeys(rowBindings({ ids: rows.map((row) => row.id), selected: shown?.id ?? null, select: setPicked }));
  return (
    <>
      <Panel flush className="grow" title="Tunnels" right="worst first">
        <div className="grow">
          <DataGrid
            label="Tunnels"
            rows={rows}
            columns={columns(now)}
            rowId={(row) => row.id}
            selected={shown?.id ?? null}
            onSelect={(row) => setPicked(row.id)}
            rowAttributes={(row) => ({ 'data-tunnel': row.name, 'data-state': row.state })}
            empty={
              <EmptyState text="No tunnels: every instance is reached directly.">
                <Button variant="default" onClick={() => navigate({ name: 'inventory', tab: 'bastions' })}>
                  Open bastions
                </Button>
              </EmptyState>
            }
          />
        </div>
      </Panel>
      {shown && <TunnelPanel key={shown.id} tunnel={shown} fleet={fleet} />}
    </>
  );
}

function TunnelPanel({ tunnel, fleet }: { readonly tunnel: TunnelState; readonly fleet: FleetSnapshot }): ReactNode {
  const reconnect = useAct('tunnel.reconnect', { done: () => `${tunnel.name}: reconnecting now` });
  // The key that was offered when the person asked for another look: the same one again may replace the pinned one.
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const lookAgain = (): void => {
    const offered = tunnel.error ? offeredKey(tunnel.error) : '';
    reconnect.run({ tunnelId: tunnel.id }, () => setSeen(new Set(offered === '' ? [] : [offered])));
  };
  const names = fleet.clusters.flatMap((cluster) =>
    cluster.instances
      .filter((each) => tunnel.instanceIds.includes(each.id))
      .map((each) => `${cluster.name}/${each.name}`),
  );
  return (
    <Panel
      className="none"
      title={tunnel.name}
      note={states[tunnel.state].word.toLowerCase()}
      right={
        <Button
          variant="default"
          h={22}
          leftSection={<IconRefresh size={12} />}
          loading={reconnect.busy}
          onClick={lookAgain}
        >
          Reconnect {tunnel.name} now
        </Button>
      }
    >
      <div className="col" style={{ gap: 8 }}>
        {tunnel.error && (
          <ErrorCard error={tunnel.error} quiet={tunnel.state !== 'blocked'}>
            {tunnel.error.code.startsWith('host-key-') && (
              <HostKeyActs error={tunnel.error} seenOffers={seen} onTestAgain={lookAgain} />
            )}
          </ErrorCard>
        )}
        {reconnect.error && <ErrorCard error={reconnect.error} />}
        <FactsList
          facts={[
            { label: 'Host key', value: <span className="mono">{tunnel.hostKeyFingerprint || 'Unknown'}</span> },
            { label: 'Carries', value: names.join(', ') || 'None' },
          ]}
        />
      </div>
    </Panel>
  );
}
