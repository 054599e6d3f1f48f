import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MidwatchError } from '@shared/errors';
import { emptyInventory, inventorySchema, type Inventory } from '@shared/model/inventory';
import type { InventoryStore } from '../../core/ports/store';
import { utcStamp, type Notice } from './open-sqlite-file';
import type { SqliteFile } from './sqlite-file';

/**
 * The inventory as one JSON document. `save` refuses with `inventory-conflict` when another process (a second window,
 * the command line) saved since this one last loaded: load again and apply the change to what is there.
 */
export class SqliteInventory implements InventoryStore {
  readonly #file: SqliteFile;
  #revision = 0;

  constructor(file: SqliteFile, notices: Notice[]) {
    this.#file = file;
    this.#setInvalidAside(notices);
    this.load();
  }

  load(): Inventory {
    const stored = this.#read();
    this.#revision = stored?.revision ?? 0;
    return stored ? inventorySchema.parse(JSON.parse(stored.json)) : emptyInventory;
  }

  save(inventory: Inventory): void {
    this.#file.transaction(() => {
      const stored = this.#read();
      if ((stored?.revision ?? 0) !== this.#revision) throw conflict();
      this.#file.run(
        'INSERT OR REPLACE INTO inventory (id, revision, saved_at_ms, json) VALUES (1, ?, ?, ?)',
        this.#revision + 1,
        Date.now(),
        JSON.stringify(inventory),
      );
    });
    this.#revision += 1;
  }

  #read(): { readonly revision: number; readonly json: string } | null {
    const row = this.#file.get('SELECT revision, json FROM inventory WHERE id = 1');
    return row ? { revision: Number(row.revision), json: String(row.json) } : null;
  }

  /** A document that this version cannot read is written to a file of its own before an empty inventory takes its place. */
  #setInvalidAside(notices: Notice[]): void {
    const stored = this.#read();
    if (!stored || isReadable(stored.json)) return;
    const aside = join(dirname(this.#file.file), `inventory.corrupt-${utcStamp(new Date())}.json`);
    writeFileSync(aside, stored.json, { mode: 0o600, flush: true });
    this.#file.run('DELETE FROM inventory WHERE id = 1');
    notices.push({
      severity: 'act',
      text: `The inventory could not be read. It is kept aside as ${aside}, and an empty one was started`,
      nextStep: 'Import your last exported inventory file, or repair the file kept aside',
    });
  }
}

function isReadable(json: string): boolean {
  try {
    return inventorySchema.safeParse(JSON.parse(json)).success;
  } catch {
    return false;
  }
}

function conflict(): MidwatchError {
  return new MidwatchError(
    'inventory-conflict',
    'Another Midwatch changed the inventory meanwhile; nothing was saved',
    {
      nextStep: 'Restart Midwatch to take over what the other one saved, then repeat the change',
    },
  );
}
