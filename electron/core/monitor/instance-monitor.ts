import { toAppError } from '@shared/errors';
import type { Heartbeat, Instance } from '@shared/model/inventory';
import type { Connections, OpenSession } from '../fleet/connections';
import type { Clock } from '../ports/clock';
import type { Read, ServerSample } from '../dialect/server-sample';
import { unseen, type Observation } from './observation';

const factsEveryMs = 15_000;
const statementTimeoutMs = 5000;
const retryMs = [500, 1000, 2000, 4000, 8000] as const;

interface MonitorParts {
  readonly clusterId: string;
  readonly instance: Instance;
  readonly heartbeat: () => Heartbeat;
  readonly connections: Pick<Connections, 'open'>;
  readonly clock: Clock;
  readonly intervalMs: number;
  readonly onChange: (observation: Observation) => void;
}

/**
 * Polls one instance on its own session, for ever, until stopped. Each instance has a monitor of its own, so that a
 * dead server delays no other.
 */
export class InstanceMonitor {
  readonly #parts: MonitorParts;
  readonly #stop = new AbortController();
  #observation: Observation;
  #factsAtMs = 0;
  #hadChannels = true;
  #sinceChannelsAsked = 0;
  #skews: { readonly skewMs: number; readonly roundTripMs: number }[] = [];
  #wake: (() => void) | null = null;

  constructor(parts: MonitorParts) {
    this.#parts = parts;
    this.#observation = unseen(parts.clusterId, parts.instance);
    void this.#run();
  }

  get observation(): Observation {
    return this.#observation;
  }

  /** Tries at once: the path may be healed (a tunnel came up, the laptop woke). */
  wake(): void {
    this.#wake?.();
  }

  stop(): void {
    this.#stop.abort();
    this.#wake?.();
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stop.signal.aborted) {
      try {
        const open = await this.#parts.connections.open(this.#parts.instance.id, 'monitor', this.#stop.signal);
        // A server that dies closes the connection: seen now, not at the next poll.
        open.session.onClosed(() => this.#wake?.());
        try {
          this.#factsAtMs = 0;
          while (!this.#stop.signal.aborted) {
            const startedMs = this.#parts.clock.monotonicMs();
            await this.#poll(open);
            failures = 0;
            await this.#pause(Math.max(0, this.#parts.intervalMs - (this.#parts.clock.monotonicMs() - startedMs)));
          }
        } finally {
          open.release();
        }
      } catch (thrown) {
        if (this.#stop.signal.aborted) return;
        const waitMs = retryMs[Math.min(failures, retryMs.length - 1)] ?? 8000;
        failures += 1;
        const nowMs = this.#parts.clock.nowMs();
        this.#publish({
          ...this.#observation,
          error: toAppError(thrown),
          failingSinceMs: this.#observation.failingSinceMs ?? nowMs,
          nextTryAtMs: nowMs + waitMs,
        });
        await this.#pause(waitMs);
      }
    }
  }

  async #poll({ session, dialect }: OpenSession): Promise<void> {
    const { clock } = this.#parts;
    const timeoutMs = statementTimeoutMs;
    let firstRoundTripMs: number | null = null;
    let firstAskedAtMs = 0;
    const read: Read = async (sql) => {
      const askedAtMs = clock.nowMs();
      const startedMs = clock.monotonicMs();
      const rows = await session.query(sql, { timeoutMs });
      if (firstRoundTripMs === null) {
        firstRoundTripMs = clock.monotonicMs() - startedMs;
        firstAskedAtMs = askedAtMs;
      }
      return rows;
    };
    let facts = this.#observation.facts;
    if (clock.monotonicMs() - this.#factsAtMs >= factsEveryMs || facts === null || this.#factsAtMs === 0) {
      facts = await dialect.readFacts(async (sql) => session.query(sql, { timeoutMs }));
      this.#factsAtMs = clock.monotonicMs();
    }
    const before = this.#observation.sample;
    // A writable server that had no channel is asked for new ones every tenth poll: half the bytes of a primary's sample.
    const askChannels = this.#hadChannels || before?.readOnly === true || this.#sinceChannelsAsked >= 9;
    const sample = await dialect.readSample(read, { askChannels, heartbeat: this.#parts.heartbeat() });
    this.#sinceChannelsAsked = askChannels ? 0 : this.#sinceChannelsAsked + 1;
    if (askChannels) this.#hadChannels = sample.channels.length > 0;
    const roundTripMs = firstRoundTripMs ?? 0;
    this.#noteSkew(sample.serverNowMs - (firstAskedAtMs + roundTripMs / 2), roundTripMs);
    const rates = this.#rates(sample, firstAskedAtMs, (executed) => dialect.transactionCount(executed));
    const { sampledAtMs } = this.#observation;
    this.#publish({
      ...this.#observation,
      earlier: before && sampledAtMs !== null ? { sampledAtMs, gtidExecuted: before.gtidExecuted } : null,
      dialect,
      version: facts.version,
      sample,
      facts,
      sampledAtMs: firstAskedAtMs,
      roundTripMs,
      clockSkewMs: this.#bestSkew(),
      ...rates,
      error: null,
      failingSinceMs: null,
      nextTryAtMs: null,
    });
  }

  #rates(
    sample: ServerSample,
    atMs: number,
    count: (executed: string) => number,
  ): Pick<Observation, 'commitsPerSecond' | 'queriesPerSecond' | 'bytesSentPerSecond'> {
    const before = this.#observation.sample;
    const seconds = (atMs - (this.#observation.sampledAtMs ?? atMs)) / 1000;
    if (!before || seconds <= 0 || seconds > 30)
      return { commitsPerSecond: null, queriesPerSecond: null, bytesSentPerSecond: null };
    const perSecond = (now: number | undefined, then: number | undefined): number | null =>
      now === undefined || then === undefined || now < then ? null : (now - then) / seconds;
    return {
      commitsPerSecond: perSecond(count(sample.gtidExecuted), count(before.gtidExecuted)),
      queriesPerSecond: perSecond(sample.counters.get('questions'), before.counters.get('questions')),
      bytesSentPerSecond: perSecond(sample.counters.get('bytes_sent'), before.counters.get('bytes_sent')),
    };
  }

  #noteSkew(skewMs: number, roundTripMs: number): void {
    this.#skews = [...this.#skews.slice(-19), { skewMs, roundTripMs }];
  }

  /** The fastest exchange bounds the error best (half its round trip), as NTP does it. */
  #bestSkew(): number | null {
    return (
      this.#skews.reduce<{ skewMs: number; roundTripMs: number } | null>(
        (best, next) => (best === null || next.roundTripMs <= best.roundTripMs ? next : best),
        null,
      )?.skewMs ?? null
    );
  }

  #publish(observation: Observation): void {
    this.#observation = observation;
    this.#parts.onChange(observation);
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#wake = done;
    });
  }
}
