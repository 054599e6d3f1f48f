import type { AccessKind, PlanNodeKind } from '@shared/model/query-plan';
import { isTrue, numberIn, objectsOf, textIn, textsOf, type JsonObject } from './json-parts';
import type { DraftNode } from './plan-draft';

/**
 * Lines of MySQL's EXPLAIN FORMAT=JSON in version 2 (`explain_json_format_version=2`): one object for each iterator, what
 * feeds it in `inputs`. With ANALYZE each has actual rows, loops, and ms of one loop.
 * Source: seen on 9.7 (recorded-plans.test-data.ts); an iterator that is not known keeps the server's own word.
 */
export function parseMysqlV2(document: JsonObject): readonly DraftNode[] {
  // Since 9.0 the plan stands under `query_plan`; 8.3 printed its root itself.
  const root = objectsOf(document['query_plan'])[0] ?? document;
  return [readIterator(root)];
}

function readIterator(iterator: JsonObject): DraftNode {
  const type = textIn(iterator, 'access_type') ?? '';
  const printed = textIn(iterator, 'operation') ?? '';
  const { kind, operation, access } = describe(type, iterator, printed);
  const loops = numberIn(iterator, 'actual_loops');
  const lastRowMs = numberIn(iterator, 'actual_last_row_ms');
  const isTable = kind === 'table';
  return {
    kind,
    operation: headed(operation, iterator),
    schema: textIn(iterator, 'schema_name'),
    table: textIn(iterator, 'table_name'),
    alias: textIn(iterator, 'alias'),
    access,
    index: textIn(iterator, 'index_name'),
    indexColumns: textsOf(iterator['key_columns']),
    covering: isTable ? isTrue(iterator, 'covering') : null,
    condition: conditionOf(iterator),
    sortKeys: textsOf(iterator['sort_fields']),
    usedColumns: textsOf(iterator['used_columns']),
    estimatedRows: numberIn(iterator, 'estimated_rows'),
    estimatedCost: numberIn(iterator, 'estimated_total_cost'),
    estimatedFilteredPercent: percentOf(numberIn(iterator, 'filter_effect')),
    actualRows: numberIn(iterator, 'actual_rows'),
    loops,
    firstRowMs: numberIn(iterator, 'actual_first_row_ms'),
    lastRowMs,
    totalMs: lastRowMs === null ? null : lastRowMs * (loops ?? 1),
    dependent: isDependent(iterator),
    children: [...inputLists(iterator)].map(readIterator),
  };
}

/** `inputs`, and the lists of subqueries that stand beside it (`inputs_from_select_list` …). */
function inputLists(iterator: JsonObject): readonly JsonObject[] {
  return Object.entries(iterator)
    .filter(([key]) => key === 'inputs' || key.startsWith('inputs_'))
    .flatMap(([, list]) => objectsOf(list));
}

const percentOf = (share: number | null): number | null => (share === null ? null : share * 100);

/** "Select #2 (subquery in condition; dependent)": what the line is for the statement. */
function headed(operation: string, iterator: JsonObject): string {
  const heading = textIn(iterator, 'heading');
  const what = heading === null ? null : /\(([^;)]*)/.exec(heading)?.[1];
  if (what == null || what === '') return operation;
  return `${what.charAt(0).toUpperCase()}${what.slice(1)}: ${operation.charAt(0).toLowerCase()}${operation.slice(1)}`;
}

const isDependent = (iterator: JsonObject): boolean =>
  isTrue(iterator, 'dependent') || /\bdependent\b/.test(textIn(iterator, 'heading') ?? '');

function conditionOf(iterator: JsonObject): string | null {
  const parts = [
    textIn(iterator, 'condition'),
    textIn(iterator, 'lookup_condition'),
    textIn(iterator, 'pushed_index_condition'),
    rangesOf(textsOf(iterator['ranges'])),
    ...textsOf(iterator['hash_condition']),
    ...textsOf(iterator['extra_condition']),
  ].filter((one) => one !== null);
  return parts.length === 0 ? null : parts.join(' and ');
}

/** Ranges of an index are alternatives. An IN list may have thousands: the raw text holds them all. */
function rangesOf(ranges: readonly string[]): string | null {
  const shown = ranges.slice(0, mostRanges);
  const rest = ranges.length - shown.length;
  if (shown.length < 2) return shown[0] ?? null;
  return `(${shown.join(' or ')})${rest > 0 ? ` /* or ${rest} more */` : ''}`;
}

const mostRanges = 10;

interface Described {
  readonly kind: PlanNodeKind;
  readonly operation: string;
  readonly access: AccessKind | null;
}

const plain = (kind: PlanNodeKind, operation: string): Described => ({ kind, operation, access: null });
const byTable = (access: AccessKind, operation: string): Described => ({ kind: 'table', operation, access });

