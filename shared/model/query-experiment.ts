import type { DialectName } from './fleet';
import type { PlanComparison, QueryPlan, Refusal } from './query-plan';

/** Part of an index key, as the rule put it there. */
export interface AdvisedColumn {
  readonly name: string;
  /** Why it stands here: equality first, then the order, then one range. */
  readonly role: 'equality' | 'order' | 'range';
  readonly descending: boolean;
  /** What of the plan asks for it, in the server's words. Holds literals. */
  readonly evidence: string;
}

/** An index that a rule proposes for one line of a plan. A proposal, not a promise: the ladder tries it. */
export interface IndexAdvice {
  readonly nodeId: number;
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly AdvisedColumn[];
  /** Name of the rule and the sentence of its evidence. */
  readonly rule: string;
  readonly evidence: string;
  /** Rows that the line reads now, over all loops: actual where the plan was analyzed. */
  readonly readsRows: number | null;
  /** Bytes: rows × (key + primary key) / 0.69. */
  readonly sizeBytes: number | null;
  /** Rows written to the table in one second, since the counters began; null: the server does not count. */
  readonly writesPerSecond: number | null;
  readonly writeEvidence: string;
  /** Existing indexes that begin as this one does and would be superfluous beside it. */
  readonly makesRedundant: readonly string[];
  /** What a person must know: a text column needs a prefix, the optimizer may still scan. */
  readonly cautions: readonly string[];
}

/** A line of a plan for which the rules have no index, and why: said, so that silence is never read as "all is well". */
export interface NoIndexAdvice {
  readonly nodeId: number;
  readonly table: string;
  readonly reason: string;
}

export interface IndexAdviceResult {
  readonly advice: readonly IndexAdvice[];
  readonly without: readonly NoIndexAdvice[];
}

/**
 * How a trial was made. `hint`: the optimizer was told to leave an index out: exact. `invisible`: a real index that only the
 * trial's session saw. `copy`: a private copy of some rows: an estimate.
 */
export type TrialMethod = 'hint' | 'invisible' | 'copy';

/** What an index, or its absence, does to one statement. */
export interface IndexTrial {
  readonly method: TrialMethod;
  /** True: figures of a copy with fewer rows, not of the table. */
  readonly estimate: boolean;
  readonly index: string;
  readonly before: QueryPlan;
  readonly after: QueryPlan;
  readonly comparison: PlanComparison;
  /** The plan of `after` reads by the index (a drop: no longer can). */
  readonly used: boolean;
  /** Rows copied of rows in the table, by the table's statistics; null: not a copy. */
  readonly copied: { readonly rows: number; readonly ofRows: number | null } | null;
  readonly buildMs: number | null;
  /** Bytes that the index took; null where the server does not say. */
  readonly sizeBytes: number | null;
  /** A new connection saw that nothing is left. Null: nothing was made that outlives the session. */
  readonly removed: boolean | null;
  readonly notes: readonly string[];
}

export type IndexTrialOutcome =
  { readonly kind: 'tried'; readonly trial: IndexTrial } | { readonly kind: 'refused'; readonly refusal: TrialRefusal };

export type TrialRefusalCode =
  | 'statement'
  | 'is-primary'
  | 'super-read-only'
  | 'read-only'
  | 'logs-to-binlog'
  | 'group-member'
  | 'table-too-large'
  | 'space-unknown'
  | 'too-little-space'
  | 'not-supported'
  | 'no-such-index'
  | 'no-such-table'
  | 'server-refused';

export interface TrialRefusal {
  readonly code: TrialRefusalCode;
  readonly reason: string;
}

/** An index that a trial of Midwatch made and could not remove. */
export interface LeftoverIndex {
  readonly schema: string;
  readonly table: string;
  readonly index: string;
}

/** One set of literals: the original as it ran, and the rewrite with the same values. */
export interface ParameterSet {
  readonly label: string;
  readonly original: string;
  readonly rewrite: string;
}

/** A sample of a class that became no parameter set, and why. */
export interface UnusedSample {
  readonly label: string;
  readonly reason: string;
}

export type ParameterSetsOutcome =
  | { readonly kind: 'sets'; readonly sets: readonly ParameterSet[]; readonly unused: readonly UnusedSample[] }
  | { readonly kind: 'refused'; readonly reason: string };

