import { describe, expect, it } from 'vitest';
import type { ResultColumn } from '../../ports/mysql-session';
import { readStatement } from '../plans/guard-statement';
import { compareResults } from './compare-results';
import { statedOrder } from './order-of';
import { RecordedResult } from './recorded-result';

type Cell = string | null;
const types = { int: 3, text: 253, double: 5, decimal: 246 } as const;
const column = (name: string, type: keyof typeof types): ResultColumn => ({
  name,
  table: 't',
  sourceName: name,
  type: types[type],
  charset: 255,
  decimals: 0,
});
const bytes = (cell: Cell) => (cell === null ? null : new TextEncoder().encode(cell));

interface Given {
  readonly sql?: string;
  readonly columns?: readonly ResultColumn[];
  readonly other?: readonly ResultColumn[];
  readonly rowLimit?: number;
  readonly allowOtherNames?: boolean;
}

/** Both results as the server would send them, the original being `sql`. */
function compare(original: readonly (readonly Cell[])[], rewrite: readonly (readonly Cell[])[], given: Given = {}) {
  const columns = given.columns ?? [column('a', 'int'), column('b', 'text')];
  const reading = readStatement(given.sql ?? 'SELECT a, b FROM t');
  if (reading.kind === 'refused') throw new Error(reading.refusal.reason);
  const order = statedOrder(reading.statement);
  const fill = (
    rows: readonly (readonly Cell[])[],
    definition: readonly ResultColumn[],
    keysOf: RecordedResult | null,
  ) => {
    const result = new RecordedResult(order.keys, given.rowLimit ?? 1_000, keysOf);
    result.onColumns(definition);
    for (const row of rows) result.onRow(row.map(bytes));
    return result;
  };
  const left = fill(original, columns, null);
  const right = fill(rewrite, given.other ?? columns, left);
  return compareResults(left, right, { limited: order.limited, allowOtherNames: given.allowOtherNames ?? false });
}

const [x, y, z] = [
  ['1', 'x'],
  ['2', 'y'],
  ['3', 'z'],
] as const;

describe('without an order each row counts as often as it comes', () => {
  it.each([
    ['in another order', [x, y, z], [z, x, y], 'equal'],
    ['one row doubled for another', [x, x, y], [x, y, y], 'differs'],
    ['a row less', [x, y], [x], 'differs'],
    ['nothing at all', [], [], 'equal'],
    ['NULL is NULL', [['1', null]], [['1', null]], 'equal'],
    ['NULL is not the empty text', [['1', null]], [['1', '']], 'differs'],
    ['cells do not run into each other', [['1', '23']], [['12', '3']], 'differs'],
    ['text counts byte for byte', [['1', 'A']], [['1', 'a']], 'differs'],
  ] as const)('%s', (_name, original, rewrite, kind) => {
    expect(compare(original, rewrite).kind).toBe(kind);
  });

  it('names the rows that have no partner', () => {
    expect(compare([x, y, z], [x, z, z])).toMatchObject({
      difference: { kind: 'rows' },
      where: { original: 1, rewrite: 2 },
    });
  });
});

describe('with ORDER BY the sequence counts', () => {
  const sql = 'SELECT a, b FROM t ORDER BY a';
  it('another sequence differs, with its first row', () => {
    expect(compare([x, y, z], [x, z, y], { sql })).toMatchObject({ difference: { kind: 'order', atRow: 1 } });
  });
  it('rows that ORDER BY does not tell apart may change places', () => {
    const [one, two] = [
      ['1', 'p'],
      ['1', 'q'],
    ] as const;
    expect(compare([one, two, y], [two, one, y], { sql })).toMatchObject({ kind: 'equal', comparedAs: 'ordered' });
  });
  it('keys outside of the result leave it undecided', () => {
    expect(compare([x, y], [y, x], { sql: 'SELECT a, b FROM t ORDER BY c' }).kind).toBe('undecided');
    expect(compare([x, y], [x, y], { sql: 'SELECT a, b FROM t ORDER BY c' }).kind).toBe('equal');
  });
  it('keys that a collation may hold for one leave it undecided', () => {
    const rows = [
      ['1', 'Ä'],
      ['2', 'a'],
    ] as const;
    expect(compare(rows, [rows[1], rows[0]], { sql: 'SELECT a, b FROM t ORDER BY b' }).kind).toBe('undecided');
  });
  it('by position and by qualified name', () => {
    expect(compare([x, y], [y, x], { sql: 'SELECT a, b FROM t ORDER BY 2 DESC' }).kind).toBe('differs');
    expect(compare([x, y], [y, x], { sql: 'SELECT a, b FROM t ORDER BY t.a' }).kind).toBe('differs');
    expect(compare([x, y], [y, x], { sql: 'SELECT a, b FROM t ORDER BY u.a' }).kind).toBe('undecided');
  });
  it('an ORDER BY inside of parentheses orders nothing', () => {
    expect(compare([x, y], [y, x], { sql: 'SELECT a, b FROM (SELECT a, b FROM t ORDER BY a LIMIT 9) AS d' }).kind).toBe(
      'equal',
    );
  });
});

