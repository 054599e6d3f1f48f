import { useMemo, type ReactNode } from 'react';
import type { ClusterState } from '@shared/model/fleet';
import { instanceName, replicasOf } from '../../lib/fleet';
import { plural } from '../../lib/format';
import { useKeys } from '../../lib/keyboard';
import { navigate, planRoute } from '../../lib/router';
import { Age } from '../../ui/age';
import { Panel } from '../../ui/panel';
import { TopologyGraph } from '../../ui/topology-graph';
import { followRefusal, moveRefusal } from './can-follow';
import { InstancesTable } from './instances-table';
import { linksOf, mostReplicas, nodesOf } from './topology';

/** Who follows whom; over 12 replicas as a list by region. */
export function TopologyPanel({ cluster }: { readonly cluster: ClusterState }): ReactNode {
  const newest = Math.max(...cluster.instances.map((instance) => instance.seenAtMs ?? 0));
  const nodes = useMemo(() => nodesOf(cluster), [cluster]);
  const links = useMemo(() => linksOf(cluster), [cluster]);
  const tooMany = replicasOf(cluster).length > mostReplicas;
  const moves = useMemo(
    () => ({
      refusal: (id: string) => moveRefusal(cluster, id),
      judge: (id: string, under: string) => followRefusal(cluster, id, under),
      onMove: (instanceId: string, candidateId: string) =>
        navigate(planRoute('relocate', cluster.id, { instanceId, candidateId })),
      nameOf: (id: string) => instanceName(cluster, id),
    }),
    [cluster],
  );
  useKeys(
    tooMany
      ? []
      : [
          {
            keys: 'M',
            what: 'Move a replica: focus it, M, arrows, Enter for the plan',
            run: () => document.querySelector<HTMLElement>('.react-flow__node-instance')?.focus(),
          },
        ],
  );
  const open = (instanceId: string): void =>
    navigate({ name: 'instance', clusterId: cluster.id, instanceId, tab: 'processes' });
  return (
    <Panel
      flush
      title="Topology"
      note={newest === 0 ? 'never seen' : <Age atMs={newest} prefix="seen " suffix=" ago" />}
      right={
        tooMany ? (
          plural(cluster.instances.length, 'instance')
        ) : (
          <>
            <span style={{ color: 'var(--s2-text)' }}>━ semi-sync</span>
            <span>─ async</span>
            <span className="c-watch">┄ not flowing</span>
            <span>drag a replica, or M on it, to another source</span>
          </>
        )
      }
    >
      {tooMany ? (
        <InstancesTable cluster={cluster} byRegion />
      ) : (
        <TopologyGraph nodes={nodes} links={links} onOpen={open} moves={moves} />
      )}
    </Panel>
  );
}
