import { describe, expect, it } from 'vitest';
import type { PlanNode, QueryPlan } from '@shared/model/query-plan';
import { parsePlanText } from './parse-plan-text';
import { comparePlans, lineOf } from './plan-structure';
import { recordedPlans } from './recorded-plans.fixture';

const read = (raw: string, dialect: 'mysql' | 'mariadb' = 'mysql', analyzed = true): QueryPlan =>
  parsePlanText(raw, {
    dialect,
    version: dialect === 'mysql' ? '9.7.4-2' : '10.11.19-MariaDB-log',
    takenAtMs: 1,
    analyzed,
    tree: null,
    notes: [],
  });
const lines = (plan: QueryPlan): readonly string[] =>
  plan.nodes.map((node) => `${' '.repeat(node.depth)}${lineOf(node)}`);
const nodeOf = (plan: QueryPlan, alias: string): PlanNode => {
  const node = plan.nodes.find((one) => one.alias === alias && one.kind === 'table');
  if (!node) throw new Error(`no line for ${alias}`);
  return node;
};

describe("MySQL's JSON version 2", () => {
  const plan = read(recordedPlans.v2Analyzed);
  it('is read as a tree of lines without literals and figures', () => {
    expect(plan).toMatchObject({ format: 'json-v2', version: '9.7.4' });
    expect(lines(plan)).toEqual([
      'Limit',
      ' Inner nested loop',
      '  Sort',
      '   Filter',
      '    Table scan on customer as c',
      '  Filter',
      '   Index lookup on orders as o using by_customer (customer_id)',
    ]);
  });
  it('keeps table, condition, columns and figures apart', () => {
    expect(nodeOf(plan, 'o')).toMatchObject({
      schema: 'review',
      table: 'orders',
      access: 'lookup',
      covering: false,
      condition: 'customer_id = c.id',
      usedColumns: ['id', 'customer_id', 'total'],
      actualRows: 18,
      loops: 1,
      lastRowMs: 1.98484,
    });
    expect(plan.nodes[2]?.sortKeys).toEqual(['c.`name`']);
  });
  it('computes own time, the distance from the estimate, and the worst line', () => {
    expect(nodeOf(plan, 'o').offBy).toBeCloseTo(18 / 22.1175);
    expect(plan.nodes[5]?.ownMs).toBeCloseTo(1.99157 - 1.98484);
    expect(plan.worstNodeId).toBe(nodeOf(plan, 'o').id);
  });
});

describe("MySQL's JSON version 1", () => {
  it('is read with its costs and what it says of columns', () => {
    const plan = read(recordedPlans.v1, 'mysql', false);
    expect(plan.format).toBe('json-v1');
    expect(lines(plan)).toEqual([
      'Select 1',
      ' Sort',
      '  Nested loop',
      '   Table scan on c',
      '   Index lookup on o using by_customer (customer_id)',
    ]);
    expect(plan.nodes[0]?.estimatedCost).toBe(771.76);
    expect(nodeOf(plan, 'c')).toMatchObject({ estimatedRows: 500, estimatedFilteredPercent: 10, ownMs: null });
    expect(plan.worstNodeId).toBe(nodeOf(plan, 'c').id);
  });
  it('a union, and a subquery that runs for each row', () => {
    const plan = read(recordedPlans.v1Subquery, 'mysql', false);
    expect(lines(plan)).toEqual([
      'Select',
      ' Union in a temporary table',
      '  Select 1',
      '   Table scan on c',
      '   Subquery in select list, for each row',
      '    Select 2',
      '     Index lookup on o using by_customer (customer_id)',
      '  No tables used',
    ]);
  });
});

it("MySQL's TREE says the same as its JSON", () => {
  const plan = read(recordedPlans.treeAnalyzed);
  expect(plan.format).toBe('tree');
  expect(plan.nodes.map((node) => node.kind)).toEqual(read(recordedPlans.v2Analyzed).nodes.map((node) => node.kind));
  const lookup = plan.nodes[6];
  expect(lookup).toMatchObject({ access: 'lookup', table: 'o', index: 'by_customer', actualRows: 18, loops: 1 });
  expect(lookup).toMatchObject({ estimatedRows: 22.1, estimatedCost: 12.2, firstRowMs: 0.0683, lastRowMs: 0.0695 });
  expect(plan.nodes[3]?.condition).toBe("(c.country = 'de')");
});

