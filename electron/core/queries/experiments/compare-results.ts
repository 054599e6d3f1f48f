import type { Difference } from '@shared/model/query-experiment';
import type { ResultColumn } from '../../ports/mysql-session';
import { isClose, kindOf, toleranceOf } from './column-kinds';
import { findUnpaired, type Unpaired } from './pair-rows';
import type { RecordedResult } from './recorded-result';

/** What the comparison found. `where` names the rows to be shown: the values are fetched again, for they were not kept. */
export type Compared =
  | {
      readonly kind: 'equal';
      readonly comparedAs: 'ordered' | 'multiset';
      readonly otherNames: boolean;
      readonly notes: readonly string[];
    }
  | {
      readonly kind: 'differs';
      readonly difference: Pick<Difference, 'kind' | 'sentence' | 'atRow'>;
      readonly where: Unpaired | null;
      readonly notes: readonly string[];
    }
  | { readonly kind: 'undecided'; readonly reason: string; readonly notes: readonly string[] };

export interface CompareRules {
  /** True: the original has a LIMIT at its outermost level. */
  readonly limited: boolean;
  /** True: other column names are only noted. */
  readonly allowOtherNames: boolean;
}

/**
 * Compares two results of one snapshot.
 *
 * Columns: number, kinds (INT and BIGINT are one, INT and DECIMAL two) and names must agree. Rows: NULL equals NULL, text and
 * bytes count byte for byte, decimals by value, floats within a relative tolerance.
 *
 * Order: without an ORDER BY of the original each row must come as often, in any order. With one, rows in the same sequence
 * are equal. In another sequence they are equal only if the keys of ORDER BY come in the same sequence, so that rows changed
 * places within ties alone. Where the result does not hold the keys, or a LIMIT cuts through ties, it is undecided.
 */
export function compareResults(original: RecordedResult, rewrite: RecordedResult, rules: CompareRules): Compared {
  const notes: string[] = [];
  const columns = compareColumns(original, rewrite, rules, notes);
  if (columns !== null) return { kind: 'differs', difference: columns, where: null, notes };
  if (original.rowCount !== rewrite.rowCount) {
    const where = original.whole && rewrite.whole ? findUnpaired(original, rewrite) : null;
    return {
      kind: 'differs',
      difference: {
        kind: 'row-count',
        sentence: `The original returns ${rowsOf(original.rowCount)}, the rewrite ${rowsOf(rewrite.rowCount)}`,
        atRow: null,
      },
      where: where === 'too-many' ? null : where,
      notes,
    };
  }
  if (!original.whole) {
    const reason = `Both return ${rowsOf(original.rowCount)}; only the first ${original.rowLimit} were compared, which is not equality`;
    return { kind: 'undecided', reason, notes };
  }
  const firstOther = firstInOtherPlace(original, rewrite);
  if (firstOther === -1) {
    return equal(original, rewrite, original.orderKeys.length > 0 ? 'ordered' : 'multiset', notes);
  }
  const unpaired = findUnpaired(original, rewrite);
  if (unpaired === 'too-many') {
    return {
      kind: 'undecided',
      reason: 'Too many rows differ in nothing but their floats to pair them within the tolerance',
      notes,
    };
  }
  if (unpaired !== null) return judgeOtherRows(original, rewrite, unpaired, rules, notes);
  return judgeOtherOrder(original, rewrite, firstOther, notes);
}

const equal = (
  original: RecordedResult,
  rewrite: RecordedResult,
  comparedAs: 'ordered' | 'multiset',
  notes: readonly string[],
): Compared => ({
  kind: 'equal',
  comparedAs,
  otherNames: original.columns.some((column, at) => column.name !== rewrite.columns[at]?.name),
  notes,
});

const rowsOf = (count: number): string => (count === 1 ? '1 row' : `${count} rows`);

function compareColumns(
  original: RecordedResult,
  rewrite: RecordedResult,
  rules: CompareRules,
  notes: string[],
): Pick<Difference, 'kind' | 'sentence' | 'atRow'> | null {
  const [left, right] = [original.columns, rewrite.columns];
  if (left.length !== right.length) {
    const sentence = `The original returns ${left.length} columns, the rewrite ${right.length}`;
    return { kind: 'column-count', sentence, atRow: null };
  }
  for (const [at, column] of left.entries()) {
    const other = right[at];
    if (other === undefined) continue;
    const [kind, otherKind] = [kindOf(column), kindOf(other)];
    const named = nameOf(column, at);
    // A column that is NULL throughout has no kind of its own.
    if (kind !== otherKind && kind !== 'null' && otherKind !== 'null') {
      const sentence = `${named} is ${kind} in the original and ${otherKind} in the rewrite`;
      return { kind: 'column-types', sentence, atRow: null };
    }
    if (column.type !== other.type || column.decimals !== other.decimals) {
      notes.push(`${named} is of the same kind, ${kind}, and of another width`);
    }
    if (column.name === other.name) continue;
    const sentence = `${named} of the original is ${nameOf(other, at)} in the rewrite`;
    if (!rules.allowOtherNames) return { kind: 'column-names', sentence, atRow: null };
    notes.push(sentence);
  }
  return null;
}

