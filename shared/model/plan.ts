import type { FenceRung, Verdict } from './verdict';

/**
 * `drill` breaks the primary on purpose; the failover that follows is a run of its own. `rejoin`: an old primary returns as
 * a replica. `reprovision`: a replica is filled anew from a donor, or a new one is added. `relocate`: a replica follows
 * another source.
 */
export const operationKinds = ['switchover', 'failover', 'drill', 'rejoin', 'reprovision', 'relocate'] as const;
export type OperationKind = (typeof operationKinds)[number];

/** Only these put another instance in the primary's place: they have a write gap, a probe and traffic to lead. */
export const movesPrimary = (kind: OperationKind): boolean => kind === 'switchover' || kind === 'failover';

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
 * `by`: `sql` to the instance, `ssh` a shell command on the instance's host, `hook` the cluster's traffic or fence hook,
 * `haproxy` a command of HAProxy's runtime API, `proxysql` a statement of ProxySQL's admin interface; there `instance` is the proxy's address and `instanceId` is empty.
 */
export interface PlannedStatement {
  readonly key: string;
  readonly phase: StatementPhase;
  readonly instanceId: string;
  readonly instance: string;
  readonly by: 'sql' | 'ssh' | 'hook' | 'haproxy' | 'proxysql';
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
  /** Carried out at the same time as the step before it: they act on different servers, and neither stands on the other. */
  readonly beside: boolean;
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

/** What the plan saw: when one of these changes, the plan has expired. */
export interface Basis {
  readonly seenAtMs: number;
  readonly facts: Readonly<Record<string, string>>;
}

/** One of several ways to go on; the plan is made for the chosen one, and asked for again with another. */
export interface PlanChoice {
  readonly code: string;
  readonly title: string;
  /** What it keeps, what it throws away, how long it takes: one or two sentences. */
  readonly consequence: string;
  readonly possible: boolean;
  /** Why not; '' when it is possible. */
  readonly why: string;
  readonly chosen: boolean;
}

/** What an instance and the primary do not have in common. Counts in transactions; null is not known and never shown as 0. */
export interface Divergence {
  readonly instance: string;
  readonly against: string;
  /** Only on the instance: writes that the primary never had. A GTID set or list; '' is none. */
  readonly errantGtid: string;
  readonly errantTransactions: number | null;
  /** Only on the primary, and to be had from its logs: comes by itself. */
  readonly behindTransactions: number | null;
  /** Only on the primary, and purged from every log that could be asked: comes only with a new copy. '' is none. */
  readonly purgedGtid: string;
  readonly purgedTransactions: number | null;
  /** Rows of the errant transactions as the binary log tells them, newest last, at most 200; empty where they cannot be read. */
  readonly rows: readonly { readonly gtid: string; readonly table: string; readonly change: string }[];
  /** Why `rows` are not all there; '' when they are. */
  readonly rowsLeftOut: string;
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
    /** The primary when the plan was made. */
    readonly primary: string;
    /** Who is acted upon: the new primary of a switchover or failover, else the instance that returns, is filled or moved. */
    readonly candidate: string;
    readonly writeGapMs: number;
    readonly lostTransactions: number;
    readonly sentences: readonly string[];
    /** What is true when it succeeded, one sentence; '' where the kind says it in figures of its own. */
    readonly achieved: string;
  };
  /** Ways to go on; empty where there is one only. */
  readonly choices: readonly PlanChoice[];
  /** Rejoin and re-provision: what would be lost or is lacking. */
  readonly divergence: Divergence | null;
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

/** The parts of a plan that most kinds do without. */
export const bareParts = {
  choices: [],
  divergence: null,
  verdict: null,
  fence: [],
  attestation: null,
  drillId: null,
} as const satisfies Partial<Plan>;
