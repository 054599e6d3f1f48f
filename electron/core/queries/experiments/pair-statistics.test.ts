import { expect, it } from 'vitest';
import { medianInterval, medianOf, seededNumbers } from './pair-statistics';

it('the middle of an odd and of an even number of values', () => {
  expect(medianOf([3, 1, 2])).toBe(2);
  expect(medianOf([4, 1, 2, 3])).toBe(2.5);
  expect(() => medianOf([])).toThrow();
});

it('an interval covers the middle of the whole in about 95 of 100 draws, and the same seed gives the same one', () => {
  const next = seededNumbers(7);
  let covered = 0;
  const draws = 200;
  for (let draw = 0; draw < draws; draw += 1) {
    const values = Array.from({ length: 15 }, () => Math.exp(next() + next() + next()));
    const interval = medianInterval(values, draw);
    if (
      interval.from !== null &&
      interval.to !== null &&
      interval.from <= Math.exp(1.5) &&
      Math.exp(1.5) <= interval.to
    )
      covered += 1;
  }
  expect(covered / draws).toBeGreaterThan(0.9);
  expect(medianInterval([1, 2, 3, 4, 5, 6, 7], 3)).toEqual(medianInterval([1, 2, 3, 4, 5, 6, 7], 3));
});

it('few values have a middle and no interval', () => {
  expect(medianInterval([1, 2, 9], 1)).toEqual({ middle: 2, from: null, to: null });
});
