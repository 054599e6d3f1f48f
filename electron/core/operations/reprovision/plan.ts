import { MidwatchError } from '@shared/errors';
import type { Instance } from '@shared/model/inventory';
import { bareParts, type Plan, type Step } from '@shared/model/plan';
import { switchoverSql, type ChannelSettings } from '../../dialect/switchover-sql';
import type { InventoryService } from '../../fleet/inventory-service';
import type { Clock } from '../../ports/clock';
import type { MysqlConnector } from '../../ports/mysql-session';
import { basisOf, requireSameBasis } from '../basis';
import { readCluster, type ClusterReading, type InstanceReading, type ReachedInstance } from '../cluster-reading';
import { divergenceOf, type DivergenceReading } from '../divergence/divergence-of';
import { evidenceStep } from '../divergence/evidence';
import type { OperationKindCode, PlanInput } from '../operation-kind';
import { partyOf } from '../steps/parties';
import { replicationLogin } from '../steps/replication-login';
import type { Party } from '../steps/step-data';
import { endLeftovers, otherServers } from '../steps/take-over';
import { backupSteps } from './backup-steps';
import { cloneSteps } from './clone-steps';
import { readCopyFacts, type CopyFacts, type CopyFactsParts } from './copy-facts';
import { sizeWords } from './copy-progress';
import { donorBoard } from './donor-board';
import { reprovisionStepCode } from './fill-code';
import { foldersFor } from './host-commands';
import { fillChecks } from './preflight';
import { fillSteps } from './steps-data';

/** A plan older than this is asked for again, whatever it saw. */
const validMs = 60_000;

export interface ReprovisionParts extends CopyFactsParts {
  readonly connector: MysqlConnector;
  readonly inventory: InventoryService;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly interruptedRun: (clusterId: string) => string | null;
  readonly primaryHint: (clusterId: string) => string | null;
}

/** A replica is filled anew from a donor, or an empty server becomes a replica. */
export function reprovisionKind(parts: ReprovisionParts): OperationKindCode {
  const read = (clusterId: string, signal: AbortSignal): Promise<ClusterReading> =>
    readCluster(
      parts.inventory.cluster(clusterId),
      { connections: parts.connections, clock: parts.clock, primaryId: parts.primaryHint(clusterId) },
      signal,
    );
  return {
    kind: 'reprovision',
    steps: reprovisionStepCode,
    plan: async (input, signal) => planReprovision(parts, await read(input.clusterId, signal), input, signal),
    requireBasis: async (plan, signal) => requireSameBasis(plan.basis, basisOf(await read(plan.clusterId, signal))),
    otherServers: async (plan) => otherServers(plan, await read(plan.clusterId, new AbortController().signal)),
    endLeftovers: async (instanceId, world) =>
      endLeftovers(instanceId, world, parts.connections, new AbortController().signal),
  };
}

/** What a plan is made of, read and chosen. */
interface Fill {
  readonly reading: ClusterReading;
  readonly recipient: InstanceReading;
  readonly primary: ReachedInstance;
  readonly donor: ReachedInstance;
  readonly facts: ReadonlyMap<string, CopyFacts>;
  readonly divergence: DivergenceReading | null;
  readonly settings: ChannelSettings;
}

