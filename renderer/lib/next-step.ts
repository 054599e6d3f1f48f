import type { ClusterState } from '@shared/model/fleet';
import type { Finding } from '@shared/model/health';
import { instanceName } from './fleet';
import { asideOf, instanceActs } from './instance-acts';
import { failoverRoute, lostPrimaryOf, wantsFailover } from './failover';
import type { Route } from './router';

/** The one thing to press for a finding: where its evidence and its cure are. */
export interface NextStep {
  readonly label: string;
  /** The same where the cluster is named beside it. */
  readonly short?: string;
  readonly route: Route;
}

const atProcesses = new Set<Finding['code']>([
  'long-transaction',
  'lock-pile-up',
  'connections-near-limit',
  'too-many-connections',
]);
const atVariables = new Set<Finding['code']>([
  'not-durable',
  'version-mismatch',
  'gtid-off',
  'relay-log-recovery-discards',
]);

/** Findings that one who stands beside the primary causes: bringing it back is the cure. */
const besidePrimary = new Set<Finding['code']>(['several-writable', 'replica-writable', 'errant-transactions']);

/** What to do about a finding, where that is one press; else where to look. */
export function nextStepOf(finding: Finding, cluster: ClusterState): NextStep {
  const { instanceId } = finding;
  if (finding === lostPrimaryOf(cluster)) {
    const { runningOperation } = cluster;
    if (runningOperation) {
      return { label: 'Open running operation', route: { name: 'run', runId: runningOperation.runId, stage: 'run' } };
    }
    if (wantsFailover(cluster)) {
      return { label: `Plan failover on ${cluster.name}…`, short: 'Plan failover…', route: failoverRoute(cluster) };
    }
  }
  const aside = besidePrimary.has(finding.code) ? asideOf(cluster) : undefined;
  const rejoin = aside && instanceActs(cluster, aside).find((act) => act.kind === 'rejoin' && act.refusal === null);
  if (rejoin) return { label: rejoin.label, route: rejoin.route };
  const toCluster: NextStep = {
    label: `Open ${cluster.name}`,
    route: { name: 'cluster', clusterId: cluster.id, tab: finding.code === 'missing-grants' ? 'grants' : 'overview' },
  };
  if (instanceId === undefined) return toCluster;
  const name = instanceName(cluster, instanceId);
  if (atProcesses.has(finding.code)) {
    return {
      label: `Open processes on ${name}`,
      route: { name: 'instance', clusterId: cluster.id, instanceId, tab: 'processes' },
    };
  }
  if (atVariables.has(finding.code)) {
    return {
      label: `Open variables of ${name}`,
      route: { name: 'instance', clusterId: cluster.id, instanceId, tab: 'variables' },
    };
  }
  return toCluster;
}

/** Headline of a card: the cluster, then what is wrong; one colon only. */
export const headlineOf = (cluster: ClusterState, finding: Finding): string =>
  finding.title.includes(':') ? `${cluster.name}, ${finding.title}` : `${cluster.name}: ${finding.title}`;

/** "MySQL 9.7.4", or what is known of it. */
export function serverWord(of: { readonly dialect: ClusterState['dialect']; readonly version: string }): string {
  const product = of.dialect === 'mariadb' ? 'MariaDB' : of.dialect === 'mysql' ? 'MySQL' : '';
  return `${product} ${of.version}`.trim() || 'Unknown';
}
