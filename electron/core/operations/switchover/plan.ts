import { bareParts, type Candidate, type Plan } from '@shared/model/plan';
import { isAtLeast, parseServerVersion } from '../../dialect/server-version';
import { switchoverSql, type ChannelSettings } from '../../dialect/switchover-sql';
import type { InventoryService } from '../../fleet/inventory-service';
import { channelKey } from '../../fleet/topology';
import type { Connections } from '../../fleet/connections';
import type { Clock } from '../../ports/clock';
import type { MysqlConnector } from '../../ports/mysql-session';
import type { Names } from '../../ports/names';
import type { Proxies } from '../../ports/proxies';
import type { RemoteHost } from '../../ports/remote-host';
import { readCluster, type ClusterReading, type ReachedInstance } from '../cluster-reading';
import type { OperationKindCode } from '../operation-kind';
import { preflight, semiSyncCount } from './preflight';
import { switchoverStepCode } from './step-code';
import { partyOf } from '../steps/parties';
import { replicationLogin } from '../steps/replication-login';
import { endLeftovers, otherServers } from '../steps/take-over';
import { basisOf, requireSameBasis } from '../basis';
import { arrange, crossesRegions, type Arrangement } from '../region/arrangement';
import { capacityOf, lifeOfEndpoint, regionChecks } from '../region/region-checks';
import { errantAgainst } from '../errant';
import { lookAtTraffic, type TrafficLook } from '../traffic/look';
import { trafficChecks } from '../traffic/traffic-checks';
import { trafficMove, trafficPlanOf } from '../traffic/traffic-plan';
import type { TrafficPlan } from '../steps/step-data';
import { switchoverSteps } from './steps-data';

/** A plan older than this is asked for again, whatever it saw. */
const validMs = 60_000;

export interface SwitchoverParts {
  readonly connections: Connections;
  readonly connector: MysqlConnector;
  readonly inventory: InventoryService;
  readonly clock: Clock;
  readonly names: Names;
  readonly proxies: Proxies;
  readonly hosts: RemoteHost;
  readonly newId: () => string;
  /** Id of an interrupted run of the cluster that nobody looked at. */
  readonly interruptedRun: (clusterId: string) => string | null;
  readonly primaryHint: (clusterId: string) => string | null;
}

/** The planned switchover as a kind of operation. */
export function switchoverKind(parts: SwitchoverParts): OperationKindCode {
  const read = (clusterId: string, signal: AbortSignal): Promise<ClusterReading> =>
    readCluster(
      parts.inventory.cluster(clusterId),
      { connections: parts.connections, clock: parts.clock, primaryId: parts.primaryHint(clusterId) },
      signal,
    );
  return {
    kind: 'switchover',
    steps: switchoverStepCode,
    plan: async ({ clusterId, candidateId, drillId }, signal) => {
      const [reading, look] = await Promise.all([
        read(clusterId, signal),
        lookAtTraffic(parts.inventory.cluster(clusterId), parts, signal),
      ]);
      return planSwitchover(parts, reading, look, { candidateId, drillId }, signal);
    },
    requireBasis: async (plan, signal) => requireSameBasis(plan.basis, basisOf(await read(plan.clusterId, signal))),
    otherServers: async (plan) => otherServers(plan, await read(plan.clusterId, new AbortController().signal)),
    endLeftovers: async (instanceId, world) =>
      endLeftovers(instanceId, world, parts.connections, new AbortController().signal),
  };
}

