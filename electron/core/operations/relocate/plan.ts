import { bareParts, type Plan } from '@shared/model/plan';
import { switchoverSql } from '../../dialect/switchover-sql';
import type { Connections } from '../../fleet/connections';
import type { InventoryService } from '../../fleet/inventory-service';
import type { Clock } from '../../ports/clock';
import type { MysqlConnector } from '../../ports/mysql-session';
import { basisOf, requireSameBasis } from '../basis';
import { readCluster, type ClusterReading, type ReachedInstance } from '../cluster-reading';
import type { OperationKindCode, PlanInput } from '../operation-kind';
import { partyOf } from '../steps/parties';
import { replicationLogin } from '../steps/replication-login';
import { endLeftovers, otherServers } from '../steps/take-over';
import { semiSyncCount } from '../switchover/preflight';
import { acknowledges, relocatePreflight } from './preflight';
import { replicationTree } from './replication-tree';
import { sourceBoard } from './source-board';
import { relocateStepCode } from './step-code';
import { relocateSteps } from './steps-data';

/** A plan older than this is asked for again, whatever it saw. */
const validMs = 60_000;

export interface RelocateParts {
  readonly connections: Connections;
  readonly connector: MysqlConnector;
  readonly inventory: InventoryService;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Id of an interrupted run of the cluster that nobody looked at. */
  readonly interruptedRun: (clusterId: string) => string | null;
  readonly primaryHint: (clusterId: string) => string | null;
}

/** The move of a replica to another source as a kind of operation: writes are not touched, every step can be turned back. */
export function relocateKind(parts: RelocateParts): OperationKindCode {
  const read = (clusterId: string, signal: AbortSignal): Promise<ClusterReading> =>
    readCluster(
      parts.inventory.cluster(clusterId),
      {
        connections: parts.connections,
        clock: parts.clock,
        primaryId: parts.primaryHint(clusterId),
      },
      signal,
    );
  return {
    kind: 'relocate',
    steps: relocateStepCode,
    plan: async (input, signal) => planRelocation(parts, await read(input.clusterId, signal), input, signal),
    requireBasis: async (plan, signal) => requireSameBasis(plan.basis, basisOf(await read(plan.clusterId, signal))),
    otherServers: async (plan) => otherServers(plan, await read(plan.clusterId, new AbortController().signal)),
    endLeftovers: async (instanceId, world) =>
      endLeftovers(instanceId, world, parts.connections, new AbortController().signal),
  };
}

