import { join } from 'node:path';
import type { Clock } from '../../core/ports/clock';
import type {
  ActivityStore,
  DrillStore,
  HistoryStore,
  InventoryStore,
  JournalStore,
  LastWordsStore,
  QuarantineStore,
  Store,
} from '../../core/ports/store';
import { historyMigrations, mainMigrations } from './migrations';
import { keepAside, openSqliteFile, type FileToOpen, type Notice } from './open-sqlite-file';
import { SqliteActivity } from './sqlite-activity';
import { SqliteDrills } from './sqlite-drills';
import type { SqliteFile } from './sqlite-file';
import { defaultHistoryLimits, SqliteHistory, type HistoryLimits } from './sqlite-history';
import { SqliteInventory } from './sqlite-inventory';
import { SqliteJournal } from './sqlite-journal';
import { SqliteLastWords } from './sqlite-last-words';
import { SqliteQuarantine } from './sqlite-quarantine';

export interface StoreParts {
  /** Made when absent, readable by this user alone. */
  readonly folder: string;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly history?: Partial<HistoryLimits>;
}

/**
 * Opens the local store: `midwatch.db` (inventory, journal, drills, quarantine, activity; every commit fsynced) and
 * `history.db` (measurements, last words). Several processes may have it open.
 * @throws MidwatchError `disk-full`, `file-unreadable`: the folder cannot hold a store.
 */
export function openSqliteStore(parts: StoreParts): Store {
  return new SqliteStore(parts);
}

class SqliteStore implements Store {
  readonly inventory: InventoryStore;
  readonly journal: JournalStore;
  readonly activity: ActivityStore;
  readonly history: HistoryStore;
  readonly drills: DrillStore;
  readonly quarantine: QuarantineStore;
  readonly lastWords: LastWordsStore;
  readonly notices: readonly Notice[];
  readonly #main: SqliteFile;
  readonly #history: SqliteHistory;

  constructor(parts: StoreParts) {
    const notices: Notice[] = [];
    // The same list: damage that history meets later is added to it.
    this.notices = notices;
    this.#main = openSqliteFile(mainFile(parts.folder), notices);
    const wanted = historyFile(parts.folder);
    this.#history = new SqliteHistory({
      file: openSqliteFile(wanted, notices),
      startAnew: (damage) => {
        notices.push(keepAside(wanted, damage));
        return openSqliteFile(wanted, notices);
      },
      limits: { ...defaultHistoryLimits, ...parts.history },
      nowMs: () => parts.clock.nowMs(),
    });
    this.history = this.#history;
    this.inventory = new SqliteInventory(this.#main, notices);
    this.journal = new SqliteJournal(this.#main);
    this.activity = new SqliteActivity(this.#main);
    this.drills = new SqliteDrills(this.#main);
    this.quarantine = new SqliteQuarantine(this.#main);
    this.lastWords = new SqliteLastWords(this.#history);
  }

  close(): void {
    try {
      this.#history.close();
    } finally {
      this.#main.close();
    }
  }
}

function mainFile(folder: string): FileToOpen {
  return {
    path: join(folder, 'midwatch.db'),
    migrations: mainMigrations,
    durability: 'full',
    whenDamaged: {
      what: 'The store of inventory, journal and activity',
      nextStep:
        'Import your last exported inventory file; the file kept aside may still be readable with sqlite3 .recover. Deposed primaries are no longer held in quarantine: look at them before anything writes there',
    },
  };
}

function historyFile(folder: string): FileToOpen {
  return {
    path: join(folder, 'history.db'),
    migrations: historyMigrations,
    durability: 'normal',
    whenDamaged: {
      what: 'The history of measurements',
      nextStep: 'Nothing: charts begin anew; delete the file kept aside when you do not need it',
    },
  };
}
