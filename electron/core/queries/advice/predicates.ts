import { depthsOf, isSymbol, nameOf, tokensOf, wordOf, type Token } from '../plans/statement-tokens';

/** What a condition asks of one column. `other`: no index helps with it as it is written. */
export interface Predicate {
  readonly role: 'equality' | 'several-values' | 'range' | 'other';
  readonly alias: string | null;
  readonly column: string;
  /** The part of the condition, in the server's words. Holds literals. */
  readonly text: string;
  /** Why an `other` is none: a function around the column, a pattern that begins with %, … */
  readonly why: string;
}

/**
 * Predicates of a condition as servers print it: AND-ed parts of the forms `column = value`, `column IN (…)`, `column > value`,
 * `BETWEEN`, `LIKE`, `IS NULL`, also turned round, and MySQL's `value < column < value`. `a.x = b.y` yields one for each side.
 * An OR whose branches all ask the same column is several values, or a range, of it. Any other OR, and whatever has no such
 * form, yields `other` for each column in it.
 */
export function predicatesOf(condition: string): readonly Predicate[] {
  return splitAnd(unwrap(tokensOf(condition))).flatMap((part) => readPart(unwrap(part), condition));
}

/** MariaDB wraps what is tested only at times in trigcond(…), MySQL in <if>(…): the condition inside counts. */
function unwrap(tokens: readonly Token[]): readonly Token[] {
  const called = wordOf(tokens[0]) === 'trigcond' ? 1 : 0;
  if (!isSymbol(tokens[called], '(') || !isSymbol(tokens.at(-1), ')')) return tokens;
  const depths = depthsOf(tokens);
  const closes = tokens.findIndex((token, at) => at > called && isSymbol(token, ')') && depths[at] === 0);
  return closes === tokens.length - 1 ? unwrap(tokens.slice(called + 1, -1)) : tokens;
}

function splitAnd(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const depths = depthsOf(tokens);
  const parts: Token[][] = [[]];
  let between = false;
  tokens.forEach((token, at) => {
    const word = depths[at] === 0 ? wordOf(token) : '';
    if (word === 'between') between = true;
    if (word === 'and' && !between) {
      parts.push([]);
      return;
    }
    if (word === 'and') between = false;
    parts.at(-1)?.push(token);
  });
  // A part of an AND may be an AND in parentheses.
  return parts.flatMap((part) => {
    const inner = unwrap(part);
    return inner.length < part.length ? splitAnd(inner) : [part];
  });
}

interface ColumnName {
  readonly alias: string | null;
  readonly column: string;
  readonly length: number;
}

/** A name, `alias.name` or `schema.alias.name` at a place; not a function's. */
function columnAt(tokens: readonly Token[], at: number): ColumnName | null {
  const names: string[] = [];
  let next = at;
  for (;;) {
    const name = nameOf(tokens[next]);
    if (name === null || (tokens[next]?.kind === 'word' && notNames.has(wordOf(tokens[next])))) return null;
    names.push(name);
    next += 1;
    if (!isSymbol(tokens[next], '.')) break;
    next += 1;
  }
  if (isSymbol(tokens[next], '(')) return null;
  return { alias: names.at(-2) ?? null, column: names.at(-1) ?? '', length: next - at };
}

const notNames = new Set(
  `and or not in is null like between true false date time timestamp interval case when then else end as div mod xor regexp
   rlike escape collate binary cast using charset year month day hour minute second any all exists`.split(/\s+/),
);

const mirrored: Readonly<Record<string, string>> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' };

