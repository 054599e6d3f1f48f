const pattern = /^\s*(?:#\s*)?administrator command:\s*([a-z]+(?: [a-z]+){0,3})\s*;?\s*$/i;

/**
 * The command of a line that a slow log writes for what is no statement: `Quit` of `# administrator command: Quit;`; null
 * for SQL. Words of letters alone, so that it holds no literal.
 */
export function findAdminCommand(sql: string): string | null {
  const first = sql.charCodeAt(0) | 0x20;
  // Nearly every statement begins with another letter, and the pattern costs more than the rest of a short one.
  if (first !== 0x61 && first > 0x23 + 0x20) return null;
  return pattern.exec(sql.length > 200 ? '' : sql)?.[1] ?? null;
}
