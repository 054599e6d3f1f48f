import { describe, expect, it } from 'vitest';
import { rowRange } from './row-range';

const list = { count: 100_000, rowHeight: 60, top: 0, height: 600, moved: 0 };

describe('rowRange', () => {
  it.each([
    ['at the top', {}, { first: 0, last: 22 }],
    ['further down, with more rows below', { top: 6_000, moved: 120 }, { first: 96, last: 122 }],
    ['on the way up, with more rows above', { top: 6_000, moved: -120 }, { first: 88, last: 114 }],
    ['at the end', { top: 5_999_400 }, { first: 99_986, last: 99_999 }],
    ['past the end, when rows went away', { count: 3, top: 6_000 }, { first: 2, last: 2 }],
    ['of nothing', { count: 0 }, { first: 0, last: 0 }],
  ])('%s', (_name, at, range) => expect(rowRange({ ...list, ...at })).toEqual(range));

  it('is the same for two places within one step', () =>
    expect(rowRange({ ...list, top: 12_059, moved: 1 })).toEqual(rowRange({ ...list, top: 12_001, moved: 1 })));
});