async function planRelocation(
  parts: RelocateParts,
  reading: ClusterReading,
  input: PlanInput,
  signal: AbortSignal,
): Promise<Plan> {
  const reached = reading.readings.filter((one) => one.reached);
  const find = (id: string | null | undefined): ReachedInstance | null =>
    reached.find((one) => one.instance.id === id) ?? null;
  const tree = replicationTree(reached, reading.topology);
  const primary = find(reading.topology.primaryId);
  const replica = find(input.instanceId);
  const oldSource = replica ? find(tree.sourceOf(replica.instance.id)) : null;
  const board = primary && replica ? sourceBoard({ reading, primary, replica }) : [];
  const chosen =
    board.find((one) => one.instanceId === input.candidateId) ?? board.find((one) => one.state === 'best') ?? null;
  const newSource = find(chosen?.instanceId);
  const children = replica
    ? reached.filter(
        (one) =>
          tree.sourceOf(one.instance.id) === replica.instance.id && one.sample.channels[0]?.applier === 'running',
      )
    : [];
  const login = newSource
    ? await replicationLogin(parts, reading, { source: newSource, user: replica?.channelSettings?.user ?? '' }, signal)
    : { ok: false, evidence: 'no new source' };
  const checks = relocatePreflight({
    reading,
    primary,
    replica,
    oldSource,
    newSource,
    children: children.map((one) => one.instance.name),
    login,
    interruptedRun: parts.interruptedRun(reading.cluster.id),
  });
  const refusals = [
    ...(primary && replica && !newSource ? ['No other instance can be its source'] : []),
    ...(chosen?.state === 'excluded' ? [`${chosen.instance}: ${chosen.why}`] : []),
    ...checks
      .filter((one) => one.status === 'fail' || one.status === 'unknown')
      .map((one) => `${one.title}: ${one.evidence}`),
  ];
  const steps =
    primary && replica && newSource && refusals.length === 0
      ? stepsOf({ reached, primary, replica, oldSource, newSource, children })
      : [];
  const known = reading.cluster.instances.find((one) => one.id === input.instanceId)?.name ?? 'Unknown';
  const names = {
    replica: known,
    old: oldSource?.instance.name ?? channelAddress(replica),
    next: chosen?.instance ?? 'another source',
  };
  return {
    id: parts.newId(),
    kind: 'relocate',
    clusterId: reading.cluster.id,
    cluster: reading.cluster.name,
    title: `Relocation of ${names.replica} in ${reading.cluster.name}: ${names.old} to ${names.next}`,
    createdAtMs: reading.atMs,
    expiresAtMs: reading.atMs + validMs,
    basis: basisOf(reading),
    checks,
    candidates: board,
    steps,
    impact: {
      primary: primary?.instance.name ?? 'Unknown',
      candidate: names.replica,
      writeGapMs: 0,
      lostTransactions: 0,
      sentences: sentencesOf(names, steps, primary?.instance.name ?? 'the primary', children),
      achieved: `${names.replica} follows ${names.next}, proven by a row that ${primary?.instance.name ?? 'the primary'} committed after the move`,
    },
    ...bareParts,
    drillId: input.drillId ?? null,
    actLabel: `Let ${names.replica} follow ${names.next}`,
    applyable: refusals.length === 0 && steps.length > 0,
    refusals,
  };
}

const channelAddress = (replica: ReachedInstance | null): string => {
  const channel = replica?.sample.channels[0];
  return channel ? `${channel.sourceHost}:${channel.sourcePort}` : 'nobody';
};

function sentencesOf(
  names: { readonly replica: string; readonly old: string; readonly next: string },
  steps: Plan['steps'],
  primary: string,
  children: readonly ReachedInstance[],
): readonly string[] {
  const heldMs = steps
    .filter((one) => ['drain', 'stop', 'change', 'start'].includes(one.id))
    .reduce((sum, one) => sum + one.plannedMs, 0);
  return [
    `Writes on ${primary} go on: nothing waits, nothing is lost`,
    `${names.replica} receives nothing for about ${(heldMs / 1000).toFixed(1)} s; reads on it see data that old`,
    ...(children.length === 0
      ? []
      : [`${children.map((one) => one.instance.name).join(', ')} below it stay below it, and wait as long`]),
    `Every step can be turned back: ${names.replica} then follows ${names.old} again`,
  ];
}

function stepsOf(parties: {
  readonly reached: readonly ReachedInstance[];
  readonly primary: ReachedInstance;
  readonly replica: ReachedInstance;
  readonly oldSource: ReachedInstance | null;
  readonly newSource: ReachedInstance;
  readonly children: readonly ReachedInstance[];
}): Plan['steps'] {
  const { replica, oldSource, newSource, primary } = parties;
  const [channel] = replica.sample.channels;
  const settings = replica.channelSettings;
  if (!channel || !settings) return [];
  return relocateSteps({
    product: replica.dialect.name,
    sql: switchoverSql[replica.dialect.name],
    everyone: parties.reached.map(partyOf),
    primary: partyOf(primary),
    replica: { ...partyOf(replica), settings },
    old: {
      address: channelAddress(replica),
      host: channel.sourceHost,
      port: channel.sourcePort,
      party: oldSource ? partyOf(oldSource) : null,
    },
    newSource: partyOf(newSource),
    newSourceFollows: newSource === primary ? '' : channelAddress(newSource),
    children: parties.children.map(partyOf),
    acksWanted: oldSource && acknowledges(replica) ? semiSyncCount(oldSource) : 0,
    ran: channel.receiver === 'running',
    toApply: replica.dialect.transactionsBehind(replica.sample.gtidExecuted, channel.receivedGtid) ?? 0,
  });
}
