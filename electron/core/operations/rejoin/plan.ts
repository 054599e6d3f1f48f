import { bareParts, type Plan } from '@shared/model/plan';
import { MidwatchError } from '@shared/errors';
import { textOf } from '../../dialect/rows';
import { isAtLeast, parseServerVersion } from '../../dialect/server-version';
import { switchoverSql } from '../../dialect/switchover-sql';
import { monitorLimits } from '../../dialect/dialect';
import type { Connections } from '../../fleet/connections';
import type { InventoryService } from '../../fleet/inventory-service';
import type { Clock } from '../../ports/clock';
import type { MysqlConnector } from '../../ports/mysql-session';
import type { RemoteHost } from '../../ports/remote-host';
import type { QuarantineStore } from '../../ports/store';
import { basisOf, requireSameBasis } from '../basis';
import { readCluster, type ClusterReading, type ReachedInstance } from '../cluster-reading';
import { divergenceOf, type DivergenceReading } from '../divergence/divergence-of';
import { evidenceStep } from '../divergence/evidence';
import type { Ask } from '../divergence/log-reach';
import type { OperationKindCode, PlanInput } from '../operation-kind';
import { partyOf } from '../steps/parties';
import { replicationLogin } from '../steps/replication-login';
import { endLeftovers, otherServers } from '../steps/take-over';
import { semiSyncCount } from '../switchover/preflight';
import { settingsToFollow } from './channel-settings';
import { attestationOf, choicesOf, countOf, rejoinChoices, type RejoinChoice } from './choices';
import { rejoinPreflight } from './preflight';
import { rejoinStepCode } from './step-code';
import { rejoinSteps } from './steps-data';
import { promotedLater, rejoinParties } from './who';

/** A plan older than this is asked for again, whatever it saw. */
const validMs = 60_000;

export interface RejoinParts {
  readonly connections: Connections;
  readonly connector: MysqlConnector;
  readonly hosts: RemoteHost;
  readonly inventory: InventoryService;
  readonly quarantine: Pick<QuarantineStore, 'list'>;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly interruptedRun: (clusterId: string) => string | null;
  readonly primaryHint: (clusterId: string) => string | null;
}

/** The return of an old primary as a replica, as a kind of operation. */
export function rejoinKind(parts: RejoinParts): OperationKindCode {
  const read = (clusterId: string, signal: AbortSignal): Promise<ClusterReading> =>
    readCluster(
      parts.inventory.cluster(clusterId),
      { connections: parts.connections, clock: parts.clock, primaryId: parts.primaryHint(clusterId) },
      signal,
    );
  return {
    kind: 'rejoin',
    steps: rejoinStepCode,
    plan: async (input, signal) => planRejoin(parts, await read(input.clusterId, signal), input, signal),
    requireBasis: async (plan, signal) => requireSameBasis(plan.basis, basisOf(await read(plan.clusterId, signal))),
    otherServers: async (plan) => otherServers(plan, await read(plan.clusterId, new AbortController().signal)),
    endLeftovers: async (instanceId, world) =>
      endLeftovers(instanceId, world, parts.connections, new AbortController().signal),
  };
}

