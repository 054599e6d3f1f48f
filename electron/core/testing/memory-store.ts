import type { Activity } from '@shared/model/activity';
import { emptyInventory, type Inventory } from '@shared/model/inventory';
import type { JournalEntry } from '@shared/model/operation';
import type { RunRecord, Store } from '../ports/store';

/** {@link Store} in memory, for tests of pure logic. `failAppendAt`: the journal's nth entry finds the disk full. */
export class FakeStore implements Store {
  readonly notices = [];
  readonly journalEntries: JournalEntry[] = [];
  readonly activities: Activity[] = [];
  failAppendAt: number | null = null;
  #inventory: Inventory = emptyInventory;
  readonly #runs = new Map<string, RunRecord>();

  readonly inventory = {
    load: () => this.#inventory,
    save: (inventory: Inventory) => void (this.#inventory = inventory),
  };

  readonly history = {
    append: () => undefined,
    read: () => ({ stepMs: 1000, points: new Map() }),
    prune: () => undefined,
    sizeBytes: () => 0,
  };

  readonly journal: Store['journal'] = {
    createRun: (run) => void this.#runs.set(run.runId, run),
    append: (entry) => {
      if (this.failAppendAt !== null && this.journalEntries.length >= this.failAppendAt) throw new Error('disk full');
      const stored = { ...entry, seq: this.journalEntries.length + 1 };
      this.journalEntries.push(stored);
      return stored;
    },
    setState: (runId, state) => {
      const run = this.#runs.get(runId);
      if (run) this.#runs.set(runId, { ...run, state });
    },
    entries: (runId) => this.journalEntries.filter((one) => one.runId === runId),
    run: (runId) => this.#runs.get(runId) ?? null,
    runs: (clusterId) =>
      [...this.#runs.values()].filter((one) => clusterId === undefined || one.plan.clusterId === clusterId),
  };

  readonly activity: Store['activity'] = {
    append: (activity) => {
      const stored = { ...activity, seq: this.activities.length + 1 };
      this.activities.push(stored);
      return stored;
    },
    list: ({ clusterId, limit }) =>
      this.activities
        .filter((one) => clusterId === undefined || one.clusterId === clusterId)
        .slice(-limit)
        .reverse(),
  };

  close(): void {
    this.#runs.clear();
  }
}
