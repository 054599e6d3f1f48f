import type { SqlValue } from '../../core/ports/mysql-session';

/** How text is written into a statement: depends on NO_BACKSLASH_ESCAPES in the session's sql_mode. */
export interface SqlTextRules {
  readonly backslashEscapes: boolean;
}

/**
 * Puts values in the places of `?`, as literals. Places inside quotes, backticks and comments are left alone.
 * mysql2's own escaping always uses backslashes, which is unsafe under NO_BACKSLASH_ESCAPES; doubled quotes are safe
 * in both modes, and a backslash is doubled only where the server reads it as an escape.
 * Source: MySQL manual, "String Literals".
 * @throws Error when places and values differ in number, or a number is not finite: both are bugs of the caller.
 */
export function formatSql(sql: string, values: readonly SqlValue[], rules: SqlTextRules): string {
  let used = 0;
  const text = sql.replace(tokens, (token) => {
    if (token !== '?') return token;
    const value = values[used];
    used += 1;
    if (value === undefined) throw new Error(`Statement has more places than its ${values.length} values`);
    return literal(value, rules);
  });
  if (used !== values.length) throw new Error(`Statement has ${used} places for ${values.length} values`);
  return text;
}

/** True when a value's text depends on {@link SqlTextRules}. */
export function needsTextRules(values: readonly SqlValue[]): boolean {
  return values.some((value) => typeof value === 'string' && value.includes('\\'));
}

/** Quoted text, quoted names, comments, and the place itself: whatever is matched as a whole cannot hold a place. */
const tokens =
  /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`(?:[^`]|``)*`|\/\*[\s\S]*?\*\/|--(?=\s)[^\n]*|#[^\n]*|\?/g;

function literal(value: SqlValue, rules: SqlTextRules): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Error(`Not a number that SQL can hold: ${value}`);
    return String(value);
  }
  const doubled = value.replaceAll("'", "''");
  return `'${rules.backslashEscapes ? doubled.replaceAll('\\', '\\\\') : doubled}'`;
}
