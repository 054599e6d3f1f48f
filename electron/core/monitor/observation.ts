import type { AppError } from '@shared/errors';
import type { Instance } from '@shared/model/inventory';
import type { Dialect } from '../dialect/dialect';
import type { ServerFacts, ServerSample } from '../dialect/server-sample';

/** All that is known of one instance from asking it: raw, with times by this computer's clock. */
export interface Observation {
  readonly instance: Instance;
  readonly clusterId: string;
  readonly dialect: Dialect | null;
  readonly version: string;
  readonly sample: ServerSample | null;
  readonly facts: ServerFacts | null;
  /** When the newest sample was asked for, ms since the epoch. */
  readonly sampledAtMs: number | null;
  /** The sample before the newest: what this instance surely had when another was asked in between. */
  readonly earlier: { readonly sampledAtMs: number; readonly gtidExecuted: string } | null;
  readonly roundTripMs: number | null;
  /** The server's clock minus this computer's, from the fastest of the last exchanges. */
  readonly clockSkewMs: number | null;
  readonly commitsPerSecond: number | null;
  readonly queriesPerSecond: number | null;
  readonly bytesSentPerSecond: number | null;
  readonly error: AppError | null;
  /** First failure of the current series. */
  readonly failingSinceMs: number | null;
  readonly nextTryAtMs: number | null;
}

export const unseen = (clusterId: string, instance: Instance): Observation => ({
  instance,
  clusterId,
  dialect: null,
  version: '',
  sample: null,
  facts: null,
  sampledAtMs: null,
  earlier: null,
  roundTripMs: null,
  clockSkewMs: null,
  commitsPerSecond: null,
  queriesPerSecond: null,
  bytesSentPerSecond: null,
  error: null,
  failingSinceMs: null,
  nextTryAtMs: null,
});
