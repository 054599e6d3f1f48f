import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readStatement, refuseUnlessReadOnly } from './guard-statement';
import { tokensOf } from './statement-tokens';

const runs = { numRuns: 300, seed: 20261123 };

/** What may stand between two pieces without a meaning of its own. */
const gap = fc.constantFrom(' ', '\n', '\t ', ' /* FROM t */ ', ' -- a comment\n', ' # another\n', "/* ' */ ");

const dangerous: readonly (readonly string[])[] = [
  ['DELETE', 'FROM', 't'],
  ['WITH', 'a', 'AS', '(', 'SELECT', '1', ')', 'DELETE', 'FROM', 't'],
  ['(', 'SELECT', '1', ')', 'INTO', '@x'],
  ['SELECT', 'a', 'INTO', 'OUTFILE', "'x'", 'FROM', 't'],
  ['SELECT', 'a', 'FROM', 't', 'FOR', 'UPDATE'],
  ['SELECT', 'a', 'FROM', 't', 'LOCK', 'IN', 'SHARE', 'MODE'],
  ['SELECT', '@a', ':=', '1'],
  ['SELECT', 'GET_LOCK', '(', "'x'", ',', '1', ')'],
  ['SELECT', '(', 'SELECT', '`sleep`', '(', '9', ')', ')'],
  ['SELECT', '1', ';', 'DELETE', 'FROM', 't'],
];

it('no comment, blank or case hides what is refused', () => {
  const cases = fc.record({
    pieces: fc.constantFrom(...dangerous),
    gaps: fc.array(gap, { minLength: 12, maxLength: 12 }),
    lower: fc.boolean(),
  });
  fc.assert(
    fc.property(cases, ({ pieces, gaps, lower }) => {
      const text = pieces.map((piece, at) => piece + (gaps[at] ?? ' ')).join('');
      const reading = readStatement(lower ? text.toLowerCase() : text);
      expect(reading.kind === 'refused' || refuseUnlessReadOnly(reading.statement) !== null).toBe(true);
    }),
    runs,
  );
});

it('never throws, and what it read reads the same again', () => {
  const words = fc.constantFrom(
    'SELECT',
    'WITH',
    'a',
    '(',
    ')',
    "'",
    '"',
    '`',
    '\\',
    '/*',
    '*/',
    '/*!',
    '--',
    '#',
    '\n',
    ';',
    ',',
    '.',
    '?',
    ':p1',
    '@x',
    '1',
    '-',
    'é',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(words, fc.string({ maxLength: 5 })), { maxLength: 25 }), (parts) => {
      const reading = readStatement(parts.join(' '));
      if (reading.kind === 'refused') return;
      const { sql, tokens } = reading.statement;
      expect(tokens.map((token) => sql.slice(token.start, token.end))).toEqual(tokens.map((token) => token.text));
      expect(tokensOf(sql)).toEqual(tokens);
    }),
    runs,
  );
});
