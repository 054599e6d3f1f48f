import type { ClusterState } from '@shared/model/fleet';
import { worstSeverity, type Severity } from '@shared/model/health';
import { byUrgency } from '../../lib/failover';

/** A row of the calm table: a cluster, or the whole that several shards make up. */
export type FleetRow =
  | { readonly kind: 'cluster'; readonly id: string; readonly cluster: ClusterState; readonly inWhole: boolean }
  | { readonly kind: 'whole'; readonly id: string; readonly whole: Whole };

/** The shards of one whole, judged together. */
export interface Whole {
  readonly of: string;
  readonly clusters: readonly ClusterState[];
  readonly severity: Severity;
  readonly commitsPerSecond: number | null;
  readonly worstLagSeconds: number | null;
  readonly ageMs: number | null;
}

/** Clusters on which a person should look now. */
export const needsYou = (cluster: ClusterState): boolean => cluster.severity === 'act' || cluster.severity === 'watch';

/** Worst first; among equals by name, so that rows do not jump. */
export const sortClusters = (clusters: readonly ClusterState[]): readonly ClusterState[] =>
  [...clusters].sort(byUrgency);

/** Every word must occur in a name, region, server or finding of the cluster. */
export function matches(cluster: ClusterState, filter: string): boolean {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const hay = [
    cluster.name,
    cluster.shard?.of ?? '',
    cluster.shard?.key ?? '',
    cluster.dialect ?? '',
    cluster.version,
    ...cluster.regions,
    ...cluster.instances.map((instance) => instance.name),
    ...cluster.findings.map((finding) => finding.title),
  ]
    .join('\n')
    .toLowerCase();
  return words.every((word) => hay.includes(word));
}

const largest = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
};

const sum = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
};

function wholeOf(of: string, clusters: readonly ClusterState[]): Whole {
  return {
    of,
    clusters,
    severity: worstSeverity(clusters.map((cluster) => cluster.severity)),
    commitsPerSecond: sum(clusters.map((cluster) => cluster.commitsPerSecond)),
    worstLagSeconds: largest(clusters.map((cluster) => cluster.worstLagSeconds)),
    ageMs: largest(clusters.map((cluster) => cluster.ageMs)),
  };
}

/** Rows of the calm table in their order; shards stand under their whole unless it is closed. */
export function calmRows(clusters: readonly ClusterState[], closed: ReadonlySet<string>): readonly FleetRow[] {
  const sorted = sortClusters(clusters);
  const rows: FleetRow[] = [];
  const done = new Set<string>();
  for (const cluster of sorted) {
    const of = cluster.shard?.of;
    if (of === undefined) {
      rows.push({ kind: 'cluster', id: cluster.id, cluster, inWhole: false });
      continue;
    }
    if (done.has(of)) continue;
    done.add(of);
    const shards = sorted.filter((each) => each.shard?.of === of);
    rows.push({ kind: 'whole', id: `whole:${of}`, whole: wholeOf(of, shards) });
    if (!closed.has(of)) {
      rows.push(...shards.map((shard): FleetRow => ({ kind: 'cluster', id: shard.id, cluster: shard, inWhole: true })));
    }
  }
  return rows;
}

/** Keeps rows where they are while the pointer is over them: known rows in the held order, new ones at the end. */
export function holdOrder(rows: readonly FleetRow[], held: readonly string[] | null): readonly FleetRow[] {
  if (held === null) return rows;
  const place = (row: FleetRow): number => {
    const at = held.indexOf(row.id);
    return at < 0 ? held.length : at;
  };
  return [...rows].sort((a, b) => place(a) - place(b));
}

/** Regions of the fleet: how many answered, the worst state, the slowest way there. */
export interface RegionSummary {
  readonly region: string;
  readonly answered: number;
  readonly total: number;
  readonly severity: Severity;
  readonly roundTripMs: number | null;
}

export function regionsOf(clusters: readonly ClusterState[]): readonly RegionSummary[] {
  const instances = clusters.flatMap((cluster) => cluster.instances);
  const names = [...new Set(instances.map((instance) => instance.region))].sort((a, b) => a.localeCompare(b));
  return names.map((region) => {
    const here = instances.filter((instance) => instance.region === region);
    return {
      region,
      answered: here.filter((instance) => instance.reach === 'answering').length,
      total: here.length,
      severity: worstSeverity(here.map((instance) => instance.severity)),
      roundTripMs: largest(
        here.map((instance) => (instance.reach === 'answering' ? instance.metrics.roundTripMs : null)),
      ),
    };
  });
}
