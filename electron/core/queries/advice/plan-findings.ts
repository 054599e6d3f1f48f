import type { PlanFinding, PlanNode, QueryPlan } from '@shared/model/query-plan';
import { statedOrder } from '../experiments/order-of';
import type { ReadStatement } from '../plans/guard-statement';
import { rowsRead } from '../plans/plan-draft';
import { predicatesOf } from './predicates';

type Rule = (node: PlanNode, plan: QueryPlan, limited: boolean) => PlanFinding | null;

const few = 1_000;
const count = (rows: number): string => Math.round(rows).toLocaleString('en');

/**
 * Named problems of a plan, the worst lines first. What a plan that was only explained cannot say is left out: nothing here
 * guesses actual rows from estimates. The statement is asked for its LIMIT, which MariaDB's plans do not show.
 */
export function planFindings(plan: QueryPlan, statement: ReadStatement): readonly PlanFinding[] {
  const { limited } = statedOrder(statement);
  const found = plan.nodes.flatMap((node) =>
    rules.map((rule) => rule(node, plan, limited)).filter((one) => one !== null),
  );
  const notes = plan.notes.flatMap((note): PlanFinding[] =>
    note.code === 1739 || (note.code === 1105 && note.text.startsWith('Cannot use key'))
      ? [
          {
            code: 'conversion-blocks-index',
            weight: 'cost',
            nodeId: null,
            evidence: note.text,
            advice: 'Give the value the type and the collation of the column; a cast of the column hides its index',
          },
        ]
      : [],
  );
  const weight = (one: PlanFinding): number => (one.nodeId === null ? 0 : (plan.nodes[one.nodeId]?.ownMs ?? 0));
  return [...notes, ...found].sort((left, right) => weight(right) - weight(left));
}

const estimateOff: Rule = (node, plan) => {
  if (stoppedEarly(node, plan)) return null;
  if (node.offBy === null || node.actualRows === null || node.estimatedRows === null) return null;
  const isFar = node.offBy > 10 || node.offBy < 0.1;
  if (!isFar || Math.max(node.actualRows, node.estimatedRows) * (node.loops ?? 1) < few) return null;
  return {
    code: 'estimate-off',
    weight: 'cost',
    nodeId: node.id,
    evidence: `${count(node.estimatedRows)} rows expected, ${count(node.actualRows)} came${(node.loops ?? 1) > 1 ? ` in each of ${count(node.loops ?? 1)} loops` : ''}`,
    advice: 'ANALYZE TABLE; for a skewed column without index ANALYZE TABLE … UPDATE HISTOGRAM ON it',
  };
};

const readsWholeTable: Rule = (node, plan) => {
  // The primary key holds the rows: scanning it is reading the table, as UPDATE and DELETE do.
  const isScan = node.access === 'table-scan' || (node.access === 'index-scan' && node.index === 'PRIMARY');
  if (node.kind !== 'table' || !isScan || node.table?.startsWith('<')) return null;
  const rows = rowsRead(node) ?? 0;
  const parent = node.parentId === null ? undefined : plan.nodes[node.parentId];
  const filtered = node.condition !== null || parent?.kind === 'filter';
  if (rows < few || !filtered) return null;
  return {
    code: 'reads-whole-table',
    weight: 'cost',
    nodeId: node.id,
    evidence: `${count(rows)} rows of ${node.alias} read to keep those that fit ${node.condition ?? parent?.condition ?? 'a condition'}`,
    advice: 'An index on the columns of the condition: see the index advice',
  };
};

const examinesMany: Rule = (node, plan) => {
  if (!plan.analyzed || node.parentId !== null) return null;
  const sent = (node.actualRows ?? 0) * (node.loops ?? 1);
  const examined = plan.nodes
    .filter((one) => one.kind === 'table' && !one.table?.startsWith('<'))
    .reduce((sum, one) => sum + (one.actualRows ?? 0) * (one.loops ?? 1), 0);
  if (node.actualRows === null || examined < few || examined / Math.max(1, sent) <= 100) return null;
  return {
    code: 'examines-many-for-few',
    weight: 'cost',
    nodeId: null,
    evidence: `${count(examined)} rows of tables read for ${count(sent)} returned`,
    advice: 'Look for the line that drops most rows: an index or a narrower condition belongs there',
  };
};

const filterDropsMost: Rule = (node, plan) => {
  const child = plan.nodes[node.id + 1];
  const percent =
    node.kind === 'filter' && child && node.actualRows !== null && (child.actualRows ?? 0) > 0
      ? (100 * node.actualRows) / (child.actualRows ?? 1)
      : node.actualFilteredPercent;
  const read = node.kind === 'filter' ? rowsRead(child ?? node) : rowsRead(node);
  if (percent === null || percent >= 10 || (read ?? 0) < few) return null;
  return {
    code: 'filter-drops-most',
    weight: 'cost',
    nodeId: node.id,
    evidence: `${percent.toFixed(percent < 1 ? 2 : 0)} % of ${count(read ?? 0)} rows pass ${node.condition ?? 'the condition'}`,
    advice: 'The condition should be part of the access: put its columns into the index',
  };
};

