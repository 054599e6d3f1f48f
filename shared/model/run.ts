import type { AppError } from '../errors';
import type { OperationKind, Plan } from './plan';

export const entryTypes = [
  'approved',
  'intent',
  'statement',
  'done',
  'failed',
  'unknown',
  // The statement of the point of no return was looked for and did not take effect: turning back is free again.
  'not-passed',
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
  | 'interrupted'
  /** A named person looked at the servers and took them as they are. */
  | 'adopted';

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

/** How far a long step is. `total` null: not known. `unit` is what is counted: bytes or transactions. */
export interface StepAdvance {
  readonly stepId: string;
  /** What it does now: "copying files from wallet-3". */
  readonly text: string;
  readonly done: number;
  readonly total: number | null;
  readonly unit: 'bytes' | 'transactions';
  /** Over the last seconds; null until it is known. */
  readonly perSecond: number | null;
  readonly secondsLeft: number | null;
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
  /** Of the step at work; null where it does not tell. */
  readonly advance: StepAdvance | null;
  readonly journal: readonly JournalEntry[];
  readonly error: AppError | null;
  /** What a person has to do now; empty when nothing. */
  readonly nextStep: string;
}

/** What is true on the servers now about one step of a run that stopped. */
export interface StepFinding {
  readonly stepId: string;
  readonly title: string;
  readonly found: 'done' | 'not-done' | 'unknown' | 'not-asked';
  readonly evidence: string;
}

/** `continue`: carry on forward. `roll-back`: undo, while nothing was written to the new primary. `adopt`: take it as it is. */
export type SettleChoice = 'continue' | 'roll-back' | 'adopt';

/** A stopped run held against the servers: what each step really is, and what can be done with it. */
export interface Reconciliation {
  readonly runId: string;
  readonly atMs: number;
  readonly steps: readonly StepFinding[];
  /** One sentence: who takes writes now, and whether anything is half done. */
  readonly situation: string;
  readonly choices: readonly {
    readonly choice: SettleChoice;
    readonly possible: boolean;
    /** What it does; or, when not possible, why not. */
    readonly why: string;
    readonly recommended: boolean;
  }[];
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
  readonly drillId: string | null;
}
