import type { Difference } from './digest-differences';

/** A statement, our fingerprint of it and the server's digest text. */
export interface Compared {
  readonly sql: string;
  readonly ours: string;
  readonly server: string;
}

/** A text of one side without the differences that have a name. */
export const withoutDifferences = (text: string, side: 'ours' | 'server', differences: readonly Difference[]): string =>
  differences.reduce((made, difference) => difference[side]?.(made) ?? made, text);

/**
 * Where the two partitions into classes are not equal: each class of one side that is more than one of the other, with a
 * statement of each of these. Empty: two statements are in one of our classes exactly when they are in one of the server's.
 */
export function findSplits(compared: readonly Compared[], differences: readonly Difference[]): string[] {
  const partners = { ours: new Map<string, Map<string, string>>(), server: new Map<string, Map<string, string>>() };
  for (const one of compared) {
    const ours = withoutDifferences(one.ours, 'ours', differences);
    const server = withoutDifferences(one.server, 'server', differences);
    for (const [side, key, other] of [
      ['ours', ours, server],
      ['server', server, ours],
    ] as const) {
      const found = partners[side].get(key) ?? new Map<string, string>();
      partners[side].set(key, found.set(other, found.get(other) ?? one.sql));
    }
  }
  return (['ours', 'server'] as const).flatMap((side) =>
    [...partners[side]]
      .filter(([, others]) => others.size > 1)
      .map(
        ([key, others]) => `${side} ${key}\n${[...others].map(([other, sql]) => `  ${other}\n    ${sql}`).join('\n')}`,
      ),
  );
}