/** How rows were compared. `ordered`: one by one; `multiset`: each row as often, in any order. */
export type ComparedAs = 'ordered' | 'multiset';

/** Where two results part. Values as text, cut at 200 characters; null is NULL. They are data of the table. */
export interface Difference {
  readonly kind: 'column-count' | 'column-names' | 'column-types' | 'row-count' | 'rows' | 'order';
  readonly sentence: string;
  /** From 0; null for a multiset. */
  readonly atRow: number | null;
  readonly original: readonly (string | null)[] | null;
  readonly rewrite: readonly (string | null)[] | null;
}

/** Rows of the rewrite against rows of the original, for one parameter set. `undecided` never counts as equal. */
export type SetVerdict =
  | {
      readonly kind: 'equal';
      readonly rows: number;
      readonly comparedAs: ComparedAs;
      /** True: a column has another name, which a person allowed. */
      readonly otherNames: boolean;
      readonly notes: readonly string[];
    }
  | { readonly kind: 'differs'; readonly difference: Difference; readonly notes: readonly string[] }
  | { readonly kind: 'undecided'; readonly reason: string; readonly notes: readonly string[] };

export interface SetResult {
  readonly label: string;
  readonly verdict: SetVerdict;
}

/** Middle value with a 95 % interval; `from` and `to` are null with fewer than six values. */
export interface Interval {
  readonly middle: number;
  readonly from: number | null;
  readonly to: number | null;
}

/** One counter of the server for one run of each side, summed over the parameter sets. */
export interface CounterPair {
  readonly name: string;
  readonly original: number;
  readonly rewrite: number;
}

/** Counters first: they do not depend on who else uses the machine. Time second. */
export interface Measured {
  readonly counters: readonly CounterPair[];
  /** Rounds of original, rewrite, rewrite, original. */
  readonly rounds: number;
  /** ms, as this console saw it, the network included. */
  readonly originalMs: Interval;
  readonly rewriteMs: Interval;
  /** Time of the rewrite for one of the original, pair by pair; below 1: faster. */
  readonly ratio: Interval;
  readonly verdict: 'faster' | 'slower' | 'no-difference-seen';
  /** Null: all rounds that were asked for. */
  readonly cutShort: string | null;
}

/** What a rewrite experiment found. The sentence never says more than was seen: "equal on 12 of 12 parameter sets". */
export interface RewriteResult {
  readonly dialect: DialectName;
  readonly version: string;
  readonly takenAtMs: number;
  readonly sets: readonly SetResult[];
  readonly equal: number;
  readonly differs: number;
  readonly undecided: number;
  readonly sentence: string;
  /** Null when the results are not equal on every set: the speed of other rows is of no interest. */
  readonly measured: Measured | null;
  readonly notes: readonly string[];
}

export type RewriteOutcome =
  | { readonly kind: 'result'; readonly result: RewriteResult }
  | { readonly kind: 'refused'; readonly side: 'original' | 'rewrite' | 'both'; readonly refusal: Refusal };

export interface RewriteProgress {
  readonly phase: 'comparing' | 'measuring';
  readonly done: number;
  readonly of: number;
}

/** What was decided for a class. */
export type ChangeDecision =
  | {
      readonly kind: 'add-index';
      readonly schema: string;
      readonly table: string;
      readonly index: string;
      readonly columns: readonly { readonly name: string; readonly descending: boolean }[];
    }
  | { readonly kind: 'drop-index'; readonly schema: string; readonly table: string; readonly index: string }
  | {
      readonly kind: 'analyze-table';
      readonly schema: string;
      readonly table: string;
      readonly histogram: string | null;
    };

/** A change as it would be carried out. Nothing here runs it. */
export interface Change {
  readonly dialect: DialectName;
  readonly statements: readonly string[];
  /** Takes it back, in this order. Empty: nothing to take back. */
  readonly undo: readonly string[];
  readonly undoSentence: string;
  readonly replication: string;
  readonly locking: string;
  readonly checks: readonly ChangeCheck[];
}

/** What a server said about a change. `unknown` never counts as pass. */
export interface ChangeCheck {
  readonly code: 'table' | 'columns' | 'name-free' | 'engine' | 'not-redundant' | 'syntax' | 'foreign-key' | 'index';
  readonly status: 'pass' | 'fail' | 'unknown';
  readonly evidence: string;
}
