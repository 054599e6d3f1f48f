import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SecretRef } from '@shared/model/inventory';
import { openSecrets, type SafeStorageLike } from './open-secrets';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'midwatch-secrets-'));
  file = join(folder, 'secrets.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const flip = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte) => byte ^ 0x5a));

function keychain(changes: Partial<SafeStorageLike> = {}): SafeStorageLike {
  return {
    isEncryptionAvailable: () => true,
    encryptString: (text) => flip(Buffer.from(text)),
    decryptString: (bytes) => flip(bytes).toString(),
    getSelectedStorageBackend: () => 'gnome_libsecret',
    ...changes,
  };
}

const ref: SecretRef = { kind: 'cluster-password', id: 'c1' };
const other: SecretRef = { kind: 'replication-password', id: 'c1' };

describe('openSecrets', () => {
  it('keeps secrets encrypted, over a restart, in a file of this user alone', () => {
    const secrets = openSecrets({ file, safeStorage: keychain() });
    expect(secrets.kind).toBe('keychain');
    secrets.set(ref, 'hunter2');
    secrets.set(other, 'swordfish');
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(readFileSync(file, 'utf8')).not.toMatch(/hunter2|swordfish/);
    const later = openSecrets({ file, safeStorage: keychain() });
    expect(later.get(ref)).toBe('hunter2');
    later.delete(ref);
    expect(later.get(ref)).toBeNull();
    expect(openSecrets({ file, safeStorage: keychain() }).get(other)).toBe('swordfish');
    expect(readdirSync(folder)).toEqual(['secrets.json']);
  });

  it.each([
    ['there is no keychain interface', null],
    ['the backend is plain text', keychain({ getSelectedStorageBackend: () => 'basic_text' })],
    ['the backend is unknown', keychain({ getSelectedStorageBackend: () => 'unknown' })],
    ['encryption is not available', keychain({ isEncryptionAvailable: () => false })],
    [
      'the keychain refuses',
      keychain({
        encryptString: () => {
          throw new Error('locked');
        },
      }),
    ],
  ])('stays in memory when %s, and writes nothing', (_name, safeStorage) => {
    const secrets = openSecrets({ file, safeStorage });
    expect(secrets.kind).toBe('memory');
    secrets.set(ref, 'hunter2');
    expect(secrets.get(ref)).toBe('hunter2');
    secrets.delete(ref);
    expect(secrets.get(ref)).toBeNull();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('asks again for what the keychain can no longer decrypt, and keeps it', () => {
    openSecrets({ file, safeStorage: keychain() }).set(ref, 'hunter2');
    const reset = keychain({
      decryptString: (bytes) => {
        if (flip(bytes).toString() === 'probe') return 'probe';
        throw new Error('wrong key');
      },
    });
    const secrets = openSecrets({ file, safeStorage: reset });
    expect(secrets.get(ref)).toBeNull();
    secrets.set(other, 'x');
    expect(openSecrets({ file, safeStorage: keychain() }).get(ref)).toBe('hunter2');
  });

  it('keeps a damaged file aside', () => {
    writeFileSync(file, '{"version":1,"secrets":{');
    const secrets = openSecrets({ file, safeStorage: keychain() });
    expect(secrets.get(ref)).toBeNull();
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^secrets\.json\.corrupt-\d{8}T\d{6}Z$/)]);
    secrets.set(ref, 'x');
    expect(secrets.get(ref)).toBe('x');
  });
});
