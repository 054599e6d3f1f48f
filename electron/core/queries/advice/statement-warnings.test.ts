import { expect, it } from 'vitest';
import { readStatement } from '../plans/guard-statement';
import { statementWarnings } from './statement-warnings';

it.each<[string, readonly string[]]>([
  ["SELECT id FROM t WHERE name LIKE '%x'", ['leading-wildcard']],
  ["SELECT id FROM t WHERE name LIKE 'x%'", []],
  ['SELECT id FROM t ORDER BY id LIMIT 10 OFFSET 5000', ['offset-paging']],
  ['SELECT id FROM t ORDER BY id LIMIT 5000, 10', ['offset-paging']],
  ['SELECT id FROM t ORDER BY RAND() LIMIT 1', ['order-by-random']],
  ['SELECT id FROM t WHERE id NOT IN (SELECT a FROM u)', ['not-in-subquery']],
  ['SELECT id FROM t WHERE id NOT IN (1, 2)', []],
  [`SELECT id FROM t WHERE id IN (${Array.from({ length: 201 }, (_, at) => at).join(',')})`, ['long-in-list']],
  ['SELECT id FROM t LIMIT 3', ['limit-without-order']],
  ['SELECT * FROM t', ['select-star']],
  ['SELECT t.*, 2 * 3 FROM t', ['select-star']],
  ['SELECT COUNT(*), 2 * 3 FROM t', []],
  ['UPDATE t SET a = 1', ['write-without-where']],
  ['DELETE FROM t WHERE id = 1', []],
])('%s', (sql, codes) => {
  const reading = readStatement(sql);
  if (reading.kind === 'refused') throw new Error(reading.refusal.reason);
  expect(statementWarnings(reading.statement).map((one) => one.code)).toEqual(codes);
});
