import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ptChecksumOf, ptFingerprint, ptQueryIdOf } from './pt-fingerprint';

const md5Hex = (text: string): string => createHash('md5').update(text, 'utf8').digest('hex');

// What pt-fingerprint 3.2.1 answered.
it.each([
  ["SELECT address1 FROM t WHERE a = -5 AND b IN ( 'x' , 'y' )", 'select address? from t where a = ? and b in(?+)'],
  ["select 'it''s', \"a\\\"b\", 'a\\\\', 'z'", "select ??, ?, ?z'"],
  [
    "select f from t where a=0xAB or b=x'12' or c=1E+10 or d=db1.t2",
    'select f from t where a=?ab or b=? or c=?e? or d=d?t?',
  ],
  ["select j->>'$.a', a - 1, a--1", 'select j?>>?, a ? ?, a'],
  ['insert into t values (1,now()),(2,now()) on duplicate key update a=5', 'insert into t values (?,now())'],
  ['insert low_priority into t values (1,now()),(2,now())', 'insert low_priority into t values (?,now()),(?,now())'],
  [
    'select a from t where x in (1,2) union all select a from t where x in (3)',
    'select a from t where x in(?+) /*repeat union all*/',
  ],
  ['select a union select ab', 'select a /*repeat union*/b'],
  ['select a from t limit 5 , 10', 'select a from t limit ? , ?'],
  ['select a limit 1 offset  2', 'select a limit ?'],
  ['select a order by b asc, c ASC, d ascii', 'select a order by b, c, dii'],
  ["CALL db.f(1,'x')", 'call db.f'],
  ['call f (1)', 'call f (?)'],
  ['call f(g(1))', 'call f(g'],
  ['select a order by b asc asc', 'select a order by b asc'],
  ['USE `db`', 'use ?'],
  ['administrator command: Quit', 'administrator command: Quit'],
  ['SELECT /*!40001 SQL_NO_CACHE */ * FROM `film`', 'mysqldump'],
  ['REPLACE /*foo.bar:3/3*/ INTO checksum.checksum (a) select 1', 'percona-toolkit'],
  ["select a -- c\n/* d */ from t # it's\n, u", "select a from t # it's , u"],
  ['select null, null1, is null', 'select ?, ??, is ?'],
])('%j', (sql, expected) => {
  expect(ptFingerprint(sql)).toBe(expected);
});

it('is named by MD5', () => {
  expect(ptChecksumOf('select sleep(?) from n', md5Hex)).toMatch(/^[0-9A-F]{16}7F7D57ACDD8A346E$/);
  expect(ptQueryIdOf('select sleep(?) from n', md5Hex)).toBe('7F7D57ACDD8A346E');
});

it('ends in time with a long union of different parts', () => {
  const sql = Array.from({ length: 20_000 }, (_, n) => `select a from t${'x'.repeat(n % 7)}y union`).join(' ');
  expect(ptFingerprint(sql).length).toBeLessThanOrEqual(sql.length);
});

const folder = path.resolve('../shared/samples/slow-logs/expected');

describe.skipIf(!existsSync(folder))(`ids that go-mysql published (skipped where ${folder} is not there)`, () => {
  interface Golden {
    readonly Class: Readonly<Record<string, { Id: string; Fingerprint: string; Example?: { Query?: string } | null }>>;
  }
  const golden = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.golden')) : [];
  const cases = golden.flatMap((name) => {
    const { Class } = JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Golden;
    return Object.values(Class).map((one) => ({ name, ...one }));
  });

  it.each(cases)('$name: $Fingerprint', ({ name, Id, Fingerprint, Example }) => {
    expect(ptQueryIdOf(Fingerprint, md5Hex)).toBe(Id);
    // slow027: its example was cut in the middle of a string.
    const query = name === 'slow027.golden' ? '' : (Example?.Query ?? '');
    // go-mysql keeps digits in names, which pt does not.
    if (query !== '') expect(ptFingerprint(query)).toBe(Fingerprint.replace(/utf8/g, 'utf?'));
  });
});
