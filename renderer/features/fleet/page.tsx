import { Button, TextInput } from '@mantine/core';
import { useMemo, useRef, useState, type ReactNode } from 'react';
import type { ClusterState, FleetSnapshot } from '@shared/model/fleet';
import { failoverKey } from '../../lib/failover';
import { useFleet } from '../../lib/fleet';
import { plural } from '../../lib/format';
import { useFailoverQueue } from '../../lib/outages';
import { rowBindings, useKeys } from '../../lib/keyboard';
import { useWaitingRuns } from '../../lib/waiting-runs';
import { useCall } from '../../lib/queries';
import { secretsWanted } from '../../lib/secrets-wanted';
import { nextStepOf } from '../../lib/next-step';
import { navigate } from '../../lib/router';
import { DataGrid } from '../../ui/data-grid';
import { EmptyState } from '../../ui/empty-state';
import { IconFilter, IconPlus } from '../../ui/icons';
import { KeyHint } from '../../ui/key-hint';
import { PageHead } from '../../ui/page';
import { Panel } from '../../ui/panel';
import { SkeletonRows } from '../../ui/skeleton-rows';
import { StatusBadge } from '../../ui/status-badge';
import { calmColumns } from './calm-columns';
import './fleet.css';
import { calmRows, holdOrder, matches, needsYou, regionsOf, sortClusters, type FleetRow } from './fleet-rows';
import { NeedCard } from './need-card';
import { RegionStrip } from './region-strip';
import { SecretCard } from './secret-card';
import { WaitingCard } from './waiting-card';

const fullCards = 2;
/** Sparklines share one scale; what is above is clipped, or one bad hour would flatten all others. */
const mostScale = 10;

/** The whole fleet, worst first: what needs a person now, then the rest. */
export function FleetPage(): ReactNode {
  const fleet = useFleet();
  if (fleet === undefined) {
    return (
      <>
        <PageHead title="Fleet" />
        <div className="page-body">
          <Panel title="Clusters" flush className="grow">
            <SkeletonRows />
          </Panel>
        </div>
      </>
    );
  }
  return fleet.clusters.length === 0 ? <EmptyFleet /> : <FilledFleet fleet={fleet} />;
}

function EmptyFleet(): ReactNode {
  return (
    <>
      <PageHead title="Fleet" facts="no clusters yet" />
      <div className="page-body">
        <Panel title="Clusters" flush>
          <EmptyState text="Here stand your clusters, worst first. Name one instance; Midwatch asks it who its primary and replicas are.">
            <div className="row">
              <Button leftSection={<IconPlus size={14} />} onClick={() => navigate({ name: 'add-cluster' })}>
                Add cluster
              </Button>
              <Button variant="default" onClick={() => navigate({ name: 'inventory', tab: 'clusters' })}>
                Import an inventory file…
              </Button>
            </div>
          </EmptyState>
        </Panel>
      </div>
    </>
  );
}

