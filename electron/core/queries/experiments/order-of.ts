import type { ResultColumn } from '../../ports/mysql-session';
import type { ReadStatement } from '../plans/guard-statement';
import { depthsOf, isSymbol, nameOf, wordOf, type Token } from '../plans/statement-tokens';

/** One key of an ORDER BY, as far as it names a column of the result. */
export interface OrderKey {
  readonly text: string;
  /** From 1, as in ORDER BY 2. */
  readonly position: number | null;
  readonly table: string | null;
  readonly name: string | null;
}

/** What a statement says about the order and the number of its rows, at its outermost level. */
export interface StatedOrder {
  readonly keys: readonly OrderKey[];
  readonly limited: boolean;
}

/** Reads ORDER BY and LIMIT outside of all parentheses: only those order what the client sees. */
export function statedOrder(statement: ReadStatement): StatedOrder {
  const { tokens } = statement;
  const depths = depthsOf(tokens);
  const isAtTop = (at: number): boolean => depths[at] === 0;
  const start = tokens.findLastIndex(
    (token, at) => isAtTop(at) && wordOf(token) === 'order' && wordOf(tokens[at + 1]) === 'by',
  );
  const limited = tokens.some((token, at) => isAtTop(at) && ['limit', 'fetch'].includes(wordOf(token)));
  if (start < 0) return { keys: [], limited };
  const keys: Token[][] = [[]];
  for (let at = start + 2; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token === undefined) break;
    if (isAtTop(at) && ['limit', 'offset', 'fetch', 'for', 'rows'].includes(wordOf(token))) break;
    if (isAtTop(at) && isSymbol(token, ',')) keys.push([]);
    else keys.at(-1)?.push(token);
  }
  return { keys: keys.map((one) => keyOf(one, statement.sql)), limited };
}

function keyOf(tokens: readonly Token[], sql: string): OrderKey {
  const parts = ['asc', 'desc'].includes(wordOf(tokens.at(-1))) ? tokens.slice(0, -1) : tokens;
  const [first, second, third] = parts;
  const text = sql.slice(first?.start ?? 0, parts.at(-1)?.end ?? 0);
  const key = { text, position: null, table: null, name: null };
  if (parts.length === 1 && first?.kind === 'number') return { ...key, position: Number(first.text) };
  if (parts.length === 1) return { ...key, name: nameOf(first) };
  if (parts.length === 3 && isSymbol(second, '.')) return { ...key, table: nameOf(first), name: nameOf(third) };
  return key;
}

/**
 * Columns of the result that hold the keys, in their order; null when one of them is not in the result, so that the order
 * cannot be seen in it.
 */
export function keyColumns(keys: readonly OrderKey[], columns: readonly ResultColumn[]): readonly number[] | null {
  const found: number[] = [];
  for (const key of keys) {
    const at = key.position === null ? columnOf(key, columns) : key.position - 1;
    if (at < 0 || at >= columns.length) return null;
    found.push(at);
  }
  return found;
}

function columnOf(key: OrderKey, columns: readonly ResultColumn[]): number {
  const same = (left: string | null, right: string): boolean => left?.toLowerCase() === right.toLowerCase();
  if (key.name === null) return columns.findIndex((column) => column.name === key.text);
  const fits = columns.flatMap((column, at) => {
    // A plain name is looked up among the names of the result first; a qualified one among the columns of the table.
    const isIt =
      key.table === null
        ? same(key.name, column.name)
        : same(key.table, column.table) && same(key.name, column.sourceName);
    return isIt ? [at] : [];
  });
  return fits[0] ?? -1;
}
