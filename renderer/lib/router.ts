import { useSyncExternalStore } from 'react';
import { assertNever } from '@shared/assert-never';
import { operationKinds, type OperationKind } from '@shared/model/plan';

export const clusterTabs = ['overview', 'instances', 'grants', 'operations', 'drills'] as const;
export type ClusterTab = (typeof clusterTabs)[number];
export const instanceTabs = ['processes', 'variables', 'status'] as const;
export type InstanceTab = (typeof instanceTabs)[number];
export const inventoryTabs = ['clusters', 'instances', 'bastions'] as const;
export type InventoryTab = (typeof inventoryTabs)[number];

/** Where a plan is asked for: of what kind, and with which parts of its question. null: the console finds it. */
export interface PlanRoute {
  readonly name: 'plan';
  readonly kind: OperationKind;
  readonly clusterId: string;
  /** Who is acted upon: the instance that returns, is filled or moved. */
  readonly instanceId: string | null;
  /** Who is chosen for it: the new primary, the donor, the new source. */
  readonly candidateId: string | null;
  /** Code of one of the plan's choices. */
  readonly choice: string | null;
}

/** A plan of a kind, with the parts of its question that are known. */
export const planRoute = (
  kind: OperationKind,
  clusterId: string,
  asked: Partial<Pick<PlanRoute, 'instanceId' | 'candidateId' | 'choice'>> = {},
): PlanRoute => ({ name: 'plan', kind, clusterId, instanceId: null, candidateId: null, choice: null, ...asked });

/** Every place of the window. The address bar of a desktop window is its hash, so a reload comes back to the same place. */
export type Route =
  | { readonly name: 'fleet' }
  | { readonly name: 'add-cluster' }
  | { readonly name: 'cluster'; readonly clusterId: string; readonly tab: ClusterTab }
  | { readonly name: 'instance'; readonly clusterId: string; readonly instanceId: string; readonly tab: InstanceTab }
  | { readonly name: 'inventory'; readonly tab: InventoryTab }
  | { readonly name: 'tunnels' }
  | { readonly name: 'activity' }
  | { readonly name: 'operations' }
  | { readonly name: 'drills' }
  | { readonly name: 'queries' }
  | { readonly name: 'review'; readonly reviewId: string; readonly classId: string | null }
  | PlanRoute
  | { readonly name: 'run'; readonly runId: string; readonly stage: 'run' | 'report' }
  | { readonly name: 'about' };

const oneOf = <T extends string>(all: readonly T[], text: string | undefined, fallback: T): T =>
  all.find((each) => each === text) ?? fallback;

/** The hash of a route; {@link parseRoute} reads it back. */
export function formatRoute(route: Route): string {
  const join = (...parts: readonly string[]): string => `#/${parts.map(encodeURIComponent).join('/')}`;
  switch (route.name) {
    case 'fleet':
    case 'add-cluster':
    case 'tunnels':
    case 'activity':
    case 'operations':
    case 'drills':
    case 'queries':
    case 'about':
      return join(route.name);
    case 'review':
      return join('review', route.reviewId, ...(route.classId === null ? [] : [route.classId]));
    case 'cluster':
      return join('cluster', route.clusterId, route.tab);
    case 'instance':
      return join('instance', route.clusterId, route.instanceId, route.tab);
    case 'inventory':
      return join('inventory', route.tab);
    case 'plan':
      return join('plan', route.kind, route.clusterId, ...askedParts(route));
    case 'run':
      return join('run', route.runId, route.stage);
    default:
      return assertNever(route);
  }
}

/** What is not asked is an empty part, and none at the end. */
function askedParts({ candidateId, instanceId, choice }: PlanRoute): readonly string[] {
  const parts = [candidateId, instanceId, choice].map((part) => part ?? '');
  return parts.slice(0, parts.findLastIndex((part) => part !== '') + 1);
}

/** Reads a hash; anything unknown is the fleet, never an error page. */
export function parseRoute(hash: string): Route {
  const [name, first, second, third, fourth, fifth] = hash
    .replace(/^#?\/?/, '')
    .split('/')
    .map(decode);
  switch (name) {
    case 'add-cluster':
    case 'tunnels':
    case 'activity':
    case 'operations':
    case 'drills':
    case 'queries':
    case 'about':
      return { name };
    case 'review':
      return first ? { name, reviewId: first, classId: second || null } : { name: 'queries' };
    case 'cluster':
      return first ? { name, clusterId: first, tab: oneOf(clusterTabs, second, 'overview') } : { name: 'fleet' };
    case 'instance':
      return first && second
        ? { name, clusterId: first, instanceId: second, tab: oneOf(instanceTabs, third, 'processes') }
        : { name: 'fleet' };
    case 'inventory':
      return { name, tab: oneOf(inventoryTabs, first, 'clusters') };
    case 'plan': {
      const kind = operationKinds.find((each) => each === first);
      return kind && second
        ? planRoute(kind, second, { candidateId: third || null, instanceId: fourth || null, choice: fifth || null })
        : { name: 'operations' };
    }
    case 'run':
      return first ? { name, runId: first, stage: oneOf(['run', 'report'], second, 'run') } : { name: 'operations' };
    default:
      return { name: 'fleet' };
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function subscribe(reader: () => void): () => void {
  window.addEventListener('hashchange', reader);
  return () => window.removeEventListener('hashchange', reader);
}

const readHash = (): string => window.location.hash;

/** Where the window is now. */
export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(subscribe, readHash, readHash));
}

/** Goes to a place. `replace` keeps the place left out of the way back (tabs, stages). */
export function navigate(route: Route, replace = false): void {
  const hash = formatRoute(route);
  if (!replace) {
    window.location.hash = hash;
    return;
  }
  window.history.replaceState(null, '', hash);
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}

/** One level up: what Esc does. A run is never cancelled by leaving it. */
export function parentOf(route: Route): Route | null {
  switch (route.name) {
    case 'fleet':
      return null;
    case 'instance':
      return { name: 'cluster', clusterId: route.clusterId, tab: 'overview' };
    case 'plan':
      return { name: 'cluster', clusterId: route.clusterId, tab: 'overview' };
    case 'run':
    case 'drills':
      return { name: 'operations' };
    case 'review':
      return { name: 'queries' };
    case 'cluster':
    case 'add-cluster':
    case 'inventory':
    case 'tunnels':
    case 'activity':
    case 'operations':
    case 'queries':
    case 'about':
      return { name: 'fleet' };
    default:
      return assertNever(route);
  }
}
