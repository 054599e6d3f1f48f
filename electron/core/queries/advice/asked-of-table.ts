import type { AdvisedColumn } from '@shared/model/query-experiment';
import type { PlanNode, QueryPlan } from '@shared/model/query-plan';
import type { ReadStatement } from '../plans/guard-statement';
import { depthsOf, isSymbol, nameOf, tokensOf, wordOf } from '../plans/statement-tokens';
import { predicatesOf } from './predicates';

/** What a plan asks of one of its tables. */
export interface Asked {
  readonly schema: string | null;
  /** The table's own name: MySQL's version 1 and MariaDB print the alias. */
  readonly table: string;
  readonly equality: readonly AdvisedColumn[];
  /** One of `equality` is an IN list: rows of several values are not in the order of what follows. */
  readonly severalValues: boolean;
  readonly ranges: readonly AdvisedColumn[];
  readonly order: readonly AdvisedColumn[];
  /** Conditions that no index helps with, and why. */
  readonly others: readonly string[];
}

/** Reads the conditions of a table's line, of the filters above it and of a hash join that probes it. */
export function askedOf(plan: QueryPlan, node: PlanNode, statement: ReadStatement): Asked {
  const conditions = conditionsAround(plan, node);
  const isMine = (alias: string | null): boolean => alias === null || alias === node.alias;
  const mine = conditions.flatMap(predicatesOf).filter((one) => isMine(one.alias));
  const columnsOf = (role: AdvisedColumn['role'], ...kinds: readonly string[]): readonly AdvisedColumn[] =>
    mine
      .filter((one) => kinds.includes(one.role))
      .filter((one, at, all) => all.findIndex((other) => other.column === one.column) === at)
      .map((one) => ({ name: one.column, role, descending: false, evidence: one.text }));
  const name = realName(statement, node.alias ?? '');
  const equality = columnsOf('equality', 'equality', 'several-values');
  return {
    schema: name?.schema ?? null,
    table: node.schema !== null ? (node.table ?? '') : (name?.table ?? node.table ?? ''),
    equality,
    severalValues: mine.some((one) => one.role === 'several-values'),
    ranges: columnsOf('range', 'range').filter((one) => !equality.some((other) => other.name === one.name)),
    order: orderOf(plan, node, statement).filter((one) => !equality.some((other) => other.name === one.name)),
    others: [...new Set(mine.filter((one) => one.role === 'other').map((one) => `${one.text}: ${one.why}`))],
  };
}

function conditionsAround(plan: QueryPlan, node: PlanNode): readonly string[] {
  const conditions = node.condition === null ? [] : [node.condition];
  let child = node;
  for (let parent = parentOf(plan, node); parent; parent = parentOf(plan, parent)) {
    if (parent.kind === 'filter' && parent.condition !== null) conditions.push(parent.condition);
    else if (parent.kind === 'join' && parent.condition !== null && isLargerSide(plan, parent, child)) {
      conditions.push(parent.condition);
    }
    if (parent.kind !== 'filter' && parent.kind !== 'join') break;
    child = parent;
  }
  return conditions;
}

const parentOf = (plan: QueryPlan, node: PlanNode): PlanNode | undefined =>
  node.parentId === null ? undefined : plan.nodes[node.parentId];

/** Of the two sides of a join the smaller one should drive and the larger one be looked up. */
function isLargerSide(plan: QueryPlan, join: PlanNode, side: PlanNode): boolean {
  const sides = plan.nodes.filter((one) => one.parentId === join.id);
  const rows = (one: PlanNode): number => one.actualRows ?? one.estimatedRows ?? 0;
  return sides.every((one) => one.id === side.id || rows(one) <= rows(side));
}

/** The sort above the table, when the table alone or first feeds it; else, for one table, GROUP BY of the statement. */
function orderOf(plan: QueryPlan, node: PlanNode, statement: ReadStatement): readonly AdvisedColumn[] {
  const isOnly = plan.nodes.filter((one) => one.kind === 'table' && !one.table?.startsWith('<')).length === 1;
  for (let parent = parentOf(plan, node); parent; parent = parentOf(plan, parent)) {
    if (parent.kind === 'union' || parent.kind === 'subquery') break;
    if (parent.kind !== 'sort') continue;
    const keys = parent.sortKeys.map((key) => sortColumn(key, node, isOnly));
    return keys.every((one) => one !== null) ? keys : [];
  }
  return isOnly ? groupColumns(statement) : [];
}

function sortColumn(key: string, node: PlanNode, isOnly: boolean): AdvisedColumn | null {
  const tokens = tokensOf(key);
  const descending = wordOf(tokens.at(-1)) === 'desc';
  const parts = descending || wordOf(tokens.at(-1)) === 'asc' ? tokens.slice(0, -1) : tokens;
  const names = parts.filter((one) => !isSymbol(one, '.')).map(nameOf);
  const [column, alias] = [names.at(-1), names.at(-2)];
  if (column == null || names.includes(null) || (alias == null ? !isOnly : alias !== node.alias)) return null;
  return { name: column, role: 'order', descending, evidence: `sort by ${key}` };
}

function groupColumns(statement: ReadStatement): readonly AdvisedColumn[] {
  const { tokens } = statement;
  const depths = depthsOf(tokens);
  const start = tokens.findIndex(
    (one, at) => depths[at] === 0 && wordOf(one) === 'group' && wordOf(tokens[at + 1]) === 'by',
  );
  if (start < 0) return [];
  const rest = tokens.slice(start + 2);
  const end = rest.findIndex((one) =>
    ['having', 'order', 'limit', 'with', 'window', 'union', 'for'].includes(wordOf(one)),
  );
  const group = end < 0 ? rest : rest.slice(0, end);
  // Names, dots and commas alone: an expression has no column that an index could be in the order of.
  if (!group.every((one) => nameOf(one) !== null || isSymbol(one, ',') || isSymbol(one, '.'))) return [];
  return group
    .filter((one, at) => nameOf(one) !== null && !isSymbol(group[at + 1], '.'))
    .map((one) => ({ name: nameOf(one) ?? '', role: 'order', descending: false, evidence: `group by ${nameOf(one)}` }));
}

/** The table behind an alias, by the statement's own words: `schema.table AS alias`, `table alias`, `table`. */
export function realName(
  statement: ReadStatement,
  alias: string,
): { readonly schema: string | null; readonly table: string } | null {
  const { tokens } = statement;
  for (const [at, token] of tokens.entries()) {
    const isTable = ['from', 'join', 'update', 'into', ','].includes(wordOf(token) || token.text.toLowerCase());
    const first = isTable ? nameOf(tokens[at + 1]) : null;
    if (first === null) continue;
    const qualified = isSymbol(tokens[at + 2], '.') ? nameOf(tokens[at + 3]) : null;
    const next = at + (qualified === null ? 2 : 4);
    const named = nameOf(tokens[wordOf(tokens[next]) === 'as' ? next + 1 : next]);
    const table = qualified ?? first;
    if (named?.toLowerCase() === alias.toLowerCase() || table.toLowerCase() === alias.toLowerCase()) {
      return { schema: qualified === null ? null : first, table };
    }
  }
  return null;
}