it.each([
  [
    '-> Covering index range scan on t using a over (1 < x < 2)  (cost=1 rows=2)',
    { access: 'range', index: 'a', covering: true },
  ],
  [
    '-> Single-row index lookup on app.t using PRIMARY (id=o.t)  (cost=0.25 rows=1) (never executed)',
    { access: 'unique-lookup', schema: 'app', table: 't', loops: 0 },
  ],
  [
    '-> Table scan on <temporary>  (cost=2.5..2.5 rows=0) (actual time=1e-3..0.02 rows=1.2e+6 loops=3)',
    { table: '<temporary>', actualRows: 1.2e6, firstRowMs: 0.001 },
  ],
  ['-> Select #2 (subquery in projection; dependent)', { kind: 'subquery', dependent: true }],
])('a line of a TREE: %s', (line, expected) => {
  expect(read(line).nodes[0]).toMatchObject(expected);
});

describe("MariaDB's JSON", () => {
  const plan = read(recordedPlans.mariadbAnalyzed, 'mariadb');
  it('is read with the engine’s pages and the time of each table', () => {
    expect(plan).toMatchObject({ format: 'mariadb-json', version: '10.11.19' });
    expect(lines(plan)).toEqual([
      'Select 1',
      ' Nested loop',
      '  Read sorted rows',
      '   Sort',
      '    Table scan on c',
      '  Index lookup on o using by_customer (customer_id)',
    ]);
    expect(nodeOf(plan, 'o')).toMatchObject({ pages: 38, actualRows: 18, offBy: 1.5, actualFilteredPercent: 16.6667 });
    expect(nodeOf(plan, 'c').ownMs).toBeCloseTo(0.0673743 + 0.0495027);
    expect(plan.nodes[3]).toMatchObject({ sortKeys: ['c.`name`'] });
    expect(plan.nodes[3]?.ownMs).toBeCloseTo(0.127882 - 0.0673743 - 0.0495027);
  });
  it('loses nothing below an object with a name that is not known yet', () => {
    const raw =
      '{"query_block":{"select_id":1,"new_wonder":{"r_loops":2,"table":{"table_name":"t","access_type":"ALL"}}}}';
    expect(lines(read(raw, 'mariadb'))).toEqual(['Select 1', ' new wonder', '  Table scan on t']);
  });
});

describe('two plans', () => {
  const plan = read(recordedPlans.v2Analyzed);
  it('with other figures are the same', () => {
    const slower = read(recordedPlans.v2Analyzed.replaceAll('500', '700').replace('200.00', '300.00'));
    expect(comparePlans(plan, slower)).toEqual({ kind: 'same' });
    expect(plan.structure).toMatch(/^[0-9a-f]{16}$/);
  });
  it('with another access differ in that line', () => {
    const scan = recordedPlans.v2Analyzed
      .replace('"access_type":"index",', '"access_type":"table",')
      .replace('"index_name":"by_customer",', '')
      .replace('"key_columns":["customer_id"],', '');
    expect(comparePlans(plan, read(scan))).toEqual({
      kind: 'changed',
      lines: [
        ...lines(plan)
          .slice(0, 6)
          .map((line) => ({ side: 'both', depth: line.length - line.trimStart().length, text: line.trimStart() })),
        { side: 'then', depth: 3, text: 'Index lookup on orders as o using by_customer (customer_id)' },
        { side: 'now', depth: 3, text: 'Table scan on orders as o' },
      ],
    });
  });
  it('of other formats are not compared', () => {
    expect(comparePlans(plan, read(recordedPlans.v1)).kind).toBe('not-comparable');
  });
});

it('what is no plan is an error that shows its beginning', () => {
  expect(() => read('<html>')).toThrow('<html>');
  expect(() => read('[1]')).toThrow('not an object');
});