async function planSwitchover(
  parts: SwitchoverParts,
  reading: ClusterReading,
  look: TrafficLook,
  { candidateId, drillId }: { readonly candidateId: string | undefined; readonly drillId: string | undefined },
  signal: AbortSignal,
): Promise<Plan> {
  const reached = reading.readings.filter((one) => one.reached);
  const primary = reached.find((one) => one.instance.id === reading.topology.primaryId) ?? null;
  const replicas = reached.filter((one) => one !== primary && one.sample.channels.length > 0);
  const board = primary && reading.dialect !== null ? candidateBoard(primary, replicas, reading) : [];
  const chosen = board.find((one) => one.instanceId === candidateId) ?? board.find((one) => one.state === 'best');
  const candidate = replicas.find((one) => one.instance.id === chosen?.instanceId) ?? null;
  const login = candidate
    ? await replicationLogin(parts, reading, { source: candidate, user: candidate.channelSettings?.user ?? '' }, signal)
    : { ok: false, evidence: 'no candidate' };
  const arrangement =
    primary && candidate ? arrange({ topology: reading.topology, primary, candidate, replicas }) : null;
  const toRegion = primary && candidate && crossesRegions(primary, candidate) ? (candidate.instance.region ?? '') : '';
  const move =
    primary && candidate ? trafficMove(primary.instance, candidate, look, primary.facts, 'switchover') : null;
  const checks = [
    ...preflight({
      reading,
      primary,
      candidate,
      replicas,
      arrangement,
      replicationLogin: login,
      interruptedRun: parts.interruptedRun(reading.cluster.id),
    }),
    ...(primary && candidate && toRegion !== ''
      ? regionChecks({
          atMs: reading.atMs,
          from: { instance: primary.instance.name, capacity: capacityOf(primary.facts.variables) },
          candidate,
          life: await lifeOfEndpoint(reading.cluster.traffic, parts.names, signal),
        })
      : []),
    ...(move ? trafficChecks({ look, move, atMs: reading.atMs }) : []),
  ];
  const bad = checks.filter((one) => one.status === 'fail' || one.status === 'unknown');
  const refusals = [
    ...(primary && !candidate ? ['No replica can be the new primary'] : []),
    ...(chosen?.state === 'excluded' ? [`${chosen.instance}: ${chosen.why}`] : []),
    ...bad.map((one) => `${one.title}: ${one.evidence}`),
  ];
  const complete =
    move !== null &&
    primary !== null &&
    candidate !== null &&
    arrangement !== null &&
    candidate.channelSettings !== null &&
    reading.dialect !== null;
  const steps = complete
    ? stepsOf(
        { primary, candidate, settings: candidate.channelSettings, arrangement },
        trafficPlanOf(reading.cluster, look, move),
      )
    : [];
  const applyable = complete && refusals.length === 0 && steps.length > 0;
  const gapMs = steps
    .slice(
      steps.findIndex((one) => one.id === 'fence'),
      steps.findIndex((one) => one.id === 'marker') + 1,
    )
    .reduce((sum, one) => sum + one.plannedMs, 0);
  const names = { primary: primary?.instance.name ?? 'Unknown', candidate: candidate?.instance.name ?? 'None' };
  return {
    id: parts.newId(),
    kind: 'switchover',
    clusterId: reading.cluster.id,
    cluster: reading.cluster.name,
    title: `${toRegion === '' ? 'Switchover' : 'Region switchover'} of ${reading.cluster.name}: ${names.primary} to ${names.candidate}${toRegion === '' ? '' : ` in ${toRegion}`}`,
    createdAtMs: reading.atMs,
    expiresAtMs: reading.atMs + validMs,
    basis: basisOf(reading),
    checks,
    candidates: board,
    steps,
    impact: {
      ...names,
      writeGapMs: gapMs,
      lostTransactions: 0,
      sentences: [
        `Writes are refused for about ${(gapMs / 1000).toFixed(1)} s, then ${names.candidate} takes them`,
        'No acknowledged write is lost: the new primary opens only when its position equals the frozen one',
        ...regionSentences(primary, toRegion, arrangement),
        `Transactions open on ${names.primary} at the fence cannot commit: the application gets an error and must repeat them`,
      ],
      achieved: '',
    },
    ...bareParts,
    drillId: drillId ?? null,
    actLabel: `Switch to ${names.candidate}, lose 0 transactions`,
    applyable,
    refusals,
  };
}

