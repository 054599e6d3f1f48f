import type { ClusterState, InstanceState, Lag, Reach, ReplicationChannel, SemiSync } from '@shared/model/fleet';
import { severityRank, worstSeverity, type Finding, type Severity } from '@shared/model/health';
import type { Cluster } from '@shared/model/inventory';
import type { ChannelSample } from '../dialect/server-sample';
import { channelKey, deriveTopology, type Topology } from '../fleet/topology';
import { heardAgeSeconds, judgeLag } from '../replication/lag';
import type { PrimaryPositions } from '../replication/primary-positions';
import type { Observation } from './observation';
import { rules } from './rules';
import type { Judged, RuleContext } from './rules/rule';

/** Older than this many ms is stale; older than ten times that, or never answered, is lost. */
const staleAfterMs = 3500;
const lostAfterMs = 15_000;

export interface JudgeInput {
  readonly cluster: Cluster;
  readonly observations: readonly Observation[];
  readonly positions: PrimaryPositions;
  readonly nowMs: number;
  readonly isOperating: boolean;
  readonly held: (instanceId: string) => number;
  readonly lagSlopePerMinute: (instanceId: string) => number | null;
  /** First moment that a finding held, by its key. */
  readonly since: (key: string) => number;
}

export type JudgedCluster = Omit<ClusterState, 'sparkline' | 'commitsSparkline' | 'unlock' | 'runningOperation'>;

/** Everything seen of one cluster, judged: roles, lag, findings, severities. Pure. */
export function judgeCluster(input: JudgeInput): JudgedCluster {
  const { cluster, observations, nowMs } = input;
  const topology = deriveTopology(observations);
  const primary = observations.find((one) => one.instance.id === topology.primaryId) ?? null;
  const judged = observations.map((observation): Judged => {
    const state = stateOf(observation, primary, topology, input);
    return {
      observation,
      state,
      channels: observation.sample?.channels ?? [],
      lagSlopePerMinute: input.lagSlopePerMinute(observation.instance.id),
    };
  });
  const context: RuleContext = {
    clusterId: cluster.id,
    instances: judged,
    primary: judged.find((one) => one.state.id === topology.primaryId) ?? null,
    circle: topology.circle,
    nowMs,
    isOperating: input.isOperating,
  };
  const found = findAll(context, input);
  const instances = judged.map(({ state }): InstanceState => {
    const own = found.filter((one) => one.finding.instanceId === state.id);
    const worst = own[0];
    const severity = severityOf(
      state.reach,
      own.map((one) => one.finding),
    );
    return {
      ...state,
      severity,
      word:
        severity === 'stale'
          ? 'Stale'
          : worst && worst.finding.severity !== 'note'
            ? worst.word
            : state.reach === 'never'
              ? 'Connecting'
              : state.reach === 'lost'
                ? 'Unknown'
                : 'Calm',
    };
  });
  return assemble(
    cluster,
    instances,
    found.map((one) => one.finding),
    topology,
    nowMs,
  );
}

function assemble(
  cluster: Cluster,
  instances: readonly InstanceState[],
  findings: readonly Finding[],
  topology: Topology,
  nowMs: number,
): JudgedCluster {
  const answering = instances.filter((one) => one.reach === 'answering');
  const primary = instances.find((one) => one.id === topology.primaryId);
  const lags = answering.map((one) => one.lag?.seconds ?? null).filter((seconds) => seconds !== null);
  const lost = instances.every((one) => one.reach === 'lost' || one.reach === 'never');
  const anyUnseen: Severity = instances.every((one) => one.reach === 'answering') ? 'ok' : lost ? 'unknown' : 'stale';
  const seen = instances.map((one) => one.seenAtMs).filter((at) => at !== null);
  const first = primary ?? instances.find((one) => one.version !== '');
  return {
    id: cluster.id,
    name: cluster.name,
    dialect: first?.dialect ?? null,
    version: first?.version ?? '',
    regions: [...new Set(instances.map((one) => one.region).filter((region) => region !== ''))],
    shard: cluster.shard ?? null,
    pinned: cluster.pinned,
    severity: worstSeverity([...findings.map((one) => one.severity).filter((one) => one !== 'note'), anyUnseen]),
    findings,
    instances,
    primaryId: topology.primaryId,
    answered: answering.length,
    worstLagSeconds: lags.length === 0 ? null : Math.max(...lags),
    commitsPerSecond: primary?.reach === 'answering' ? primary.metrics.commitsPerSecond : null,
    heartbeat: cluster.heartbeat,
    ageMs: seen.length === 0 ? null : nowMs - Math.min(...seen),
  };
}

