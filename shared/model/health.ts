/** Worst first. `unknown`: asked, no clear answer. `stale`: older than three polls. Never shown as ok. */
export const severities = ['act', 'watch', 'stale', 'unknown', 'note', 'ok'] as const;
export type Severity = (typeof severities)[number];

/** Rank for sorting, 0 is worst. */
export const severityRank = (severity: Severity): number => severities.indexOf(severity);

export const worstSeverity = (all: readonly Severity[]): Severity =>
  all.reduce<Severity>((worst, next) => (severityRank(next) < severityRank(worst) ? next : worst), 'ok');

export const findingCodes = [
  'primary-unreachable',
  'primary-missing',
  'primary-read-only',
  'several-writable',
  'instance-unreachable',
  'too-many-connections',
  'receiver-stopped',
  'receiver-connecting',
  'receiver-silent',
  'applier-stopped',
  'lag-high',
  'lag-growing',
  'errant-transactions',
  'replica-writable',
  'semi-sync-degraded',
  'semi-sync-no-spare',
  'semi-sync-waiting',
  'gtid-off',
  'position-based-replication',
  'replication-filter',
  'delayed-replica',
  'several-sources',
  'replication-circle',
  'group-replication',
  'not-durable',
  'relay-log-recovery-discards',
  'version-too-old',
  'version-mismatch',
  'disk-full',
  'long-transaction',
  'lock-pile-up',
  'clock-skew',
  'missing-grants',
  'connections-near-limit',
] as const;
export type FindingCode = (typeof findingCodes)[number];

/** A named problem with evidence. Evidence is what was seen, with its age; advice is what to do; both are plain sentences. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: 'act' | 'watch' | 'note';
  /** "db-3: applier stopped, error 1062" */
  readonly title: string;
  readonly clusterId: string;
  readonly instanceId?: string;
  readonly evidence: readonly { readonly label: string; readonly text: string; readonly observedAtMs: number }[];
  readonly advice: string;
  /** Page of the manual that explains the mechanism. */
  readonly manualUrl: string;
  /** First moment this finding held without a break. */
  readonly sinceMs: number;
}
