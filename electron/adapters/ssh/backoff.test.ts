import { expect, it } from 'vitest';
import { backoffMs } from './backoff';

it.each([
  [1, 500, 1_000],
  [2, 1_000, 2_000],
  [4, 4_000, 8_000],
  [6, 15_000, 30_000],
  [1_000, 15_000, 30_000],
])('waits before try %i between %i and %i ms', (attempt, least, most) => {
  expect(backoffMs(attempt, 0)).toBe(least);
  expect(backoffMs(attempt, 1)).toBe(most);
});
