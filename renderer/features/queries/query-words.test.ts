import { describe, expect, it } from 'vitest';
import { formatShare, ratioWords } from './query-words';

describe('words of the review', () => {
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
