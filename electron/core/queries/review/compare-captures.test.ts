import { describe, expect, it } from 'vitest';
import { sampleCapture, sampleClass } from '../../testing/sample-capture';
import { baselineOf, compareCaptures } from './compare-captures';

const id = '00000000000000aa';

/** Times around a middle, spread by a fixed pattern: no test hangs on chance. */
const around = (middle: number, calls: number): readonly number[] =>
  Array.from({ length: calls }, (_, at) => middle * (0.6 + 0.8 * ((at * 0.618034) % 1)));

const movementOf = (before: readonly number[] | null, now: readonly number[] | null): string => {
  const capture = (times: readonly number[] | null): ReturnType<typeof sampleCapture> =>
    sampleCapture(times === null ? [] : [sampleClass(id, times)]);
  return compareCaptures(baselineOf(capture(before)), capture(now))[id]?.movement ?? 'absent';
};

describe('compareCaptures', () => {
  it.each([
    ['twice as slow over many calls', around(0.1, 200), around(0.2, 200), 'regressed'],
    ['half the time', around(0.2, 200), around(0.1, 200), 'improved'],
    ['the same', around(0.1, 200), around(0.1, 150), 'steady'],
    ['a tenth slower: certain, but no finding', around(0.1, 20_000), around(0.11, 20_000), 'steady'],
    ['much slower, but hardly any calls', around(0.1, 200), around(5, 19), 'not-judged'],
    ['one outlier moves the mean, not the class', around(0.1, 200), [...around(0.1, 199), 60], 'steady'],
    ['not there before', null, around(0.1, 3), 'new'],
    ['not there now', around(0.1, 3), null, 'gone'],
  ])('%s', (_name, before, now, movement) => expect(movementOf(before, now)).toBe(movement));

  it('says why, with its figures', () => {
    const [before, now] = [
      sampleCapture([sampleClass(id, around(0.1, 200))]),
      sampleCapture([sampleClass(id, around(0.3, 200))]),
    ];
    const found = compareCaptures(baselineOf(before), now)[id];
    expect(found?.evidence).toMatch(/^(p95|mean) 3\.0x of before; .* 100 of 100 pairs \(z 17/);
    expect(found?.callsPerHour).toEqual({ before: 200, after: 200 });
  });

  it('judges nothing by a mean alone', () => {
    const bare = (seconds: number): ReturnType<typeof sampleCapture> => {
      const one = sampleClass(id, around(seconds, 500));
      const time = one.metrics['Query_time'];
      return sampleCapture([
        { ...one, metrics: time ? { Query_time: { ...time, p50: null, p95: null, p99: null, buckets: [] } } : {} },
      ]);
    };
    const found = compareCaptures(baselineOf(bare(0.1)), bare(0.9))[id];
    expect(found?.movement).toBe('not-judged');
    expect(found?.evidence).toMatch(/no histogram/);
  });
});
