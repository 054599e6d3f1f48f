import type { Cluster } from '@shared/model/inventory';
import type { Basis, Loss, Plan } from '@shared/model/plan';
import { MidwatchError } from '@shared/errors';
import { switchoverSql } from '../../dialect/switchover-sql';
import type { InventoryService } from '../../fleet/inventory-service';
import { basisOf, requireSameBasis } from '../basis';
import type { ReachedInstance } from '../cluster-reading';
import { readCluster } from '../cluster-reading';
import { errantAlone } from '../errant';
import type { OperationKindCode, PlanInput } from '../operation-kind';
import type { Names } from '../../ports/names';
import type { Proxies } from '../../ports/proxies';
import { crossesRegions } from '../region/arrangement';
import { capacityOf, lifeOfEndpoint, regionChecks, type NameLife } from '../region/region-checks';
import { regionLost } from '../region/region-lost';
import { partyOf } from '../steps/parties';
import { endLeftovers, otherServers } from '../steps/take-over';
import type { Party } from '../steps/step-data';
import { lookAtTraffic, type TrafficLook } from '../traffic/look';
import { trafficChecks } from '../traffic/traffic-checks';
import { fenceByHook, trafficMove, trafficPlanOf } from '../traffic/traffic-plan';
import { fenceRungs } from './fence-rungs';
import { failoverBoard, heldBy } from './board';
import { bastionsOf } from '../../fleet/connections';
import { countTailCommand, lackedForSalvage, tailOf, type TailToSalvage } from './salvage';
import { actLabel } from './labels';
import { lossOf } from './loss';
import { followsLiving, lookAtOutage, type Outage, type OutageParts } from './outage';
import { failoverPreflight, hasPart } from './preflight';
import { failoverStepCode, sourceOf } from './step-code';
import { failoverSteps } from './steps-data';

/** A plan older than this is asked for again, whatever it saw. */
const validMs = 60_000;
/** Longest wait for the candidate's queue, seconds. */
const drainSeconds = 120;

export interface FailoverParts extends OutageParts {
  readonly inventory: InventoryService;
  readonly names: Names;
  readonly proxies: Proxies;
  readonly newId: () => string;
  readonly interruptedRun: (clusterId: string) => string | null;
  readonly recentFailoverMinutes: (clusterId: string) => number | null;
  /** Transactions a second that an instance applies, as this console sees it; null is not known. */
  readonly commitsPerSecond: (clusterId: string, instanceId: string) => number | null;
}

/** The emergency failover as a kind of operation. */
export function failoverKind(parts: FailoverParts): OperationKindCode {
  return {
    kind: 'failover',
    steps: failoverStepCode,
    plan: async (input, signal) => {
      const cluster = parts.inventory.cluster(input.clusterId);
      const [outage, life, look] = await Promise.all([
        lookAtOutage(cluster, parts, signal),
        lifeOfEndpoint(cluster.traffic, parts.names, signal),
        lookAtTraffic(cluster, parts, signal),
      ]);
      const plan = planFailover(cluster, parts, { ...outage, life, look }, input, null);
      // Only where nothing better is promised: reading a disk takes time, and writers wait.
      const tail = await readTail(parts, outage, plan, signal);
      return tail === null ? plan : planFailover(cluster, parts, { ...outage, life, look }, input, tail);
    },
    requireBasis: async (plan, signal) => {
      const cluster = parts.inventory.cluster(plan.clusterId);
      const outage = await lookAtOutage(cluster, parts, signal, { basisOnly: true });
      if (!outage.verdict.offersFailover)
        throw new MidwatchError('no-failover-needed', outage.verdict.sentence, { nextStep: outage.verdict.nextStep });
      requireSameBasis(plan.basis, basisOfOutage(outage));
    },
    otherServers: async (plan) => {
      const cluster = parts.inventory.cluster(plan.clusterId);
      const reading = await readCluster(
        cluster,
        { connections: parts.connections, clock: parts.clock, primaryId: null, limitMs: 2500 },
        new AbortController().signal,
      );
      return otherServers(plan, reading);
    },
    endLeftovers: async (instanceId, world) =>
      endLeftovers(instanceId, world, parts.connections, new AbortController().signal),
  };
}