function findAll(
  context: RuleContext,
  input: JudgeInput,
): readonly { readonly finding: Finding; readonly word: string }[] {
  return rules
    .flatMap((rule) =>
      rule.find(context).map((match) => ({
        word: match.word,
        finding: {
          code: rule.code,
          severity: match.severity ?? rule.severity,
          title: match.title,
          clusterId: context.clusterId,
          ...(match.instanceId === undefined ? {} : { instanceId: match.instanceId }),
          evidence: match.evidence.map(([label, text]) => ({
            label,
            text,
            observedAtMs: seenAt(context, match.instanceId),
          })),
          advice: rule.advice,
          manualUrl: rule.manualUrl,
          sinceMs: input.since(`${rule.code}/${context.clusterId}/${match.instanceId ?? ''}`),
        } satisfies Finding,
      })),
    )
    .sort(
      (a, b) =>
        severityRank(a.finding.severity) - severityRank(b.finding.severity) || a.finding.sinceMs - b.finding.sinceMs,
    );
}

const seenAt = (context: RuleContext, instanceId: string | undefined): number =>
  context.instances.find((one) => one.state.id === instanceId)?.state.seenAtMs ?? context.nowMs;

function severityOf(reach: Reach, findings: readonly Finding[]): Severity {
  const own = worstSeverity(findings.map((one) => one.severity).filter((one) => one !== 'note'));
  if (reach === 'stale') return worstSeverity([own, 'stale']);
  if (reach === 'lost' || reach === 'never') return worstSeverity([own, 'unknown']);
  return own;
}

function reachOf(observation: Observation, nowMs: number): Reach {
  if (observation.sampledAtMs === null) return 'never';
  const age = nowMs - observation.sampledAtMs;
  if (observation.error !== null) return age > lostAfterMs ? 'lost' : 'stale';
  return age > lostAfterMs ? 'lost' : age > staleAfterMs ? 'stale' : 'answering';
}

function stateOf(
  observation: Observation,
  primary: Observation | null,
  topology: Topology,
  input: JudgeInput,
): Judged['state'] {
  const { instance, sample, facts, dialect } = observation;
  const channels = (sample?.channels ?? []).map((channel) => channelOf(observation, channel, topology));
  const counters = sample?.counters;
  return {
    id: instance.id,
    clusterId: observation.clusterId,
    name: instance.name,
    host: instance.host,
    port: instance.port,
    region: instance.region ?? '',
    via: instance.via,
    reach: reachOf(observation, input.nowMs),
    seenAtMs: observation.sampledAtMs,
    error: observation.error,
    nextTryAtMs: observation.nextTryAtMs,
    role: topology.roles.get(instance.id) ?? 'unknown',
    dialect: dialect?.name ?? null,
    version: observation.version.replace(/-MariaDB.*$/i, ''),
    serverUuid: facts?.serverUuid ?? '',
    serverId: facts?.serverId ?? null,
    readOnly: sample?.readOnly ?? null,
    superReadOnly: dialect?.name === 'mariadb' ? null : (sample?.superReadOnly ?? null),
    gtidExecuted: sample?.gtidExecuted ?? '',
    gtidPurged: facts?.gtidPurged ?? '',
    errantGtid: errantOf(observation, primary),
    channels,
    lag: lagOf(observation, primary, input),
    semiSync: semiSyncOf(observation),
    metrics: {
      commitsPerSecond: observation.commitsPerSecond,
      queriesPerSecond: observation.queriesPerSecond,
      connections: counters?.get('threads_connected') ?? null,
      maxConnections: facts ? Number(facts.variables.get('max_connections') ?? NaN) || null : null,
      threadsRunning: counters?.get('threads_running') ?? null,
      bytesSentPerSecond: observation.bytesSentPerSecond,
      roundTripMs: observation.roundTripMs,
    },
    groupMembers: facts?.groupMembers ?? [],
    connectionsHeld: input.held(instance.id),
    connectionBudget: input.cluster.connectionBudget,
  };
}

