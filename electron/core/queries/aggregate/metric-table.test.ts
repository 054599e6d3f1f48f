import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketOf, LogBuckets } from '@shared/stats/log-buckets';
import { MetricTable } from './metric-table';

const value = fc.oneof(
  fc.constantFrom(0, 1, 5, 4_096, 1e-6, 1e9),
  fc.double({ min: 0, max: 1e6, noNaN: true }),
  fc.integer({ min: 0, max: 300 }),
);

describe('MetricTable', () => {
  it('counts what was added, whatever stands in the rows beside it', () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), value), { maxLength: 200 }), (added) => {
        const table = new MetricTable();
        const rows = [table.addRow(), table.addRow(), table.addRow()];
        for (const [row, one] of added) table.add(rows[row] ?? -1, one);
        rows.forEach((row, index) => {
          const own = added.filter(([of]) => of === index).map(([, one]) => one);
          const buckets = new LogBuckets();
          own.forEach((one) => buckets.add(one));
          expect(table.bucketsOf(row, 0)).toEqual(buckets.toArray());
          if (own.length === 0) return;
          const mean = own.reduce((sum, one) => sum + one, 0) / own.length;
          const squares = own.reduce((sum, one) => sum + (one - mean) ** 2, 0);
          const found = table.momentsOf(row, 0);
          expect(found).toMatchObject({ count: own.length, min: Math.min(...own), max: Math.max(...own) });
          expect(found.total).toBeCloseTo(mean * own.length, 4);
          expect(Math.abs(found.squares - squares)).toBeLessThanOrEqual(1e-9 * own.length * Math.max(...own) ** 2);
          for (const p of [0.5, 0.95]) expect(table.quantileOf(row, p)).toBe(buckets.quantile(p));
        });
      }),
    ));

  it('joins zeros that were not added', () => {
    const [all, some] = [new MetricTable(), new MetricTable()];
    const [a, b] = [all.addRow(), some.addRow()];
    for (const one of [0, 3, 0, 7, 0]) all.add(a, one);
    for (const one of [3, 7]) some.add(b, one);
    expect(some.bucketsOf(b, 3)).toEqual(all.bucketsOf(a, 0));
    const [joined, added] = [some.momentsOf(b, 3), all.momentsOf(a, 0)];
    expect(joined.squares).toBeCloseTo(added.squares, 9);
    expect({ ...joined, squares: 0 }).toEqual({ ...added, squares: 0 });
  });

  it('counts beyond a byte, also when the window moves afterwards', () => {
    const table = new MetricTable();
    const row = table.addRow();
    for (let index = 0; index < 70_000; index++) table.add(row, index % 2 === 0 ? 10 : 12);
    table.add(row, 1_000_000);
    table.add(row, 0.001);
    expect(table.bucketsOf(row, 0)).toEqual([
      ...[bucketOf(0.001), 1, bucketOf(10), 35_000, bucketOf(12), 35_000],
      ...[bucketOf(1_000_000), 1],
    ]);
  });

  it('counts a value that is always the same', () => {
    const table = new MetricTable();
    const row = table.addRow();
    for (let index = 0; index < 1_000; index++) table.add(row, 0.5);
    expect(table.bucketsOf(row, 0)).toEqual([bucketOf(0.5), 1_000]);
    expect(table.momentsOf(row, 0)).toMatchObject({ count: 1_000, total: 500, min: 0.5, max: 0.5, squares: 0 });
    table.add(row, 100);
    expect(table.bucketsOf(row, 0)).toEqual([bucketOf(0.5), 1_000, bucketOf(100), 1]);
  });
});
