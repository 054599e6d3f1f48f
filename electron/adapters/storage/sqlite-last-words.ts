import type { LastWords, LastWordsStore } from '../../core/ports/store';
import type { SqliteFile } from './sqlite-file';

/** Lends the file that is in use now, and mends it when it is damaged. */
interface FileLender {
  use<T>(work: (file: SqliteFile) => T): T;
}

/** Last words, beside the history: written often, in one transaction a call and without an fsync. */
export class SqliteLastWords implements LastWordsStore {
  readonly #lender: FileLender;

  constructor(lender: FileLender) {
    this.#lender = lender;
  }

  save(words: readonly LastWords[]): void {
    if (words.length === 0) return;
    this.#lender.use((file) =>
      file.transaction(() => {
        for (const one of words) {
          file.run(
            'INSERT OR REPLACE INTO last_words (instance_id, json) VALUES (?, ?)',
            one.instanceId,
            JSON.stringify(one),
          );
        }
      }),
    );
  }

  find(instanceId: string): LastWords | null {
    const row = this.#lender.use((file) => file.get('SELECT json FROM last_words WHERE instance_id = ?', instanceId));
    return row ? (JSON.parse(String(row.json)) as LastWords) : null;
  }
}
