import type { SecretRef } from '@shared/model/inventory';

/** Write and use; never listed, never sent to the window, never logged. */
export interface Secrets {
  /** Where values live now. `memory`: there is no keychain, they end with the process. */
  readonly kind: 'keychain' | 'memory';
  get(ref: SecretRef): string | null;
  set(ref: SecretRef, value: string): void;
  delete(ref: SecretRef): void;
}
