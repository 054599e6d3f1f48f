import type { ResultColumn } from '../../ports/mysql-session';

/** What a value is, whatever its width: INT and BIGINT are one kind, INT and DECIMAL are two. */
export type ColumnKind =
  'integer' | 'decimal' | 'float' | 'text' | 'bytes' | 'temporal' | 'json' | 'bits' | 'geometry' | 'null';

/** Source: MySQL internals, "Protocol::ColumnType"; MariaDB uses the same numbers, and LONGTEXT for its JSON. */
const kinds: Readonly<Record<number, ColumnKind>> = {
  0: 'decimal',
  1: 'integer',
  2: 'integer',
  3: 'integer',
  4: 'float',
  5: 'float',
  6: 'null',
  7: 'temporal',
  8: 'integer',
  9: 'integer',
  10: 'temporal',
  11: 'temporal',
  12: 'temporal',
  13: 'integer',
  14: 'temporal',
  16: 'bits',
  17: 'temporal',
  18: 'temporal',
  19: 'temporal',
  245: 'json',
  246: 'decimal',
  247: 'text',
  248: 'text',
  255: 'geometry',
};

/** Character set 63 is `binary`: bytes, not text. */
const binary = 63;
const singlePrecision = 4;

export const kindOf = (column: ResultColumn): ColumnKind =>
  kinds[column.type] ?? (column.charset === binary ? 'bytes' : 'text');

/**
 * How far two floats of a column may lie apart, relative to the larger: sums of floats depend on the order in which rows
 * are added. FLOAT is printed with six or seven digits, DOUBLE with up to seventeen.
 */
export const toleranceOf = (column: ResultColumn): number => (column.type === singlePrecision ? 1e-5 : 1e-9);

export const isClose = (left: number, right: number, tolerance: number): boolean =>
  Object.is(left, right) || Math.abs(left - right) <= tolerance * Math.max(Math.abs(left), Math.abs(right));
