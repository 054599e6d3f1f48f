import { Button, Tabs } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { ClusterState } from '@shared/model/fleet';
import { useCluster, useFleet } from '../../lib/fleet';
import { lostPrimaryOf } from '../../lib/failover';
import { plural } from '../../lib/format';
import { serverWord } from '../../lib/next-step';
import { clusterTabs, navigate, type ClusterTab } from '../../lib/router';
import { useUnlock } from '../../lib/unlock';
import { useWaitingRuns } from '../../lib/waiting-runs';
import { EmptyState } from '../../ui/empty-state';
import { ErrorCard } from '../../ui/error-card';
import { PageHead } from '../../ui/page';
import { Panel } from '../../ui/panel';
import { runWord } from '../../ui/run-words';
import { SkeletonRows } from '../../ui/skeleton-rows';
import { markOf, StatusBadge, wordOf } from '../../ui/status-badge';
import { SecretsForm, useSecretsWanted } from '../../ui/secrets-form';
import { UnlockForm } from '../../ui/unlock-form';
import { ActivityPanel } from './activity-panel';
import './cluster.css';
import { FailbackCard } from './failback-card';
import { FindingsPanel } from './findings-panel';
import { GrantsTab } from './grants-tab';
import { HeadAct } from './head-act';
import { InstancesTable } from './instances-table';
import { LagPanel } from './lag-panel';
import { LockControl } from './lock-control';
import { RunsTab } from './runs-tab';
import { TopologyPanel } from './topology-panel';

const tabWords: Readonly<Record<ClusterTab, string>> = {
  overview: 'Overview',
  instances: 'Instances',
  grants: 'Grants',
  operations: 'Operations',
  drills: 'Drills',
};

/** One cluster: who follows whom, what is wrong, how far behind, what happened. */
export function ClusterPage({
  clusterId,
  tab,
  drills,
}: {
  readonly clusterId: string;
  readonly tab: ClusterTab;
  /** What the tab of drills shows: another feature's. */
  readonly drills: ReactNode;
}): ReactNode {
  const fleet = useFleet();
  const cluster = useCluster(clusterId);
  if (cluster) return <FoundCluster cluster={cluster} tab={tab} drills={drills} />;
  return (
    <>
      <PageHead title={fleet ? 'Not in the inventory' : 'Cluster'} />
      <div className="page-body">
        <Panel flush>
          {fleet ? (
            <EmptyState text={`No cluster ${clusterId} is in the inventory. It may have been removed.`}>
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

interface TabProps {
  readonly cluster: ClusterState;
  readonly tab: ClusterTab;
  readonly drills: ReactNode;
}

function FoundCluster({ cluster, tab, drills }: TabProps): ReactNode {
  const [asking, setAsking] = useState(false);
  const acts = useUnlock();
  const urgent = cluster.findings.filter((finding) => finding.severity !== 'note').length;
  const word = wordOf(cluster.severity);
  const { runningOperation } = cluster;
  const waiting = useWaitingRuns()?.find((run) => run.clusterId === cluster.id);
  const wanted = useSecretsWanted(cluster);
  return (
    <>
      <PageHead
        title={cluster.name}
        state={
          waiting ? (
            <StatusBadge mark="act">Act now: {runWord(waiting.state).toLowerCase()}</StatusBadge>
          ) : (
            <StatusBadge mark={markOf(cluster.severity)}>
              {urgent > 0 ? `${word}: ${plural(urgent, 'finding')}` : word}
            </StatusBadge>
          )
        }
        facts={factsOf(cluster)}
      >
        <LockControl cluster={cluster} acts={acts} onAsk={() => setAsking(true)} />
        {runningOperation ? (
          <Button onClick={() => navigate({ name: 'run', runId: runningOperation.runId, stage: 'run' })}>
            Open running operation
          </Button>
        ) : waiting ? (
          <Button
            color="red"
            title={`${waiting.title}: ${runWord(waiting.state).toLowerCase()}`}
            onClick={() => navigate({ name: 'run', runId: waiting.runId, stage: 'run' })}
          >
            {waiting.state === 'interrupted' ? 'Open interrupted run' : 'Open the run that needs you'}
          </Button>
        ) : null}
        {!runningOperation && (!waiting || lostPrimaryOf(cluster)) && (
          <HeadAct cluster={cluster} quiet={waiting !== undefined} />
        )}
      </PageHead>
      {(asking || acts.lock.error) && (
        <div style={{ padding: '0 14px 10px' }}>
          {acts.lock.error && <ErrorCard error={acts.lock.error} />}
          {asking && cluster.unlock === null && (
            <Panel title="Unlock" note="until then nothing on this cluster can be changed">
              <UnlockForm
                cluster={cluster.name}
                busy={acts.unlock.busy}
                error={acts.unlock.error}
                onClose={() => setAsking(false)}
                onUnlock={(reason, minutes) =>
                  acts.unlock.run({ clusterId: cluster.id, reason, minutes }, () => setAsking(false))
                }
              />
            </Panel>
          )}
        </div>
      )}
      {wanted.length > 0 && (
        <div style={{ padding: '0 14px 10px' }}>
          <Panel tone="watch" title="Secret missing" note="until it is typed nothing is known of this cluster">
            <SecretsForm cluster={cluster} />
          </Panel>
        </div>
      )}
      <Tabs
        value={tab}
        px={14}
        mb={10}
        className="none"
        onChange={(value) => {
          const next = clusterTabs.find((each) => each === value);
          if (next) navigate({ name: 'cluster', clusterId: cluster.id, tab: next }, true);
        }}
      >
        <Tabs.List>
          {clusterTabs.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {tabWords[each]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      <div className="page-body" data-cluster={cluster.name}>
        <TabBody cluster={cluster} tab={tab} drills={drills} />
      </div>
    </>
  );
}

function TabBody({ cluster, tab, drills }: TabProps): ReactNode {
  switch (tab) {
    case 'overview':
      return (
        <>
          <FailbackCard cluster={cluster} />
          <div className="cluster-overview">
            <TopologyPanel cluster={cluster} />
            <FindingsPanel cluster={cluster} />
            <LagPanel cluster={cluster} />
            <ActivityPanel clusterId={cluster.id} />
          </div>
        </>
      );
    case 'instances':
      return (
        <Panel
          flush
          className="grow"
          title="Instances"
          note={`${cluster.answered} of ${cluster.instances.length} answered`}
        >
          <InstancesTable cluster={cluster} />
        </Panel>
      );
    case 'grants':
      return <GrantsTab clusterId={cluster.id} />;
    case 'operations':
      return <RunsTab clusterId={cluster.id} />;
    case 'drills':
      return drills;
  }
}

function factsOf(cluster: ClusterState): string {
  const heartbeat = { none: 'no heartbeat', midwatch: 'heartbeat by Midwatch', 'pt-heartbeat': 'pt-heartbeat' }[
    cluster.heartbeat.kind
  ];
  return [
    serverWord(cluster),
    `${cluster.answered} of ${plural(cluster.instances.length, 'instance')} answered`,
    cluster.regions.join(', '),
    cluster.shard ? `shard ${cluster.shard.key} of ${cluster.shard.of}` : '',
    heartbeat,
  ]
    .filter(Boolean)
    .join(' · ');
}