function channelOf(observation: Observation, channel: ChannelSample, topology: Topology): ReplicationChannel {
  const { sample, dialect } = observation;
  const sourceInstanceId = topology.sources.get(channelKey(observation.instance.id, channel));
  return {
    name: channel.name,
    sourceHost: channel.sourceHost,
    sourcePort: channel.sourcePort,
    sourceUuid: channel.sourceUuid,
    ...(sourceInstanceId === undefined ? {} : { sourceInstanceId }),
    receiver: channel.receiver,
    applier: channel.applier,
    receiverError: channel.receiverError,
    applierError: channel.applierError,
    autoPosition: channel.autoPosition,
    delaySeconds: channel.delaySeconds,
    semiSync:
      (sample?.counters.get('rpl_semi_sync_replica_status') ?? 0) > 0 ||
      observation.facts?.variables.get('rpl_semi_sync_replica_enabled') === 'ON',
    filters: channel.filters,
    heardAgeSeconds: sample ? heardAgeSeconds(channel, sample.serverNowMs) : null,
    receivedGtid: channel.receivedGtid,
    toApply:
      sample && dialect && channel.receivedGtid !== ''
        ? dialect.transactionsBehind(sample.gtidExecuted, channel.receivedGtid)
        : null,
  };
}

function lagOf(observation: Observation, primary: Observation | null, input: JudgeInput): Lag | null {
  const { sample, dialect } = observation;
  const channel = sample?.channels[0];
  if (!sample || !channel || !dialect || observation.sampledAtMs === null) return null;
  const positionSeconds =
    primary === null
      ? null
      : input.positions.lagSeconds(
          observation.sampledAtMs,
          observation.sampledAtMs,
          (position) => dialect.transactionsBehind(sample.gtidExecuted, position) === 0,
        );
  return judgeLag({
    sample,
    channel,
    askedAtMs: observation.sampledAtMs,
    replicaSkewMs: observation.clockSkewMs ?? 0,
    primarySkewMs: primary?.clockSkewMs ?? observation.clockSkewMs ?? 0,
    positionSeconds,
    primaryVisible: primary !== null && reachOf(primary, input.nowMs) === 'answering',
  });
}

/**
 * Errant only when the primary, asked after the replica answered, lacks it: in the other order every new commit looks errant.
 * Where each round asks the primary first, the replica's sample of the round before is the one to compare.
 * Under semi-sync a replica may still be ahead for some ms (measured on 9.7.4), so the source's own transactions do not count.
 */
function errantOf({ sample, dialect, ...replica }: Observation, primary: Observation | null): string {
  if (!sample || !dialect || !primary?.sample || primary.instance === replica.instance) return '';
  const primaryAskedMs = primary.sampledAtMs ?? 0;
  const answeredMs = (replica.sampledAtMs ?? 0) + (replica.roundTripMs ?? 0);
  const earlier = (replica.earlier?.sampledAtMs ?? Infinity) < primaryAskedMs ? replica.earlier : null;
  const executed = answeredMs < primaryAskedMs ? sample.gtidExecuted : earlier?.gtidExecuted;
  if (executed === undefined) return '';
  const errant = dialect.errant(executed, primary.sample.gtidExecuted);
  return dialect.name === 'mysql'
    ? errant
        .split(',')
        .filter((part) => part !== '' && !part.startsWith(primary.facts?.serverUuid ?? '-'))
        .join(',')
    : errant;
}

function semiSyncOf({ sample, facts }: Observation): SemiSync | null {
  if (!sample || !facts) return null;
  const enabled =
    facts.variables.get('rpl_semi_sync_source_enabled') ?? facts.variables.get('rpl_semi_sync_master_enabled');
  const replicaEnabled =
    facts.variables.get('rpl_semi_sync_replica_enabled') ?? facts.variables.get('rpl_semi_sync_slave_enabled');
  if (enabled === undefined && replicaEnabled === undefined) return null;
  return {
    sourceEnabled: enabled === 'ON',
    sourceActive: sample.semiSyncSourceActive,
    clients: sample.counters.get('rpl_semi_sync_source_clients') ?? 0,
    waitForCount: Number(
      facts.variables.get('rpl_semi_sync_source_wait_for_replica_count') ??
        facts.variables.get('rpl_semi_sync_master_wait_for_slave_count') ??
        1,
    ),
    waiting: sample.counters.get('rpl_semi_sync_source_wait_sessions') ?? 0,
    timeoutMs: Number(facts.variables.get('rpl_semi_sync_source_timeout') ?? 0),
    replicaEnabled: replicaEnabled === 'ON',
  };
}
