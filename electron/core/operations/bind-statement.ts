import { quoted } from '../dialect/rows';

/**
 * Fills `:name` places of a planned statement. Text is quoted, numbers stand as they are.
 * @throws Error when a place has no value or a value has no place: plan and code disagree, a bug.
 */
export function bindStatement(sql: string, values: Readonly<Record<string, string | number | bigint>>): string {
  const used = new Set<string>();
  const bound = sql.replace(/(?<![:\w]):([a-z][A-Za-z]*)\b/g, (_place, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`No value for :${name} in ${sql}`);
    used.add(name);
    return typeof value === 'string' ? quoted(value) : String(value);
  });
  const idle = Object.keys(values).find((name) => !used.has(name));
  if (idle !== undefined) throw new Error(`No place for :${idle} in ${sql}`);
  return bound;
}