function describe(type: string, iterator: JsonObject, printed: string): Described {
  switch (type) {
    case 'table':
      return byTable('table-scan', 'Table scan');
    case 'index':
      return describeIndex(iterator, printed);
    case 'rowid_intersection':
    case 'rowid_union':
    case 'index_merge':
      return byTable('index-merge', 'Index merge');
    case 'join':
      return plain('join', joinWords(iterator));
    case 'filter':
      return plain('filter', 'Filter');
    case 'sort':
      return plain('sort', isTrue(iterator, 'duplicate_removal') ? 'Sort without duplicates' : 'Sort');
    case 'limit':
      return plain('limit', numberIn(iterator, 'limit_offset') ? 'Limit with offset' : 'Limit');
    case 'aggregate':
      return plain('group', isTrue(iterator, 'group_by') ? 'Group' : 'Aggregate');
    case 'temp_table_aggregate':
      return plain('group', 'Group in a temporary table');
    case 'window':
      return plain('window', isTrue(iterator, 'buffering') ? 'Window with buffer' : 'Window');
    case 'materialize':
      return plain('materialize', materializeWords(iterator, printed));
    case 'stream':
      return plain('other', 'Stream results');
    case 'append':
      return plain('union', 'Append');
    case 'remove_duplicates_from_groups':
    case 'remove_duplicates_on_index':
    case 'weedout':
      return plain('group', 'Remove duplicates');
    case 'constant_row':
      return byTable('constant', 'Constant row');
    case 'rows_fetched_before_execution':
      return plain('constant', 'Row read beforehand');
    case 'zero_rows':
    case 'zero_rows_aggregated':
      return plain('constant', 'No rows');
    case 'count_rows':
      return byTable('index-scan', 'Count rows');
    case 'insert_values':
      return plain('write', 'Insert');
    case 'replace_values':
      return plain('write', 'Replace');
    case 'delete_rows':
      return plain('write', 'Delete');
    case 'materialized_table_function':
      return plain('materialize', 'Table function');
    case 'materialize_information_schema':
      return plain('materialize', 'Fill information schema table');
    case 'scan_new_records':
      return byTable('table-scan', 'New rows of the recursion');
    case 'alternative_plans_for_in_subquery':
      return plain('other', 'Lookup, or scan for NULL');
    case 'invalidate_materialized_tables':
      return plain('other', 'Invalidate materialized tables');
    default:
      return withoutType(printed, type);
  }
}

/** UPDATE of several tables and the top of INSERT … SELECT carry no access type. */
function withoutType(printed: string, type: string): Described {
  const verb = /^(Insert|Replace|Update|Delete)\b/.exec(printed)?.[1];
  return verb === undefined ? plain('other', beforeFigures(printed) || type) : plain('write', verb);
}

function describeIndex(iterator: JsonObject, printed: string): Described {
  const single = /^(single-row|constant row)/i.test(printed);
  switch (textIn(iterator, 'index_access_type')) {
    case 'index_lookup':
    case 'pushed_join_ref':
      return single ? byTable('unique-lookup', 'Single-row index lookup') : byTable('lookup', 'Index lookup');
    case 'index_range_scan':
    case 'dynamic_index_range_scan':
    case 'multi_range_read':
      return byTable('range', 'Index range scan');
    case 'index_skip_scan':
    case 'group_index_skip_scan':
      return byTable('skip-scan', 'Index skip scan');
    case 'index_scan':
      return byTable('index-scan', 'Index scan');
    case 'full_text_search':
      return byTable('fulltext', 'Full-text search');
    case 'index_distance_scan':
      return byTable('range', 'Index distance scan');
    default:
      return byTable('unknown', beforeFigures(printed));
  }
}

function joinWords(iterator: JsonObject): string {
  const named = textIn(iterator, 'join_algorithm');
  const algorithm =
    named === 'hash' ? 'hash join' : named === 'batch_key_access' ? 'batched key access' : 'nested loop';
  const type = (textIn(iterator, 'join_type') ?? 'join').replace(/ join$| \(.*$/, '');
  return `${type.charAt(0).toUpperCase()}${type.slice(1)} ${algorithm}`;
}

function materializeWords(iterator: JsonObject, printed: string): string {
  if (isTrue(iterator, 'temp_table')) return 'Temporary table';
  if (/^materialize recursive/i.test(printed)) return 'Materialize recursion';
  if (/^union materialize/i.test(printed)) return 'Materialize union';
  if (/deduplication/i.test(printed)) return 'Materialize without duplicates';
  return isTrue(iterator, 'cte') || /\bCTE\b/.test(printed) ? 'Materialize CTE' : 'Materialize';
}

/** The words before anything that holds a name, a figure or a literal. */
const beforeFigures = (printed: string): string => /^[A-Za-z][A-Za-z /-]*/.exec(printed)?.[0].trim() ?? '';
