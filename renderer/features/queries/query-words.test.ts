import { describe, expect, it } from 'vitest';
import { formatShare, formatTime, ratioWords } from './query-words';

describe('words of the review', () => {
  it.each([
    [null, '–'],
    [0, '0 s'],
    [0.0000042, '4.2 µs'],
    [0.000042, '42 µs'],
    [0.00042, '420 µs'],
    [0.0034, '3.40 ms'],
    [0.0884, '88.4 ms'],
    [0.412, '412 ms'],
    [1.31, '1.31 s'],
    [61.2 * 3600, '2 d'],
  ])('%s seconds read %s', (seconds, words) => expect(formatTime(seconds)).toMatch(new RegExp(`^${words}`)));

  it.each([
    [41_006, 1_000, '41x fewer'],
    [3, 2, '1.5x fewer'],
    [100, 106, '1.06x more'],
    [100, 100, 'same'],
    [41_006, 0, '41,006 to 0'],
    [0, 5, '0 to 5'],
  ])('%s to %s: %s', (before, after, words) => expect(ratioWords(before, after, 'fewer', 'more')).toBe(words));

  it('shares keep a decimal while they are small', () => {
    expect(formatShare(0.314)).toBe('31 %');
    expect(formatShare(0.0234)).toBe('2.3 %');
    expect(formatShare(0.00002)).toBe('< 0.1 %');
  });
});
