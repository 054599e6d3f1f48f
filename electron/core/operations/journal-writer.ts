import type { EntryType, JournalEntry, RunState } from '@shared/model/run';
import type { Clock } from '../ports/clock';
import type { JournalStore } from '../ports/store';

type Data = Readonly<Record<string, string | number | boolean>>;

/** Entries that must be on the disk before the run goes on: they change what the next console may assume. */
const durableAtOnce = new Set<EntryType>([
  'approved',
  'failed',
  'unknown',
  'not-passed',
  'undo-intent',
  'undo-failed',
  'cancelled',
  'ended',
]);

/**
 * One run's way into the journal. A step's intent and its first statement are durable before that statement is sent, with
 * everything written earlier; what only describes the past, and the further statements of a step that is known to be open,
 * wait for the next flush: after a crash the step is looked at as a whole, and a step inside the write gap waits for the
 * disk once.
 */
export class JournalWriter {
  readonly #parts: {
    readonly store: JournalStore;
    readonly clock: Clock;
    readonly runId: string;
    readonly onChange: () => void;
  };
  /** Steps whose intent and first statement are on the disk. */
  readonly #openSteps = new Set<string>();
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
    if (type === 'intent' || type === 'undo-intent') this.#openSteps.delete(stepId);
    this.#waiting.push({ atMs: clock.nowMs(), runId, stepId, type, text, data });
    try {
      if (this.#mustBeDurable(stepId, type)) this.flush();
    } finally {
      onChange();
    }
  }

  #mustBeDurable(stepId: string, type: EntryType): boolean {
    if (type !== 'statement') return durableAtOnce.has(type);
    if (this.#openSteps.has(stepId)) return false;
    this.#openSteps.add(stepId);
    return true;
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
