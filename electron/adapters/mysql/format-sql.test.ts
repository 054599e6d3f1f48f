import { describe, expect, it } from 'vitest';
import { formatSql } from './format-sql';

const usual = { backslashEscapes: true };
const noBackslash = { backslashEscapes: false };

describe('formatSql', () => {
  it.each([
    ['KILL ?', [7], 'KILL 7'],
    ['SELECT ?', [null], 'SELECT NULL'],
    ['SELECT ?, ?', ['a', "it's"], "SELECT 'a', 'it''s'"],
    ["SELECT '?', `?`, ? -- what?", [1], "SELECT '?', `?`, 1 -- what?"],
    ['SELECT /* ? */ ? # ?', ['x'], "SELECT /* ? */ 'x' # ?"],
    ["SELECT 'it''s ?', ?", [1], "SELECT 'it''s ?', 1"],
    ['SELECT ?', ['$& $1'], "SELECT '$& $1'"],
  ] as const)('%s', (sql, values, expected) => {
    expect(formatSql(sql, values, usual)).toBe(expected);
  });

  it('doubles a backslash only where the server reads it as an escape', () => {
    expect(formatSql('SELECT ?', ["\\' OR 1"], usual)).toBe("SELECT '\\\\'' OR 1'");
    expect(formatSql('SELECT ?', ["\\' OR 1"], noBackslash)).toBe("SELECT '\\'' OR 1'");
  });

  it('refuses a wrong number of values and numbers that SQL cannot hold', () => {
    expect(() => formatSql('SELECT ?', [], usual)).toThrow(/more places/);
    expect(() => formatSql('SELECT 1', [1], usual)).toThrow(/0 places/);
    expect(() => formatSql('SELECT ?', [Number.NaN], usual)).toThrow(/Not a number/);
  });
});
