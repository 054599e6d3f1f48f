import type { AccessKind, PlanFormat, PlanNode, PlanNodeKind, QueryPlan, ServerNote } from '@shared/model/query-plan';
import type { DialectName } from '@shared/model/fleet';
import { structureOf } from './plan-structure';

/** A plan's line while it is read: what its format does not say is left out. */
export interface DraftNode {
  readonly kind: PlanNodeKind;
  /** Words without literals and figures. */
  readonly operation: string;
  readonly schema?: string | null;
  readonly table?: string | null;
  readonly alias?: string | null;
  readonly access?: AccessKind | null;
  readonly index?: string | null;
  readonly indexColumns?: readonly string[];
  readonly covering?: boolean | null;
  readonly condition?: string | null;
  readonly sortKeys?: readonly string[];
  readonly usedColumns?: readonly string[];
  readonly estimatedRows?: number | null;
  readonly estimatedFilteredPercent?: number | null;
  readonly estimatedCost?: number | null;
  readonly actualRows?: number | null;
  readonly actualFilteredPercent?: number | null;
  readonly loops?: number | null;
  readonly firstRowMs?: number | null;
  readonly lastRowMs?: number | null;
  /** ms of all loops with everything below; null: `ownMs` or the children tell. */
  readonly totalMs?: number | null;
  /** ms of all loops of this line alone, where the server says it itself. */
  readonly ownMs?: number | null;
  readonly pages?: number | null;
  readonly dependent?: boolean;
  readonly children: readonly DraftNode[];
}

/** What is known of a plan beside its lines. */
export interface PlanFrame {
  readonly dialect: DialectName;
  readonly version: string;
  readonly takenAtMs: number;
  readonly format: PlanFormat;
  readonly analyzed: boolean;
  readonly raw: string;
  readonly tree: string | null;
  readonly notes: readonly ServerNote[];
}

/** Lines in depth-first order with what follows from them: own time, distance from the estimate, worst node, structure. */
export function finishPlan(roots: readonly DraftNode[], frame: PlanFrame): QueryPlan {
  const nodes: PlanNode[] = [];
  for (const root of roots) place(root, null, 0, nodes);
  return { ...frame, nodes, worstNodeId: worstOf(nodes), structure: structureOf(nodes) };
}

function place(draft: DraftNode, parentId: number | null, depth: number, nodes: PlanNode[]): void {
  const id = nodes.length;
  const actual = draft.actualRows ?? null;
  const estimated = draft.estimatedRows ?? null;
  nodes.push({
    id,
    parentId,
    depth,
    kind: draft.kind,
    operation: draft.operation,
    schema: draft.schema ?? null,
    table: draft.table ?? null,
    alias: draft.alias ?? draft.table ?? null,
    access: draft.access ?? null,
    index: draft.index ?? null,
    indexColumns: draft.indexColumns ?? [],
    covering: draft.covering ?? null,
    condition: draft.condition ?? null,
    sortKeys: draft.sortKeys ?? [],
    usedColumns: draft.usedColumns ?? [],
    estimatedRows: estimated,
    estimatedFilteredPercent: draft.estimatedFilteredPercent ?? null,
    estimatedCost: draft.estimatedCost ?? null,
    actualRows: actual,
    actualFilteredPercent: draft.actualFilteredPercent ?? null,
    loops: draft.loops ?? null,
    firstRowMs: draft.firstRowMs ?? null,
    lastRowMs: draft.lastRowMs ?? null,
    ownMs: ownMsOf(draft),
    pages: draft.pages ?? null,
    offBy: offBy(actual, estimated, draft.loops ?? null),
    dependent: draft.dependent ?? false,
  });
  for (const child of draft.children) place(child, id, depth + 1, nodes);
}

function offBy(actual: number | null, estimated: number | null, loops: number | null): number | null {
  // A line that never ran says nothing about its estimate.
  if (actual === null || estimated === null || loops === 0 || estimated <= 0) return null;
  return actual < 1 && estimated < 1 ? null : actual / estimated;
}

/**
 * Whether the server's time of a line leaves out what lies below. MariaDB's filesort does over a temporary table and does not
 * over a table; MySQL's lines leave out subqueries of the select list. A little less than the sum is the noise of timers.
 */
const leavesOutBelow = (draft: DraftNode): boolean => draft.totalMs != null && draft.totalMs < 0.9 * belowMs(draft);

const belowMs = (draft: DraftNode): number => draft.children.reduce((sum, child) => sum + (totalMsOf(child) ?? 0), 0);

function totalMsOf(draft: DraftNode): number | null {
  if (draft.totalMs != null) return leavesOutBelow(draft) ? draft.totalMs + belowMs(draft) : draft.totalMs;
  if (draft.ownMs != null) return draft.ownMs + belowMs(draft);
  return draft.children.some((child) => totalMsOf(child) !== null) ? belowMs(draft) : null;
}

function ownMsOf(draft: DraftNode): number | null {
  if (draft.ownMs != null) return draft.ownMs;
  if (draft.totalMs == null) return null;
  return leavesOutBelow(draft) ? draft.totalMs : Math.max(0, draft.totalMs - belowMs(draft));
}

/** Rows that a line reads over all its loops; null where the format says nothing. */
export const rowsRead = (node: PlanNode): number | null =>
  node.actualRows === null ? node.estimatedRows : node.actualRows * (node.loops ?? 1);

function worstOf(nodes: readonly PlanNode[]): number | null {
  const most = (value: (node: PlanNode) => number | null): number | null => {
    let worst: { readonly id: number; readonly value: number } | null = null;
    for (const node of nodes) {
      const one = value(node);
      if (one !== null && (worst === null || one > worst.value)) worst = { id: node.id, value: one };
    }
    return worst?.id ?? null;
  };
  return most((node) => node.ownMs) ?? most((node) => (node.kind === 'table' ? rowsRead(node) : null));
}
