import { numberOf, textOf } from '../../dialect/rows';
import type { MysqlSession } from '../../ports/mysql-session';
import { quotedName } from '../plans/read-only-session';

/** An index as the server lists it. */
export interface ExistingIndex {
  readonly name: string;
  readonly unique: boolean;
  /** BTREE, FULLTEXT, SPATIAL … */
  readonly type: string;
  /** False: INVISIBLE (MySQL) or IGNORED (MariaDB). */
  readonly visible: boolean;
  /** Null stands for an expression. */
  readonly columns: readonly (string | null)[];
  /** A column is indexed by its first characters only. */
  readonly hasPrefix: boolean;
}

export interface TableColumn {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  /** Computed by the server: no value can be inserted. */
  readonly generated: boolean;
}

/** What advice and trials must know of a table. */
export interface TableFacts {
  readonly schema: string;
  readonly table: string;
  readonly engine: string;
  readonly partitioned: boolean;
  /** Estimates of the engine. */
  readonly rows: number | null;
  readonly dataBytes: number | null;
  readonly indexBytes: number | null;
  readonly columns: readonly TableColumn[];
  readonly indexes: readonly ExistingIndex[];
}

const limit = { timeoutMs: 10_000 };

/** Facts of one table from information_schema; null when there is no such base table for this account. */
export async function readTable(session: MysqlSession, schema: string, table: string): Promise<TableFacts | null> {
  const values = [schema, table];
  const [row] = await session.query(
    `SELECT table_name AS name, engine AS engine, table_rows AS n, data_length AS data, index_length AS indexes, create_options AS options
     FROM information_schema.tables WHERE table_schema = ? AND table_name = ? AND table_type = 'BASE TABLE'`,
    { ...limit, values },
  );
  if (!row) return null;
  const columns = await session.query(
    `SELECT column_name AS name, data_type AS type, is_nullable AS nullable, generation_expression AS expression
     FROM information_schema.columns
     WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position`,
    { ...limit, values },
  );
  // The names of some columns differ between the products: all are taken.
  const parts = await session.query(
    'SELECT * FROM information_schema.statistics WHERE table_schema = ? AND table_name = ? ORDER BY index_name, seq_in_index',
    { ...limit, values },
  );
  return {
    schema,
    table: textOf(row, 'name'),
    engine: textOf(row, 'engine'),
    partitioned: textOf(row, 'options').includes('partitioned'),
    rows: numberOf(row, 'n'),
    dataBytes: numberOf(row, 'data'),
    indexBytes: numberOf(row, 'indexes'),
    columns: columns.map((one) => ({
      name: textOf(one, 'name'),
      type: textOf(one, 'type').toLowerCase(),
      nullable: textOf(one, 'nullable') === 'YES',
      generated: textOf(one, 'expression') !== '',
    })),
    indexes: readIndexes(parts),
  };
}

function readIndexes(parts: Awaited<ReturnType<MysqlSession['query']>>): readonly ExistingIndex[] {
  const byName = new Map<string, ExistingIndex>();
  for (const part of parts) {
    const name = textOf(part, 'INDEX_NAME');
    const known = byName.get(name);
    const column = textOf(part, 'COLUMN_NAME') || null;
    byName.set(name, {
      name,
      unique: numberOf(part, 'NON_UNIQUE') === 0,
      type: textOf(part, 'INDEX_TYPE'),
      visible: textOf(part, 'IS_VISIBLE') !== 'NO' && textOf(part, 'IGNORED') !== 'YES',
      columns: [...(known?.columns ?? []), column],
      hasPrefix: (known?.hasPrefix ?? false) || numberOf(part, 'SUB_PART') !== null,
    });
  }
  return [...byName.values()];
}

/** Columns of the primary key; none when there is none. */
export const primaryKeyOf = (facts: TableFacts): readonly string[] =>
  (facts.indexes.find((one) => one.name === 'PRIMARY')?.columns ?? []).filter((one) => one !== null);

/** What a sample of rows says of some columns. */
export interface ColumnSample {
  readonly sampledRows: number;
  /** By column name: different values in the sample, and mean bytes of a value. */
  readonly columns: ReadonlyMap<string, { readonly distinct: number; readonly bytes: number }>;
}

const sampleRows = 10_000;

/** Looks at the first 10,000 rows in the order of the primary key: quick at any size, and not a fair draw. */
export async function sampleColumns(
  session: MysqlSession,
  facts: TableFacts,
  names: readonly string[],
): Promise<ColumnSample> {
  const wanted = [...new Set(names)];
  const measures = wanted.map((name, at) => {
    const column = quotedName(name);
    return `COUNT(DISTINCT ${column}) AS d${at}, AVG(IFNULL(LENGTH(${column}), 0)) AS b${at}`;
  });
  const [row] = await session.query(
    `SELECT COUNT(*) AS n, ${measures.join(', ')} FROM (SELECT ${wanted.map(quotedName).join(', ')}
     FROM ${quotedName(facts.schema)}.${quotedName(facts.table)} LIMIT ${sampleRows}) AS midwatch_sample`,
    limit,
  );
  return {
    sampledRows: numberOf(row, 'n') ?? 0,
    columns: new Map(
      wanted.map((name, at) => {
        const type = facts.columns.find((one) => one.name === name)?.type ?? '';
        const bytes = fixedBytes[type] ?? (numberOf(row, `b${at}`) ?? 0) + 2;
        return [name, { distinct: numberOf(row, `d${at}`) ?? 0, bytes }];
      }),
    ),
  };
}

/** Bytes of a value in an index. Source: MySQL manual, "Data Type Storage Requirements". */
const fixedBytes: Readonly<Record<string, number>> = {
  tinyint: 1,
  smallint: 2,
  mediumint: 3,
  int: 4,
  bigint: 8,
  float: 4,
  double: 8,
  date: 3,
  time: 3,
  datetime: 5,
  timestamp: 4,
  year: 1,
  enum: 1,
};
