import { describe, expect, it } from 'vitest';
import { fingerprint } from './fingerprint';

function table(name: string, cases: readonly (readonly [string, string])[]): void {
  it.each(cases)(`${name}: %s`, (sql, expected) => {
    expect(fingerprint(sql)).toBe(expected);
    expect(fingerprint(expected)).toBe(expected);
  });
}

describe('fingerprint', () => {
  table('literals', [
    [`SELECT 'it''s', "x""y", 'a\\'b', 'a\\\\'`, 'select ?+'],
    [`select _utf8mb4'x' a, N'y' b, x'1F' c, b'01' d, _latin1 'z' e`, 'select ? a, ? b, ? c, ? d, ? e'],
    ['select .5 a, 1e-3 b, 1. c, 0x1F d, 0b11 e, 1.5E+3 f', 'select ? a, ? b, ? c, ? d, ? e, ? f'],
    ['where a = -5 and b = +3 and c = - 1 and d - 1 > 0', 'where a = ? and b = ? and c = ? and d - ? > ?'],
    ['select (a) -1, case a when 1 then -1 end - 2', 'select (a) - ?, case a when ? then ? end - ?'],
    ["select 'a' 'b'", 'select ?'],
    ['select true, false from t where a is true and not false', 'select ?+ from t where a is true and not ?'],
    ['select null, a is null, b is not null, c <=> null', 'select ?, a is null, b is not null, c <=> ?'],
    ['alter table t add a int null default null', 'alter table t add a int null default ?'],
    ['on delete set null', 'on delete set null'],
    ['select \\N', 'select ?'],
    [
      'create function f() returns int language javascript as $js$ return "secret"; $js$',
      'create function f() returns int language javascript as ?',
    ],
    ["create user 'a'@'b' identified by 'c'", 'create user ?@? identified by ?'],
  ]);

  table('names', [
    ['SELECT Col1, T2.B3 FROM Db.T2', 'select col1, t2.b3 from db.t2'],
    ['select `A b`.`C` from `x``y`', 'select `A b`.`C` from `x``y`'],
    ['select * from 2024_orders join db.2024_lines on 1', 'select * from 2024_orders join db.2024_lines on ?'],
    ['where a = 12345abc', 'where a = ?'],
    ['select @a, @@global.max_connections, t.null', 'select @a, @@global.max_connections, t.null'],
    ['select t./* c */null from t', 'select t.null from t'],
    ['select größe from t', 'select größe from t'],
  ]);

  table('operators and spacing', [
    ["select j->>'$.a',j -> '$.b' from t", 'select j->>?, j->? from t'],
    ['select a:=1,b<=>c,a||b,a&&b,a<>b,a!=b', 'select a := ?, b <=> c, a || b, a && b, a <> b, a != b'],
    ['select\ta\n\n,count( * )from  t', 'select a, count(*) from t'],
    ['select a--b', 'select a - - b'],
    ['select 1;', 'select ?'],
  ]);

  table('lists', [
    ['where a in (1)', 'where a in (?+)'],
    ["where a IN('x','y')", 'where a in (?+)'],
    ['where (a,b) in ((1,2),(3,4))', 'where (a, b) in ((?+))'],
    ['where a in (1, b, 2)', 'where a in (?, b, ?)'],
    ['order by field(id, 3, 1, 2)', 'order by field(id, ?+)'],
    ['insert into t(a,b) values (1,2),(3,4)', 'insert into t(a, b) values (?+)'],
    ['insert into t values (1,now()),(2,now())', 'insert into t values (?, now())'],
    ['insert into t values (1,a+1),(2,b+1)', 'insert into t values (?, a + ?), (?, b + ?)'],
    ['values row(1,2), row(3,4)', 'values row (?+)'],
    [
      'insert into t values (1) on duplicate key update a=values(a), b=5',
      'insert into t values (?+) on duplicate key update a = values (a), b = ?',
    ],
    ['select a from t limit 5, 10', 'select a from t limit ?'],
    ['select a from t limit 5 offset 10', 'select a from t limit ?'],
    ['select a from t order by a asc, b desc', 'select a from t order by a, b desc'],
  ]);

  table('unions', [
    [
      'select a from t where x=1 union all select a from t where x=2 union all select a from t where x=3',
      'select a from t where x = ? union all select a from t where x = ?',
    ],
    ['select 1 union select 2 union select a order by 1', 'select ? union select ? union select a order by ?'],
    ['(select 1 union select 2 union select 3 limit 5)', '(select ? union select ? limit ?)'],
  ]);

  table('comments and hints', [
    ['select /* secret */ a -- secret\nfrom t # secret', 'select a from t'],
    [
      "select /*+ MAX_EXECUTION_TIME(1000) SET_VAR(x='secret') */ a",
      'select /*+ max_execution_time(?) set_var(x = ?) */ a',
    ],
    ['select a /*+ no hint here */ from t', 'select a from t'],
    ['select /* c */ /*+ no hint either */ a', 'select a'],
    ['select /*!80000 straight_join */ a /*M!100100 from t */', 'select straight_join a from t'],
  ]);

  table('other statements', [
    ['USE `shop`', 'use ?'],
    ["CALL db.proc(1,'x')", 'call db.proc(?+)'],
    ['# administrator command: Quit;', 'administrator command: Quit'],
    ['administrator command: Init DB', 'administrator command: Init DB'],
    ['', ''],
  ]);

  table('quotes that cannot be believed', [
    ["select a from t where b = 'O'Brien' and c = 'secret'", 'select a from t where ?'],
    ["select a from t where b = secret words' and c = 'x'", 'select a from t where ?'],
    ["select a from t where b = 'x' and c = 'cut", 'select a from t where ?'],
    ["insert into t values ('C:\\', 'secret', 5)", 'insert into t values ?'],
    ["where a like 'x' escape '\\' and b = 'secret' and c", 'where ?'],
    ["where a like '\\' and b = c escape '\\'", 'where ?'],
    ["where a = 'it\\'s' and b = 'secret' and c", 'where a = ? and b = ? and c'],
    ["select `a, `b` from t where c = 'secret' and `d` = 1", 'select ?'],
    ["select a from t where b = N'x\\' or c", 'select a from t where ?'],
    ["select a as `People's count` from t", 'select a as ? from t'],
    ["select 'a'and'b'", 'select ? and ?'],
  ]);

  it('is the same for UTF-8 that was decoded as latin1', () => {
    const sql = "SELECT Größe FROM `Straße` WHERE ÄB = 'ü'";
    const bytes = Buffer.from(sql, 'utf8').toString('latin1');
    expect(Buffer.from(fingerprint(bytes), 'latin1').toString('utf8')).toBe(fingerprint(sql));
  });

  it("makes the same of a server's digest text as of the statement", () => {
    expect(
      fingerprint(
        'SELECT `a` FROM `t` WHERE `b` IN ( ?, ... , (_charset) ?, ... ) AND `c` = (_charset) ? ORDER BY `a` LIMIT ?, ...',
      ),
    ).toBe(fingerprint("select `a` from `t` where `b` in (1,2,_utf8mb4'x',3) and `c`=5 order by `a` limit 1,2"));
  });
});
