import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TokenKind } from './token-kind';
import { tokenize } from './tokenize';

const names = new Map<number, string>(Object.entries(TokenKind).map(([name, kind]) => [kind, name]));
const read = (sql: string): string[] =>
  tokenize(sql).map(({ kind, start, end }) => `${names.get(kind)} ${sql.slice(start, end)}`);

it.each<readonly [string, string[]]>([
  ["a.b1 = 'x''y'", ['word a', 'dot .', 'word b1', 'operator =', "string 'x''y'"]],
  ["'a\\\\' 'b'", ["string 'a\\\\'", "string 'b'"]],
  ["_utf8mb4'a' N'b' x'1' _x.y", ["string _utf8mb4'a'", "string N'b'", "string x'1'", 'word _x', 'dot .', 'word y']],
  [
    '.5 1e-3 1. 0x1F 1e 0xG a.5',
    [
      'number .5',
      'number 1e-3',
      'number 1.',
      'number 0x1F',
      'digitWord 1e',
      'digitWord 0xG',
      'word a',
      'dot .',
      'number 5',
    ],
  ],
  ['`a``b`.`c`', ['quotedName `a``b`', 'dot .', 'quotedName `c`']],
  [
    "a->>'$.x'->b:=@@global.x<=>@v",
    [
      'word a',
      'arrow ->>',
      "string '$.x'",
      'arrow ->',
      'word b',
      'operator :=',
      'variable @@global.x',
      'operator <=>',
      'variable @v',
    ],
  ],
  [
    'a--b -- c\nd#e\n/* f */',
    ['word a', 'sign -', 'sign -', 'word b', 'comment -- c', 'word d', 'comment #e', 'comment /* f */'],
  ],
  [
    '/*!80000 a */ /*M! b */ /*+ c */ */',
    [
      'codeOpen /*!80000',
      'word a',
      'codeClose */',
      'codeOpen /*M!',
      'word b',
      'codeClose */',
      'hint /*+ c */',
      'operator *',
      'operator /',
    ],
  ],
  ['$$ a $$ $x$ b $x$ $c', ['string $$ a $$', 'string $x$ b $x$', 'word $c']],
  ['/*+ open', ['comment /*+ open']],
  ['a ? ... ?+ ?+b', ['word a', 'placeholder ?', 'valueList ...', 'valueList ?+', 'placeholder ?', 'sign +', 'word b']],
])('reads %j', (sql, tokens) => {
  expect(read(sql)).toEqual(tokens);
});

const pieces = fc.constantFrom(
  ..."'|\"|`|\\|/*|*/|/*!80000|/*+|-- |#|\n| |a|1|.|$|$$|@|@@|?|+|-|->>|(|)|,|;|select|values|in|union|null|é|\u0000|''|0x|e5|_utf8|N|asc|limit|*|/|:=".split(
    '|',
  ),
);
const text = fc.oneof(
  fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary' }),
);

it('gives every character to one token or to the space between two, whatever the text is', () => {
  fc.assert(
    fc.property(text, (sql) => {
      let at = 0;
      for (const { start, end } of tokenize(sql)) {
        expect(sql.slice(at, start)).toMatch(/^[\u0000-\u0020\u007f]*$/);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(sql.length);
        at = end;
      }
      expect(sql.slice(at)).toMatch(/^[\u0000-\u0020\u007f]*$/);
    }),
    { seed: 1, numRuns: 5000 },
  );
});
