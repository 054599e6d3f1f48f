import { MidwatchError, toAppError, type AppError } from '@shared/errors';
import type { DialectName } from '@shared/model/fleet';
import type { Cluster, Instance } from '@shared/model/inventory';
import { flagOf, numberOf, presentWords, textOf } from '../dialect/rows';
import type { ServerFacts, ServerSample } from '../dialect/server-sample';
import { preflightSql, switchoverSql, type ChannelSettings } from '../dialect/switchover-sql';
import type { Dialect } from '../dialect/dialect';
import type { Clock } from '../ports/clock';
import type { Connections, OpenSession } from '../fleet/connections';
import { deriveTopology, type Topology } from '../fleet/topology';
import { unseen, type Observation } from '../monitor/observation';
import { errantAgainst } from './errant';

/** One instance asked now, first hand, for a plan. */
export type InstanceReading =
  | { readonly instance: Instance; readonly reached: false; readonly error: AppError }
  | {
      readonly instance: Instance;
      readonly reached: true;
      readonly dialect: Dialect;
      readonly facts: ServerFacts;
      readonly sample: ServerSample;
      readonly preparedXa: number | null;
      readonly enabledEvents: number | null;
      readonly privilegedAccounts: string;
      readonly longestWriteSeconds: number | null;
      readonly channelSettings: ChannelSettings | null;
      /** Transaction of which a receiver that lost its source got a part; '' is none, or a product that does not tell. */
      readonly partialTransaction: string;
      /** MariaDB's @@gtid_binlog_state: the newest transaction of each writer; '' on MySQL, whose sets name every one. */
      readonly binlogState: string;
    };

export type ReachedInstance = Extract<InstanceReading, { reached: true }>;

export interface ClusterReading {
  readonly cluster: Cluster;
  readonly atMs: number;
  readonly readings: readonly InstanceReading[];
  readonly topology: Topology;
  readonly dialect: DialectName | null;
}

/**
 * Asks every instance of a cluster at once, replicas before the primary: read in the other order, each new commit looks
 * errant. Never throws for one that does not answer.
 */
export async function readCluster(
  cluster: Cluster,
  parts: {
    readonly connections: Connections;
    readonly clock: Pick<Clock, 'nowMs' | 'sleep'>;
    readonly primaryId: string | null;
    /** Longest wait for one instance, ms; default that of a connection. */
    readonly limitMs?: number;
    /** Only what a basis stands on: who is who, who writes, who follows whom. What a plan asks besides is left null. */
    readonly basisOnly?: boolean;
    /** What an instance that does not answer now said before: it still tells who followed whom. */
    readonly lastSeen?: (instanceId: string) => Observation | null;
  },
  signal: AbortSignal,
): Promise<ClusterReading> {
  const read = (instance: Instance): Promise<InstanceReading> => readInstance(instance, parts, signal);
  const isPrimary = (one: Instance): boolean => one.id === parts.primaryId;
  const asked = Promise.all(cluster.instances.filter((one) => !isPrimary(one)).map(read));
  // A primary that does not answer keeps nobody waiting; one that does is asked again below.
  const isHurried = parts.limitMs !== undefined;
  if (!isHurried) await asked;
  const [replicas, primary] = await Promise.all([asked, Promise.all(cluster.instances.filter(isPrimary).map(read))]);
  const readings = [...primary, ...replicas];
  const topology = topologyOf(readings, cluster, parts.lastSeen);
  // It answered beside its replicas, or the hint was old (it has just moved): asked again last.
  const early = readings.findIndex((one) => one.reached && one.instance.id === topology.primaryId);
  const found = readings[early];
  if (found && (isHurried || !isPrimary(found.instance))) readings[early] = await read(found.instance);
  // A replica gets a transaction before the primary has ended its commit, and a busy primary lingers there: only what stays
  // is errant.
  for (const pauseMs of parts.basisOnly ? [] : confirmingPausesMs) {
    if (!found || !lacks(readings[early], readings)) break;
    await parts.clock.sleep(pauseMs, signal);
    readings[early] = await read(found.instance);
  }
  const dialects = new Set(readings.flatMap((one) => (one.reached ? [one.dialect.name] : [])));
  return {
    cluster,
    atMs: parts.clock.nowMs(),
    readings,
    topology,
    dialect: dialects.size === 1 ? ([...dialects][0] ?? null) : null,
  };
}

/** When a primary is asked again before what it lacks is believed, ms each. */
const confirmingPausesMs = [10, 20, 40, 80, 160];

/** Whether some replica holds what the primary did not hold when it was asked. */
const lacks = (primary: InstanceReading | undefined, readings: readonly InstanceReading[]): boolean =>
  primary?.reached === true &&
  readings.some(
    (one) => one.reached && one.dialect.name === primary.dialect.name && errantAgainst(one, primary) !== '',
  );

