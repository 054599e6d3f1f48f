import type { Secrets } from '../ports/secrets';

/** {@link Secrets} for tests. */
export function memorySecrets(): Secrets {
  const values = new Map<string, string>();
  const keyOf = (ref: { kind: string; id: string }): string => `${ref.kind}/${ref.id}`;
  return {
    kind: 'memory',
    get: (ref) => values.get(keyOf(ref)) ?? null,
    set: (ref, value) => void values.set(keyOf(ref), value),
    delete: (ref) => void values.delete(keyOf(ref)),
  };
}
