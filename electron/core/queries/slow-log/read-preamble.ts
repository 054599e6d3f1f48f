/** Lines between the header and the statement: `use db;` when the schema changed, then `SET timestamp=…;`. */

const assignments = /^SET (?:last_insert_id=\d+,)?(?:insert_id=\d+,)?timestamp=(\d+(?:\.\d+)?);?$/;
/** Longer lines are statements. */
const maxLine = 1_024;
const shortest = 'SET timestamp=';
const useLine = /^use (?:`((?:[^`]|``)+)`|([^;]+?));?\s*$/i;

/** ms since the epoch that the server's own SET line names; NaN when the line is none. @param line without its line end */
export function readTimestampLine(line: string): number {
  if (line.startsWith(shortest)) {
    let value = 0;
    let at = shortest.length;
    let digit = line.charCodeAt(at) - 48;
    while (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digit = line.charCodeAt(++at) - 48;
    }
    if (at === line.length - 1 && line[at] === ';' && at > shortest.length) return value * 1000;
  }
  if (line.length > maxLine) return NaN;
  const seconds = assignments.exec(line)?.[1];
  return seconds === undefined ? NaN : Number(seconds) * 1000;
}

/** The schema that a `use` line names; null when the line is none. @param line without its line end */
export function readUseLine(line: string): string | null {
  const found = line.length > maxLine ? null : useLine.exec(line);
  return found ? (found[1]?.replaceAll('``', '`') ?? found[2] ?? '').trim() : null;
}
