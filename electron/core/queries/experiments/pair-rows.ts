import { isClose, toleranceOf } from './column-kinds';
import type { RecordedResult } from './recorded-result';

/** Rows without a partner in the other result. The first of each side is null when that side has none. */
export interface Unpaired {
  readonly original: number | null;
  readonly rewrite: number | null;
  readonly everyOriginal: readonly number[];
  readonly everyRewrite: readonly number[];
}

/** Rows of one exact part among which partners are looked for one by one. */
const groupLimit = 2_000;

/**
 * Pairs each row of one result with an equal one of the other, each once. Null: all have partners.
 * Rows are grouped by their exact cells; within a group floats are compared within the tolerance, nearest first.
 * `too-many`: more rows than {@link groupLimit} differ in nothing but floats.
 */
export function findUnpaired(original: RecordedResult, rewrite: RecordedResult): Unpaired | 'too-many' | null {
  if (original.floatColumns.length === 0 && sameWhenSorted(original, rewrite)) return null;
  const left = groupsOf(original);
  const right = groupsOf(rewrite);
  const everyOriginal: number[] = [];
  const everyRewrite: number[] = [];
  for (const [key, rows] of left) {
    const others = right.get(key) ?? [];
    right.delete(key);
    const rest = pair(original, rows, rewrite, others);
    if (rest === 'too-many') return rest;
    everyOriginal.push(...rest.left);
    everyRewrite.push(...rest.right);
  }
  for (const rows of right.values()) for (const row of rows) everyRewrite.push(row);
  if (everyOriginal.length === 0 && everyRewrite.length === 0) return null;
  everyOriginal.sort((a, b) => a - b);
  everyRewrite.sort((a, b) => a - b);
  return { original: everyOriginal[0] ?? null, rewrite: everyRewrite[0] ?? null, everyOriginal, everyRewrite };
}

/** The usual case, for a tenth of the time that looking for partners takes: the process that draws no window must not stall. */
function sameWhenSorted(original: RecordedResult, rewrite: RecordedResult): boolean {
  const same = (left: Float64Array, right: Float64Array): boolean =>
    left.length === right.length && left.every((value, at) => value === right[at]);
  return (
    same(original.hashes.sorted(), rewrite.hashes.sorted()) &&
    same(original.secondHashes.sorted(), rewrite.secondHashes.sorted())
  );
}

function groupsOf(result: RecordedResult): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (let row = 0; row < result.hashes.length; row += 1) {
    const key = `${result.hashes.at(row)} ${result.secondHashes.at(row)}`;
    const rows = groups.get(key);
    if (rows) rows.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

interface Rest {
  readonly left: readonly number[];
  readonly right: readonly number[];
}

function pair(
  original: RecordedResult,
  rows: readonly number[],
  rewrite: RecordedResult,
  others: readonly number[],
): Rest | 'too-many' {
  if (original.floatColumns.length === 0 || rows.length === 0 || others.length === 0) {
    return { left: rows.slice(others.length), right: others.slice(rows.length) };
  }
  const free = byFloats(rewrite, others);
  const left: number[] = [];
  const sorted = byFloats(original, rows);
  // Sorted alike, partners stand at the same place unless noise in one float has swapped neighbours: then all are tried.
  if (sorted.length === free.length && sorted.every((row, at) => isNear(original, row, rewrite, free[at] ?? -1))) {
    return { left: [], right: [] };
  }
  if (Math.max(rows.length, others.length) > groupLimit) return 'too-many';
  for (const row of sorted) {
    const at = free.findIndex((other) => isNear(original, row, rewrite, other));
    if (at < 0) left.push(row);
    else free.splice(at, 1);
  }
  return { left, right: free };
}

const byFloats = (result: RecordedResult, rows: readonly number[]): number[] =>
  [...rows].sort((a, b) => {
    for (let nth = 0; nth < result.floatColumns.length; nth += 1) {
      const order = compareFloats(result.floatAt(a, nth), result.floatAt(b, nth));
      if (order !== 0) return order;
    }
    return 0;
  });

/** NULL first, so that the order is total. */
function compareFloats(left: number, right: number): number {
  if (Number.isNaN(left)) return Number.isNaN(right) ? 0 : -1;
  return Number.isNaN(right) ? 1 : left - right;
}

const isNear = (original: RecordedResult, row: number, rewrite: RecordedResult, other: number): boolean =>
  original.floatColumns.every((column, nth) => {
    const definition = original.columns[column];
    return isClose(original.floatAt(row, nth), rewrite.floatAt(other, nth), definition ? toleranceOf(definition) : 0);
  });