async function planRejoin(
  parts: RejoinParts,
  reading: ClusterReading,
  input: PlanInput,
  signal: AbortSignal,
): Promise<Plan> {
  const records = parts.quarantine.list().filter((one) => one.clusterId === reading.cluster.id);
  const { instance, primary } = rejoinParties(reading, {
    instanceId: input.instanceId,
    quarantined: records.map((one) => one.instanceId),
  });
  const both = instance?.reached && primary && instance !== primary ? { instance, primary } : null;
  const comparable = both !== null && both.instance.dialect.name === both.primary.dialect.name;
  // Asked after the instance and after the primary was found, so that the primary is never the older of two answers.
  const divergence = comparable ? await divergenceOf(parts, both, signal).catch(notKnown) : null;
  const ask = asking(parts, signal);
  const settings = both
    ? await settingsToFollow(both.instance, both.primary, reading, ask(both.primary.instance.id))
    : null;
  const login = both
    ? await replicationLogin(parts, reading, { source: both.primary, user: settings?.user ?? '' }, signal)
    : { ok: false, evidence: 'nobody to follow' };
  const names = { primary: primary?.instance.name ?? 'Unknown', candidate: instance?.instance.name ?? 'None' };
  const choices = divergence
    ? choicesOf({
        instance: names.candidate,
        primary: names.primary,
        dialect: reading.dialect ?? 'mysql',
        reading: divergence,
        applierError: applierErrorOf(both?.instance),
        asked: input.choice,
      })
    : [];
  const chosen = choices.find((one) => one.chosen);
  const choice: RejoinChoice = rejoinChoices.find((one) => one === chosen?.code) ?? 're-provision';
  const checks = rejoinPreflight({
    reading,
    instance,
    primary,
    divergence,
    promotedLater: both ? await promotedLater(ask(both.instance.instance.id), ask(both.primary.instance.id)) : null,
    endpointLeadsThere: both ? await leadsTo(parts, reading, both.instance, signal) : null,
    logFilters: both ? await logFilters(ask(both.primary.instance.id)) : null,
    login,
    choice,
    interruptedRun: parts.interruptedRun(reading.cluster.id),
    quarantinedBy: records.find((one) => one.instanceId === instance?.instance.id)?.runId ?? null,
  });
  const refusals = [
    ...checks
      .filter((one) => one.status === 'fail' || one.status === 'unknown')
      .map((one) => `${one.title}: ${one.evidence}`),
    ...(input.choice !== undefined && divergence && !chosen ? [`There is no choice ${input.choice}`] : []),
    ...(chosen && !chosen.possible ? [`${chosen.title}: ${chosen.why}`] : []),
  ];
  const steps =
    both && divergence && (settings || choice === 're-provision')
      ? stepsOf(reading, both, divergence, choice, settings ?? noSettings)
      : [];
  const words = wordsOf(choice, names, divergence);
  return {
    id: parts.newId(),
    kind: 'rejoin',
    clusterId: reading.cluster.id,
    cluster: reading.cluster.name,
    title: `Rejoin of ${reading.cluster.name}: ${names.candidate} below ${names.primary}`,
    createdAtMs: reading.atMs,
    expiresAtMs: reading.atMs + validMs,
    basis: basisOf(reading),
    checks,
    candidates: [],
    steps,
    impact: { ...names, writeGapMs: 0, lostTransactions: 0, ...words.impact },
    ...bareParts,
    choices,
    divergence: divergence?.divergence ?? null,
    attestation: divergence
      ? attestationOf(choice, divergence, { instance: names.candidate, primary: names.primary })
      : null,
    actLabel: words.actLabel,
    applyable: refusals.length === 0 && steps.length > 0,
    refusals,
  };
}

/** What cannot be asked is not known, and refuses the plan by its check. */
function notKnown(thrown: unknown): null {
  if (!(thrown instanceof MidwatchError)) throw thrown;
  return null;
}

/** For the choice that changes no source. */
const noSettings = { user: '', sslAllowed: false, getPublicKey: false, heartbeatSeconds: 1, connectRetrySeconds: 1 };

const asking =
  ({ connections }: RejoinParts, signal: AbortSignal) =>
  (instanceId: string): Ask =>
  (sql, values) =>
    connections.use(instanceId, 'plan', signal, async ({ session }) =>
      session.query(sql, { timeoutMs: 5000, ...(values ? { values } : {}) }),
    );

const applierErrorOf = (instance: ReachedInstance | undefined): string =>
  instance?.sample.channels.find((one) => one.applierErrno !== 0)?.applierError ?? '';

/** Who answers at the applications' way in; null where there is none, or it says nothing. */
async function leadsTo(
  { connections }: RejoinParts,
  { cluster }: ClusterReading,
  { facts }: ReachedInstance,
  signal: AbortSignal,
): Promise<boolean | null> {
  if (!cluster.traffic?.endpoint) return null;
  try {
    const session = await connections.openEndpoint(cluster.id, 'plan', signal, monitorLimits);
    try {
      const [row] = await session.query('SELECT @@GLOBAL.server_id AS server', { timeoutMs: 3000 });
      return textOf(row, 'server') === String(facts.serverId);
    } finally {
      void session.close();
    }
  } catch {
    return null;
  }
}

