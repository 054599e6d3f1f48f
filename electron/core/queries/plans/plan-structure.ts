import { classIdOf } from '@shared/sql/class-id';
import type { PlanComparison, PlanLine, PlanNode, QueryPlan } from '@shared/model/query-plan';

/** One line of a plan in words, without figures and literals: what two plans are compared by. */
export function lineOf(node: PlanNode): string {
  const name = node.table ?? node.alias;
  const table = name === null ? '' : ` on ${name}${node.alias && node.alias !== name ? ` as ${node.alias}` : ''}`;
  const columns = node.indexColumns.length > 0 ? ` (${node.indexColumns.join(', ')})` : '';
  const index = node.index === null ? '' : ` using ${node.index}${columns}`;
  return `${node.operation}${table}${index}${node.dependent ? ', for each row' : ''}`;
}

/**
 * Sixteen hexadecimal digits for the lines with their depths. The schema is left out, so that a copy of a table elsewhere has
 * the same structure.
 */
export const structureOf = (nodes: readonly PlanNode[]): string =>
  classIdOf(nodes.map((node) => `${node.depth} ${node.kind} ${node.access ?? ''} ${lineOf(node)}`).join('\n'));

/** What became of a plan: the same, or which lines went and came. Estimates, costs and times do not count as a change. */
export function comparePlans(before: QueryPlan, now: QueryPlan): PlanComparison {
  if (before.format !== now.format) {
    return {
      kind: 'not-comparable',
      reason: `One plan is ${formatNames[before.format]}, the other ${formatNames[now.format]}: they say the same in other words`,
    };
  }
  if (before.structure === now.structure) return { kind: 'same' };
  return { kind: 'changed', lines: differingLines(before.nodes, now.nodes) };
}

const formatNames = {
  'json-v2': "MySQL's JSON version 2",
  'json-v1': "MySQL's JSON version 1",
  tree: "MySQL's TREE",
  'mariadb-json': "MariaDB's JSON",
} as const;

/** Longest common subsequence of lines. Plans have tens of lines: the square is small. */
function differingLines(before: readonly PlanNode[], now: readonly PlanNode[]): readonly PlanLine[] {
  const same = (left: number, right: number): boolean => {
    const [a, b] = [before[left], now[right]];
    return (
      a !== undefined && b !== undefined && a.depth === b.depth && a.access === b.access && lineOf(a) === lineOf(b)
    );
  };
  const width = now.length + 1;
  const common = new Uint32Array((before.length + 1) * width);
  for (let left = before.length - 1; left >= 0; left -= 1) {
    for (let right = now.length - 1; right >= 0; right -= 1) {
      common[left * width + right] = same(left, right)
        ? (common[(left + 1) * width + right + 1] ?? 0) + 1
        : Math.max(common[(left + 1) * width + right] ?? 0, common[left * width + right + 1] ?? 0);
    }
  }
  const lines: PlanLine[] = [];
  const add = (side: PlanLine['side'], node: PlanNode | undefined): void => {
    if (node) lines.push({ side, depth: node.depth, text: lineOf(node) });
  };
  for (let left = 0, right = 0; left < before.length || right < now.length;) {
    if (same(left, right)) {
      add('both', before[left]);
      left += 1;
      right += 1;
    } else if (
      right >= now.length ||
      (left < before.length && (common[(left + 1) * width + right] ?? 0) >= (common[left * width + right + 1] ?? 0))
    ) {
      add('then', before[left]);
      left += 1;
    } else {
      add('now', now[right]);
      right += 1;
    }
  }
  return lines;
}