/** Who it is still counts; whom it followed when it last spoke may have changed since. */
const withoutChannels = (seen: Observation): Observation =>
  seen.sample === null ? seen : { ...seen, sample: { ...seen.sample, channels: [] } };

const topologyOf = (
  readings: readonly InstanceReading[],
  cluster: Cluster,
  lastSeen: ((instanceId: string) => Observation | null) | undefined,
): Topology =>
  deriveTopology(
    readings.map((reading) =>
      reading.reached
        ? {
            ...unseen(cluster.id, reading.instance),
            dialect: reading.dialect,
            version: reading.facts.version,
            sample: reading.sample,
            facts: reading.facts,
          }
        : withoutChannels(lastSeen?.(reading.instance.id) ?? unseen(cluster.id, reading.instance)),
    ),
  );
async function readInstance(
  instance: Instance,
  {
    connections,
    limitMs = null,
    basisOnly = false,
  }: { readonly connections: Connections; readonly limitMs?: number | null; readonly basisOnly?: boolean },
  signal: AbortSignal,
): Promise<InstanceReading> {
  const limit = new AbortController();
  const late = new MidwatchError('connection-timeout', `No answer within ${(limitMs ?? 0) / 1000} s`);
  const timer = limitMs === null ? undefined : setTimeout(() => limit.abort(late), limitMs);
  const onAbort = (): void => limit.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await connections.use(instance.id, 'plan', limit.signal, async (open) =>
      readOpen(instance, open, basisOnly),
    );
  } catch (thrown) {
    return { instance, reached: false, error: toAppError(limit.signal.reason === late ? late : thrown) };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

async function readOpen(
  instance: Instance,
  { session, dialect }: OpenSession,
  basisOnly: boolean,
): Promise<ReachedInstance> {
  const read = (sql: string): ReturnType<typeof session.query> => session.query(sql, { timeoutMs: 5000 });
  // What the account may not ask stays null, and a check that needs it says unknown; so does what nobody needs now.
  const attempt = async <T>(ask: () => Promise<T>): Promise<T | null> => (basisOnly ? null : ask().catch(() => null));
  const facts = await dialect.readFacts(read);
  const prepared = await attempt(async () => (await read('XA RECOVER')).length);
  const events = await attempt(async () => numberOf((await read(preflightSql.events))[0], 'n'));
  const privileged = await attempt(async () =>
    textOf((await read(preflightSql[dialect.name].privileged))[0], 'accounts'),
  );
  const longest = await attempt(async () => numberOf((await read(preflightSql.longest))[0], 'seconds') ?? 0);
  const sample = await dialect.readSample(read, { askChannels: true, heartbeat: { kind: 'none' } });
  const { partial } = switchoverSql[dialect.name];
  const partialRows = partial === null || sample.channels.length === 0 ? [] : await attempt(async () => read(partial));
  return {
    instance,
    reached: true,
    dialect,
    facts,
    sample,
    preparedXa: prepared,
    enabledEvents: events,
    privilegedAccounts: privileged ?? '',
    longestWriteSeconds: longest,
    partialTransaction: textOf(partialRows?.[0], 'partial'),
    binlogState: (await attempt(async () => readBinlogState(read, dialect.name))) ?? '',
    channelSettings:
      sample.channels.length === 0 ? null : await attempt(async () => readChannelSettings(read, dialect.name)),
  };
}

const readBinlogState = async (
  read: (sql: string) => ReturnType<OpenSession['session']['query']>,
  dialect: DialectName,
): Promise<string> => (dialect === 'mariadb' ? textOf((await read(preflightSql.mariadb.binlogState))[0], 'state') : '');

async function readChannelSettings(
  read: (sql: string) => ReturnType<OpenSession['session']['query']>,
  dialect: DialectName,
): Promise<ChannelSettings | null> {
  if (dialect === 'mysql') {
    const [row] = await read(preflightSql.mysql.channel);
    return row
      ? {
          user: textOf(row, 'user'),
          sslAllowed: flagOf(row, 'ssl_allowed'),
          getPublicKey: flagOf(row, 'public_key'),
          heartbeatSeconds: numberOf(row, 'heartbeat') ?? 30,
          connectRetrySeconds: numberOf(row, 'retry') ?? 60,
        }
      : null;
  }
  const [raw] = await read('SHOW ALL REPLICAS STATUS');
  if (!raw) return null;
  const row = presentWords(raw);
  return {
    user: textOf(row, 'source_user'),
    sslAllowed: flagOf(row, 'source_ssl_allowed'),
    getPublicKey: false,
    heartbeatSeconds: numberOf(row, 'replica_heartbeat_period') ?? 30,
    connectRetrySeconds: numberOf(row, 'connect_retry') ?? 60,
  };
}
