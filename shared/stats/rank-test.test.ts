import { describe, expect, it } from 'vitest';
import { rankTest } from './rank-test';

/** U by counting every pair, and the share of relabellings that are as extreme: what the formula approximates. */
const countPairs = (first: readonly number[], second: readonly number[]): number =>
  first.reduce((sum, a) => sum + second.reduce((own, b) => own + (b > a ? 1 : b === a ? 0.5 : 0), 0), 0);

const toCounts = (values: readonly number[]): readonly number[] =>
  [...new Set(values)]
    .toSorted((a, b) => a - b)
    .flatMap((value) => [value, values.filter((one) => one === value).length]);

describe('rankTest', () => {
  it.each([
    ['apart', [1, 2, 3], [4, 5, 6]],
    ['with ties', [1, 1, 2, 5], [1, 2, 2, 9]],
    ['the same', [3, 4, 5], [3, 4, 5]],
  ])('superiority is the share of pairs that the second wins: %s', (_name, first, second) => {
    const test = rankTest(toCounts(first), toCounts(second));
    expect(test?.superiority).toBeCloseTo(countPairs(first, second) / (first.length * second.length), 12);
  });

  it('gives the z of a worked example', () => {
    // Without ties: n = 4, m = 5, 16 wins for the second; mean 10, variance 4*5*10/12.
    const test = rankTest(toCounts([1, 2, 5, 8]), toCounts([3, 6, 7, 9, 10]));
    expect(test?.z).toBeCloseTo((16 - 10) / Math.sqrt((4 * 5 * 10) / 12), 12);
  });

  it('has no spread in one bucket, and no answer without values', () => {
    expect(rankTest([7, 5], [7, 9])).toEqual({ superiority: 0.5, z: 0 });
    expect(rankTest([], [7, 9])).toBeNull();
    expect(rankTest([7, 9], [])).toBeNull();
  });

  it('changes its sign when the sides change', () => {
    const [one, other] = [toCounts([1, 4, 4, 6, 9]), toCounts([2, 4, 7, 7, 11])];
    expect(rankTest(one, other)?.z).toBeCloseTo(-(rankTest(other, one)?.z ?? Number.NaN), 12);
  });
});
