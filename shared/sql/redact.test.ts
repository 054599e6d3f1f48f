import { expect, it } from 'vitest';
import { redact } from './redact';

it.each([
  ["SELECT a,\n  'x' AS b -- why\nFROM t WHERE c IN (1,  2)", 'SELECT a,\n  ? AS b \nFROM t WHERE c IN (?,  ?)'],
  ['select/* x */1', 'select ?'],
  ["select /*+ SET_VAR(a = 'x') BKA(t) */ a", 'select /*+ SET_VAR(a = ?) BKA(t) */ a'],
  ["insert /*!80000 into */ t values (NULL, TRUE, 'x')", 'insert /*!80000 into */ t values (NULL, TRUE, ?)'],
  ["where a = 'O'Brien' and b = 'secret'", 'where ?'],
  ["insert into t values ('C:\\', 'secret', 5)", 'insert into t values ?'],
  ['select * from 2024_orders where a = 12ab', 'select * from 2024_orders where a = ?'],
  ['# administrator command: Ping;', 'administrator command: Ping'],
  ['', ''],
])('%j', (sql, expected) => {
  expect(redact(sql)).toBe(expected);
  expect(redact(expected)).toBe(expected);
});
