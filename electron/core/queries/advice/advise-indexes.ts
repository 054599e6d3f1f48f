import type { AdvisedColumn, IndexAdvice, IndexAdviceResult, NoIndexAdvice } from '@shared/model/query-experiment';
import type { PlanNode, QueryPlan } from '@shared/model/query-plan';
import type { MysqlSession } from '../../ports/mysql-session';
import type { ReadStatement } from '../plans/guard-statement';
import { rowsRead } from '../plans/plan-draft';
import { askedOf, type Asked } from './asked-of-table';
import { indexBytes, readWriteRate } from './index-cost';
import {
  primaryKeyOf,
  readTable,
  sampleColumns,
  type ColumnSample,
  type ExistingIndex,
  type TableFacts,
} from './read-table';

/** Fewer rows than this are read faster than an index is walked. */
const worthwhileRows = 500;

/**
 * Proposes indexes for the lines of a plan that read a table whole, or much more than they need: equality columns first (the
 * most different values first), then the columns of the order if all else is equality, or else one range. Only conditions
 * that the server printed count as evidence. Every table line that reads much and gets no proposal is named with the reason.
 * @param schema where the statement's unqualified names are looked up
 */
export async function adviseIndexes(
  session: MysqlSession,
  plan: QueryPlan,
  statement: ReadStatement,
  schema: string,
): Promise<IndexAdviceResult> {
  const advice: IndexAdvice[] = [];
  const without: NoIndexAdvice[] = [];
  for (const node of plan.nodes) {
    if (!readsMuch(plan, node)) continue;
    const asked = askedOf(plan, node, statement);
    const found = await adviseTable(session, node, asked, schema);
    if ('reason' in found) without.push(found);
    else if (!advice.some((one) => sameIndex(one, found))) advice.push(found);
  }
  advice.sort((left, right) => (right.readsRows ?? 0) - (left.readsRows ?? 0));
  return { advice, without };
}

function readsMuch(plan: QueryPlan, node: PlanNode): boolean {
  if (node.kind !== 'table' && node.kind !== 'write') return false;
  if (node.table === null || node.table.startsWith('<')) return false;
  const scans = node.access === 'table-scan' || node.access === 'index-scan';
  return (scans || passingPercent(plan, node) < 20) && (rowsRead(node) ?? 0) >= worthwhileRows;
}

/** How much of what the line reads is kept: by its own figures, or by the filter above it, which MySQL has as a line of its own. */
function passingPercent(plan: QueryPlan, node: PlanNode): number {
  const above = node.parentId === null ? undefined : plan.nodes[node.parentId];
  if (above?.kind === 'filter') {
    const [kept, read] =
      node.actualRows === null ? [above.estimatedRows, node.estimatedRows] : [above.actualRows, node.actualRows];
    return kept === null || read === null || read === 0 ? 100 : (100 * kept) / read;
  }
  return node.actualFilteredPercent ?? node.estimatedFilteredPercent ?? 100;
}

const sameIndex = (left: IndexAdvice, right: IndexAdvice): boolean =>
  left.schema === right.schema &&
  left.table === right.table &&
  left.columns.map((one) => one.name).join() === right.columns.map((one) => one.name).join();

async function adviseTable(
  session: MysqlSession,
  node: PlanNode,
  asked: Asked,
  schema: string,
): Promise<IndexAdvice | NoIndexAdvice> {
  const none = (reason: string): NoIndexAdvice => ({ nodeId: node.id, table: node.table ?? '', reason });
  const facts = await readTable(session, node.schema ?? asked.schema ?? schema, asked.table);
  if (!facts) return none(`${asked.table} is no table that this account sees: an alias, a view or another schema`);
  const wanted = asked.equality.length + asked.ranges.length + asked.order.length;
  if (wanted === 0) return none(asked.others[0] ?? 'The statement asks for all rows: no index makes it read fewer');

  const names = [...asked.equality, ...asked.ranges, ...asked.order].map((one) => one.name);
  const known = names.filter((name) => facts.columns.some((one) => one.name === name));
  if (known.length === 0) return none(`The columns of the condition are none of ${facts.table}`);
  const sample = await sampleColumns(session, facts, [...known, ...primaryKeyOf(facts)]);
  const columns = keyFor(asked, facts, sample);
  if (columns.length === 0)
    return none('Its columns are long texts or JSON: an index needs a prefix or an expression, which a person chooses');

  const key = columns.map((one) => one.name);
  const existing = facts.indexes.find((one) => covers(one, key, facts));
  if (existing) {
    const why = existing.visible
      ? 'the optimizer expects it to be slower, or a conversion of types keeps it from it'
      : 'it is invisible';
    return none(`The index ${existing.name} begins with ${key.join(', ')} already: ${why}`);
  }
  const writes = await readWriteRate(session, facts);
  return {
    nodeId: node.id,
    schema: facts.schema,
    table: facts.table,
    columns,
    rule: ruleOf(columns),
    evidence: columns.map((one) => one.evidence).join('; '),
    readsRows: rowsRead(node),
    sizeBytes: indexBytes(facts, key, sample),
    writesPerSecond: writes.perSecond,
    writeEvidence: writes.evidence,
    makesRedundant: facts.indexes.filter((one) => isPrefixOf(one, key)).map((one) => one.name),
    cautions: cautionsOf(node, asked, facts, columns, sample),
  };
}

