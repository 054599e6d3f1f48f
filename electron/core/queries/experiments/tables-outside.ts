import { tablesOf } from '@shared/sql/tables';
import { textOf } from '../../dialect/rows';
import type { MysqlSession } from '../../ports/mysql-session';

/** Tables of other engines than InnoDB that the statements name, with their engines. Tables behind views are not seen. */
export async function tablesOutside(
  session: MysqlSession,
  statements: readonly string[],
  schema: string,
): Promise<readonly string[]> {
  const names = [...new Set(statements.flatMap(tablesOf))].map((name): readonly [string, string] => {
    const dot = name.indexOf('.');
    return dot < 0 ? [schema, name] : [name.slice(0, dot), name.slice(dot + 1)];
  });
  if (names.length === 0) return [];
  const rows = await session.query(
    `SELECT table_schema AS s, table_name AS n, engine AS e FROM information_schema.tables
     WHERE engine <> 'InnoDB' AND table_type = 'BASE TABLE'
       AND (${names.map(() => '(table_schema = ? AND table_name = ?)').join(' OR ')})`,
    { values: names.flat(), timeoutMs: 10_000 },
  );
  return rows.map((row) => `${textOf(row, 's')}.${textOf(row, 'n')} (${textOf(row, 'e')})`);
}
