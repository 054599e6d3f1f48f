import { describe, expect, it } from 'vitest';
import type { RefusalCode } from '@shared/model/query-plan';
import { readStatement, refuseUnlessReadOnly, type ReadStatement } from './guard-statement';

function read(sql: string): ReadStatement {
  const reading = readStatement(sql);
  if (reading.kind === 'refused') throw new Error(reading.refusal.reason);
  return reading.statement;
}

describe('what is no whole statement is refused with the reason', () => {
  it.each<[string, RefusalCode]>([
    ['', 'empty'],
    ['-- nothing', 'empty'],
    ["SELECT 'it stops he", 'cut'],
    ['SELECT a FROM t WHERE (a = 1', 'cut'],
    ['SELECT a FROM t WHERE a IN (1, 2...', 'cut'],
    ['SELECT a /* and here', 'cut'],
    ['SELECT a FROM t WHERE a = ?', 'has-placeholders'],
    ['SELECT a FROM t WHERE a = :id', 'has-placeholders'],
    ['SELECT 1; DROP TABLE t', 'several-statements'],
    ['SELECT /*!80000 a, */ b FROM t', 'executable-comment'],
    ['SELECT /*M!100000 a, */ b FROM t', 'executable-comment'],
    ['CALL p()', 'not-explainable'],
    ['SET @a = 1', 'not-explainable'],
    ['EXPLAIN SELECT 1', 'not-explainable'],
  ])('%s', (sql, code) => {
    expect(readStatement(sql)).toMatchObject({ kind: 'refused', refusal: { code } });
  });

  it('a sample of which the source says that it is cut', () => {
    expect(readStatement('SELECT 1', { truncated: true })).toMatchObject({ refusal: { code: 'cut' } });
  });

  it('a question mark inside quotes is no place', () => {
    expect(read("SELECT '?', `a?` FROM t -- ?").verb).toBe('select');
  });
});

describe('the verb that does the work', () => {
  it.each([
    ['SELECT 1', 'select'],
    ['  /* hint */ (SELECT 1) UNION (SELECT 2);', 'select'],
    ['WITH a AS (SELECT 1), b (x) AS (SELECT 2) SELECT * FROM a, b', 'select'],
    ['WITH a AS (SELECT id FROM t) DELETE FROM t USING t JOIN a ON a.id = t.id', 'delete'],
    ['WITH a AS (SELECT id FROM t) UPDATE t JOIN a USING (id) SET t.x = 1', 'update'],
    ['TABLE t', 'table'],
    ['VALUES ROW(1)', 'values'],
    ['insert into t select 1', 'insert'],
  ])('%s', (sql, verb) => {
    expect(read(sql).verb).toBe(verb);
  });

  it('leaves a comment and a semicolon at the end behind', () => {
    const statement = read('/* a */ SELECT 1 ; -- end');
    expect(statement.sql).toBe('SELECT 1');
    expect(statement.tokens[0]).toMatchObject({ text: 'SELECT', start: 0 });
  });
});

describe('what writes, locks, stores or waits is never run', () => {
  it.each<[string, RefusalCode]>([
    ['DELETE FROM t', 'writes'],
    ['WITH a AS (SELECT 1) DELETE FROM t', 'writes'],
    ['INSERT INTO t SELECT 1', 'writes'],
    ["SELECT a INTO OUTFILE '/tmp/x' FROM t", 'into'],
    ['SELECT a FROM t INTO @x', 'into'],
    ['SELECT a FROM t FOR UPDATE', 'locks-rows'],
    ['SELECT a FROM t FOR /* odd */ SHARE SKIP LOCKED', 'locks-rows'],
    ['SELECT a FROM t LOCK IN SHARE MODE', 'locks-rows'],
    ['SELECT @a := a FROM t', 'side-effect'],
    ["SELECT GET_LOCK('x', 10)", 'side-effect'],
    ['SELECT sleep (3)', 'side-effect'],
    ['SELECT `sleep`(3)', 'side-effect'],
    ['SELECT NEXT VALUE FOR s', 'side-effect'],
    ['SELECT NEXTVAL(s)', 'side-effect'],
    ["SELECT LOAD_FILE('/etc/passwd')", 'side-effect'],
  ])('%s', (sql, code) => {
    expect(refuseUnlessReadOnly(read(sql))).toMatchObject({ code });
  });

  it.each([
    'SELECT a FROM t USE INDEX FOR ORDER BY (x) ORDER BY a',
    "SELECT 'FOR UPDATE', `into` FROM t -- INTO OUTFILE",
    'SELECT REPLACE(a, 1, 2), INSERT(a, 1, 2, 3) FROM t',
  ])('%s may run', (sql) => {
    expect(refuseUnlessReadOnly(read(sql))).toBeNull();
  });

  it('names the functions that the text calls', () => {
    expect(read('SELECT f(1), app.`g`(2), COUNT(*) FROM t WHERE a IN (1)').calls).toEqual([
      'f',
      'app.g',
      'count',
      'in',
    ]);
  });
});

it('reads quotes by the rules of the session', () => {
  const noEscapes = { backslashEscapes: false, ansiQuotes: false };
  expect(readStatement("SELECT '\\'", { quotes: noEscapes })).toMatchObject({ kind: 'read' });
  expect(readStatement("SELECT '\\'")).toMatchObject({ refusal: { code: 'cut' } });
  const reading = readStatement('SELECT "sleep"(3)', { quotes: { backslashEscapes: true, ansiQuotes: true } });
  expect(reading.kind === 'read' && refuseUnlessReadOnly(reading.statement)).toMatchObject({ code: 'side-effect' });
});
