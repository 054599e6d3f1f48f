import { Button, Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ClusterState, InstanceState } from '@shared/model/fleet';
import { useCluster, useFleet } from '../../lib/fleet';
import { formatCount, formatMs, formatSeconds, secondsFigure } from '../../lib/format';
import { useKeys } from '../../lib/keyboard';
import { serverWord } from '../../lib/next-step';
import { instanceTabs, navigate, type InstanceTab } from '../../lib/router';
import { Age } from '../../ui/age';
import { EmptyState } from '../../ui/empty-state';
import { ErrorCard } from '../../ui/error-card';
import { PageHead } from '../../ui/page';
import { Panel } from '../../ui/panel';
import { roleWord } from '../../ui/role-chips';
import { SkeletonRows } from '../../ui/skeleton-rows';
import { markOf, StatusBadge } from '../../ui/status-badge';
import { Tiles, type Tile } from '../../ui/tiles';
import './instance.css';
import { InstanceActs } from './instance-acts';
import { ProcessesTab } from './processes-tab';
import { DetailTab } from './variables-tab';

const tabWords: Readonly<Record<InstanceTab, string>> = {
  processes: 'Processes',
  variables: 'Variables',
  status: 'Status',
};

/** One mysqld: how it is, who works on it, how it is set up. */
export function InstancePage({
  clusterId,
  instanceId,
  tab,
}: {
  readonly clusterId: string;
  readonly instanceId: string;
  readonly tab: InstanceTab;
}): ReactNode {
  const known = useFleet() !== undefined;
  const cluster = useCluster(clusterId);
  const instance = cluster?.instances.find((each) => each.id === instanceId);
  const go = (to: InstanceTab): void => navigate({ name: 'instance', clusterId, instanceId, tab: to }, true);
  useKeys([
    { keys: 'G P', what: 'Processes', run: () => go('processes') },
    { keys: 'G V', what: 'Variables', run: () => go('variables') },
    { keys: 'G L', what: 'Lag of this instance', run: () => navigate({ name: 'cluster', clusterId, tab: 'overview' }) },
  ]);
  if (!cluster || !instance) {
    return (
      <>
        <PageHead title={known ? 'Not in the inventory' : 'Instance'} />
        <div className="page-body">
          <Panel flush>
            {known ? (
              <EmptyState text="This instance is not in the inventory. It may have been removed.">
                <Button variant="default" onClick={() => navigate({ name: 'fleet' })}>
                  Back to the fleet
                </Button>
              </EmptyState>
            ) : (
              <SkeletonRows />
            )}
          </Panel>
        </div>
      </>
    );
  }
  return (
    <>
      <PageHead
        title={instance.name}
        state={
          <>
            <span className="chip">{roleWord(instance)}</span>
            <StatusBadge mark={markOf(instance.severity)}>{instance.word}</StatusBadge>
          </>
        }
        facts={
          <>
            {cluster.name} · {instance.region || 'no region'} · {serverWord(instance)} ·{' '}
            <span className="mono">
              {instance.host}:{instance.port}
            </span>
            {instance.via.length > 0 && ` via ${instance.via.join(', ')}`}
          </>
        }
      >
        <span className="label">
          <Age atMs={instance.seenAtMs} prefix="seen " suffix=" ago" />
        </span>
        <InstanceActs cluster={cluster} instance={instance} />
      </PageHead>
      <Tabs
        value={tab}
        px={14}
        mb={10}
        className="none"
        onChange={(value) => {
          const next = instanceTabs.find((each) => each === value);
          if (next) go(next);
        }}
      >
        <Tabs.List>
          {instanceTabs.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {tabWords[each]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      <div className="page-body" data-instance={instance.name} data-reach={instance.reach}>
        {instance.error && <ErrorCard error={instance.error} quiet={instance.reach === 'stale'} />}
        <Tiles tiles={tilesOf(instance)} old={instance.reach !== 'answering'} />
        <TabBody cluster={cluster} instance={instance} tab={tab} />
      </div>
    </>
  );
}

function TabBody({
  cluster,
  instance,
  tab,
}: {
  readonly cluster: ClusterState;
  readonly instance: InstanceState;
  readonly tab: InstanceTab;
}): ReactNode {
  if (tab === 'processes') return <ProcessesTab cluster={cluster} instanceId={instance.id} />;
  return <DetailTab instanceId={instance.id} what={tab} />;
}

function tilesOf(instance: InstanceState): readonly Tile[] {
  const { metrics, lag } = instance;
  const figure = secondsFigure(lag?.seconds ?? null);
  const writes = instance.readOnly === null ? 'Unknown' : instance.readOnly ? 'Refused' : 'Accepted';
  return [
    {
      label: 'Writes',
      value: writes,
      sub: instance.superReadOnly === true ? 'super_read_only' : instance.readOnly === true ? 'read_only' : '',
    },
    lag === null
      ? { label: 'Lag', value: '–', sub: 'no source' }
      : { label: 'Lag', value: figure.value, unit: figure.unit, sub: lag.why || `by ${lag.basis}` },
    {
      label: 'Commits',
      value: formatCount(metrics.commitsPerSecond),
      unit: '/s',
      sub: `${formatCount(metrics.queriesPerSecond)} queries/s`,
    },
    {
      label: 'Connections',
      value: formatCount(metrics.connections),
      unit: `of ${formatCount(metrics.maxConnections)}`,
      sub: `Midwatch holds ${instance.connectionsHeld} of ${instance.connectionBudget}`,
    },
    { label: 'Running', value: formatCount(metrics.threadsRunning), sub: 'threads' },
    { label: 'Round trip', value: formatMs(metrics.roundTripMs), sub: delayText(instance) },
  ];
}

function delayText(instance: InstanceState): string {
  const delay = Math.max(0, ...instance.channels.map((channel) => channel.delaySeconds));
  return delay > 0 ? `delayed ${formatSeconds(delay)} on purpose` : `server id ${instance.serverId ?? 'unknown'}`;
}