async function planReprovision(
  parts: ReprovisionParts,
  reading: ClusterReading,
  { instanceId, candidateId, drillId }: PlanInput,
  signal: AbortSignal,
): Promise<Plan> {
  const recipient = reading.readings.find((one) => one.instance.id === instanceId);
  if (!recipient)
    throw new MidwatchError('invalid-input', 'No instance of this cluster was named to be filled', {
      nextStep: 'Choose the instance',
    });
  const reached = reading.readings.filter((one) => one.reached);
  const primary = reached.find((one) => one.instance.id === reading.topology.primaryId) ?? null;
  const dialect = primary?.dialect.name ?? reading.dialect;
  const facts = new Map<string, CopyFacts>(
    dialect === null
      ? []
      : await Promise.all(
          reading.readings
            .filter((one) => one.reached || one === recipient)
            .map(async (one) => [one.instance.id, await readCopyFacts(one, dialect, parts, signal)] as const),
        ),
  );
  const board = primary
    ? donorBoard({
        reading,
        primary,
        recipientId: recipient.instance.id,
        recipientVersion: recipient.reached ? recipient.facts.version : null,
        recipientRegion: recipient.instance.region,
        facts,
      })
    : [];
  const chosen = board.find((one) => one.instanceId === candidateId) ?? board.find((one) => one.state === 'best');
  const donor = reached.find((one) => one.instance.id === chosen?.instanceId) ?? null;
  const settings = settingsFor(recipient, reached);
  const isPrimary = recipient.instance.id === primary?.instance.id;
  const divergence =
    primary && recipient.reached && !isPrimary && recipient.dialect.name === primary.dialect.name
      ? await divergenceOf(parts, { instance: recipient, primary }, signal).catch(() => null)
      : null;
  const login = primary
    ? await replicationLogin(parts, reading, { source: primary, user: settings?.user ?? '' }, signal)
    : { ok: false, evidence: 'no primary' };
  const checks = fillChecks({
    reading,
    primary,
    recipient,
    donor,
    facts,
    divergence,
    login,
    accountPassword: parts.connections.secret({ kind: 'cluster-password', id: reading.cluster.id }),
    interruptedRun: parts.interruptedRun(reading.cluster.id),
  });
  const refusals = [
    ...(primary && !donor && !isPrimary ? ['No instance can give the copy'] : []),
    ...(chosen?.state === 'excluded' ? [`${chosen.instance}: ${chosen.why}`] : []),
    ...checks
      .filter((one) => one.status === 'fail' || one.status === 'unknown')
      .map((one) => `${one.title}: ${one.evidence}`),
  ];
  const fill =
    primary && donor && settings && !isPrimary
      ? { reading, recipient, primary, donor, facts, divergence, settings }
      : null;
  const steps = fill ? stepsOf(fill) : [];
  const undecoded = divergence?.way?.by === 'sql';
  return {
    id: parts.newId(),
    kind: 'reprovision',
    clusterId: reading.cluster.id,
    cluster: reading.cluster.name,
    title: `Fill ${recipient.instance.name} of ${reading.cluster.name} anew`,
    createdAtMs: reading.atMs,
    expiresAtMs: reading.atMs + validMs,
    basis: basisOf(reading),
    checks,
    candidates: board,
    steps,
    impact: {
      primary: primary?.instance.name ?? 'Unknown',
      candidate: recipient.instance.name,
      writeGapMs: 0,
      lostTransactions: 0,
      sentences: fill ? sentencesOf(fill) : [],
      achieved: donor
        ? `${recipient.instance.name} was filled from ${donor.instance.name} and follows ${primary?.instance.name ?? ''}.`
        : '',
    },
    ...bareParts,
    divergence: divergence?.divergence ?? null,
    attestation: undecoded
      ? {
          statement: `The transactions that only ${recipient.instance.name} holds go undecoded: only the list of their events is kept`,
          expected: `${recipient.instance.name} undecoded`,
        }
      : null,
    drillId: drillId ?? null,
    actLabel: actLabelOf(recipient.instance, donor, divergence),
    applyable: refusals.length === 0 && steps.length > 0,
    refusals,
  };
}

/** As its channel is now; of one that follows nobody, as its siblings do it. */
const settingsFor = (recipient: InstanceReading, reached: readonly ReachedInstance[]): ChannelSettings | null =>
  (recipient.reached ? recipient.channelSettings : null) ??
  reached.find((one) => one.channelSettings !== null)?.channelSettings ??
  null;

