import { MidwatchError } from '@shared/errors';
import type { ProbeView } from '@shared/model/run';
import type { Clock } from '../ports/clock';
import type { MysqlSession } from '../ports/mysql-session';

const shown = 120;

/** One way in that an application would know: an instance, or the application's own endpoint. */
export interface ProbeRoute {
  readonly name: string;
  readonly open: (signal: AbortSignal) => Promise<MysqlSession>;
}

interface ProbeParts {
  /** Of the rows in midwatch.operation_probe; a run that is carried on has another one. */
  readonly probeId: string;
  /** The old primary first; tried in turn, each time the present one refuses. */
  readonly routes: readonly ProbeRoute[];
  readonly everyMs: number;
  /** Where the rows are counted at the end: the new primary. */
  readonly openProof: (signal: AbortSignal) => Promise<MysqlSession>;
  readonly clock: Clock;
  readonly onChange: () => void;
}

interface Acknowledged {
  readonly n: number;
  readonly server: string;
  readonly atMs: number;
  readonly atMonotonicMs: number;
}

export interface ProbeResult {
  readonly acknowledged: number;
  readonly missing: number | null;
  readonly writeGapMs: number | null;
}

/** What a run needs of a probe. */
export type Probe = Pick<ProbeWriter, 'start' | 'leavePrimary' | 'finish'>;

/**
 * Writes one row at a time as an application would, and so measures the write gap: from the last row that the first server
 * acknowledged to the first that another one did. Every acknowledged row is looked for at the end.
 */
export class ProbeWriter {
  readonly #parts: ProbeParts;
  readonly #stop = new AbortController();
  readonly #sessions = new Map<ProbeRoute, MysqlSession>();
  readonly #acknowledged: Acknowledged[] = [];
  #outcomes: ProbeView['outcomes'][number][] = [];
  #refused = 0;
  #loop: Promise<void> | null = null;
  #n = 0;
  #avoided = '';
  #writing: Promise<boolean> | null = null;

  constructor(parts: ProbeParts) {
    this.#parts = parts;
  }

  get view(): ProbeView {
    return {
      outcomes: this.#outcomes,
      acknowledged: this.#acknowledged.length,
      refused: this.#refused,
      writeGapMs: this.gap?.ms ?? null,
    };
  }

  /** Between the two servers, wall clock; null until both acknowledged. */
  get gap(): { readonly ms: number; readonly lastBeforeMs: number; readonly firstAfterMs: number } | null {
    const first = this.#acknowledged[0];
    const after = this.#acknowledged.find((one) => one.server !== first?.server);
    if (!first || !after) return null;
    const before = this.#acknowledged.findLast(
      (one) => one.server === first.server && one.atMonotonicMs <= after.atMonotonicMs,
    );
    return before
      ? {
          ms: Math.round(after.atMonotonicMs - before.atMonotonicMs),
          lastBeforeMs: before.atMs,
          firstAfterMs: after.atMs,
        }
      : null;
  }

  /** With `waitForFirst` ends when a row was acknowledged: a probe that cannot write measures nothing. */
  async start(waitForFirst = true): Promise<void> {
    this.#loop ??= this.#run();
    const deadline = this.#parts.clock.monotonicMs() + 5000;
    while (waitForFirst && this.#acknowledged.length === 0) {
      if (this.#parts.clock.monotonicMs() > deadline)
        throw new MidwatchError('statement-failed', 'The probe writer got no row acknowledged within 5 s');
      await this.#parts.clock.sleep(10);
    }
  }

  /**
   * Writes to the first server no more, and waits for the row under way. For servers on which the console's account passes
   * the fence (MariaDB's read_only): its own probe must not be the write that comes through.
   */
  async leavePrimary(): Promise<void> {
    this.#avoided = this.#acknowledged[0]?.server ?? '';
    await this.#writing;
  }

  /** Writes on until another server acknowledged, at most 3 s, stops, and looks for each acknowledged row there. */
  async finish(): Promise<ProbeResult> {
    const deadline = this.#parts.clock.monotonicMs() + 3000;
    while (this.#loop && this.gap === null && this.#parts.clock.monotonicMs() < deadline)
      await this.#parts.clock.sleep(20);
    await this.stop();
    return {
      acknowledged: this.#acknowledged.length,
      missing: await this.#countMissing(),
      writeGapMs: this.gap?.ms ?? null,
    };
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    for (const session of this.#sessions.values()) session.destroy();
    await this.#loop;
    this.#loop = null;
  }

  /** null: could not be looked at, which is not zero. */
  async #countMissing(): Promise<number | null> {
    try {
      const session = await this.#parts.openProof(new AbortController().signal);
      try {
        const rows = await session.query(
          `SELECT n FROM midwatch.operation_probe WHERE run_id = '${this.#parts.probeId}'`,
          { timeoutMs: 10_000 },
        );
        const found = new Set(rows.map((row) => Number(row['n'])));
        return this.#acknowledged.filter((one) => !found.has(one.n)).length;
      } finally {
        void session.close();
      }
    } catch {
      return null;
    }
  }

  async #run(): Promise<void> {
    let target = 0;
    while (!this.#stop.signal.aborted) {
      const route = this.#parts.routes[target % this.#parts.routes.length];
      if (!route) return;
      this.#writing = this.#write(route);
      const accepted = await this.#writing;
      // Refused here: an application tries its other address at once.
      if (!accepted) target += 1;
      this.#parts.onChange();
      await this.#parts.clock.sleep(accepted ? this.#parts.everyMs : 5, this.#stop.signal).catch(() => undefined);
    }
  }

  async #write(route: ProbeRoute): Promise<boolean> {
    const n = (this.#n += 1);
    try {
      const known = this.#sessions.get(route);
      const session = known && !known.closed ? known : await route.open(this.#stop.signal);
      this.#sessions.set(route, session);
      // Asked first, because the console's account may pass read_only: a probe must never be the write that makes a
      // replica diverge.
      const [row] = await session.query('SELECT @@GLOBAL.read_only AS closed, @@GLOBAL.server_id AS server', {
        timeoutMs: 8000,
      });
      const server = String(row?.['server'] ?? '');
      if (Number(row?.['closed']) !== 0 || (server !== '' && server === this.#avoided))
        throw new MidwatchError('read-only-server', `${route.name} is read-only`);
      await session.query(`INSERT INTO midwatch.operation_probe (run_id, n) VALUES ('${this.#parts.probeId}', ${n})`, {
        timeoutMs: 8000,
      });
      const { clock } = this.#parts;
      this.#acknowledged.push({ n, server, atMs: clock.nowMs(), atMonotonicMs: clock.monotonicMs() });
      this.#note('acknowledged', route.name);
      return true;
    } catch (thrown) {
      if (this.#stop.signal.aborted) return false;
      // No answer is not a refusal: the row may be there, and is not counted as acknowledged.
      const refused = thrown instanceof MidwatchError && thrown.code === 'read-only-server';
      this.#note(refused ? 'refused' : 'waiting', route.name);
      if (refused) this.#refused += 1;
      return false;
    }
  }

  #note(outcome: ProbeView['outcomes'][number]['outcome'], instance: string): void {
    this.#outcomes = [...this.#outcomes.slice(-(shown - 1)), { atMs: this.#parts.clock.nowMs(), outcome, instance }];
  }
}
