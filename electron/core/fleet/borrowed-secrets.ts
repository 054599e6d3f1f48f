import type { SecretRef } from '@shared/model/inventory';
import type { Secrets } from '../ports/secrets';

/** Stored secrets, and over them those that a person typed for one try: in memory, and gone when the try ends. */
export class BorrowedSecrets implements Secrets {
  readonly #stored: Secrets;
  readonly #borrowed = new Map<string, string>();

  constructor(stored: Secrets) {
    this.#stored = stored;
  }

  get kind(): Secrets['kind'] {
    return this.#stored.kind;
  }

  get(ref: SecretRef): string | null {
    return this.#borrowed.get(keyOf(ref)) ?? this.#stored.get(ref);
  }

  set(ref: SecretRef, value: string): void {
    this.#stored.set(ref, value);
  }

  delete(ref: SecretRef): void {
    this.#stored.delete(ref);
  }

  /** @returns the function that gives it back. */
  borrow(ref: SecretRef, value: string): () => void {
    this.#borrowed.set(keyOf(ref), value);
    return () => this.#borrowed.delete(keyOf(ref));
  }
}

const keyOf = (ref: SecretRef): string => `${ref.kind}/${ref.id}`;
