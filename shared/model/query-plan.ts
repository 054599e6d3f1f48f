import type { DialectName } from './fleet';

/** What a line of a plan does, in a word that rules and pictures compare. `operation` says it for people. */
export type PlanNodeKind =
  | 'table'
  | 'join'
  | 'filter'
  | 'sort'
  | 'group'
  | 'window'
  | 'limit'
  | 'union'
  | 'materialize'
  | 'subquery'
  | 'write'
  | 'constant'
  | 'block'
  | 'other';

/** How rows of a table are reached, best first. Names of both products and of all formats are brought to these. */
export const accessKinds = [
  'constant',
  'unique-lookup',
  'lookup',
  'fulltext',
  'index-merge',
  'range',
  'skip-scan',
  'index-scan',
  'table-scan',
  'unknown',
] as const;
export type AccessKind = (typeof accessKinds)[number];

/**
 * One line of a plan. Estimates and actual rows are those of ONE loop; `loops` says how often the line ran.
 * `condition` and `sortKeys` are the server's own words and hold literals: they leave this computer only when a person
 * says so. `operation` never holds one.
 */
export interface PlanNode {
  /** Place in {@link QueryPlan.nodes}, from 0. */
  readonly id: number;
  /** Null: a root. */
  readonly parentId: number | null;
  readonly depth: number;
  readonly kind: PlanNodeKind;
  readonly operation: string;
  readonly schema: string | null;
  /** The table itself, as far as the server says it; a temporary result has the server's name for it. */
  readonly table: string | null;
  /** What the statement calls it; the table's name without an alias. */
  readonly alias: string | null;
  readonly access: AccessKind | null;
  readonly index: string | null;
  /** Columns of `index` that the access uses, in its order. */
  readonly indexColumns: readonly string[];
  /** True: the index alone answers. Null: the format does not say. */
  readonly covering: boolean | null;
  readonly condition: string | null;
  /** As the server prints them: "o.total DESC". */
  readonly sortKeys: readonly string[];
  /** Columns that the statement needs of the table; empty where the format does not say. */
  readonly usedColumns: readonly string[];
  readonly estimatedRows: number | null;
  /** Percent of rows that the optimizer expects to pass `condition`. */
  readonly estimatedFilteredPercent: number | null;
  /** In the server's cost units, with everything below. */
  readonly estimatedCost: number | null;
  readonly actualRows: number | null;
  readonly actualFilteredPercent: number | null;
  readonly loops: number | null;
  /** ms of one loop until the first row and until the last, with everything below. MariaDB tells the last, of some lines. */
  readonly firstRowMs: number | null;
  readonly lastRowMs: number | null;
  /** ms of all loops without what lies below. */
  readonly ownMs: number | null;
  /** Pages that the engine touched (MariaDB's r_engine_stats). */
  readonly pages: number | null;
  /** Actual rows for one estimated row; below 1: fewer came. Null without both, or when both are below one row. */
  readonly offBy: number | null;
  /** Runs anew for rows of the block around it. */
  readonly dependent: boolean;
}

/** `json-v2`: MySQL's iterators. `json-v1`: MySQL's older form and the only one for UPDATE and DELETE of one table. */
export type PlanFormat = 'json-v2' | 'json-v1' | 'tree' | 'mariadb-json';

/** What a server said about how it runs, or ran, one statement. */
export interface QueryPlan {
  readonly dialect: DialectName;
  /** As the server names it: "9.7.1". */
  readonly version: string;
  readonly takenAtMs: number;
  readonly format: PlanFormat;
  /** Depth first: a node stands before what feeds it. The first is a root. */
  readonly nodes: readonly PlanNode[];
  /** True: the statement ran, and actual figures are there. */
  readonly analyzed: boolean;
  /** The node with most own time; without times the one that reads most rows; null for a plan without either. */
  readonly worstNodeId: number | null;
  /**
   * 16 hexadecimal digits of operations, tables and indexes in their order, without any figure or literal. Plans of one
   * `format` with the same structure have the same one.
   */
  readonly structure: string;
  /** What the server printed, whole, and beside it its TREE where it has one. Both hold literals. */
  readonly raw: string;
  readonly tree: string | null;
  /** Notes and warnings of the server, such as 1739: an index cannot be used because of a conversion. */
  readonly notes: readonly ServerNote[];
}

export interface ServerNote {
  readonly code: number;
  readonly text: string;
}

/** Why a statement is not explained, not run or not compared: a code for programs, a sentence for people. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly reason: string;
}

export type RefusalCode =
  | 'cut'
  | 'has-placeholders'
  | 'empty'
  | 'several-statements'
  | 'executable-comment'
  | 'not-explainable'
  | 'not-a-select'
  | 'writes'
  | 'locks-rows'
  | 'into'
  | 'side-effect'
  | 'stored-function'
  | 'time-limit'
  | 'session-ended'
  | 'nothing-runs'
  | 'other-statement'
  | 'privilege'
  | 'server-refused';

export type Explained =
  { readonly kind: 'plan'; readonly plan: QueryPlan } | { readonly kind: 'refused'; readonly refusal: Refusal };

export const planFindingCodes = [
  'estimate-off',
  'reads-whole-table',
  'examines-many-for-few',
  'filter-drops-most',
  'sort-for-limit',
  'join-without-index',
  'inner-side-repeats',
  'dependent-subquery',
  'temporary-table',
  'conversion-blocks-index',
  'function-on-column',
  'leading-wildcard',
  'offset-paging',
  'order-by-random',
  'not-in-subquery',
  'long-in-list',
  'limit-without-order',
  'select-star',
  'write-without-where',
] as const;
export type PlanFindingCode = (typeof planFindingCodes)[number];

/** One named problem with what was seen and what to do. `cost`: it explains time; `risk`: it may return other rows or do harm. */
export interface PlanFinding {
  readonly code: PlanFindingCode;
  readonly weight: 'cost' | 'risk' | 'hint';
  /** Null: the statement as a whole. */
  readonly nodeId: number | null;
  readonly evidence: string;
  readonly advice: string;
}

/** One line of a comparison; `both` stands in both plans. */
export interface PlanLine {
  readonly side: 'both' | 'then' | 'now';
  readonly depth: number;
  readonly text: string;
}

export type PlanComparison =
  | { readonly kind: 'same' }
  | { readonly kind: 'changed'; readonly lines: readonly PlanLine[] }
  /** Formats of different shape say the same plan in other words. */
  | { readonly kind: 'not-comparable'; readonly reason: string };
