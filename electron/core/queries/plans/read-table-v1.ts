import type { AccessKind, PlanNodeKind } from '@shared/model/query-plan';
import { isObject, isTrue, numberIn, textIn, textsOf, type JsonObject } from './json-parts';
import type { TableReader } from './parse-query-block';

/** The `type` column of EXPLAIN, which both products share. Source: MySQL manual, "EXPLAIN Output Format". */
const accessTypes: Readonly<Record<string, readonly [AccessKind, string]>> = {
  system: ['constant', 'Constant row'],
  const: ['constant', 'Constant row'],
  eq_ref: ['unique-lookup', 'Single-row index lookup'],
  ref: ['lookup', 'Index lookup'],
  ref_or_null: ['lookup', 'Index lookup or NULL'],
  fulltext: ['fulltext', 'Full-text search'],
  unique_subquery: ['unique-lookup', 'Single-row lookup of a subquery'],
  index_subquery: ['lookup', 'Index lookup of a subquery'],
  index_merge: ['index-merge', 'Index merge'],
  range: ['range', 'Index range scan'],
  index: ['index-scan', 'Index scan'],
  ALL: ['table-scan', 'Table scan'],
  hash: ['table-scan', 'Hash lookup'],
  hash_ALL: ['table-scan', 'Hash join'],
  hash_index: ['index-scan', 'Hash join by index scan'],
  hash_range: ['range', 'Hash join by range'],
};

/** Kind of access and its words. A type that is not known keeps its name. */
export function accessOf(table: JsonObject): readonly [AccessKind | null, string] {
  const type = textIn(table, 'access_type');
  if (type === null) return [null, textIn(table, 'message') ?? 'Write'];
  const [access, words] = accessTypes[type] ?? ['unknown' as const, type];
  const write = (['insert', 'update', 'delete', 'replace'] as const).find((one) => isTrue(table, one));
  return [
    access,
    write === undefined ? words : `${write.charAt(0).toUpperCase()}${write.slice(1)} by ${words.toLowerCase()}`,
  ];
}

/** A target of INSERT carries no access at all at MariaDB, and at MySQL the word `insert`. */
export const kindOfTable = (table: JsonObject): PlanNodeKind => {
  if (isTrue(table, 'insert') || isTrue(table, 'replace')) return 'write';
  if (textIn(table, 'access_type') !== null) return 'table';
  return textIn(table, 'message') === null ? 'write' : 'constant';
};

/** Both conditions of a table: what the index answers, and what is asked of the rows. */
export const conditionsOf = (table: JsonObject): string | null => {
  const parts = [textIn(table, 'index_condition'), textIn(table, 'attached_condition')].filter((one) => one !== null);
  return parts.length === 0 ? null : parts.join(' and ');
};

/** A table of MySQL's JSON version 1. */
export const readTableV1: TableReader = (table, below) => {
  const [access, words] = accessOf(table);
  const name = textIn(table, 'table_name');
  const buffer = textIn(table, 'using_join_buffer');
  const cost = isObject(table['cost_info']) ? table['cost_info'] : {};
  return {
    kind: kindOfTable(table),
    operation: buffer === null ? words : `${words} with join buffer (${buffer.toLowerCase()})`,
    // The name stands for alias and table alike: version 1 does not tell them apart.
    table: name,
    access,
    index: textIn(table, 'key'),
    indexColumns: textsOf(table['used_key_parts']),
    covering: isTrue(table, 'using_index'),
    condition: conditionsOf(table),
    usedColumns: textsOf(table['used_columns']),
    estimatedRows: numberIn(table, 'rows_examined_per_scan'),
    estimatedFilteredPercent: numberIn(table, 'filtered'),
    estimatedCost: numberIn(cost, 'prefix_cost'),
    children: below,
  };
};
