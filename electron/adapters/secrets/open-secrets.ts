import type { Secrets } from '../../core/ports/secrets';
import { MemorySecrets } from './memory-secrets';
import { SafeStorageSecrets, type SafeStorageLike } from './safe-storage-secrets';

export type { SafeStorageLike } from './safe-storage-secrets';

/**
 * The keychain where there is a real one, else memory for this session: never a file that anyone could decrypt.
 * @param parts.safeStorage Electron's, after its app is ready; null headless.
 */
export function openSecrets(parts: { readonly file: string; readonly safeStorage: SafeStorageLike | null }): Secrets {
  const { file, safeStorage } = parts;
  return safeStorage && hasKeychain(safeStorage) ? new SafeStorageSecrets({ file, safeStorage }) : new MemorySecrets();
}

function hasKeychain(safeStorage: SafeStorageLike): boolean {
  try {
    const backend = safeStorage.getSelectedStorageBackend?.() ?? 'keychain';
    if (backend === 'basic_text' || backend === 'unknown') return false;
    if (!safeStorage.isEncryptionAvailable()) return false;
    // Some Linux keychains say yes and then refuse: only a round trip proves it.
    return safeStorage.decryptString(safeStorage.encryptString('probe')) === 'probe';
  } catch {
    return false;
  }
}
