import type { SecretRef } from '@shared/model/inventory';
import type { Secrets } from '../../core/ports/secrets';

/** Secrets that end with the process: headless, or on a computer without a keychain. */
export class MemorySecrets implements Secrets {
  readonly kind = 'memory';
  readonly #values = new Map<string, string>();

  get(ref: SecretRef): string | null {
    return this.#values.get(secretKey(ref)) ?? null;
  }

  set(ref: SecretRef, value: string): void {
    this.#values.set(secretKey(ref), value);
  }

  delete(ref: SecretRef): void {
    this.#values.delete(secretKey(ref));
  }
}

/** One text for one reference. */
export function secretKey(ref: SecretRef): string {
  return `${ref.kind}/${ref.id}`;
}
