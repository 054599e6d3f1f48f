import { describe, expect, test } from 'vitest';
import { median, slope } from './statistics';

describe('median', () => {
  test('is the middle value, whatever the order', () => expect(median([9, 1, 5])).toBe(5));
  test('is between the two middle values', () => expect(median([4, 1, 2, 3])).toBe(2.5));
  test('of nothing is refused', () => expect(() => median([])).toThrow(RangeError));
});

describe('slope', () => {
  test('of a line is its rise for each step', () =>
    expect(slope([1, 2, 3].map((x) => ({ x, y: 7 - 2 * x })))).toBeCloseTo(-2));
  test('of one point is 0', () => expect(slope([{ x: 1, y: 5 }])).toBe(0));
});
