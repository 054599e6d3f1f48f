import type { Hook } from '@shared/model/hook';
import type { Cluster } from '@shared/model/inventory';

/** One bastion that a cluster needs, and what for: "wallet-1", "the host of wallet-1". */
export interface Way {
  readonly what: string;
  readonly bastionId: string;
}

/** Every bastion that a cluster's instances or their hosts are reached through. */
export function waysOf(cluster: Cluster): readonly Way[] {
  return cluster.instances.flatMap((one) => [
    ...one.via.map((bastionId) => ({ what: one.name, bastionId })),
    ...(one.hostAccess?.via ?? []).map((bastionId) => ({ what: `the host of ${one.name}`, bastionId })),
  ]);
}

/** The hook whose address holds a user or password, which would stand in plans, journals and exports; null: none does. */
export function hookWithCredentials(cluster: Cluster): 'repoint' | 'fence' | null {
  const holds = (hook: Hook | undefined): boolean => {
    const address = hook?.kind === 'http' ? hook.url : hook?.kind === 'mysql-router' ? hook.api : undefined;
    if (address === undefined) return false;
    const { username, password } = new URL(address);
    return username !== '' || password !== '';
  };
  if (holds(cluster.traffic?.repoint)) return 'repoint';
  return holds(cluster.traffic?.fence) ? 'fence' : null;
}

/** Where the password of a cluster's proxy may go. */
export const trafficPasswordTargets = (cluster: Cluster): readonly string[] =>
  [cluster.traffic?.repoint, cluster.traffic?.fence].flatMap((hook) => {
    if (hook?.kind === 'proxysql') return hook.admins;
    return hook?.kind === 'mysql-router' && hook.api !== undefined ? [new URL(hook.api).origin] : [];
  });

/** Where a cluster's hook token may go: the origins of its HTTP hooks. */
export function tokenOrigins(cluster: Cluster): readonly string[] {
  return [cluster.traffic?.repoint, cluster.traffic?.fence].flatMap((hook) =>
    hook?.kind === 'http' ? [new URL(hook.url).origin] : [],
  );
}
