import { describe, expect, it } from 'vitest';
import { drawRows, nextBudget } from './draw-rows';

const range = { first: 100, last: 119 };
const named =
  (name: string) =>
  (index: number): string =>
    `${name} ${index}`;
const places = (rows: ReadonlyMap<number, string>): readonly number[] => [...rows.keys()].toSorted((a, b) => a - b);

const draw = (
  drawn: ReadonlyMap<number, string>,
  row: (index: number) => string | undefined,
  most = 6,
): ReturnType<typeof drawRows<string>> => drawRows({ drawn, range, row, most });

describe('drawRows', () => {
  it('draws so many rows a frame, from the middle outwards, until all are there', () => {
    const one = draw(new Map(), named('a'));
    expect(places(one.rows)).toEqual([107, 108, 109, 110, 111, 112]);
    expect(one.isWhole).toBe(false);
    const two = draw(one.rows, named('a'));
    const three = draw(two.rows, named('a'));
    const four = draw(three.rows, named('a'));
    expect([two, three, four].map(({ rows, isWhole }) => [rows.size, isWhole])).toEqual([
      [12, false],
      [18, false],
      [20, true],
    ]);
  });

  it('begins with the first row at the top of the list', () => {
    const { rows } = drawRows({ drawn: new Map(), range: { first: 0, last: 22 }, row: named('a'), most: 3 });
    expect(places(rows)).toEqual([0, 1, 2]);
  });

  it('leaves rows that changed as they were until their turn comes', () => {
    const old = new Map(Array.from({ length: 20 }, (_, at) => [100 + at, `a ${100 + at}`]));
    const { rows } = draw(old, named('b'));
    expect([rows.get(110), rows.get(100), rows.size]).toEqual(['b 110', 'a 100', 20]);
  });

  it('draws no new row in a frame that has drawn enough', () =>
    expect(draw(new Map(), named('a'), 0)).toMatchObject({ rows: new Map(), fresh: 0, isWhole: false }));

  it('drops what left the range and what is no longer known', () => {
    const old = new Map([
      [90, 'a 90'],
      [101, 'a 101'],
      [102, 'a 102'],
    ]);
    const { rows, isWhole } = draw(old, (index) => (index === 101 ? 'a 101' : undefined));
    expect([...rows]).toEqual([[101, 'a 101']]);
    expect(isWhole).toBe(true);
  });
});

describe('nextBudget', () => {
  const after = (...frames: readonly number[]): readonly number[] => {
    let budget = nextBudget(null, 0);
    return frames.map((frameMs) => {
      budget = nextBudget({ ...budget, spent: 1 }, frameMs);
      return budget.most;
    });
  };

  it('halves after a late frame, down to two rows, and grows by one with each that is in time', () =>
    expect(after(16, 50, 84, 118, 134, 151, 168, 184, 201)).toEqual([6, 3, 2, 2, 3, 4, 5, 6, 6]));

  it('takes a rest for no late frame', () => expect(after(16, 500)).toEqual([6, 6]));

  it('is one budget for all that a frame draws', () => {
    const budget = { frameMs: 16, most: 3, spent: 2 };
    expect(nextBudget(budget, 16)).toEqual(budget);
  });
});
