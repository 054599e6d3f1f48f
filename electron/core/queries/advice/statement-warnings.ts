import type { PlanFinding, PlanFindingCode } from '@shared/model/query-plan';
import type { ReadStatement } from '../plans/guard-statement';
import { depthsOf, isSymbol, wordOf, type Token } from '../plans/statement-tokens';

/** Above so many values the optimizer guesses by statistics. Source: eq_range_index_dive_limit, default 200. */
const longList = 200;

interface Reading {
  readonly tokens: readonly Token[];
  readonly depths: readonly number[];
  readonly verb: string;
}

type Rule = (reading: Reading) => { readonly evidence: string } | null;

/** What the text of a statement says by itself, whatever the plan is. Evidence holds no literal. */
export function statementWarnings(statement: ReadStatement): readonly PlanFinding[] {
  const reading = { tokens: statement.tokens, depths: depthsOf(statement.tokens), verb: statement.verb };
  return rules.flatMap(([code, weight, rule, advice]) => {
    const found = rule(reading);
    return found ? [{ code, weight, nodeId: null, evidence: found.evidence, advice }] : [];
  });
}

const find = (
  reading: Reading,
  fits: (token: Token, at: number) => boolean,
  evidence: string,
): { evidence: string } | null => (reading.tokens.some(fits) ? { evidence } : null);

const leadingWildcard: Rule = (reading) =>
  find(
    reading,
    (token, at) => wordOf(token) === 'like' && /^(?:_\w+\s*)?'[%_]/.test(reading.tokens[at + 1]?.text ?? ''),
    'LIKE with a wildcard at its beginning',
  );

const offsetPaging: Rule = ({ tokens }) => {
  const at = tokens.findIndex((token) => wordOf(token) === 'limit');
  if (at < 0) return null;
  const short = isSymbol(tokens[at + 2], ',') ? tokens[at + 1] : undefined;
  const offset = short ?? (wordOf(tokens[at + 2]) === 'offset' ? tokens[at + 3] : undefined);
  return offset && Number(offset.text) >= 100
    ? { evidence: 'OFFSET reads and throws away all rows before the page' }
    : null;
};

const orderByRandom: Rule = (reading) =>
  find(
    reading,
    (token, at) =>
      wordOf(token) === 'by' && wordOf(reading.tokens[at + 1]) === 'rand' && wordOf(reading.tokens[at - 1]) === 'order',
    'ORDER BY RAND() gives every row a number and sorts all',
  );

const notInSubquery: Rule = (reading) =>
  find(
    reading,
    (token, at) =>
      wordOf(token) === 'not' &&
      wordOf(reading.tokens[at + 1]) === 'in' &&
      isSymbol(reading.tokens[at + 2], '(') &&
      wordOf(reading.tokens[at + 3]) === 'select',
    'NOT IN (SELECT …) returns no row at all once the subquery returns a NULL',
  );

const longInList: Rule = ({ tokens, depths }) => {
  for (const [at, token] of tokens.entries()) {
    if (wordOf(token) !== 'in' || !isSymbol(tokens[at + 1], '(')) continue;
    const depth = (depths[at + 1] ?? 0) + 1;
    let values = 1;
    for (let next = at + 2; next < tokens.length && (depths[next] ?? 0) >= depth; next += 1) {
      if (depths[next] === depth && isSymbol(tokens[next], ',')) values += 1;
    }
    if (values > longList) return { evidence: `An IN list of ${values} values` };
  }
  return null;
};

const limitWithoutOrder: Rule = ({ tokens, depths, verb }) => {
  const atTop = (word: string): boolean => tokens.some((token, at) => depths[at] === 0 && wordOf(token) === word);
  return verb === 'select' && atTop('limit') && !atTop('order') && !atTop('group') && atTop('from')
    ? { evidence: 'LIMIT without ORDER BY: which rows come is chance' }
    : null;
};

const selectStar: Rule = ({ tokens, depths }) => {
  const isStar = tokens.some(
    (token, at) =>
      isSymbol(token, '*') &&
      depths[at] === 0 &&
      (wordOf(tokens[at - 1]) === 'select' || isSymbol(tokens[at - 1], '.') || isSymbol(tokens[at - 1], ',')),
  );
  return isStar ? { evidence: 'SELECT *: all columns travel, and no index can answer alone' } : null;
};

const writeWithoutWhere: Rule = ({ tokens, depths, verb }) =>
  (verb === 'update' || verb === 'delete') &&
  !tokens.some((token, at) => depths[at] === 0 && ['where', 'limit', 'join', 'using'].includes(wordOf(token)))
    ? { evidence: `${verb.toUpperCase()} without WHERE touches every row` }
    : null;

const rules: readonly (readonly [PlanFindingCode, PlanFinding['weight'], Rule, string])[] = [
  ['leading-wildcard', 'cost', leadingWildcard, 'A full-text index, or a column with the text reversed'],
  ['offset-paging', 'cost', offsetPaging, 'Page by the last key seen: WHERE key > … ORDER BY key LIMIT n'],
  ['order-by-random', 'cost', orderByRandom, 'Draw keys first, then read the rows of those keys'],
  ['not-in-subquery', 'risk', notInSubquery, 'NOT EXISTS says what is mostly meant; compare the results'],
  [
    'long-in-list',
    'cost',
    longInList,
    'Join with a table of the values; above 200 the optimizer estimates by statistics only',
  ],
  ['limit-without-order', 'risk', limitWithoutOrder, 'Say the order, down to a unique key'],
  ['select-star', 'hint', selectStar, 'Name the columns that are used'],
  ['write-without-where', 'risk', writeWithoutWhere, 'Make sure that every row is meant'],
];