/** A column without an alias is named by its expression, and that may hold literals: then its place stands alone. */
const nameOf = (column: ResultColumn, at: number): string =>
  /^[\w$]+$/.test(column.name) ? `Column ${at + 1} (${column.name})` : `Column ${at + 1} (an expression)`;

/** The first place at which the results hold different rows; -1: none. */
function firstInOtherPlace(original: RecordedResult, rewrite: RecordedResult): number {
  for (let row = 0; row < original.rowCount; row += 1) {
    if (!sameRow(original, row, rewrite, row)) return row;
  }
  return -1;
}

/** Whether two recorded rows are equal, floats within their tolerance. */
export function sameRow(left: RecordedResult, row: number, right: RecordedResult, other: number): boolean {
  if (left.hashes.at(row) !== right.hashes.at(other)) return false;
  if (left.secondHashes.at(row) !== right.secondHashes.at(other)) return false;
  return left.floatColumns.every((column, nth) => {
    const definition = left.columns[column];
    return isClose(left.floatAt(row, nth), right.floatAt(other, nth), definition ? toleranceOf(definition) : 0);
  });
}

function judgeOtherRows(
  original: RecordedResult,
  rewrite: RecordedResult,
  unpaired: Unpaired,
  rules: CompareRules,
  notes: readonly string[],
): Compared {
  if (rules.limited) {
    if (original.orderKeys.length === 0) {
      const reason = 'Rows differ, but LIMIT without ORDER BY may return any rows: no comparison can decide it';
      return { kind: 'undecided', reason, notes };
    }
    if (original.keyColumns === null || cutsThroughTies(original, rewrite, unpaired)) {
      const reason =
        'Rows differ where LIMIT cuts through rows that ORDER BY does not tell apart: add a unique key to ORDER BY';
      return { kind: 'undecided', reason, notes };
    }
  }
  const sentence = `A row comes ${unpaired.original === null ? 'only in the rewrite' : 'less often in the rewrite, or not at all'}`;
  return { kind: 'differs', difference: { kind: 'rows', sentence, atRow: null }, where: unpaired, notes };
}

/** The keys come in the same sequence, and the first rows that differ stand among the ties at one end. */
function cutsThroughTies(original: RecordedResult, rewrite: RecordedResult, unpaired: Unpaired): boolean {
  if (!sameKeys(original, rewrite, 'folded')) return false;
  const last = original.rowCount - 1;
  const isAtEnd = (result: RecordedResult, row: number | null): boolean =>
    row === null || [result.foldedKeys.at(0), result.foldedKeys.at(last)].includes(result.foldedKeys.at(row));
  return (
    unpaired.everyOriginal.every((row) => isAtEnd(original, row)) &&
    unpaired.everyRewrite.every((row) => isAtEnd(rewrite, row))
  );
}

function sameKeys(original: RecordedResult, rewrite: RecordedResult, how: 'exact' | 'folded'): boolean {
  const [left, right] = how === 'exact' ? [original.keys, rewrite.keys] : [original.foldedKeys, rewrite.foldedKeys];
  if (left.length !== right.length) return false;
  for (let row = 0; row < left.length; row += 1) if (left.at(row) !== right.at(row)) return false;
  return true;
}

function judgeOtherOrder(
  original: RecordedResult,
  rewrite: RecordedResult,
  row: number,
  notes: readonly string[],
): Compared {
  if (original.orderKeys.length === 0) return equal(original, rewrite, 'multiset', notes);
  if (original.keyColumns === null || rewrite.keyColumns === null) {
    const reason =
      'The same rows come in another order, and the result does not hold the keys of ORDER BY: add them to see';
    return { kind: 'undecided', reason, notes };
  }
  if (sameKeys(original, rewrite, 'exact')) {
    const note = 'Rows that ORDER BY does not tell apart came in another order: ORDER BY is not total';
    return equal(original, rewrite, 'ordered', [...notes, note]);
  }
  if (sameKeys(original, rewrite, 'folded')) {
    const reason = 'The order differs among keys that are alike but for case, accents or blanks: the collation decides';
    return { kind: 'undecided', reason, notes };
  }
  const sentence = `The same rows come in another order: row ${row + 1} is the first that differs`;
  return {
    kind: 'differs',
    difference: { kind: 'order', sentence, atRow: row },
    where: { original: row, rewrite: row, everyOriginal: [row], everyRewrite: [row] },
    notes,
  };
}
