import { describe, expect, it } from 'vitest';
import { gapsOf, niceMax, secondsTick, timeTicks } from './scale';

describe('scales', () => {
  it.each([
    [0, 1],
    [0.2, 1],
    [48.2, 60],
    [61, 120],
    [842, 1200],
    [1, 1],
  ])('holds %s under %s', (largest, max) => expect(niceMax(largest)).toBe(max));

  it('writes ticks short', () =>
    expect([0, 0.5, 30, 600, 7200, 172_800].map(secondsTick)).toEqual([
      '0 s',
      '0.5 s',
      '30 s',
      '10 min',
      '2 h',
      '2 d',
    ]));

  it('gives at most four round moments inside the span', () => {
    const from = Date.UTC(2026, 10, 22, 2, 52, 44);
    const ticks = timeTicks(from, from + 20 * 60_000);
    expect(ticks.length).toBeGreaterThan(1);
    expect(ticks.length).toBeLessThanOrEqual(4);
    expect(ticks.every((tick) => tick % 300_000 === 0 && tick > from)).toBe(true);
  });

  it('finds stretches without data and nothing else', () => {
    const values = [1, null, null, null, 2, null, 3];
    const points = values.map((value, index) => ({ atMs: index * 10_000, values: [value, null] }));
    expect(gapsOf(points, 20_000)).toEqual([{ fromMs: 10_000, toMs: 40_000 }]);
  });
});
