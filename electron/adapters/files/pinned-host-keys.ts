import { statSync } from 'node:fs';
import { z } from 'zod';
import type { HostKeys, PinnedKey } from '../../core/ports/host-keys';
import { readJsonFile } from './read-json-file';
import { writeFileDurably } from './write-file-durably';

const fileSchema = z.object({
  version: z.literal(1),
  keys: z.array(z.object({ host: z.string(), port: z.int(), fingerprint: z.string(), pinnedAtMs: z.number() })),
});

/**
 * Host keys in one JSON file (mode 0600, replaced as a whole). Read again when another process changed it. A file that
 * cannot be understood is kept aside, and every bastion asks to be trusted once more.
 */
export class PinnedHostKeys implements HostKeys {
  readonly #file: string;
  #keys: readonly PinnedKey[] = [];
  #stamp = '';

  constructor(file: string) {
    this.#file = file;
    this.#refresh();
  }

  find(host: string, port: number): PinnedKey | null {
    this.#refresh();
    return this.#keys.find((key) => key.host === host && key.port === port) ?? null;
  }

  pin(key: PinnedKey): void {
    this.#refresh();
    this.#save([...this.#without(key.host, key.port), key]);
  }

  forget(host: string, port: number): void {
    this.#refresh();
    this.#save(this.#without(host, port));
  }

  #without(host: string, port: number): readonly PinnedKey[] {
    return this.#keys.filter((key) => key.host !== host || key.port !== port);
  }

  #save(keys: readonly PinnedKey[]): void {
    writeFileDurably(this.#file, `${JSON.stringify({ version: 1, keys }, null, 2)}\n`);
    this.#keys = keys;
    this.#stamp = this.#readStamp();
  }

  #refresh(): void {
    const stamp = this.#readStamp();
    if (stamp === this.#stamp) return;
    this.#keys = readJsonFile(this.#file, fileSchema)?.keys ?? [];
    this.#stamp = this.#readStamp();
  }

  #readStamp(): string {
    const found = statSync(this.#file, { throwIfNoEntry: false });
    return found ? `${found.ino}:${found.mtimeMs}:${found.size}` : '';
  }
}
