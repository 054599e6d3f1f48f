import type { AppError } from '../errors';

/** `drill` breaks the primary on purpose; the failover that follows is a run of its own. */
export const operationKinds = ['switchover', 'failover', 'drill'] as const;
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
 * One statement of a step, as shown and as sent. `text` may hold `:name` places, filled when the step runs with values
 * that are only known then (the frozen GTID set); secrets are places too and never stand here.
 * The runner can send no statement that does not stand in its step.
 * `by`: `sql` to the instance, `ssh` a shell command on the instance's host, `hook` the cluster's traffic or fence hook.
 */
export interface PlannedStatement {
  readonly key: string;
  readonly phase: StatementPhase;
  readonly instanceId: string;
  readonly instance: string;
  readonly by: 'sql' | 'ssh' | 'hook';
  readonly text: string;
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

/**
 * What a choice loses of the writes that the primary held, as far as it can be known. null is not known and never shown as 0.
 * `basis`: `every-write-received` and `semi-sync` are promises (semi-sync: each acknowledged write is on a replica that was
 * asked), `disk` was counted in the dead primary's binary logs, `last-answer` is the primary's last answer to this console
 * and the commits it may have taken since.
 */
export interface Loss {
  readonly basis: 'every-write-received' | 'semi-sync' | 'disk' | 'last-answer' | 'unknown';
  /** Lost for certain if this candidate is taken: seen on the primary, received by nobody that could give it. */
  readonly transactions: number | null;
  /** The same as a GTID set or list. */
  readonly gtid: string;
  readonly bytes: number | null;
  /** Between the primary's last answer and its death nothing is known: seconds, and commits at the last known rate. */
  readonly unknownSeconds: number | null;
  readonly unknownTransactions: number | null;
  /** One sentence with the numbers, for the person. */
  readonly sentence: string;
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
  /** Each rule that was asked, passed or not. Empty where only `why` is known. */
  readonly rules: readonly { readonly rule: string; readonly holds: boolean; readonly evidence: string }[];
  /** Failover only. */
  readonly loss: Loss | null;
}

/**
 * What an outage is. Only `dead`, `hung` and `host-lost` offer a failover; `unseen`: others still see the primary, only
 * this console does not.
 */
export type VerdictKind =
  'alive' | 'dead' | 'hung' | 'overloaded' | 'semi-sync-locked' | 'unseen' | 'host-lost' | 'unclear';

/** One place from which the primary was looked at. `ageMs`: how old that sight is. */
export interface Viewpoint {
  readonly from: string;
  readonly kind: 'console' | 'replica' | 'host' | 'endpoint';
  readonly saw: 'answers' | 'refuses' | 'silent' | 'gone' | 'hangs' | 'full' | 'cannot-tell';
  readonly evidence: string;
  readonly ageMs: number | null;
}

export interface Verdict {
  readonly kind: VerdictKind;
  /** "The primary is dead: its host refuses connections from 3 places". */
  readonly sentence: string;
  readonly offersFailover: boolean;
  readonly nextStep: string;
  readonly viewpoints: readonly Viewpoint[];
}

/**
 * One way to make sure that the old primary takes no write, in the order they are tried. `attestation`: a person swears
 * that it is off, and types its host's name.
 */
export interface FenceRung {
  readonly code: 'sql' | 'ssh-stop' | 'ssh-kill' | 'hook' | 'attestation';
  readonly title: string;
  readonly usable: boolean;
  /** What it proves; or, when not usable, what is missing. */
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
  /** Failover: what the outage is. */
  readonly verdict: Verdict | null;
  /** Failover: the ladder. Empty for others. */
  readonly fence: readonly FenceRung[];
  /** Failover whose fence no one can prove: these words must be typed, beside the cluster's name. null: not needed. */
  readonly attestation: { readonly statement: string; readonly expected: string } | null;
  /** The drill that this run belongs to; null when it is meant. */
  readonly drillId: string | null;
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

/** One moment of a run, for the timeline of a report. `sinceMs`: since the run began; negative is before it. */
export interface Moment {
  readonly atMs: number;
  readonly sinceMs: number;
  readonly text: string;
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
  /** From the approval until the new primary was seen open; null when it never was. What a failover without a drill can measure. */
  readonly clickToOpenMs: number | null;
  readonly probeAcknowledged: number;
  readonly probeMissing: number | null;
  readonly steps: readonly (StepProgress & { readonly title: string; readonly plannedMs: number })[];
  readonly proof: readonly { readonly text: string; readonly holds: boolean }[];
  readonly timeline: readonly Moment[];
  /** What was announced before the click; null for a switchover, which loses nothing. */
  readonly announcedLoss: Loss | null;
  readonly leftToDo: readonly string[];
  readonly journal: readonly JournalEntry[];
}

/** What a drill measures beside the run: the outage as the application's probe saw it. */
export type DrillState =
  | 'preparing'
  | 'breaking'
  | 'detecting'
  | 'planning'
  | 'awaiting-approval'
  | 'running'
  | 'measuring'
  | 'succeeded'
  | 'failed';

/** Stretch of a drill's outage, in order: detect, plan, approve, then the steps of the run up to the first write. */
export interface DrillPhase {
  readonly name: string;
  readonly ms: number;
}

/** A drill, at work or kept as evidence. Measured figures only: null is not measured. Times in ms. */
export interface Drill {
  readonly drillId: string;
  readonly clusterId: string;
  readonly cluster: string;
  readonly kind: 'switchover' | 'failover';
  readonly state: DrillState;
  readonly unattended: boolean;
  readonly by: string;
  readonly reason: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  /** The run that broke the primary (failover), and the run that moved it. */
  readonly breakRunId: string | null;
  readonly runId: string | null;
  /** The plan that waits for a person, when not unattended. */
  readonly planId: string | null;
  readonly oldPrimary: string;
  readonly newPrimary: string;
  /** RTO: last write acknowledged before to first acknowledged after, by the probe through the application's way in. */
  readonly rtoMs: number | null;
  readonly phases: readonly DrillPhase[];
  /** RPO from the probe's ledger. `missing`: acknowledged rows that the new primary lacks. */
  readonly acknowledged: number;
  readonly missing: number | null;
  /** What the plan announced as lost, in its own words. */
  readonly announced: string;
  readonly writesThrough: string;
  readonly error: string;
}
