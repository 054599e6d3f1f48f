import type { PlanNodeKind } from '@shared/model/query-plan';
import { isObject, isTrue, numberIn, objectsOf, textIn, type JsonObject } from './json-parts';
import type { DraftNode } from './plan-draft';

/** Reads one `table` object; the rest of the two formats is alike. */
export type TableReader = (table: JsonObject, below: readonly DraftNode[]) => DraftNode;

interface Wrapper {
  readonly kind: PlanNodeKind;
  readonly words: string;
}

/** Objects that hold what feeds them. Names of MySQL's JSON version 1 and of MariaDB's JSON together: none means two things. */
const wrappers: Readonly<Record<string, Wrapper>> = {
  ordering_operation: { kind: 'sort', words: 'Sort' },
  filesort: { kind: 'sort', words: 'Sort' },
  read_sorted_file: { kind: 'other', words: 'Read sorted rows' },
  grouping_operation: { kind: 'group', words: 'Group' },
  duplicates_removal: { kind: 'group', words: 'Remove duplicates' },
  windowing: { kind: 'window', words: 'Window' },
  window_functions_computation: { kind: 'window', words: 'Window' },
  buffer_result: { kind: 'materialize', words: 'Buffer the result' },
  temporary_table: { kind: 'materialize', words: 'Temporary table' },
  expression_cache: { kind: 'subquery', words: 'Subquery with cache' },
  union_result: { kind: 'union', words: 'Union' },
  intersect_result: { kind: 'union', words: 'Intersect' },
  except_result: { kind: 'union', words: 'Except' },
  recursive_union: { kind: 'union', words: 'Recursive union' },
  materialized: { kind: 'materialize', words: 'Materialize' },
  materialization: { kind: 'materialize', words: 'Materialize subquery' },
  materialized_from_subquery: { kind: 'materialize', words: 'Materialize' },
  insert_from: { kind: 'other', words: 'Insert from' },
  unit_query_specifications: { kind: 'union', words: 'Union' },
  'block-nl-join': { kind: 'join', words: 'Block nested loop' },
};

/** Lists of blocks beside a plan, and what they serve. */
const subqueries: Readonly<Record<string, string>> = {
  attached_subqueries: 'Subquery in condition',
  select_list_subqueries: 'Subquery in select list',
  having_subqueries: 'Subquery in HAVING',
  order_by_subqueries: 'Subquery in ORDER BY',
  group_by_subqueries: 'Subquery in GROUP BY',
  update_value_subqueries: 'Subquery in SET',
  insert_values_subqueries: 'Subquery in VALUES',
  insert_update_subqueries: 'Subquery in ON DUPLICATE KEY UPDATE',
  optimized_away_subqueries: 'Subquery, optimized away',
  subqueries: 'Subquery',
};

/**
 * Lines of a `query_block` document: MySQL's JSON version 1, and MariaDB's JSON. An object with an unknown name that holds
 * known ones becomes a line with that name: newer servers add some, and nothing below it may be lost.
 * Source: seen on MySQL 9.7 and MariaDB 10.11 (recorded plans beside the tests).
 */
export function parseQueryBlocks(document: JsonObject, readTable: TableReader): readonly DraftNode[] {
  return partsOf(document, readTable);
}

function partsOf(object: JsonObject, readTable: TableReader): readonly DraftNode[] {
  return Object.entries(object).flatMap(([key, value]) => readPart(key, value, readTable));
}

function readPart(key: string, value: unknown, readTable: TableReader): readonly DraftNode[] {
  if (key === 'query_block') return objectsOf(value).map((block) => readBlock(block, readTable));
  if (key === 'table') return objectsOf(value).map((table) => readTable(table, partsOf(table, readTable)));
  if (key === 'nested_loop') return readNestedLoop(value, readTable);
  // Lists whose members are parts themselves.
  if (key === 'query_specifications' || key === 'sorts')
    return objectsOf(value).flatMap((one) => partsOf(one, readTable));
  const serves = subqueries[key];
  if (serves !== undefined) return objectsOf(value).flatMap((one) => readSubquery(serves, one, readTable));
  const wrapper = wrappers[key];
  if (wrapper) return objectsOf(value).map((one) => readWrapper(wrapper, one, readTable));
  return objectsOf(value).flatMap((one) => readUnknown(key, one, readTable));
}