/** What a server's binary log leaves out, by the statement of its product and version; null: none of them was understood. */
async function logFilters(ask: Ask): Promise<string | null> {
  for (const sql of ['SHOW BINARY LOG STATUS', 'SHOW MASTER STATUS', 'SHOW BINLOG STATUS']) {
    const rows = await ask(sql).catch(() => null);
    if (rows === null) continue;
    return [textOf(rows[0], 'Binlog_Do_DB'), textOf(rows[0], 'Binlog_Ignore_DB')]
      .filter((one) => one !== '')
      .join(', ');
  }
  return null;
}

/** MASTER_DEMOTE_TO_SLAVE came with MariaDB 10.10. */
function setsOwnPosition({ facts }: ReachedInstance): boolean {
  const version = parseServerVersion(facts.version);
  return version?.dialect === 'mariadb' && !isAtLeast(version, 10, 10);
}

function stepsOf(
  reading: ClusterReading,
  { instance, primary }: { readonly instance: ReachedInstance; readonly primary: ReachedInstance },
  divergence: DivergenceReading,
  choice: RejoinChoice,
  settings: Parameters<typeof rejoinSteps>[0]['settings'],
): Plan['steps'] {
  const [channel] = instance.sample.channels;
  const party = partyOf(instance);
  const runs = channel && (channel.receiver !== 'stopped' || channel.applier !== 'stopped');
  return rejoinSteps({
    dialect: instance.dialect.name,
    sql: switchoverSql[instance.dialect.name],
    instance: party,
    primary: partyOf(primary),
    everyone: reading.readings.filter((one) => one.reached).map(partyOf),
    choice,
    settings,
    setsOwnPosition: setsOwnPosition(instance),
    errant: divergence.errant.text,
    errantCount: divergence.errant.count,
    evidence: evidenceStep(party, instance.dialect.name, divergence),
    position: instance.sample.gtidExecuted,
    channel: channel === undefined ? 'none' : runs ? 'running' : 'stopped',
    isSemiSyncSource: semiSyncCount(instance) > 0,
    clusterUsesSemiSync: semiSyncCount(primary) > 0,
  });
}

function wordsOf(
  choice: RejoinChoice,
  { primary, candidate }: { readonly primary: string; readonly candidate: string },
  divergence: DivergenceReading | null,
): { readonly actLabel: string; readonly impact: Pick<Plan['impact'], 'sentences' | 'achieved'> } {
  const count = divergence ? countOf(divergence) : '';
  const own = divergence !== null && divergence.errant.text !== '';
  const always = [
    `${candidate} is fenced first, and stays so whatever happens then: an old primary takes no write again`,
    `Applications that still write to ${candidate} are refused from that moment; ${primary} is not touched`,
  ];
  switch (choice) {
    case 'incremental':
      return {
        actLabel: `Rejoin ${candidate}, lose 0 transactions`,
        impact: {
          sentences: [...always, `${candidate} holds nothing of its own: nothing is thrown away`],
          achieved: `${candidate} follows ${primary}, read-only, and holds nothing that ${primary} lacks`,
        },
      };
    case 'inject-empty':
      return {
        actLabel: `Rejoin ${candidate}, keep ${count} transactions on it alone`,
        impact: {
          sentences: [
            ...always,
            `What its ${count} transactions changed stays on ${candidate} alone: its data differs from ${primary} from then on`,
          ],
          achieved: `${candidate} follows ${primary}; what ${count} transactions changed is on ${candidate} alone`,
        },
      };
    case 're-provision':
      return {
        actLabel: own ? `Close ${candidate}, save its ${count} transactions` : `Close ${candidate}`,
        impact: {
          sentences: [
            ...always,
            own
              ? `Its ${count} transactions are saved as evidence; nothing of its data is thrown away by this run`
              : 'Nothing of its data is thrown away by this run',
            `${candidate} is no replica after this run: a re-provision of its own fills it anew`,
          ],
          achieved: `${candidate} is closed${own ? `, and its ${count} transactions are saved` : ''}. It is no replica yet: re-provision it next`,
        },
      };
  }
}
