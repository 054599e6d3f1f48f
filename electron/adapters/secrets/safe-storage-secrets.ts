import { z } from 'zod';
import type { SecretRef } from '@shared/model/inventory';
import type { Secrets } from '../../core/ports/secrets';
import { readJsonFile } from '../files/read-json-file';
import { writeFileDurably } from '../files/write-file-durably';
import { secretKey } from './memory-secrets';

/** What is used of Electron's `safeStorage`, so that nothing here imports Electron. */
export interface SafeStorageLike {
  isEncryptionAvailable(): boolean;
  encryptString(plainText: string): Buffer;
  decryptString(encrypted: Buffer): string;
  /** Linux only: `basic_text` would encrypt with a password that everyone knows. */
  getSelectedStorageBackend?(): string;
}

const fileSchema = z.object({ version: z.literal(1), secrets: z.record(z.string(), z.string()) });

/**
 * Secrets encrypted by the operating system's keychain, the ciphertext in one JSON file (mode 0600). A value that the
 * keychain can no longer decrypt (another user, a reset keychain) counts as absent and is asked for again; it stays in the
 * file until it is replaced.
 */
export class SafeStorageSecrets implements Secrets {
  readonly kind = 'keychain';
  readonly #file: string;
  readonly #safeStorage: SafeStorageLike;
  readonly #decrypted = new Map<string, string>();
  #encrypted: Readonly<Record<string, string>>;

  constructor(parts: { readonly file: string; readonly safeStorage: SafeStorageLike }) {
    this.#file = parts.file;
    this.#safeStorage = parts.safeStorage;
    this.#encrypted = readJsonFile(this.#file, fileSchema)?.secrets ?? {};
  }

  get(ref: SecretRef): string | null {
    const key = secretKey(ref);
    const known = this.#decrypted.get(key);
    if (known !== undefined) return known;
    const encrypted = this.#encrypted[key];
    if (encrypted === undefined) return null;
    try {
      const value = this.#safeStorage.decryptString(Buffer.from(encrypted, 'base64'));
      this.#decrypted.set(key, value);
      return value;
    } catch {
      return null;
    }
  }

  set(ref: SecretRef, value: string): void {
    const key = secretKey(ref);
    const encrypted = this.#safeStorage.encryptString(value).toString('base64');
    this.#save({ ...this.#encrypted, [key]: encrypted });
    this.#decrypted.set(key, value);
  }

  delete(ref: SecretRef): void {
    const key = secretKey(ref);
    this.#decrypted.delete(key);
    if (!(key in this.#encrypted)) return;
    this.#save(Object.fromEntries(Object.entries(this.#encrypted).filter(([other]) => other !== key)));
  }

  #save(secrets: Readonly<Record<string, string>>): void {
    writeFileDurably(this.#file, `${JSON.stringify({ version: 1, secrets }, null, 2)}\n`);
    this.#encrypted = secrets;
  }
}
