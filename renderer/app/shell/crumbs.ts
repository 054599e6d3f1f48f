import { assertNever } from '@shared/assert-never';
import type { FleetSnapshot } from '@shared/model/fleet';
import { parentOf, type Route } from '../../lib/router';
import { kindWord } from '../../ui/run-words';

export interface Crumb {
  readonly text: string;
  readonly route: Route;
}

/** The way to a place, outermost first. Ids become names where the snapshot knows them. */
export function crumbsOf(route: Route, fleet: FleetSnapshot | undefined): readonly Crumb[] {
  const up = parentOf(route);
  const above = up === null || isTop(route) ? [] : crumbsOf(up, fleet);
  return [...above, { text: textOf(route, fleet), route }];
}

const tops = new Set<Route['name']>(['inventory', 'tunnels', 'activity', 'operations', 'queries', 'about']);
const isTop = (route: Route): boolean => tops.has(route.name);

function textOf(route: Route, fleet: FleetSnapshot | undefined): string {
  switch (route.name) {
    case 'fleet':
      return 'Fleet';
    case 'add-cluster':
      return 'Add cluster';
    case 'cluster':
      return fleet?.clusters.find((cluster) => cluster.id === route.clusterId)?.name ?? route.clusterId;
    case 'instance': {
      const cluster = fleet?.clusters.find((each) => each.id === route.clusterId);
      return cluster?.instances.find((each) => each.id === route.instanceId)?.name ?? route.instanceId;
    }
    case 'inventory':
      return 'Inventory';
    case 'tunnels':
      return 'Tunnels';
    case 'activity':
      return 'Activity';
    case 'operations':
      return 'Operations';
    case 'drills':
      return 'Drills';
    case 'queries':
      return 'Queries';
    case 'review':
      return 'Review';
    case 'plan':
      return kindWord(route.kind);
    case 'run':
      return route.runId;
    case 'about':
      return 'About';
    default:
      return assertNever(route);
  }
}
