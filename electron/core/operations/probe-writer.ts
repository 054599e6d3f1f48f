import { MidwatchError } from '@shared/errors';
import type { ProbeView } from '@shared/model/operation';
import type { Clock } from '../ports/clock';
import type { MysqlSession } from '../ports/mysql-session';

const everyMs = 25;
const shown = 120;

interface ProbeParts {
  readonly runId: string;
  /** The old primary first: an application that knows both. */
  readonly instances: readonly { readonly id: string; readonly name: string }[];
  readonly open: (instanceId: string, signal: AbortSignal) => Promise<MysqlSession>;
  readonly clock: Clock;
  readonly onChange: () => void;
}

interface Acknowledged {
  readonly n: number;
  readonly instanceId: string;
  readonly atMonotonicMs: number;
}

/**
 * Writes one row at a time as an application would, and so measures the write gap: from the last row that the old primary
 * acknowledged to the first that the new one did. Every acknowledged row is looked for at the end.
 */
export class ProbeWriter {
  readonly #parts: ProbeParts;
  readonly #stop = new AbortController();
  readonly #sessions = new Map<string, MysqlSession>();
  readonly #acknowledged: Acknowledged[] = [];
  #outcomes: ProbeView['outcomes'][number][] = [];
  #refused = 0;
  #loop: Promise<void> | null = null;
  #n = 0;
  #leftPrimary = false;
  #writing: Promise<boolean> | null = null;

  constructor(parts: ProbeParts) {
    this.#parts = parts;
  }

  get view(): ProbeView {
    return {
      outcomes: this.#outcomes,
      acknowledged: this.#acknowledged.length,
      refused: this.#refused,
      writeGapMs: this.#writeGapMs(),
    };
  }

  /** Waits until the first row is acknowledged: a probe that cannot write measures nothing. */
  async start(): Promise<void> {
    if (this.#loop) return;
    this.#loop = this.#run();
    const deadline = this.#parts.clock.monotonicMs() + 5000;
    while (this.#acknowledged.length === 0) {
      if (this.#parts.clock.monotonicMs() > deadline)
        throw new MidwatchError('statement-failed', 'The probe writer got no row acknowledged within 5 s');
      await this.#parts.clock.sleep(10);
    }
  }

  /**
   * Writes to the old primary no more, and waits for the row under way. For servers on which the console's account passes
   * the fence (MariaDB's read_only): its own probe must not be the write that comes through.
   */
  async leavePrimary(): Promise<void> {
    this.#leftPrimary = true;
    await this.#writing;
  }

  /** Writes on until the last instance acknowledged, at most 3 s, stops, and looks for each acknowledged row there. */
  async finish(): Promise<{ acknowledged: number; missing: number | null; writeGapMs: number | null }> {
    const last = this.#parts.instances.at(-1);
    const deadline = this.#parts.clock.monotonicMs() + 3000;
    while (this.#loop && this.#writeGapMs() === null && this.#parts.clock.monotonicMs() < deadline)
      await this.#parts.clock.sleep(20);
    await this.stop();
    let missing: number | null = null;
    try {
      if (last && this.#acknowledged.length > 0) {
        const session = await this.#parts.open(last.id, new AbortController().signal);
        try {
          const rows = await session.query(
            `SELECT n FROM midwatch.operation_probe WHERE run_id = '${this.#parts.runId}'`,
            { timeoutMs: 10_000 },
          );
          const found = new Set(rows.map((row) => Number(row['n'])));
          missing = this.#acknowledged.filter((one) => !found.has(one.n)).length;
        } finally {
          void session.close();
        }
      }
    } catch {
      // Not looked at is not zero: it stays null and is shown as unknown.
    }
    return { acknowledged: this.#acknowledged.length, missing, writeGapMs: this.#writeGapMs() };
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    for (const session of this.#sessions.values()) session.destroy();
    await this.#loop;
    this.#loop = null;
  }

  #writeGapMs(): number | null {
    const [first, last] = [this.#parts.instances[0], this.#parts.instances.at(-1)];
    const before = this.#acknowledged.findLast((one) => one.instanceId === first?.id);
    const after = this.#acknowledged.find(
      (one) => one.instanceId === last?.id && one.atMonotonicMs > (before?.atMonotonicMs ?? Infinity),
    );
    return before && after && first?.id !== last?.id ? Math.round(after.atMonotonicMs - before.atMonotonicMs) : null;
  }

  async #run(): Promise<void> {
    let target = 0;
    while (!this.#stop.signal.aborted) {
      const instance = this.#leftPrimary
        ? this.#parts.instances.at(-1)
        : this.#parts.instances[target % this.#parts.instances.length];
      if (!instance) return;
      this.#writing = this.#write(instance);
      const accepted = await this.#writing;
      // Refused here: an application tries its other address at once.
      if (!accepted) target += 1;
      this.#parts.onChange();
      await this.#parts.clock.sleep(accepted ? everyMs : 5, this.#stop.signal).catch(() => undefined);
    }
  }

  async #write(instance: { readonly id: string; readonly name: string }): Promise<boolean> {
    const n = (this.#n += 1);
    try {
      const known = this.#sessions.get(instance.id);
      const session = known && !known.closed ? known : await this.#parts.open(instance.id, this.#stop.signal);
      this.#sessions.set(instance.id, session);
      // Asked first, because the console's account may pass read_only: a probe must never be the write that makes a
      // replica diverge.
      const [row] = await session.query('SELECT @@GLOBAL.read_only AS closed', { timeoutMs: 8000 });
      if (Number(row?.['closed']) !== 0) throw new MidwatchError('read-only-server', `${instance.name} is read-only`);
      await session.query(`INSERT INTO midwatch.operation_probe (run_id, n) VALUES ('${this.#parts.runId}', ${n})`, {
        timeoutMs: 8000,
      });
      this.#acknowledged.push({ n, instanceId: instance.id, atMonotonicMs: this.#parts.clock.monotonicMs() });
      this.#note('acknowledged', instance.name);
      return true;
    } catch (thrown) {
      if (this.#stop.signal.aborted) return false;
      // No answer is not a refusal: the row may be there, and is not counted as acknowledged.
      const refused = thrown instanceof MidwatchError && thrown.code === 'read-only-server';
      this.#note(refused ? 'refused' : 'waiting', instance.name);
      if (refused) this.#refused += 1;
      return false;
    }
  }

  #note(outcome: ProbeView['outcomes'][number]['outcome'], instance: string): void {
    this.#outcomes = [...this.#outcomes.slice(-(shown - 1)), { atMs: this.#parts.clock.nowMs(), outcome, instance }];
  }
}