function readPart(tokens: readonly Token[], condition: string): readonly Predicate[] {
  const text = condition.slice(tokens[0]?.start ?? 0, tokens.at(-1)?.end ?? 0);
  const depths = depthsOf(tokens);
  const isBranching = (token: Token, at: number): boolean => depths[at] === 0 && ['or', 'xor'].includes(wordOf(token));
  if (tokens.some(isBranching)) return readOr(tokens, isBranching, condition, text);
  const left = columnAt(tokens, 0);
  if (left) {
    const found = afterColumn(left, tokens.slice(left.length), text);
    if (found) return found;
  }
  const operator = tokens.findIndex(
    (token, at) => depths[at] === 0 && token.kind === 'symbol' && isComparison(token.text),
  );
  const right = operator < 0 ? null : columnAt(tokens, operator + 1);
  const second = right ? tokens[operator + 1 + right.length] : undefined;
  if (right && second?.kind === 'symbol' && ['<', '<='].includes(second.text)) {
    return [{ role: 'range', alias: right.alias, column: right.column, text, why: '' }];
  }
  if (right && operator + 1 + right.length === tokens.length) {
    const turned = tokens[operator]?.text ?? '';
    return [compared(right, mirrored[turned] ?? turned, text), ...others(tokens.slice(0, operator), text, aroundIt)];
  }
  return others(tokens, text, aroundIt);
}

function readOr(
  tokens: readonly Token[],
  isBranching: (token: Token, at: number) => boolean,
  condition: string,
  text: string,
): readonly Predicate[] {
  const starts = [0, ...tokens.flatMap((token, at) => (isBranching(token, at) ? [at + 1] : []))];
  const branches = starts.map((start, at) => {
    const next = starts[at + 1];
    return splitAnd(unwrap(tokens.slice(start, next === undefined ? undefined : next - 1)));
  });
  const asked = branches.flatMap((parts) => parts.flatMap((part) => readPart(unwrap(part), condition)));
  const [first] = asked;
  const isOne =
    first !== undefined &&
    asked.length === branches.length &&
    asked.every((one) => one.role !== 'other' && one.column === first.column && one.alias === first.alias);
  if (!isOne || first === undefined) {
    return others(tokens, text, 'it is one branch of an OR: each branch would need an index of its own');
  }
  return [{ ...first, role: asked.some((one) => one.role === 'range') ? 'range' : 'several-values', text }];
}

const aroundIt = 'a function or expression stands around the column';
const isComparison = (symbol: string): boolean => ['=', '<=>', '<', '>', '<=', '>=', '<>', '!='].includes(symbol);

function afterColumn(left: ColumnName, rest: readonly Token[], text: string): readonly Predicate[] | null {
  const [first, second] = rest;
  const word = wordOf(first);
  const one = (role: Predicate['role'], why = ''): readonly Predicate[] => [
    { role, alias: left.alias, column: left.column, text, why },
  ];
  if (first?.kind === 'symbol' && isComparison(first.text)) {
    const right = columnAt(rest, 1);
    const isColumn = right !== null && right.length + 1 === rest.length;
    const own = compared(left, first.text, text);
    return isColumn && right ? [own, compared(right, mirrored[first.text] ?? first.text, text)] : [own];
  }
  if (word === 'in')
    return isSymbol(rest[2], '<') || wordOf(rest[2]) === 'select'
      ? one('other', 'it asks a subquery')
      : one('several-values');
  if (word === 'between') return one('range');
  if (word === 'is') return wordOf(second) === 'null' ? one('equality') : one('other', 'IS NOT NULL fits most rows');
  if (word === 'like') {
    return second?.kind === 'string' && /^'[^%_]/.test(second.text)
      ? one('range')
      : one('other', 'the pattern begins with a wildcard, or is not known beforehand');
  }
  if (word === 'not') return one('other', 'NOT fits most rows');
  return null;
}

function compared(column: ColumnName, operator: string, text: string): Predicate {
  const role =
    operator === '=' || operator === '<=>' ? 'equality' : operator === '<>' || operator === '!=' ? 'other' : 'range';
  return { role, alias: column.alias, column: column.column, text, why: role === 'other' ? '<> fits most rows' : '' };
}

function others(tokens: readonly Token[], text: string, why: string): readonly Predicate[] {
  const found: Predicate[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const column = columnAt(tokens, at);
    if (!column) continue;
    // Without a qualifier a word may be a unit or a type: servers qualify every column that they print.
    if (column.alias !== null) found.push({ role: 'other', alias: column.alias, column: column.column, text, why });
    at += column.length - 1;
  }
  return found;
}
