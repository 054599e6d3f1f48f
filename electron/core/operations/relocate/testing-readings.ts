import type { Instance } from '@shared/model/inventory';
import { mysqlDialect } from '../../dialect/mysql';
import type { ChannelSample, ServerFacts, ServerSample } from '../../dialect/server-sample';
import { deriveTopology } from '../../fleet/topology';
import { unseen } from '../../monitor/observation';
import { channelOf, factsOf, sampleOf } from '../../testing/sample-of';
import type { ClusterReading, InstanceReading, ReachedInstance } from '../cluster-reading';

export const uuid = '3e11fa47-71ca-11e1-9e33-c80aa9429562';

/** eu-1 above eu-2, us-1 and ap-1; us-2 below us-1, us-3 below us-2. */
export const regions = {
  'eu-1': null,
  'eu-2': 'eu-1',
  'us-1': 'eu-1',
  'us-2': 'us-1',
  'us-3': 'us-2',
  'ap-1': 'eu-1',
} as const;

/** What a test changes of one instance of a calm cluster. */
export interface Change {
  readonly reading?: Partial<ReachedInstance>;
  readonly facts?: Partial<ServerFacts>;
  readonly sample?: Partial<ServerSample>;
  readonly channel?: Partial<ChannelSample>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly region?: string;
}

function reachedOf(name: string, source: string | null, serverId: number, change: Change): ReachedInstance {
  const instance: Instance = {
    id: name,
    name,
    host: name,
    port: 3306,
    via: [],
    ...(change.region === undefined ? {} : { region: change.region }),
  };
  return {
    instance,
    reached: true,
    dialect: mysqlDialect,
    facts: factsOf({
      serverUuid: `uuid-${name}`,
      serverId,
      grants: ['GRANT ALL PRIVILEGES ON *.* TO `midwatch`@`%`'],
      variables: new Map(Object.entries({ log_bin: 'ON', log_replica_updates: 'ON', ...change.variables })),
      ...change.facts,
    }),
    sample: sampleOf({
      readOnly: source !== null,
      gtidExecuted: `${uuid}:1-100`,
      channels:
        source === null
          ? []
          : [channelOf({ sourceHost: source, sourceServerId: 0, sourceUuid: '', ...change.channel })],
      ...change.sample,
    }),
    preparedXa: 0,
    enabledEvents: 0,
    privilegedAccounts: '',
    longestWriteSeconds: 0,
    channelSettings:
      source === null
        ? null
        : { user: 'repl', sslAllowed: true, getPublicKey: false, heartbeatSeconds: 1, connectRetrySeconds: 1 },
    partialTransaction: '',
    binlogState: '',
    ...change.reading,
  };
}

/** A cluster as `sources` says (null is the root), with what `changes` says of some. */
export function readingOf(
  sources: Readonly<Record<string, string | null>>,
  changes: Readonly<Record<string, Change | 'silent'>> = {},
): ClusterReading {
  const readings = Object.entries(sources).map(([name, source], index): InstanceReading => {
    const change = changes[name] ?? {};
    const reached = reachedOf(name, source, index + 1, change === 'silent' ? {} : change);
    return change === 'silent'
      ? {
          instance: reached.instance,
          reached: false,
          error: { code: 'connection-refused', message: 'refused', nextStep: '', details: {} },
        }
      : reached;
  });
  const topology = deriveTopology(
    readings.map((one) =>
      one.reached
        ? { ...unseen('c', one.instance), dialect: one.dialect, sample: one.sample, facts: one.facts }
        : unseen('c', one.instance),
    ),
  );
  return {
    cluster: {
      id: 'c',
      name: 'c',
      user: 'midwatch',
      tls: { mode: 'off' },
      heartbeat: { kind: 'none' },
      pinned: false,
      connectionBudget: 3,
      instances: readings.map((one) => one.instance),
    },
    atMs: 0,
    readings,
    topology,
    dialect: 'mysql',
  };
}

/** One that answered, by its name. */
export function reachedIn(reading: ClusterReading, name: string): ReachedInstance {
  const found = reading.readings.find((one) => one.instance.name === name);
  if (!found?.reached) throw new Error(`${name} did not answer`);
  return found;
}
