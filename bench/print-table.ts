import type { BenchRow } from './bench';

const heads = ['', 'unit', 'ours', 'other', 'ratio', 'bound', 'holds'];

/** The rows for people: medians, and in brackets the smallest and the greatest of the runs. */
export function printTable(rows: readonly BenchRow[]): string {
  const cells = [
    heads,
    ...rows.map((row) => [
      row.what,
      row.unit,
      withSpread(row.ours, row.oursRuns),
      withSpread(row.other, row.otherRuns),
      figure(row.ratio),
      `≤ ${row.bound}`,
      row.holds ? 'yes' : 'NO',
    ]),
  ];
  const widths = heads.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  return cells
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function withSpread(value: number, runs: readonly number[]): string {
  return runs.length < 2
    ? figure(value)
    : `${figure(value)} (${figure(Math.min(...runs))}–${figure(Math.max(...runs))})`;
}

/** Three significant digits are all that such a figure can carry. */
function figure(value: number): string {
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}
