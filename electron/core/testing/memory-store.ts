import type { Activity } from '@shared/model/activity';
import { emptyInventory, type Inventory } from '@shared/model/inventory';
import type { Drill } from '@shared/model/drill';
import type { JournalEntry } from '@shared/model/run';
import type { LastWords, Quarantine, RunRecord, Store } from '../ports/store';

/** {@link Store} in memory, for tests of pure logic. `failAppendAt`: the journal's nth entry finds the disk full. */
export class FakeStore implements Store {
  readonly notices = [];
  readonly journalEntries: JournalEntry[] = [];
  readonly activities: Activity[] = [];
  failAppendAt: number | null = null;
  #inventory: Inventory = emptyInventory;
  readonly #runs = new Map<string, RunRecord>();
  readonly #drills = new Map<string, Drill>();
  readonly #quarantines = new Map<string, Quarantine>();
  readonly #lastWords = new Map<string, LastWords>();

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
      const stored = { ...entry, seq: this.journal.entries(entry.runId).length + 1 };
      this.journalEntries.push(stored);
      return stored;
    },
    appendAll: (entries) => entries.map((entry) => this.journal.append(entry)),
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

  readonly drills: Store['drills'] = {
    save: (drill) => void this.#drills.set(drill.drillId, drill),
    list: (clusterId) =>
      [...this.#drills.values()]
        .filter((one) => clusterId === undefined || one.clusterId === clusterId)
        .sort((one, other) => other.startedAtMs - one.startedAtMs),
  };

  readonly quarantine: Store['quarantine'] = {
    add: (quarantine) => void this.#quarantines.set(quarantine.instanceId, quarantine),
    remove: (instanceId) => void this.#quarantines.delete(instanceId),
    list: () => [...this.#quarantines.values()],
  };

  readonly lastWords: Store['lastWords'] = {
    save: (words) => words.forEach((one) => this.#lastWords.set(one.instanceId, one)),
    find: (instanceId) => this.#lastWords.get(instanceId) ?? null,
  };

  close(): void {
    this.#runs.clear();
  }
}