function keyFor(asked: Asked, facts: TableFacts, sample: ColumnSample): readonly AdvisedColumn[] {
  const indexable = (column: AdvisedColumn): boolean => {
    const type = facts.columns.find((one) => one.name === column.name)?.type;
    return type !== undefined && !/text|blob|json|geometry|point|polygon|linestring|vector/.test(type);
  };
  const distinct = (column: AdvisedColumn): number => sample.columns.get(column.name)?.distinct ?? 0;
  const equality = asked.equality.filter(indexable).sort((left, right) => distinct(right) - distinct(left));
  const allEqual = asked.ranges.length === 0 && !asked.severalValues;
  const tail = allEqual && asked.order.every(indexable) ? asked.order : asked.ranges.filter(indexable).slice(0, 1);
  const key: AdvisedColumn[] = [];
  for (const column of [...equality, ...tail]) if (!key.some((one) => one.name === column.name)) key.push(column);
  // InnoDB puts the primary key behind every key: repeating it there is of no use.
  const primary = primaryKeyOf(facts);
  if (facts.engine === 'InnoDB' && key.length > 1 && primary.length === 1 && key.at(-1)?.name === primary[0]) key.pop();
  return key;
}

function ruleOf(columns: readonly AdvisedColumn[]): string {
  const roles = new Set(columns.map((one) => one.role));
  const words = [
    roles.has('equality') ? 'equality columns first, the most different values first' : '',
    roles.has('order') ? 'then the columns of the order, for all else is equality' : '',
    roles.has('range') ? 'then one range' : '',
  ].filter((one) => one !== '');
  return words.join(', ');
}

/** An index that begins with the key, the primary key behind it counted in. */
function covers(index: ExistingIndex, key: readonly string[], facts: TableFacts): boolean {
  if (index.type !== 'BTREE' || index.hasPrefix) return false;
  const whole = facts.engine === 'InnoDB' ? [...index.columns, ...primaryKeyOf(facts)] : index.columns;
  return key.every((name, at) => whole[at] === name);
}

/** True: beside the key this index would answer nothing of its own. A unique one keeps its promise and stays. */
const isPrefixOf = (index: ExistingIndex, key: readonly string[]): boolean =>
  !index.unique &&
  index.type === 'BTREE' &&
  !index.hasPrefix &&
  index.columns.length < key.length &&
  index.columns.every((name, at) => name === key[at]);

function cautionsOf(
  node: PlanNode,
  asked: Asked,
  facts: TableFacts,
  columns: readonly AdvisedColumn[],
  sample: ColumnSample,
): readonly string[] {
  const cautions: string[] = [];
  const first = columns[0];
  const values = first ? (sample.columns.get(first.name)?.distinct ?? 0) : 0;
  if (first?.role === 'equality' && values > 0 && values <= sample.sampledRows / 1000 && columns.length === 1) {
    cautions.push(
      `${first.name} had ${values} different values in ${sample.sampledRows} rows: the optimizer may still scan`,
    );
  }
  if (asked.order.length > 0 && !columns.some((one) => one.role === 'order')) {
    cautions.push('The sort remains: a range, or several values of one column, stand before it');
  }
  const key = new Set([...columns.map((one) => one.name), ...primaryKeyOf(facts)]);
  const missing = node.usedColumns.filter((name) => !key.has(name));
  if (node.usedColumns.length > 0 && missing.length > 0 && missing.length <= 2) {
    cautions.push(`With ${missing.join(' and ')} at its end the index alone would answer; it grows by that much`);
  }
  for (const other of asked.others) cautions.push(other);
  if (facts.engine !== 'InnoDB')
    cautions.push(`${facts.table} is ${facts.engine}: sizes and locks are those of InnoDB here`);
  return cautions;
}
