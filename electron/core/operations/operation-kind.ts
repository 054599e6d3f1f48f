import type { OperationKind, Plan, Step } from '@shared/model/plan';
import type { Blocker, StepAdvance } from '@shared/model/run';
import type { Clock } from '../ports/clock';
import type { SqlRow } from '../ports/mysql-session';
import type { OperationWorld } from './operation-world';
import type { CommandOutcome, PipeOptions, PipeOutcome } from '../ports/remote-host';

/** Values known only while a run goes on: the frozen position, the marker. Kept in the journal, so that a restart knows them. */
export interface RunMemory {
  get(name: string): string;
  /** '' when the run does not know it (yet). */
  find(name: string): string;
  set(name: string, value: string): void;
}

/** Why a step ended badly. `unknown`: the connection broke mid-statement; look, never assume. */
export class StepFailure extends Error {
  readonly outcome: 'not-done' | 'unknown';
  constructor(message: string, outcome: 'not-done' | 'unknown' = 'not-done', cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'StepFailure';
    this.outcome = outcome;
  }
}

export type Values = Readonly<Record<string, string | number | bigint>>;

/**
 * Which connection carries a statement. `worker`: the step's own. `second`: another that was open before, so that a proof
 * inside the write gap need not wait for a sign-in. `fresh`: opened for this statement alone. `endpoint`: opened through the
 * application's way in.
 */
export type SessionUse = 'worker' | 'second' | 'fresh' | 'endpoint';

/** What the code of a step may do. It has no other way to a server: a statement that is not in the plan cannot be sent. */
export interface StepContext {
  readonly step: Step;
  readonly plan: Plan;
  readonly runId: string;
  readonly by: string;
  readonly clock: Clock;
  readonly memory: RunMemory;
  /** True when an earlier process began this run. */
  readonly resumed: boolean;
  /** Fires when the person cancels (before the point of no return) or the step's time is over. */
  readonly signal: AbortSignal;
  /**
   * Sends the step's statement `key`; `:name` places are filled from `values`, quoted as text, or as they are where the
   * value is a bigint or number.
   * @throws StepFailure
   */
  send(
    key: string,
    values?: Values,
    options?: { readonly session?: SessionUse; readonly timeoutMs?: number },
  ): Promise<readonly SqlRow[]>;
  /** Runs the step's shell command `key` on the host of its instance; values are quoted for the shell. @throws StepFailure */
  command(
    key: string,
    values?: Values,
    options?: { readonly timeoutMs?: number; readonly maxBytes?: number },
  ): Promise<CommandOutcome>;
  /**
   * Output of the step's shell command `fromKey` into the input of its shell command `toKey`, each on the host of its
   * instance. Judge by both exit codes. `options.input` goes into the first and is never journaled. @throws StepFailure
   */
  pipe(fromKey: string, toKey: string, options: PipeOptions): Promise<PipeOutcome>;
  /**
   * Sends statements that another server printed, one after another on one session of their own; the step's statement `key`
   * stands for them in the plan. @throws StepFailure at the first that fails
   */
  replay(key: string, texts: readonly string[]): Promise<void>;
  /** Calls the cluster's hook for the step's statement `key`; what it says is evidence, never proof. @throws StepFailure */
  hook(key: string): Promise<string>;
  /** Sends the step's command `key` to its HAProxy; the whole answer, which may be a refusal in words. @throws StepFailure */
  haproxy(key: string): Promise<string>;
  /** Sends the step's statement `key` to its ProxySQL's admin interface. @throws StepFailure */
  proxysql(key: string): Promise<readonly SqlRow[]>;
  /** Interrupts the worker's statement on an instance from the watchdog connection. */
  interrupt(instanceId: string): Promise<void>;
  note(text: string, data?: Readonly<Record<string, string | number | boolean>>): void;
  showBlockers(blockers: readonly Blocker[]): void;
  /** How far this step is, for the screen; not journaled. */
  advance(advance: Omit<StepAdvance, 'stepId'>): void;
  /**
   * Writes a file that outlives the run, durable when it resolves, and names it in the journal and the report.
   * @returns its path. @throws StepFailure when it cannot be written
   */
  saveEvidence(name: string, content: string): Promise<string>;
  /** Takes the advisory lock on every instance of the step's statements. @throws StepFailure */
  lock(): Promise<string>;
  /** `waitForFirst`: ends only when a row was acknowledged. */
  startProbe(options?: { readonly waitForFirst: boolean }): Promise<void>;
  /** The probe writes to the old primary no more; see ProbeWriter. */
  leavePrimary(): Promise<void>;
  /** Stops the probe and counts its acknowledged rows that the new primary lacks. */
  finishProbe(): Promise<{
    readonly acknowledged: number;
    readonly missing: number | null;
    readonly writeGapMs: number | null;
  }>;
  /** Old primary: the console fences it at first sight from now on, or no more. */
  quarantine(instanceId: string, on: boolean): void;
}

/** The code behind one action. Each may run twice; `verify` returns the proof in one sentence or throws. */
export interface StepCode {
  guard?(context: StepContext): Promise<void>;
  run(context: StepContext): Promise<void>;
  verify(context: StepContext): Promise<string>;
  undo?(context: StepContext): Promise<void>;
  /** Is it true on the servers now? For a run that stopped; reads only. Default: `verify`. @throws StepFailure */
  look?(context: StepContext): Promise<string>;
  /** Holds only as long as this process does (lock, probe): run again when a run is carried on, never looked for. */
  readonly ofThisProcess?: boolean;
  /** Of the point of no return: proves that nothing was written on the other side, so that turning back loses nothing. @throws StepFailure */
  notPassed?(context: StepContext): Promise<string>;
}

export interface PlanInput {
  readonly clusterId: string;
  /** Who is acted upon, where it is not the primary. */
  readonly instanceId?: string | undefined;
  /** Who is chosen: new primary, donor, new source. */
  readonly candidateId?: string | undefined;
  /** Code of one of the plan's choices. */
  readonly choice?: string | undefined;
  readonly drillId?: string | undefined;
}

/** One folder plugs in here. */
export interface OperationKindCode {
  readonly kind: OperationKind;
  plan(input: PlanInput, signal: AbortSignal): Promise<Plan>;
  /** What the plan stands on, as it is now. @throws MidwatchError `plan-expired` when that changed */
  requireBasis(plan: Plan, signal: AbortSignal): Promise<void>;
  readonly steps: Readonly<Record<string, StepCode>>;
  /** Sentences about instances that are not the server of the plan any more; those that do not answer are left out. */
  otherServers?(plan: Plan): Promise<readonly string[]>;
  /** Ends what a console that died still has at work on an instance; returns how many statements. */
  endLeftovers?(instanceId: string, world: OperationWorld): Promise<number>;
}
