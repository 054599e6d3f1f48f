import { describe, expect, it } from 'vitest';
import { HeaderLayouts } from '../slow-log/header-layouts';
import { FilledEvent } from '../slow-log/slow-log-event';
import { ClassFigures, figure } from './class-figures';
import { SampleKeeper } from './sample-keeper';

const root = new HeaderLayouts().root;

const keeperOf = (statements: readonly string[], room = { bytes: 24_000_000 }): SampleKeeper => {
  const keeper = new SampleKeeper();
  const event = new FilledEvent(root);
  const figures = new ClassFigures();
  const place = figures.open();
  statements.forEach((sql, at) => {
    event.begin(0, root);
    event.setSql({ bytes: Buffer.from(sql), textOf: (from, to) => sql.slice(from, to) }, 0, sql.length);
    event.seconds = (at * 7919) % 101;
    event.rowsExamined = 0;
    figures.numbers[place + figure.calls] = at + 1;
    keeper.offer(event, place, 0, { room, figures, metrics: { quantileOf: () => 50 } });
  });
  return keeper;
};

const texts = (keeper: SampleKeeper): readonly string[] => keeper.list().map((sample) => sample.sql);

describe('SampleKeeper', () => {
  it('keeps at least ten different statements of a class that has them', () => {
    const kept = texts(keeperOf(Array.from({ length: 24 }, (_, at) => `select ${at % 12}`)));
    expect(new Set(kept).size).toBeGreaterThanOrEqual(10);
  });

  it('keeps none by chance of a statement that is always the same', () =>
    expect(
      keeperOf(Array.from({ length: 500 }, () => 'select 1'))
        .list()
        .map((sample) => sample.reason),
    ).not.toContain('by-chance'));

  it('is fair: over many logs early and late statements are kept alike', () => {
    const size = 400;
    const late = texts(keeperOf(Array.from({ length: size }, (_, at) => `select ${at}`)))
      .map((sql) => Number(sql.slice(7)))
      .filter((at) => at >= size / 2).length;
    expect(late).toBeGreaterThan(2);
    expect(late).toBeLessThan(13);
  });

  it('leaves the room that is left to the slowest of other classes', () => {
    const keeper = keeperOf(
      Array.from({ length: 50 }, (_, at) => `select ${at}`),
      { bytes: 1_000 },
    );
    expect(keeper.list().filter((sample) => sample.reason === 'by-chance')).toEqual([]);
    expect(keeper.list().length).toBeGreaterThan(0);
  });
});
