import type { LastWords, LastWordsStore } from '../ports/store';
import type { Observation } from './observation';

/** What of an answer is kept, so that a console started after the server's death knows what it held and where its files lie. */
export function lastWordsOf(observation: Observation): LastWords | null {
  const { sample, facts, dialect, sampledAtMs, instance } = observation;
  if (!sample || !facts || !dialect || sampledAtMs === null) return null;
  const { variables } = facts;
  return {
    instanceId: instance.id,
    atMs: sampledAtMs,
    gtidExecuted: sample.gtidExecuted,
    commitsPerSecond: observation.commitsPerSecond,
    // Its status, not its switch: it may have fallen back to asynchronous; and the switch is read seldom.
    semiSync: sample.semiSyncSourceActive,
    serverUuid: facts.serverUuid,
    version: facts.version,
    dialect: dialect.name,
    pidFile: variables.get('pid_file') ?? '',
    dataFolder: variables.get('datadir') ?? '',
    binaryLogBase: variables.get('log_bin_basename') ?? '',
    semiSyncWaitForCount: Number(variables.get('rpl_semi_sync_source_wait_for_replica_count') ?? 1),
    semiSyncTimeoutMs: Number(variables.get('rpl_semi_sync_source_timeout') ?? 0),
  };
}

/** Keeps the last words of every instance that answers, at most once in `everyMs`. */
export class LastWordsKeeper {
  readonly #store: LastWordsStore;
  readonly #everyMs: number;
  #savedAtMs = 0;

  constructor(store: LastWordsStore, everyMs = 900) {
    this.#store = store;
    this.#everyMs = everyMs;
  }

  note(observations: readonly Observation[], nowMs: number): void {
    if (nowMs - this.#savedAtMs < this.#everyMs) return;
    this.#savedAtMs = nowMs;
    const words = observations.filter((one) => one.error === null).map(lastWordsOf);
    this.#store.save(words.filter((one) => one !== null));
  }
}
