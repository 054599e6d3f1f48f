import type { RawRow, ResultColumn, RowReader } from '../../ports/mysql-session';
import { kindOf } from './column-kinds';
import { keyColumns, type OrderKey } from './order-of';
import { hashCells, NumberList } from './row-hash';

/** Rows of one result that are compared at most, unless the caller says otherwise. */
export const usualRowLimit = 200_000;

const decoder = new TextDecoder('utf-8');
const [seedA, seedB, keySeed, foldedSeed] = [0x1f3d5b79, 0x2e4c6a88, 0x3b5d7f91, 0x4a6c8ea0];

/**
 * A result as it is compared: for each row two hashes of its exact cells, its floats as numbers, and a hash of its ORDER BY
 * keys. Rows themselves are not kept, so memory is some tens of bytes a row, and bounded by the limit.
 */
export class RecordedResult implements RowReader {
  columns: readonly ResultColumn[] = [];
  /** Rows that came, also beyond the limit. */
  rowCount = 0;
  readonly hashes = new NumberList();
  readonly secondHashes = new NumberList();
  readonly floats = new NumberList();
  readonly keys = new NumberList();
  readonly foldedKeys = new NumberList();
  floatColumns: readonly number[] = [];
  /** Null: a key of ORDER BY is not among the columns. */
  keyColumns: readonly number[] | null = [];
  #exactColumns: readonly number[] = [];
  #decimalColumns: ReadonlySet<number> = new Set();

  /** @param keysOf the original, whose key columns count for the rewrite too: there a key may have another name */
  constructor(
    readonly orderKeys: readonly OrderKey[],
    readonly rowLimit: number,
    private readonly keysOf: RecordedResult | null = null,
  ) {}

  /** True: every row that came was recorded. */
  get whole(): boolean {
    return this.rowCount <= this.rowLimit;
  }

  onColumns(columns: readonly ResultColumn[]): void {
    this.columns = columns;
    const kinds = columns.map(kindOf);
    this.floatColumns = columns.flatMap((_, at) => (kinds[at] === 'float' ? [at] : []));
    this.#exactColumns = columns.flatMap((_, at) => (kinds[at] === 'float' ? [] : [at]));
    this.#decimalColumns = new Set(columns.flatMap((_, at) => (kinds[at] === 'decimal' ? [at] : [])));
    this.keyColumns = this.keysOf ? this.keysOf.keyColumns : keyColumns(this.orderKeys, columns);
  }

  onRow(row: RawRow): void {
    this.rowCount += 1;
    if (!this.whole) return;
    const cells = this.canonical(row);
    this.hashes.push(hashCells(cells, this.#exactColumns, seedA));
    this.secondHashes.push(hashCells(cells, this.#exactColumns, seedB));
    for (const column of this.floatColumns) this.floats.push(floatOf(cells[column] ?? null));
    if (this.keyColumns === null || this.keyColumns.length === 0) return;
    this.keys.push(hashCells(cells, this.keyColumns, keySeed));
    this.foldedKeys.push(hashCells(cells.map(folded), this.keyColumns, foldedSeed));
  }

  /** Decimals without zeros at their end: 1.50 and 1.5 are one value. */
  canonical(row: RawRow): RawRow {
    if (this.#decimalColumns.size === 0) return row;
    return row.map((cell, at) => (cell !== null && this.#decimalColumns.has(at) ? shortDecimal(cell) : cell));
  }

  /** The float of a row's n-th float column; NaN is NULL. */
  floatAt(row: number, nth: number): number {
    return this.floats.at(row * this.floatColumns.length + nth);
  }
}

const floatOf = (cell: Uint8Array | null): number => (cell === null ? NaN : Number(decoder.decode(cell)));

function shortDecimal(cell: Uint8Array): Uint8Array {
  if (!cell.includes(0x2e)) return cell;
  let end = cell.length;
  while (cell[end - 1] === 0x30) end -= 1;
  if (cell[end - 1] === 0x2e) end -= 1;
  return cell.subarray(0, end);
}

/** As a collation may see it: without case, accents and blanks at the end. Only to tell a possible tie from a sure difference. */
const folded = (cell: Uint8Array | null): Uint8Array | null =>
  cell === null
    ? null
    : new TextEncoder().encode(decoder.decode(cell).normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trimEnd());

/** A row as text for people: cut at 200 characters a cell. */
export const rowAsText = (row: RawRow): readonly (string | null)[] =>
  row.map((cell) => {
    if (cell === null) return null;
    const text = decoder.decode(cell);
    return text.length > 200 ? `${text.slice(0, 200)}…` : text;
  });
