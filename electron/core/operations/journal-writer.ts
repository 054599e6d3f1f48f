import type { EntryType, JournalEntry, RunState } from '@shared/model/operation';
import type { Clock } from '../ports/clock';
import type { JournalStore } from '../ports/store';

type Data = Readonly<Record<string, string | number | boolean>>;

/** Entries that describe what already happened: lost in a crash they are found again by asking the servers. */
const describesOnly = new Set<EntryType>(['intent', 'done', 'verified', 'undone', 'measure']);

/**
 * One run's way into the journal. What must be known before the world changes (a statement, a value, the end) is durable
 * when `write` returns, and everything written earlier with it; what only describes the past waits for the next of those,
 * so that a step inside the write gap does not wait for the disk twice.
 */
export class JournalWriter {
  readonly #parts: {
    readonly store: JournalStore;
    readonly clock: Clock;
    readonly runId: string;
    readonly onChange: () => void;
  };
  #waiting: Omit<JournalEntry, 'seq'>[] = [];
  #durable: JournalEntry[];
  /** While undoing, a full disk must not stop what gives writes back. */
  tolerant = false;

  constructor(parts: { store: JournalStore; clock: Clock; runId: string; onChange: () => void }) {
    this.#parts = parts;
    this.#durable = [...parts.store.entries(parts.runId)];
  }

  /** All entries, durable or not yet. */
  get entries(): readonly JournalEntry[] {
    const last = this.#durable.at(-1)?.seq ?? 0;
    return [...this.#durable, ...this.#waiting.map((entry, index) => ({ ...entry, seq: last + 1 + index }))];
  }

  /** @throws MidwatchError `disk-full` unless tolerant */
  write(stepId: string, type: EntryType, text: string, data: Data = {}): void {
    const { clock, runId, onChange } = this.#parts;
    this.#waiting.push({ atMs: clock.nowMs(), runId, stepId, type, text, data });
    try {
      if (!describesOnly.has(type)) this.flush();
    } finally {
      onChange();
    }
  }

  /** Makes everything durable. @throws MidwatchError `disk-full` unless tolerant */
  flush(): void {
    if (this.#waiting.length === 0) return;
    try {
      this.#durable.push(...this.#parts.store.appendAll(this.#waiting));
      this.#waiting = [];
    } catch (thrown) {
      if (!this.tolerant) throw thrown;
    }
  }

  state(state: RunState): void {
    try {
      this.flush();
      this.#parts.store.setState(this.#parts.runId, state);
    } catch (thrown) {
      if (!this.tolerant) throw thrown;
    }
    this.#parts.onChange();
  }
}
