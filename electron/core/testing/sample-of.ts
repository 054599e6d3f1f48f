import type { Instance } from '@shared/model/inventory';
import { mysqlDialect } from '../dialect/mysql';
import type { ChannelSample, ServerFacts, ServerSample } from '../dialect/server-sample';
import { unseen, type Observation } from '../monitor/observation';

/** A healthy channel, with what a test changes. */
export const channelOf = (change: Partial<ChannelSample> = {}): ChannelSample => ({
  name: '',
  sourceHost: 'db-1',
  sourcePort: 3306,
  sourceUuid: '',
  sourceServerId: 1,
  receiver: 'running',
  applier: 'running',
  receiverError: '',
  receiverErrno: 0,
  applierError: '',
  applierErrno: 0,
  autoPosition: true,
  delaySeconds: 0,
  serverLagSeconds: 0,
  receivedGtid: '',
  filters: [],
  relayLogBytes: 0,
  heardAtMs: 1_000_000,
  heartbeatPeriodSeconds: 1,
  receivedHeartbeats: null,
  sourceLogFile: '',
  sourceLogPosition: 0,
  workers: null,
  ...change,
});

export const sampleOf = (change: Partial<ServerSample> = {}): ServerSample => ({
  readOnly: false,
  superReadOnly: false,
  gtidExecuted: '',
  serverNowMs: 1_000_000,
  counters: new Map(),
  semiSyncSourceActive: false,
  channels: [],
  heartbeatAtMs: null,
  heartbeatError: '',
  ...change,
});

export const factsOf = (change: Partial<ServerFacts> = {}): ServerFacts => ({
  version: '9.7.4',
  serverUuid: '',
  serverId: 1,
  gtidEnabled: true,
  gtidPurged: '',
  variables: new Map([['max_connections', '100']]),
  grants: [],
  groupMembers: [],
  longestTransactionSeconds: 0,
  lockWaits: 0,
  ...change,
});

/** One instance as seen a moment ago. `channels` makes it a read-only replica. */
export function observationOf(
  name: string,
  change: {
    readonly sample?: Partial<ServerSample>;
    readonly facts?: Partial<ServerFacts>;
    readonly rest?: Partial<Observation>;
  } = {},
): Observation {
  const instance: Instance = { id: name, name, host: name, port: 3306, via: [] };
  return {
    ...unseen('c', instance),
    dialect: mysqlDialect,
    version: '9.7.4',
    sample: sampleOf({ readOnly: (change.sample?.channels ?? []).length > 0, ...change.sample }),
    facts: factsOf({ serverUuid: `uuid-${name}`, ...change.facts }),
    sampledAtMs: 1_000_000,
    clockSkewMs: 0,
    ...change.rest,
  };
}
