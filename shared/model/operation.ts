import type { AppError } from '../errors';

export const operationKinds = ['switchover'] as const;
export type OperationKind = (typeof operationKinds)[number];

/** `unknown` never counts as pass. */
export type CheckStatus = 'pass' | 'warn' | 'fail' | 'unknown';

/** One question asked before anything happens, with what was seen. */
export interface Check {
  readonly code: string;
  readonly title: string;
  readonly status: CheckStatus;
  readonly evidence: string;
  readonly advice: string;
  readonly atMs: number;
}

/** What a statement is for. `guard` and `verify` only read. */
export type StatementPhase = 'guard' | 'run' | 'verify' | 'undo';

/**
 * One statement of a step, as shown and as sent. `sql` may hold `:name` places, filled when the step runs with values
 * that are only known then (the frozen GTID set); secrets are places too and never stand here.
 * The runner can send no statement that does not stand in its step.
 */
export interface PlannedStatement {
  readonly key: string;
  readonly phase: StatementPhase;
  readonly instanceId: string;
  readonly instance: string;
  readonly sql: string;
}

export interface Step {
  readonly id: string;
  /** Names the code of the kind that carries the step out. */
  readonly action: string;
  readonly title: string;
  readonly target: string;
  readonly statements: readonly PlannedStatement[];
  /** One sentence each, for the person. */
  readonly guard: string;
  readonly verify: string;
  readonly undo: string | null;
  readonly ifUnknown: string;
  readonly timeoutMs: number;
  readonly undoTimeoutMs: number;
  readonly plannedMs: number;
  /** True on the first step that cannot be undone. */
  readonly pointOfNoReturn: boolean;
  /** A step whose failure is reported and does not end the run (a sibling left behind). */
  readonly optional: boolean;
  readonly params: Readonly<Record<string, string>>;
}

/** A candidate, chosen or not; one not chosen carries the reason. Loss in transactions; null is not known. */
export interface Candidate {
  readonly instanceId: string;
  readonly instance: string;
  readonly region: string;
  readonly state: 'best' | 'possible' | 'excluded';
  readonly executedGtid: string;
  readonly toApply: number | null;
  readonly lostTransactions: number | null;
  readonly waitSeconds: number | null;
  readonly why: string;
}

/** What the plan saw: when one of these changes, the plan has expired. */
export interface Basis {
  readonly seenAtMs: number;
  readonly facts: Readonly<Record<string, string>>;
}

/** Data: shown, approved, run, exported. */
export interface Plan {
  readonly id: string;
  readonly kind: OperationKind;
  readonly clusterId: string;
  readonly cluster: string;
  readonly title: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly basis: Basis;
  readonly checks: readonly Check[];
  readonly candidates: readonly Candidate[];
  readonly steps: readonly Step[];
  readonly impact: {
    readonly primary: string;
    readonly candidate: string;
    readonly writeGapMs: number;
    readonly lostTransactions: number;
    readonly sentences: readonly string[];
  };
  /** Label of the go button, derived from the plan. */
  readonly actLabel: string;
  readonly applyable: boolean;
  readonly refusals: readonly string[];
}

export const entryTypes = [
  'approved',
  'intent',
  'statement',
  'done',
  'failed',
  'unknown',
  'verified',
  'undo-intent',
  'undone',
  'undo-failed',
  'cancelled',
  'note',
  'measure',
  'ended',
] as const;
export type EntryType = (typeof entryTypes)[number];

/** One line of the journal. Intent is on disk before a statement is sent. `seq` counts from 1 within the run. */
export interface JournalEntry {
  readonly seq: number;
  readonly atMs: number;
  readonly runId: string;
  readonly stepId: string;
  readonly type: EntryType;
  readonly text: string;
  readonly data: Readonly<Record<string, string | number | boolean>>;
}

export type RunState =
  | 'awaiting-approval'
  | 'running'
  | 'cancelling'
  | 'undoing'
  | 'verifying'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  | 'needs-attention'
  | 'interrupted';

export type StepStatus =
  'todo' | 'running' | 'done' | 'failed' | 'unknown' | 'undoing' | 'undone' | 'undo-failed' | 'skipped';

export interface StepProgress {
  readonly stepId: string;
  readonly status: StepStatus;
  readonly startedAtMs: number | null;
  readonly tookMs: number | null;
  readonly proof: string;
  readonly error: string;
}

/** A run as the wizard draws it: derived from plan and journal alone. */
export interface RunView {
  readonly runId: string;
  readonly plan: Plan;
  readonly state: RunState;
  readonly by: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly steps: readonly StepProgress[];
  readonly currentStepId: string | null;
  readonly pastPointOfNoReturn: boolean;
  readonly cancellable: boolean;
  readonly probe: ProbeView;
  readonly blockers: readonly Blocker[];
  readonly journal: readonly JournalEntry[];
  readonly error: AppError | null;
  /** What a person has to do now; empty when nothing. */
  readonly nextStep: string;
}

/** The probe writer: one row at a time, as an application would. Each outcome since the run began, oldest first, newest 120. */
export interface ProbeView {
  readonly outcomes: readonly {
    readonly atMs: number;
    readonly outcome: 'acknowledged' | 'refused' | 'waiting';
    readonly instance: string;
  }[];
  readonly acknowledged: number;
  readonly refused: number;
  /** From the last row acknowledged by the old primary to the first acknowledged by the new one; null until both are known. */
  readonly writeGapMs: number | null;
}

/** A session that holds the fence up, shown live. */
export interface Blocker {
  readonly sessionId: number;
  readonly user: string;
  readonly seconds: number;
  readonly statement: string;
}

export interface RunSummary {
  readonly runId: string;
  readonly kind: OperationKind;
  readonly clusterId: string;
  readonly cluster: string;
  readonly title: string;
  readonly state: RunState;
  readonly by: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly writeGapMs: number | null;
}

/** Derived from the journal alone. Times in ms. */
export interface Report {
  readonly runId: string;
  readonly plan: Plan;
  readonly state: RunState;
  readonly by: string;
  readonly reason: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly writeGapMs: number | null;
  readonly probeAcknowledged: number;
  readonly probeMissing: number | null;
  readonly steps: readonly (StepProgress & { readonly title: string; readonly plannedMs: number })[];
  readonly proof: readonly { readonly text: string; readonly holds: boolean }[];
  readonly leftToDo: readonly string[];
  readonly journal: readonly JournalEntry[];
}
