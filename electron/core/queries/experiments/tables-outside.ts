import { textOf } from '../../dialect/rows';
import type { MysqlSession } from '../../ports/mysql-session';
import { nameOf, tokensOf } from '../plans/statement-tokens';

/**
 * Tables of other engines than InnoDB that the statements name. Every name of the text is looked up, so a column that is
 * called like such a table counts as well: too careful is right here. Tables behind views are not seen.
 */
export async function tablesOutside(
  session: MysqlSession,
  statements: readonly string[],
  schema: string,
): Promise<readonly string[]> {
  const names = new Set(
    statements.flatMap((sql) => tokensOf(sql).flatMap((token) => nameOf(token)?.toLowerCase() ?? [])),
  );
  const places = [...names].map(() => '?').join(', ');
  if (names.size === 0) return [];
  const rows = await session.query(
    `SELECT table_schema AS s, table_name AS n, engine AS e FROM information_schema.tables
     WHERE engine <> 'InnoDB' AND table_type = 'BASE TABLE' AND LOWER(table_name) IN (${places})
       AND (table_schema = ? OR LOWER(table_schema) IN (${places}))`,
    { values: [...names, schema, ...names], timeoutMs: 10_000 },
  );
  return rows.map((row) => `${textOf(row, 's')}.${textOf(row, 'n')} (${textOf(row, 'e')})`);
}