function planFailover(
  cluster: Cluster,
  parts: FailoverParts,
  outage: Outage & { readonly life: NameLife; readonly look: TrafficLook },
  input: PlanInput,
  tail: (TailToSalvage & { readonly candidateId: string }) | null,
): Plan {
  const { reading, primary, words, verdict } = outage;
  const replicas = reading.readings
    .filter((one) => one.reached)
    .filter((one) => one.instance.id !== primary?.instance.id && one.sample.channels.length > 0)
    // Below another that lives: it stays there, and follows whatever that one follows.
    .filter((one) => primary === null || !followsLiving(one, reading, primary.instance.id));
  const lossFor = (one: ReachedInstance, isMostReceived: boolean): Loss =>
    lossOf({
      dialect: one.dialect,
      words,
      nowMs: reading.atMs,
      held: heldBy(one),
      replicasAnswering: replicas.length,
      replicasKnown: cluster.instances.length - 1,
      isMostReceived,
      noneRestarted: replicas.every((each) => words === null || startedAtMs(each, reading.atMs) < words.atMs),
      disk: tail !== null && tail.candidateId === one.instance.id ? { ...tail, lacked: lackedForSalvage(one) } : null,
    });
  const board = primary
    ? failoverBoard({
        reading,
        primaryId: primary.instance.id,
        replicas,
        known: words?.gtidExecuted ?? '',
        lossOf: lossFor,
        applyRate: (id) => parts.commitsPerSecond(cluster.id, id),
      })
    : [];
  const chosen = board.find((one) => one.instanceId === input.candidateId) ?? board.find((one) => one.state === 'best');
  const candidate = replicas.find((one) => one.instance.id === chosen?.instanceId) ?? null;
  const fenceHook = fenceByHook(cluster, outage.look, primary?.instance ?? null);
  const rungs = primary ? fenceRungs(outage, fenceHook) : [];
  const move =
    primary && candidate
      ? trafficMove(primary.instance, candidate, outage.look, primary.reached ? primary.facts : null, 'failover')
      : null;
  const wanted = candidate && words?.semiSync ? acksWanted(candidate) : 0;
  const toRegion = primary && candidate && crossesRegions(primary, candidate) ? (candidate.instance.region ?? '') : '';
  const below = reading.readings
    .filter((one) => one.reached)
    .filter(
      (one) => one.sample.channels.length > 0 && !replicas.includes(one) && one.instance.id !== primary?.instance.id,
    );
  const checks = [
    ...failoverPreflight({
      reading,
      primaryId: primary?.instance.id ?? null,
      replicas,
      candidate,
      verdict,
      rungs,
      interruptedRun: parts.interruptedRun(cluster.id),
      recentFailoverMinutes: parts.recentFailoverMinutes(cluster.id),
      ackersWanted: wanted,
      known: words?.gtidExecuted ?? '',
    }),
    ...(primary && candidate && toRegion !== ''
      ? [
          regionLost(reading, primary),
          ...regionChecks({
            atMs: reading.atMs,
            from: {
              instance: primary.instance.name,
              capacity: capacityOf(parts.lastSeen(cluster.id, primary.instance.id)?.facts?.variables ?? new Map()),
            },
            candidate,
            life: outage.life,
          }),
        ]
      : []),
    ...(move ? trafficChecks({ look: outage.look, move, atMs: reading.atMs }) : []),
  ];
  const bad = checks.filter((one) => one.status === 'fail' || one.status === 'unknown');
  const refusals = [
    ...bad.map((one) => `${one.title}: ${one.evidence}`),
    ...(primary && replicas.length > 0 && !candidate ? ['No replica can be the new primary'] : []),
    ...(chosen?.state === 'excluded' ? [`${chosen.instance}: ${chosen.why}`] : []),
  ];
  const siblings = replicas.filter((one) => one !== candidate);
  const errants = errantsOf(replicas, outage);
  const leftBehind = siblings.filter((one) => one.instance.id in errants).map((one) => one.instance.name);
  const steps =
    primary && candidate && move && reading.dialect
      ? failoverSteps({
          product: reading.dialect,
          sql: switchoverSql[reading.dialect],
          primary: lostParty(primary.instance),
          candidate: { ...partyOf(candidate), settings: candidate.channelSettings },
          holdsPart: hasPart(candidate),
          siblings: siblings.flatMap((one) =>
            one.channelSettings
              ? [
                  {
                    ...partyOf(one),
                    settings: one.channelSettings,
                    canFollow: canFollow(one),
                  },
                ]
              : [],
          ),
          rungs,
          host:
            primary.instance.hostAccess && outage.files
              ? { access: primary.instance.hostAccess, files: outage.files }
              : null,
          fenceHook,
          ackers:
            siblings.filter((one) => canFollow(one) && !(one.instance.id in errants)).length >= wanted ? wanted : 0,
          errants,
          traffic: trafficPlanOf(cluster, outage.look, move),
          sources: Object.fromEntries(replicas.map((one) => [one.instance.id, sourceOf(one.sample.channels[0])])),
          kept: below.map(partyOf),
          tail: tail !== null && candidate !== null && lackedForSalvage(candidate).length === 0 ? tail : null,
          drainSeconds,
        })
      : [];
  const loss = chosen?.loss ?? null;
  const names = { primary: primary?.instance.name ?? 'Unknown', candidate: candidate?.instance.name ?? 'None' };
  const gapMs =
    steps.slice(0, steps.findIndex((one) => one.id === 'open') + 1).reduce((sum, one) => sum + one.plannedMs, 0) +
    (chosen?.waitSeconds ?? 0) * 1000;
  const needsOath = primary !== null && !rungs.some((one) => one.usable && one.code !== 'attestation');
  return {
    id: parts.newId(),
    kind: 'failover',
    clusterId: cluster.id,
    cluster: cluster.name,
    title: `${toRegion === '' ? 'Failover' : 'Region failover'} of ${cluster.name}: ${names.primary} to ${names.candidate}${toRegion === '' ? '' : ` in ${toRegion}`}`,
    createdAtMs: reading.atMs,
    expiresAtMs: reading.atMs + validMs,
    basis: basisOfOutage(outage),
    checks,
    candidates: board,
    steps,
    impact: {
      ...names,
      writeGapMs: gapMs,
      lostTransactions: loss?.transactions ?? 0,
      sentences: [
        ...(loss ? [loss.sentence] : []),
        `${names.candidate} takes writes about ${(gapMs / 1000).toFixed(1)} s after you approve`,
        `${names.primary} is kept from writing for ever: it comes back only through a rejoin`,
        ...(below.length === 0
          ? []
          : [`${below.map((one) => one.instance.name).join(', ')} stay below whom they follow now`]),
        ...(leftBehind.length === 0 ? [] : [`${leftBehind.join(', ')} stays behind: it holds writes of its own`]),
      ],
      achieved: '',
    },
    choices: [],
    divergence: null,
    verdict,
    fence: rungs,
    attestation: needsOath
      ? {
          statement: `I made sure that ${names.primary} (${primary.instance.host}:${primary.instance.port}) is powered off or cut from its applications, and cannot take a write`,
          expected: `${names.primary} is off`,
        }
      : null,
    drillId: input.drillId ?? null,
    actLabel: actLabel(
      names.candidate,
      loss,
      steps.some((one) => one.id === 'salvage'),
    ),
    applyable: refusals.length === 0 && steps.length > 0,
    refusals,
  };
}

