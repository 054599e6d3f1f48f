import { quoted } from '../dialect/rows';

/**
 * Fills `:name` places of a planned statement. Text is quoted for SQL, or for the shell; numbers stand as they are.
 * @throws Error when a place has no value or a value has no place: plan and code disagree, a bug.
 */
export function bindStatement(
  text: string,
  values: Readonly<Record<string, string | number | bigint>>,
  quote: (value: string) => string = quoted,
): string {
  const used = new Set<string>();
  const bound = text.replace(/(?<![:\w]):([a-z][A-Za-z]*)\b/g, (_place, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`No value for :${name} in ${text}`);
    used.add(name);
    return typeof value === 'string' ? quote(value) : String(value);
  });
  const idle = Object.keys(values).find((name) => !used.has(name));
  if (idle !== undefined) throw new Error(`No place for :${idle} in ${text}`);
  return bound;
}

/** One word for /bin/sh, whatever is in it. */
export const shellQuoted = (value: string): string => {
  if (value.includes('\0')) throw new Error('A NUL cannot stand in a shell word');
  return `'${value.replaceAll("'", "'\\''")}'`;
};
