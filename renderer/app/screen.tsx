import type { ReactNode } from 'react';
import { assertNever } from '@shared/assert-never';
import { ActivityPage } from '../features/activity/page';
import { AddClusterPage } from '../features/add-cluster/page';
import { ClusterPage } from '../features/cluster/page';
import { DrillsBoard } from '../features/drills/board';
import { DrillsPage } from '../features/drills/page';
import { FleetPage } from '../features/fleet/page';
import { InstancePage } from '../features/instance/page';
import { InventoryPage } from '../features/inventory/page';
import { OperationsPage } from '../features/operations/list-page';
import { PlanPage } from '../features/operations/plan-page';
import { RunPage } from '../features/operations/run-page';
import { QueriesPage } from '../features/queries/list-page';
import { ReviewPage } from '../features/queries/review-page';
import { TunnelsPage } from '../features/tunnels/page';
import type { Route } from '../lib/router';
import { AboutPage } from './about-page';

/** The screen of a route. Keys make another cluster, instance or run start afresh. */
export function Screen({ route }: { readonly route: Route }): ReactNode {
  switch (route.name) {
    case 'fleet':
      return <FleetPage />;
    case 'add-cluster':
      return <AddClusterPage />;
    case 'cluster':
      return (
        <ClusterPage
          key={route.clusterId}
          clusterId={route.clusterId}
          tab={route.tab}
          drills={<DrillsBoard clusterId={route.clusterId} />}
        />
      );
    case 'instance':
      return (
        <InstancePage
          key={route.instanceId}
          clusterId={route.clusterId}
          instanceId={route.instanceId}
          tab={route.tab}
        />
      );
    case 'inventory':
      return <InventoryPage tab={route.tab} />;
    case 'tunnels':
      return <TunnelsPage />;
    case 'activity':
      return <ActivityPage />;
    case 'operations':
      return <OperationsPage />;
    case 'drills':
      return <DrillsPage />;
    case 'queries':
      return <QueriesPage />;
    case 'review':
      return <ReviewPage key={route.reviewId} reviewId={route.reviewId} classId={route.classId} />;
    case 'plan':
      return (
        <PlanPage
          key={[route.kind, route.clusterId, route.instanceId, route.candidateId, route.choice].join('/')}
          asked={route}
        />
      );
    case 'run':
      return <RunPage key={route.runId} runId={route.runId} stage={route.stage} />;
    case 'about':
      return <AboutPage />;
    default:
      return assertNever(route);
  }
}