/** Counts what the dead primary's logs hold beyond the chosen candidate; null where they cannot be read. */
async function readTail(
  parts: FailoverParts,
  { primary, files, verdict, reading }: Outage,
  plan: Plan,
  signal: AbortSignal,
): Promise<(TailToSalvage & { readonly candidateId: string }) | null> {
  const chosen = plan.candidates.find((one) => one.instance === plan.impact.candidate);
  const candidate = reading.readings.find((one) => one.instance.id === chosen?.instanceId);
  const access = primary?.instance.hostAccess;
  const canRead = verdict.viewpoints.some((one) => one.kind === 'host' && one.saw === 'gone');
  if (!access || !files || !canRead || !candidate?.reached || !chosen || files.binaryLogBase === '') return null;
  if (chosen.loss?.basis === 'semi-sync') return null;
  const channel = candidate.sample.channels[0];
  const input = {
    access,
    files,
    dialect: candidate.dialect.name,
    held: heldBy(candidate),
    logFile: channel?.sourceLogFile ?? '',
    logPosition: channel?.sourceLogPosition ?? 0,
  };
  try {
    const via = bastionsOf(parts.connections.inventory(), access.via);
    const tail = tailOf(await parts.hosts.run(via, countTailCommand(input), { timeoutMs: 10_000 }, signal));
    return tail === null ? null : { ...input, ...tail, candidateId: candidate.instance.id };
  } catch {
    // What cannot be read is not known: the plan says so by the last answer instead.
    return null;
  }
}

/** What each replica wrote by itself, by instance id; those without are left out. */
const errantsOf = (
  replicas: readonly ReachedInstance[],
  { reading, words }: Outage,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    replicas
      .map((one) => [one.instance.id, errantAlone(one, reading, words?.gtidExecuted ?? '')] as const)
      .filter(([, text]) => text !== ''),
  );

/** One whose applier broke acknowledges for nobody. */
const canFollow = ({ sample }: ReachedInstance): boolean => sample.channels[0]?.applierErrno === 0;

/** When a server was started, by this computer's clock. */
const startedAtMs = ({ sample }: ReachedInstance, nowMs: number): number =>
  nowMs - (sample.counters.get('uptime') ?? 0) * 1000;

/** MariaDB waits for one; MySQL for as many as the candidate's own setting says. 0: it cannot. */
const acksWanted = ({ facts }: ReachedInstance): number =>
  facts.variables.has('rpl_semi_sync_source_enabled')
    ? Number(facts.variables.get('rpl_semi_sync_source_wait_for_replica_count') ?? 1)
    : 0;

const lostParty = ({ id, name, host, port }: Cluster['instances'][number]): Party => ({
  id,
  name,
  host,
  port,
  serverId: 0,
});

/** As of every plan, without what changes by itself in an outage: receivers that try, fail and wait. */
function basisOfOutage({ reading, verdict, primary, words }: Outage): Basis {
  const { seenAtMs, facts } = basisOf(reading);
  const kept = Object.entries(facts).map(([name, value]): [string, string] => [
    name,
    name.endsWith(': follows') ? value.replace(/, receiver \w+/, '') : value,
  ]);
  const name = primary?.instance.name ?? '';
  return {
    seenAtMs,
    facts: {
      ...Object.fromEntries(kept),
      ...(words && primary && !primary.reached ? { [`${name}: server`]: `${words.serverUuid}, ${words.version}` } : {}),
      [`${name}: is`]: verdict.kind,
    },
  };
}