function readBlock(block: JsonObject, readTable: TableReader): DraftNode {
  const select = numberIn(block, 'select_id');
  const message = textIn(block, 'message');
  return {
    kind: message === null ? 'block' : 'constant',
    operation: message ?? `Select ${select ?? ''}`.trim(),
    condition: textIn(block, 'const_condition') ?? textIn(block, 'having_condition'),
    estimatedCost: costOf(block),
    ...actual(block),
    dependent: isTrue(block, 'dependent'),
    children: partsOf(block, readTable),
  };
}

/** Costs stand in `cost_info` at MySQL and, since 11, in `cost` at MariaDB. */
const costOf = (object: JsonObject): number | null =>
  numberIn(object, 'cost') ??
  (isObject(object['cost_info'])
    ? (numberIn(object['cost_info'], 'query_cost') ?? numberIn(object['cost_info'], 'sort_cost'))
    : null);

function actual(object: JsonObject): Pick<DraftNode, 'loops' | 'actualRows' | 'lastRowMs' | 'totalMs' | 'ownMs'> {
  // A join with a buffer has no total, but what it spent on the buffer and on comparing.
  const unpackMs = numberIn(object, 'r_unpack_time_ms');
  const totalMs = numberIn(object, 'r_total_time_ms');
  const loops = numberIn(object, 'r_loops');
  return {
    loops,
    actualRows: numberIn(object, 'r_output_rows') ?? numberIn(object, 'r_rows'),
    lastRowMs: totalMs === null ? null : totalMs / Math.max(1, loops ?? 1),
    totalMs,
    ownMs: unpackMs === null ? null : unpackMs + (numberIn(object, 'r_other_time_ms') ?? 0),
  };
}

function readNestedLoop(value: unknown, readTable: TableReader): readonly DraftNode[] {
  const children = objectsOf(value).flatMap((one) => partsOf(one, readTable));
  // MariaDB writes a list for one table too.
  return children.length < 2 ? children : [{ kind: 'join', operation: 'Nested loop', children }];
}

function readSubquery(serves: string, one: JsonObject, readTable: TableReader): readonly DraftNode[] {
  const dependent = isTrue(one, 'dependent') || 'expression_cache' in one;
  return [{ kind: 'subquery', operation: serves, dependent, children: partsOf(one, readTable) }];
}

function readWrapper(wrapper: Wrapper, one: JsonObject, readTable: TableReader): DraftNode {
  const sortKey = textIn(one, 'sort_key');
  return {
    kind: wrapper.kind,
    operation: wordsOf(wrapper, one),
    // A union's result has a name, but it is no table that one could index.
    condition: textIn(one, 'attached_condition'),
    sortKeys: sortKey === null ? [] : splitKeys(sortKey),
    estimatedCost: costOf(one),
    ...actual(one),
    dependent: isTrue(one, 'dependent'),
    children: partsOf(one, readTable),
  };
}

/** Commas outside of parentheses. */
const splitKeys = (keys: string): readonly string[] =>
  keys
    .split(/,(?![^(]*\))/)
    .map((one) => one.trim())
    .filter((one) => one !== '');

function wordsOf(wrapper: Wrapper, one: JsonObject): string {
  if (wrapper.kind === 'join') return `${wrapper.words}, ${textIn(one, 'join_type') ?? 'BNL'}`;
  const sorts = wrapper.kind !== 'sort' && isTrue(one, 'using_filesort') ? ' with sort' : '';
  // MySQL names an order that an index gives for nothing like one that is sorted.
  if (wrapper.kind === 'sort' && one['using_filesort'] === false) return 'Order by an index';
  return `${wrapper.words}${isTrue(one, 'using_temporary_table') ? ' in a temporary table' : ''}${sorts}`;
}

function readUnknown(key: string, one: JsonObject, readTable: TableReader): readonly DraftNode[] {
  const children = partsOf(one, readTable);
  if (children.length === 0) return [];
  return [{ kind: 'other', operation: key.replaceAll(/[_-]/g, ' '), ...actual(one), children }];
}
