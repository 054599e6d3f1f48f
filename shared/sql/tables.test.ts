import { expect, it } from 'vitest';
import { tablesOf } from './tables';
import { verbOf } from './verb';

it.each<readonly [string, string[]]>([
  [
    'select a from t1 x, db.t2 as y join `T 3`.`t4` z on x.a = z.a, t5 where a in (select b from t6)',
    ['t1', 'db.t2', 'T 3.t4', 't5', 't6'],
  ],
  ['select extract(year from a), trim(both b from c), substring(d from 1 for 2) from t', ['t']],
  [
    'with recursive c (n) as (select 1 union all select n from c), d as (select * from t) select * from c join d join u',
    ['t', 'u'],
  ],
  [
    'select * from (select a from t) x, lateral (select b from u) y, json_table(j, "$" columns (a int path "$")) z',
    ['t', 'u'],
  ],
  ['select * from (t1 left join (t2, t3) on 1) straight_join t4', ['t1', 't2', 't3', 't4']],
  ['select straight_join a from t use index for join (i), u force index (j) for update of u', ['t', 'u']],
  ['select 1 from dual', []],
  ['select a into @x from t; ', ['t']],
  ["select a from t into outfile 'x'", ['t']],
  ['insert into t (a, b) select c, d from u on duplicate key update a = values(a)', ['t', 'u']],
  ['insert ignore t values (1), (2)', ['t']],
  ['replace low_priority into db.t set a = replace(b, "x", "y")', ['db.t']],
  ['update t1 join t2 using (id), t3 set t1.a = 1 where b > 0', ['t1', 't2', 't3']],
  ['update low_priority ignore t set a = 1', ['t']],
  ['delete from t where a = 1', ['t']],
  ['delete a, b.* from t1 a join t2 b where a.id = b.id', ['t1', 't2']],
  ['delete from a, b using t1 a join t2 b using (id)', ['t1', 't2']],
  ["load data local infile 'x' replace into table t fields terminated by ','", ['t']],
  ['truncate table t', ['t']],
  ['truncate t', ['t']],
  [
    'create table if not exists t (id int, p int references parent (id) on delete cascade on update cascade)',
    ['t', 'parent'],
  ],
  ['create table t like u', ['t', 'u']],
  ['create temporary table t as select * from u', ['t', 'u']],
  ['create unique index i on t (a)', ['t']],
  ['alter table db.t add column a int, add index (a)', ['db.t']],
  ['drop table if exists a, b', ['a', 'b']],
  ['rename table a to b, c to d', ['a', 'b', 'c', 'd']],
  ['lock tables a read, b write', ['a', 'b']],
  ['show columns from t from db', ['t']],
  ['show tables from db', []],
  ['describe t', ['t']],
  ['table t order by a', ['t']],
  ['explain select * from t', ['t']],
  ['select /*!80000 a from t */', ['t']],
  ['set a = 1', []],
  ['call p(1)', []],
  ['', []],
])('tables of %s', (sql, tables) => {
  expect(tablesOf(sql)).toEqual(tables);
});

it.each([
  ['/* x */ SELECT 1', 'select'],
  ['((select 1) union (select 2))', 'select'],
  ['with a as (select 1), b (c) as (values row(1)) delete from t', 'delete'],
  ['# administrator command: Quit;', 'admin'],
  ['CALL p()', 'call'],
  ['-- nothing', ''],
])('verb of %s', (sql, verb) => {
  expect(verbOf(sql)).toBe(verb);
});
