import fc from 'fast-check';
import { fingerprint } from '@shared/sql/fingerprint';
import { describe, expect, it } from 'vitest';
import { StatementOutline } from './statement-outline';

const outline = new StatementOutline();
const outlineOf = (sql: string): string | null =>
  outline.read(Buffer.from(sql, 'latin1'), 0, sql.length)
    ? `${outline.first} ${outline.second} ${outline.length}`
    : null;

const pieces = [
  ...[
    'select ',
    'SELECT',
    ' from ',
    't1',
    '`a b`',
    '``',
    ' where ',
    'id',
    ' = ',
    '=',
    ' in (',
    ')',
    ', ',
    ',',
    '.',
    '@x',
  ],
  ...['5', '42', '0', '1.5', '007', '0x1f', '0b01', '1e5', '1e-5', '.5', '12foo', '1.2.3', '-', '--', '/* a */', '/*'],
  ...[
    '/*+ X(5) */',
    '/*!80000 y */',
    '*/',
    '#',
    "'",
    "'a'",
    "'it''s'",
    "'a\\'b'",
    '"x"',
    '"',
    "N'x'",
    "x'41'",
    "_utf8'z'",
  ],
  ...['null', ' limit ', ' values (', 'true', '->>', ':=', '?', ';', '\n', '\u00e4', '\u00ff'],
];
const statement = fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map((found) => found.join(''));

/** The same statement with other literals. */
function vary(sql: string, salt: number): string {
  return sql
    .replaceAll(/\d+/g, (digits) => String((Number(digits) * 7 + salt) % 1000))
    .replaceAll(/'[ax]/g, `'q${salt}`);
}

/** The same with longer and shorter lists. */
function stretch(sql: string, salt: number): string {
  return sql
    .replaceAll(/(, ?)(\d+)\1(\d+)/g, (all, gap: string, one: string) => all + `${gap}${one}`.repeat(salt % 3))
    .replaceAll(/(, ?)('[^']*')\1('[^']*')/g, (all, gap: string, one: string) => all + `${gap}${one}`.repeat(salt % 4));
}

describe('the outline of a statement', () => {
  it('tells statements apart that differ in a few letters, by each of its two hashes', () => {
    const letters = [...'abcdefghijkl'];
    const words = letters.flatMap((a) => letters.map((b) => [a, b] as const));
    for (const shape of [
      'select ##yy## from t',
      'select x#yyy#yyy#yyy# from t',
      'select t.# from # where # = 1 and #',
    ]) {
      const [both, first, second] = [new Set<string>(), new Set<number>(), new Set<number>()];
      for (const left of words)
        for (const right of words) {
          const four = [...left, ...right];
          outlineOf(shape.replaceAll('#', () => four.shift() ?? ''));
          both.add(`${outline.first} ${outline.second}`);
          first.add(outline.first);
          second.add(outline.second);
        }
      expect(both.size).toBe(words.length ** 2);
      // Of 20,736 in 32 bits chance lets two meet once in twenty times.
      expect(words.length ** 2 - Math.min(first.size, second.size)).toBeLessThan(4);
    }
  });

  it('is the same for lists of other lengths only where the fingerprint is', () => {
    const element = fc.constantFrom('5', '42', '1.5', "'a'", "'b'");
    const list = fc
      .tuple(fc.array(element, { minLength: 1, maxLength: 7 }), fc.constantFrom(',', ', ', ' , ', ' ,'))
      .map(([elements, gap]) => elements.join(gap));
    const around = fc.constantFrom(
      ...['select (#)', 'select # from t limit #', 'values (#), (#)', 'insert into t values (#),(#)', 'f(#, x, #)'],
      ...['limit #', 'limit # offset #', 'id in (#) and x in (#)', 'select #, t.a, #', "call p(#, 'x', #)", 'x #'],
    );
    const written = fc.tuple(around, fc.array(list, { minLength: 2, maxLength: 2 })).map(([text, lists]) => {
      let next = 0;
      return text.replaceAll('#', () => lists[next++ % 2] ?? '');
    });
    fc.assert(
      fc.property(written, written, fc.integer({ min: 0, max: 99 }), (one, unrelated, salt) => {
        for (const other of [stretch(one, salt), unrelated]) {
          const [a, b] = [outlineOf(one), outlineOf(other)];
          if (a !== null && a === b) expect(fingerprint(other)).toBe(fingerprint(one));
        }
      }),
      { numRuns: 20_000, seed: 7 },
    );
    expect(outlineOf('x in (1, 2, 3)')).toBe(outlineOf('x in (1, 2, 3, 4, 5)'));
    expect(outlineOf('x in (1, 2, 3)')).not.toBe(outlineOf("x in (1, 2, 'a')"));
  });

  it('is the same only for statements of one fingerprint', () => {
    fc.assert(
      fc.property(statement, fc.integer({ min: 0, max: 99 }), (sql, salt) => {
        const other = vary(sql, salt);
        const [a, b] = [outlineOf(sql), outlineOf(other)];
        if (a !== null && a === b) expect(fingerprint(other)).toBe(fingerprint(sql));
      }),
      { numRuns: 20_000, seed: 41 },
    );
  });

  it('is the same only for statements of one fingerprint, among many short ones', () => {
    const known = new Map<string, string>();
    fc.assert(
      fc.property(statement, (sql) => {
        const found = outlineOf(sql);
        if (found === null) return;
        const print = fingerprint(sql);
        expect(known.get(found) ?? print).toBe(print);
        known.set(found, print);
      }),
      { numRuns: 20_000, seed: 41 },
    );
  });

  it.each([
    ['SELECT 5', 'SELECT 1234'],
    ["SELECT * FROM t WHERE a = 'x' AND b = 1.5", "SELECT * FROM t WHERE a = 'other' AND b = 22.75"],
    ["INSERT INTO t VALUES (1,'a'),(2,'b')", "INSERT INTO t VALUES (10,''),(20,'it is # -- /* no comment')"],
    ['SELECT `a 1` FROM t2 WHERE x=1', 'SELECT `a 1` FROM t2 WHERE x=2'],
  ])('sees through literals: %s', (a, b) => {
    expect(outlineOf(a)).not.toBeNull();
    expect(outlineOf(a)).toBe(outlineOf(b));
  });

  it.each([
    ['SELECT a1', 'SELECT a2'],
    ['SELECT `a1`', 'SELECT `a2`'],
    ['SELECT /* 1 */ 5', 'SELECT /* 2 */ 5'],
    ['SELECT 0x1f', 'SELECT 1x1f'],
    ['SELECT 1e-5.', 'SELECT 1e-5.5'],
  ])('tells apart what is no literal: %s', (a, b) => expect(outlineOf(a)).not.toBe(outlineOf(b)));

  it.each([
    "SELECT 'a\\'b'",
    'SELECT 1 -- note',
    'SELECT 1 # note',
    "SELECT 'open",
    'SELECT `open',
    'SELECT /* open',
    "N'x'",
  ])('leaves to the fingerprint: %s', (sql) => expect(outlineOf(sql)).toBeNull());
});