describe('a LIMIT that cuts', () => {
  it('without ORDER BY other rows decide nothing', () => {
    expect(compare([x], [y], { sql: 'SELECT a, b FROM t LIMIT 1' }).kind).toBe('undecided');
  });
  it('through ties at its end decides nothing, elsewhere it differs', () => {
    const sql = 'SELECT a, b FROM t ORDER BY a LIMIT 2';
    expect(compare([x, ['2', 'p']], [x, ['2', 'q']], { sql }).kind).toBe('undecided');
    expect(compare([x, y], [x, z], { sql }).kind).toBe('differs');
    const three = 'SELECT a, b FROM t ORDER BY a LIMIT 3';
    expect(compare([x, y, z], [x, ['2', 'other'], z], { sql: three }).kind).toBe('differs');
  });
});

describe('floats', () => {
  const columns = [column('a', 'int'), column('f', 'double')];
  it.each([
    ['noise in the last digits is equal', '0.1', '0.10000000000000002', 'equal'],
    ['more is not', '0.1', '0.1000001', 'differs'],
    ['NULL is no number', '0', null, 'differs'],
  ] as const)('%s', (_name, left, right, kind) => {
    expect(compare([['1', left]], [['1', right]], { columns }).kind).toBe(kind);
  });
  it('finds partners among many that differ in noise alone', () => {
    const rows = Array.from({ length: 50 }, (_, at) => ['1', String(at / 7)] as const);
    const noisy = rows.map(([one, value]) => [one, String(Number(value) * (1 + 1e-13))] as const).reverse();
    expect(compare(rows, noisy, { columns }).kind).toBe('equal');
    expect(compare(rows, [...noisy.slice(1), ['1', '99']], { columns }).kind).toBe('differs');
  });
});

describe('columns', () => {
  const two = [column('a', 'int'), column('b', 'text')];
  it.each([
    ['number', [column('a', 'int')], 'column-count'],
    ['kind', [column('a', 'decimal'), column('b', 'text')], 'column-types'],
    ['name', [column('a', 'int'), column('c', 'text')], 'column-names'],
  ] as const)('%s', (_name, other, kind) => {
    expect(compare([], [], { columns: two, other })).toMatchObject({ difference: { kind } });
  });
  it('other names only with leave, other widths always noted', () => {
    const other = [{ ...column('a', 'int'), type: 8 }, column('c', 'text')];
    expect(compare([x], [x], { other, allowOtherNames: true })).toMatchObject({
      kind: 'equal',
      otherNames: true,
      notes: [expect.anything(), expect.anything()],
    });
  });
  it('decimals count by value', () => {
    const columns = [column('d', 'decimal')];
    expect(compare([['1.50'], ['-2.000']], [['-2'], ['1.5']], { columns }).kind).toBe('equal');
    expect(compare([['100']], [['1']], { columns }).kind).toBe('differs');
  });
});

it('rows beyond the limit are never called equal', () => {
  expect(compare([x, y, z], [x, y, z], { rowLimit: 2 })).toMatchObject({ kind: 'undecided' });
  expect(compare([x, y, z], [x, y], { rowLimit: 2 })).toMatchObject({ difference: { kind: 'row-count' } });
});
