import { isObject, isTrue, numberIn, textIn, textsOf } from './json-parts';
import type { TableReader } from './parse-query-block';
import { accessOf, conditionsOf, kindOfTable } from './read-table-v1';

/**
 * A table of MariaDB's JSON. ANALYZE adds `r_…`: rows of one loop before the condition, the percent that passed it, ms of
 * all loops in the engine (`r_table_time_ms`) and in the server for this table (`r_other_time_ms`).
 */
export const readTableMariadb: TableReader = (table, below) => {
  const [access, words] = accessOf(table);
  const engine = isObject(table['r_engine_stats']) ? table['r_engine_stats'] : {};
  const engineMs = numberIn(table, 'r_table_time_ms');
  const serverMs = numberIn(table, 'r_other_time_ms');
  return {
    kind: kindOfTable(table),
    operation: words,
    table: textIn(table, 'table_name'),
    access,
    index: textIn(table, 'key'),
    indexColumns: textsOf(table['used_key_parts']),
    covering: isTrue(table, 'using_index'),
    condition: conditionsOf(table),
    estimatedRows: numberIn(table, 'rows'),
    estimatedFilteredPercent: numberIn(table, 'filtered'),
    estimatedCost: numberIn(table, 'cost'),
    actualRows: numberIn(table, 'r_rows'),
    actualFilteredPercent: numberIn(table, 'r_filtered'),
    loops: numberIn(table, 'r_loops'),
    ownMs: engineMs === null && serverMs === null ? null : (engineMs ?? 0) + (serverMs ?? 0),
    pages: numberIn(engine, 'pages_accessed'),
    children: below,
  };
};