/** Every replica with its price, and why not. The best is the one nearest to the primary. */
function candidateBoard(
  primary: ReachedInstance,
  replicas: readonly ReachedInstance[],
  reading: ClusterReading,
): readonly Candidate[] {
  const rows = replicas.map((one) => {
    const channel = one.sample.channels[0];
    const behind = one.dialect.transactionsBehind(one.sample.gtidExecuted, primary.sample.gtidExecuted);
    const direct =
      reading.topology.sources.get(channelKey(one.instance.id, { name: channel?.name ?? '' })) === primary.instance.id;
    const errant = errantAgainst(one, primary);
    const rules = [
      rule('Takes no writes itself', one.sample.readOnly, 'takes writes itself'),
      rule('Directly below the primary', direct, 'not directly below the primary'),
      rule(
        'Not delayed on purpose',
        (channel?.delaySeconds ?? 0) === 0,
        `delayed on purpose by ${channel?.delaySeconds} s`,
      ),
      rule('No replication filters', (channel?.filters.length ?? 0) === 0, 'has replication filters'),
      rule('Its receiver runs', channel?.receiver === 'running', `receiver ${channel?.receiver}`),
      rule('Its applier runs', channel?.applier === 'running', 'applier stopped'),
      rule('Holds nothing that the primary lacks', errant === '', 'holds errant transactions'),
    ];
    const against = rules.filter((each) => !each.holds).map((each) => each.evidence);
    return { one, behind, against, rules };
  });
  const possible = rows
    .filter((row) => row.against.length === 0)
    .sort(
      (a, b) =>
        Number(b.one.instance.region === primary.instance.region) -
          Number(a.one.instance.region === primary.instance.region) ||
        (a.behind ?? Infinity) - (b.behind ?? Infinity) ||
        a.one.instance.name.localeCompare(b.one.instance.name, 'en', { numeric: true }),
    );
  const best = possible[0]?.one;
  return [...possible, ...rows.filter((row) => row.against.length > 0)].map(
    ({ one, behind, against, rules }): Candidate => ({
      instanceId: one.instance.id,
      instance: one.instance.name,
      region: one.instance.region ?? '',
      state: against.length > 0 ? 'excluded' : one === best ? 'best' : 'possible',
      executedGtid: one.sample.gtidExecuted,
      toApply: behind,
      lostTransactions: against.length > 0 ? null : 0,
      waitSeconds: against.length > 0 ? null : (one.sample.channels[0]?.serverLagSeconds ?? null),
      why:
        against.length > 0
          ? against.join('; ')
          : one === best
            ? 'Same region first, then nearest to the primary'
            : `${behind ?? 'unknown'} transactions behind when asked`,
      rules,
      loss: null,
    }),
  );
}

/** MASTER_DEMOTE_TO_SLAVE came with MariaDB 10.10. */
function setsOwnPosition({ facts }: ReachedInstance): boolean {
  const version = parseServerVersion(facts.version);
  return version?.dialect === 'mariadb' && !isAtLeast(version, 10, 10);
}

/** One rule of the board: its evidence is said only against the candidate. */
const rule = (text: string, holds: boolean, otherwise: string): Candidate['rules'][number] => ({
  rule: text,
  holds,
  evidence: holds ? '' : otherwise,
});

function stepsOf(
  parties: {
    readonly primary: ReachedInstance;
    readonly candidate: ReachedInstance;
    readonly settings: ChannelSettings;
    readonly arrangement: Arrangement;
  },
  traffic: TrafficPlan,
): Plan['steps'] {
  const { primary, candidate, settings } = parties;
  const { moved, kept } = parties.arrangement;
  return switchoverSteps({
    sql: switchoverSql[primary.dialect.name],
    primary: partyOf(primary),
    candidate: partyOf(candidate),
    candidateSettings: settings,
    siblings: moved.map((one) => ({ ...partyOf(one), settings: one.channelSettings ?? settings })),
    kept: kept.map(partyOf),
    setsOwnPosition: setsOwnPosition(primary),
    semiSyncCount: semiSyncCount(primary),
    traffic,
  });
}

/** Who stays, and what a move to another region means for the one that is left. */
function regionSentences(
  primary: ReachedInstance | null,
  toRegion: string,
  arrangement: Arrangement | null,
): readonly string[] {
  const kept = arrangement?.kept.map((one) => one.instance.name) ?? [];
  return [
    ...(kept.length === 0 ? [] : [`${kept.join(', ')} stay below whom they follow now`]),
    ...(toRegion === '' || !primary
      ? []
      : [`Writes from region ${primary.instance.region ?? ''} travel to ${toRegion} from then on`]),
  ];
}
