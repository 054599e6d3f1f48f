import type { SqlRow, SqlValue } from '../ports/mysql-session';

/** Text of a column, '' for NULL or absent. */
export const textOf = (row: SqlRow | undefined, name: string): string => {
  const value: SqlValue | undefined = row?.[name];
  return value === null || value === undefined ? '' : String(value);
};

/** Number of a column; null for NULL, absent or not a number. */
export const numberOf = (row: SqlRow | undefined, name: string): number | null => {
  const text = textOf(row, name);
  if (text === '') return null;
  const number = Number(text);
  return Number.isFinite(number) ? number : null;
};

/** ON, YES, 1 and Yes are true. */
export const flagOf = (row: SqlRow | undefined, name: string): boolean => /^(1|on|yes|true)$/i.test(textOf(row, name));

/** Rows of name and value as a map with lower-case names. */
export const nameValueMap = (rows: readonly SqlRow[]): Map<string, string> =>
  new Map(
    rows.map((row) => {
      const [name, value] = Object.values(row);
      return [String(name).toLowerCase(), value === null || value === undefined ? '' : String(value)];
    }),
  );

/** Older servers say Master and Slave where newer say Source and Replica: one spelling for all, in lower case. */
export const presentWords = (row: SqlRow): SqlRow =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name.toLowerCase().replaceAll('master', 'source').replaceAll('slave', 'replica'),
      value,
    ]),
  );

/** A server's DATETIME text (session time zone UTC) as ms since the epoch; null for the zero date. */
export function utcMs(text: string): number | null {
  if (text === '' || text.startsWith('0000')) return null;
  const parsed = Date.parse(`${text.replace(' ', 'T')}Z`);
  return Number.isNaN(parsed) ? null : parsed;
}

/** A quoted SQL string. Safe under every sql_mode but NO_BACKSLASH_ESCAPES with a backslash in the value, which is refused. */
export function quoted(value: string): string {
  if (/[\\\0]/.test(value)) throw new Error('A backslash or NUL cannot stand in this value');
  return `'${value.replaceAll("'", "''")}'`;
}
