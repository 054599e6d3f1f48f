import type { Basis, Blocker, OperationKind, Plan, Step } from '@shared/model/operation';
import type { SqlRow } from '../ports/mysql-session';
import type { Clock } from '../ports/clock';

/** Values known only while a run goes on: the frozen position, the marker. Kept in the journal, so that a restart knows them. */
export interface RunMemory {
  get(name: string): string;
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

/** What the code of a step may do. It has no other way to a server: a statement that is not in the plan cannot be sent. */
export interface StepContext {
  readonly step: Step;
  readonly plan: Plan;
  readonly runId: string;
  readonly by: string;
  readonly clock: Clock;
  readonly memory: RunMemory;
  /** Fires when the person cancels (before the point of no return) or the step's time is over. */
  readonly signal: AbortSignal;
  /**
   * Sends the step's statement `key`; `:name` places are filled from `values`, quoted as text, or as they are where the
   * value is a bigint or number. `session`: the worker (default), or a connection opened for this statement alone.
   * @throws StepFailure
   */
  send(
    key: string,
    values?: Readonly<Record<string, string | number | bigint>>,
    options?: { readonly session?: 'worker' | 'fresh'; readonly timeoutMs?: number },
  ): Promise<readonly SqlRow[]>;
  /** Interrupts the worker's statement on an instance from the watchdog connection. */
  interrupt(instanceId: string): Promise<void>;
  note(text: string, data?: Readonly<Record<string, string | number | boolean>>): void;
  showBlockers(blockers: readonly Blocker[]): void;
  lock(): Promise<string>;
  startProbe(): Promise<void>;
  /** The probe writes to the old primary no more; see ProbeWriter. */
  leavePrimary(): Promise<void>;
  /** Stops the probe and counts its acknowledged rows that the new primary lacks. */
  finishProbe(): Promise<{
    readonly acknowledged: number;
    readonly missing: number | null;
    readonly writeGapMs: number | null;
  }>;
}

/** The code behind one action. Each may run twice; `verify` returns the proof in one sentence or throws. */
export interface StepCode {
  guard?(context: StepContext): Promise<void>;
  run(context: StepContext): Promise<void>;
  verify(context: StepContext): Promise<string>;
  undo?(context: StepContext): Promise<void>;
}

/** One folder plugs in here. */
export interface OperationKindCode {
  readonly kind: OperationKind;
  plan(
    input: { readonly clusterId: string; readonly candidateId?: string | undefined },
    signal: AbortSignal,
  ): Promise<Plan>;
  /** What the plan stands on, as it is now. */
  readBasis(plan: Plan, signal: AbortSignal): Promise<Basis>;
  readonly steps: Readonly<Record<string, StepCode>>;
}