const sortForLimit: Rule = (node, plan, limited) => {
  if (node.kind !== 'sort' || node.operation === 'Order by an index') return null;
  const above = plan.nodes.slice(0, node.id).some((one) => one.kind === 'limit');
  const below = plan.nodes.slice(node.id + 1).find((one) => one.depth > node.depth);
  const rows = below ? (rowsRead(below) ?? 0) : 0;
  if (!(above || limited) || rows < few) return null;
  return {
    code: 'sort-for-limit',
    weight: 'cost',
    nodeId: node.id,
    evidence: `${count(rows)} rows sorted by ${node.sortKeys.join(', ') || 'the order'} for the few that LIMIT keeps`,
    advice: 'An index in the order of ORDER BY, behind the equality columns, ends the sort and the reading',
  };
};

const joinWithoutIndex: Rule = (node, plan) => {
  const isHash = node.kind === 'join' && /hash join$|^block nested loop/i.test(node.operation);
  const isBuffered = /join buffer/.test(node.operation) || node.operation === 'Hash join';
  if (!isHash && !isBuffered) return null;
  const scanned = plan.nodes.filter(
    (one) => (one.id === node.id || isBelow(plan, one, node)) && one.kind === 'table' && one.access === 'table-scan',
  );
  const largest = scanned.reduce((most, one) => Math.max(most, rowsRead(one) ?? 0), 0);
  if (largest < few) return null;
  return {
    code: 'join-without-index',
    weight: 'cost',
    nodeId: node.id,
    evidence: `No index joins ${scanned.map((one) => one.alias).join(' and ')}: up to ${count(largest)} rows are read whole`,
    advice: 'An index on the join column of the larger side, of the same type and collation',
  };
};

const innerRepeats: Rule = (node) => {
  if (node.kind !== 'table' || node.loops === null || node.loops < few || (node.actualRows ?? 0) < 10) return null;
  return {
    code: 'inner-side-repeats',
    weight: 'cost',
    nodeId: node.id,
    evidence: `${node.alias} read ${count(node.loops)} times, ${count(node.actualRows ?? 0)} rows each`,
    advice: 'Fewer rows on the outer side, or an index that finds fewer rows for each of them',
  };
};

const dependentSubquery: Rule = (node, plan) => {
  if (!node.dependent || (plan.analyzed && (node.loops ?? loopsBelow(plan, node)) < 100)) return null;
  return {
    code: 'dependent-subquery',
    weight: 'cost',
    nodeId: node.id,
    evidence: plan.analyzed
      ? `${node.operation} ran ${count(node.loops ?? loopsBelow(plan, node))} times`
      : `${node.operation} runs for each row around it`,
    advice: 'Write it as a join with a grouped derived table, and compare the results',
  };
};

const temporaryTable: Rule = (node) => {
  const isTemporary = /temporary table/i.test(node.operation);
  const rows = rowsRead(node) ?? 0;
  if (!isTemporary || rows < 10 * few) return null;
  return {
    code: 'temporary-table',
    weight: 'hint',
    nodeId: node.id,
    evidence: `${node.operation} with ${count(rows)} rows: beyond the memory limit it goes to disk`,
    advice: 'An index in the order of GROUP BY or DISTINCT lets the server group as it reads',
  };
};

/** How both products print a subquery inside a condition. */
const asksSubquery = /<in_optimizer>|<exists>|select #|subquery#/;

const functionOnColumn: Rule = (node) => {
  if (node.condition === null) return null;
  const found = predicatesOf(node.condition).find(
    (one) => one.role === 'other' && one.why.startsWith('a function') && !asksSubquery.test(one.text),
  );
  if (!found) return null;
  return {
    code: 'function-on-column',
    weight: 'cost',
    nodeId: node.id,
    evidence: `${found.text} works on ${found.column}: an index on it finds nothing`,
    advice: 'Compare the bare column with a computed range, or index the expression itself',
  };
};

const rules: readonly Rule[] = [
  estimateOff,
  readsWholeTable,
  examinesMany,
  filterDropsMost,
  sortForLimit,
  joinWithoutIndex,
  innerRepeats,
  dependentSubquery,
  temporaryTable,
  functionOnColumn,
];

function isBelow(plan: QueryPlan, node: PlanNode, above: PlanNode): boolean {
  for (let at = node.parentId; at !== null; at = plan.nodes[at]?.parentId ?? null) if (at === above.id) return true;
  return false;
}

/** What must have all its rows before it gives one: below it nobody stops early. */
const gathers: ReadonlySet<PlanNode['kind']> = new Set(['sort', 'group', 'materialize', 'window']);

/** Fewer rows came because nobody asked for more: under a LIMIT, or on the side of a semijoin that needs one row. */
function stoppedEarly(node: PlanNode, plan: QueryPlan): boolean {
  if ((node.offBy ?? 1) >= 1) return false;
  for (let at = node.parentId; at !== null; at = plan.nodes[at]?.parentId ?? null) {
    const above = plan.nodes[at];
    if (above === undefined || gathers.has(above.kind)) return false;
    if (above.kind === 'limit' || /semijoin|antijoin/i.test(above.operation)) return true;
  }
  return false;
}

/** MySQL's subqueries carry loops on the line below their head. */
const loopsBelow = (plan: QueryPlan, node: PlanNode): number =>
  plan.nodes.filter((one) => isBelow(plan, one, node)).reduce((most, one) => Math.max(most, one.loops ?? 0), 0);