function FilledFleet({ fleet }: { readonly fleet: FleetSnapshot }): ReactNode {
  const [filter, setFilter] = useState('');
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [held, setHeld] = useState<readonly string[] | null>(null);
  const [picked, setPicked] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const shown = useMemo(() => fleet.clusters.filter((cluster) => matches(cluster, filter)), [fleet.clusters, filter]);
  const needing = useMemo(() => sortClusters(shown.filter(needsYou)), [shown]);
  const sorted = useMemo(
    () =>
      calmRows(
        shown.filter((each) => !needsYou(each)),
        closed,
      ),
    [shown, closed],
  );
  const rows = holdOrder(sorted, held);
  const [worst] = useFailoverQueue();
  const waiting = useWaitingRuns() ?? [];
  const bastions = useCall('inventory.get', {}).data?.bastions ?? [];
  const scale = useMemo(() => scaleOf(fleet.clusters), [fleet.clusters]);
  const columns = useMemo(() => calmColumns(scale, closed), [scale, closed]);
  const ids = [...waiting.map((run) => run.runId), ...needing.map(({ id }) => id), ...rows.map(({ id }) => id)];
  // The worst card is focused at start, so that Enter opens what matters.
  const selected = picked !== null && ids.includes(picked) ? picked : (waiting[0]?.runId ?? needing[0]?.id ?? null);
  const calm = shown.length - needing.length;
  const toggle = (of: string): void =>
    setClosed((before) =>
      before.has(of) ? new Set([...before].filter((each) => each !== of)) : new Set([...before, of]),
    );
  const openRow = (row: FleetRow): void =>
    row.kind === 'whole'
      ? toggle(row.whole.of)
      : navigate({ name: 'cluster', clusterId: row.cluster.id, tab: 'overview' });
  const openId = (id: string): void => {
    const row = rows.find((each) => each.id === id);
    const cluster = needing.find((each) => each.id === id);
    if (waiting.some((run) => run.runId === id)) navigate({ name: 'run', runId: id, stage: 'run' });
    else if (row) openRow(row);
    else if (cluster) navigate(cardRoute(cluster));
  };
  useKeys([
    { keys: '/', what: 'Filter this list', run: () => input.current?.focus() },
    ...rowBindings({ ids, selected, select: setPicked, open: openId }),
  ]);
  const instances = fleet.clusters.reduce((total, cluster) => total + cluster.instances.length, 0);
  const regions = regionsOf(fleet.clusters);
  const named = regions.filter((each) => each.region !== '').length;
  return (
    <>
      <PageHead
        title="Fleet"
        facts={`${plural(fleet.clusters.length, 'cluster')} · ${plural(instances, 'instance')}${named === 0 ? '' : ` · ${plural(named, 'region')}`}`}
      >
        <TextInput
          ref={input}
          w={262}
          aria-label="Filter"
          placeholder="Filter by name, region, finding"
          leftSection={<IconFilter size={13} />}
          rightSection={<KeyHint>/</KeyHint>}
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.preventDefault();
            setFilter('');
            event.currentTarget.blur();
          }}
        />
        <Button
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => navigate({ name: 'add-cluster' })}
        >
          Add cluster
        </Button>
      </PageHead>
      <div className="page-body">
        <div className="row" style={{ marginBottom: -4 }}>
          <h2 className="small name">Needs you now</h2>
          {needing.length + waiting.length === 0 ? (
            <StatusBadge mark="ok">None</StatusBadge>
          ) : (
            <span className="label">
              {waiting.length > 0 && `${plural(waiting.length, 'run')}, `}
              {needing.length} of {plural(fleet.clusters.length, 'cluster')}
            </span>
          )}
        </div>
        {needing.length + waiting.length > 0 && (
          <section className="needs" aria-label="Needs you now">
            {waiting.map((run) => (
              <WaitingCard key={run.runId} run={run} focused={run.runId === selected} />
            ))}
            {needing.map((cluster, index) => {
              const wanted = secretsWanted(cluster, bastions);
              const focused = cluster.id === selected;
              return wanted.length > 0 ? (
                <SecretCard key={cluster.id} cluster={cluster} wanted={wanted} focused={focused} />
              ) : (
                <NeedCard
                  key={cluster.id}
                  cluster={cluster}
                  compact={index >= fullCards}
                  focused={focused}
                  keys={cluster.id === worst?.id ? failoverKey : undefined}
                />
              );
            })}
          </section>
        )}
        <RegionStrip regions={regions} />
        <Panel
          flush
          className="grow"
          title="Calm"
          note={plural(calm, 'cluster')}
          right={
            <span className="row wide">
              <span>P primary</span>
              <span>S replica, semi-sync</span>
              <span>R replica</span>
              <span>I intermediate</span>
              <span>D delayed on purpose</span>
            </span>
          }
        >
          <div
            className="grow"
            onPointerEnter={() => setHeld(sorted.map((row) => row.id))}
            onPointerLeave={() => setHeld(null)}
          >
            <DataGrid
              label="Calm clusters"
              rows={rows}
              columns={columns}
              rowId={(row) => row.id}
              selected={selected}
              onOpen={openRow}
              rowClass={(row) => (row.kind === 'cluster' && row.cluster.severity === 'stale' ? 'dimmed' : '')}
              rowAttributes={rowAttributes}
              empty={<EmptyState text={filter === '' ? 'No calm cluster.' : `No calm cluster matches “${filter}”.`} />}
            />
          </div>
        </Panel>
      </div>
    </>
  );
}

const rowAttributes = (row: FleetRow): Readonly<Record<string, string>> =>
  row.kind === 'whole'
    ? { 'data-whole': row.whole.of }
    : { 'data-cluster': row.cluster.name, 'data-severity': row.cluster.severity };

function cardRoute(cluster: ClusterState): Parameters<typeof navigate>[0] {
  const [finding] = cluster.findings;
  return finding ? nextStepOf(finding, cluster).route : { name: 'cluster', clusterId: cluster.id, tab: 'overview' };
}

function scaleOf(clusters: readonly ClusterState[]): number {
  const largest = Math.max(
    1,
    ...clusters.filter((each) => !needsYou(each)).flatMap((each) => each.sparkline.map((value) => value ?? 0)),
  );
  return Math.min(mostScale, largest);
}