function actLabelOf(recipient: Instance, donor: ReachedInstance | null, divergence: DivergenceReading | null): string {
  const errant = divergence?.errant;
  const saved =
    errant && errant.text !== ''
      ? `, after saving ${errant.count?.toLocaleString('en') ?? 'its'} transactions of its own`
      : '';
  return `Replace the data of ${recipient.name} by a copy of ${donor?.instance.name ?? 'nobody'}${saved}`;
}

function sentencesOf({ recipient, primary, donor, facts }: Fill): readonly string[] {
  const { name } = recipient.instance;
  const bytes = facts.get(donor.instance.id)?.bytes;
  const size = bytes ? `about ${sizeWords(bytes)}` : 'an unknown size';
  return [
    `${name} gets a copy of ${donor.instance.name} (${size}) and then follows ${primary.instance.name}; ${primary.instance.name} takes writes all the time`,
    donor.dialect.name === 'mysql'
      ? `CLONE drops the data of ${name} before the copy comes: if it fails half-way, ${name} stays empty and closed until it is filled again`
      : `The old data of ${name} are moved aside and kept; until the copy is whole, ${name} goes on as it is`,
    `${name} is restarted, and answers nobody meanwhile`,
  ];
}

function stepsOf(fill: Fill): readonly Step[] {
  const { reading, recipient, primary, donor, settings, divergence } = fill;
  const sql = switchoverSql[primary.dialect.name];
  const to = partyFor(recipient);
  const copy = primary.dialect.name === 'mysql' ? cloneOf(fill, to) : backupOf(fill, to);
  if (copy.length === 0) return [];
  return fillSteps({
    product: primary.dialect.name,
    sql,
    primary: partyOf(primary),
    donor: partyOf(donor),
    recipient: to,
    recipientAnswers: recipient.reached,
    others: reading.readings
      .filter((one) => one.reached && one !== recipient)
      .map((one) => partyOf(one as ReachedInstance)),
    settings,
    identity: recipient.reached ? recipient.facts.serverUuid : '',
    errant: divergence?.errant.text ?? '',
    evidence: divergence ? evidenceStep(to, primary.dialect.name, divergence) : null,
    copy,
  });
}

const partyFor = (one: InstanceReading): Party =>
  one.reached
    ? partyOf(one)
    : { id: one.instance.id, name: one.instance.name, host: one.instance.host, port: one.instance.port, serverId: 0 };

function cloneOf({ recipient, donor, facts, reading }: Fill, to: Party): readonly Step[] {
  if (!recipient.reached) return [];
  const sql = switchoverSql.mysql;
  const mine = facts.get(recipient.instance.id);
  const access = recipient.instance.hostAccess;
  return cloneSteps({
    donor: partyOf(donor),
    recipient: to,
    follows:
      recipient.sample.channels.length === 0 ? null : { stop: sql.stop, start: sql.start, status: sql.channelStatus },
    installs: mine?.clonePlugin !== true,
    user: reading.cluster.user,
    requireTls: facts.get(donor.instance.id)?.tls === true,
    bytes: facts.get(donor.instance.id)?.bytes ?? null,
    host: access && mine?.files ? { access, files: mine.files } : null,
  });
}

function backupOf({ recipient, donor, facts, reading }: Fill, to: Party): readonly Step[] {
  const mine = facts.get(recipient.instance.id);
  const { hostAccess: access } = recipient.instance;
  const donorAccess = donor.instance.hostAccess;
  if (!access || !donorAccess || !mine?.files) return [];
  const sql = switchoverSql.mariadb;
  return backupSteps({
    donor: partyOf(donor),
    recipient: to,
    donorAccess,
    access,
    files: mine.files,
    folders: foldersFor(
      mine.files.dataFolder,
      new Date(reading.atMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, ''),
    ),
    runs: recipient.reached,
    user: reading.cluster.user,
    donorSocket: facts.get(donor.instance.id)?.socket ?? '',
    bytes: facts.get(donor.instance.id)?.bytes ?? null,
    close: sql.fence,
    closed: sql.fenceProof,
  });
}
