import { useQuery } from '@tanstack/react-query';
import type { ClusterState, FleetSnapshot, InstanceState } from '@shared/model/fleet';
import { call } from './bridge';
import { keyOf, useWatch } from './queries';

/** Key under which the snapshot is kept. */
export const fleetKey = keyOf('fleet.watch', {});
const noInput = {};

/** Keeps the snapshot of the fleet fresh; the shell mounts it once. */
export function useFleetFeed(): void {
  useWatch('fleet.watch', noInput);
}

/** The fleet as last pushed; the first look asks once so that what is on disk shows at once. */
export function useFleet(): FleetSnapshot | undefined {
  return useQuery({ queryKey: fleetKey, queryFn: () => call('fleet.snapshot', {}) }).data;
}

/** One cluster of the fleet; `undefined` before the first snapshot or when it is not in the inventory. */
export function useCluster(clusterId: string): ClusterState | undefined {
  return useQuery({
    queryKey: fleetKey,
    queryFn: () => call('fleet.snapshot', {}),
    select: (fleet) => fleet.clusters.find((cluster) => cluster.id === clusterId),
  }).data;
}

/** One instance of the fleet, by its id alone; `undefined` as {@link useCluster}. */
export function useInstance(instanceId: string | null): InstanceState | undefined {
  return useFleet()
    ?.clusters.flatMap((cluster) => cluster.instances)
    .find((each) => each.id === instanceId);
}

/** Name of an instance, or its id when it is not known (any more). */
export function instanceName(cluster: ClusterState, instanceId: string | undefined): string {
  if (instanceId === undefined) return '';
  return cluster.instances.find((each) => each.id === instanceId)?.name ?? instanceId;
}

/** By name as people count: db-2 before db-10. */
export const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name.localeCompare(b.name, 'en', { numeric: true });

/** All replicas in the sense of a person who counts them: whatever has a source. */
export const replicasOf = (cluster: ClusterState): readonly InstanceState[] =>
  cluster.instances.filter((instance) => instance.channels.length > 0 || instance.role === 'replica').sort(byName);
