import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { highlightSql } from './highlight-sql';

const kinds = (sql: string): string =>
  highlightSql(sql)
    .filter((part) => part.text.trim() !== '')
    .map((part) => `${part.kind}:${part.text.trim()}`)
    .join(' ');

describe('SQL colouring', () => {
  it('knows keywords, strings, numbers, comments and places', () => {
    expect(kinds('SET PERSIST read_only = OFF; -- now')).toBe(
      'keyword:SET keyword:PERSIST plain:read_only = keyword:OFF plain:; comment:-- now',
    );
    expect(kinds("VALUES (18, 'db-3')")).toBe("keyword:VALUES plain:( number:18 plain:, text:'db-3' plain:)");
    expect(kinds('WAIT(:gtid_set)')).toBe('plain:WAIT( place::gtid_set plain:)');
  });

  it('does not colour keywords inside strings, names and variables', () => {
    expect(kinds("'SELECT'")).toBe("text:'SELECT'");
    expect(kinds('`select`')).toBe('plain:`select`');
    expect(kinds('@@read_only')).toBe('plain:@@read_only');
  });

  it('loses no character of any text', () => {
    fc.assert(
      fc.property(fc.string(), (sql) => {
        expect(
          highlightSql(sql)
            .map((part) => part.text)
            .join(''),
        ).toBe(sql);
      }),
    );
  });
});
