import { MidwatchError } from '@shared/errors';
import type { EntryType, RunState, Step } from '@shared/model/operation';
import type { Clock } from '../ports/clock';
import type { JournalStore } from '../ports/store';
import { StepFailure, type OperationKindCode, type StepCode, type StepContext } from './operation-kind';
import { passedPointOfNoReturn } from './run-view';
import { stepContext, type ContextParts } from './step-context';

export interface RunnerParts {
  readonly journal: JournalStore;
  readonly clock: Clock;
  readonly kind: Pick<OperationKindCode, 'steps'>;
  readonly context: Omit<ContextParts, 'write'>;
  readonly onChange: () => void;
}

/** How a run can end. */
type Ending = Extract<RunState, 'succeeded' | 'failed' | 'cancelled' | 'needs-attention'>;

/**
 * Carries a plan out, step by step, and knows nothing of what the steps mean.
 * Intent is durable before anything is sent; each step is verified by looking; before the point of no return a failure or
 * a cancel undoes what was done, newest first, each undo with its own time; after it only forward.
 */
export class Runner {
  readonly #parts: RunnerParts;
  readonly #cancel = new AbortController();
  readonly #runId: string;
  #undoing = false;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#runId = parts.context.run.runId;
  }

  /** Stops at the next step boundary, or sooner where the step can be interrupted. No effect after the point of no return. */
  cancel(): void {
    if (this.#isPast()) return;
    this.#state('cancelling');
    this.#cancel.abort();
  }

  async run(): Promise<Ending> {
    const attempted: Step[] = [];
    try {
      return await this.#forward(attempted);
    } catch (thrown) {
      // Only the journal throws here. Without it nothing may act any more, but what was done must not stay half done.
      if (this.#isPast()) throw thrown;
      return this.#undoAll(attempted, 'failed');
    }
  }

  async #forward(attempted: Step[]): Promise<Ending> {
    const { plan } = this.#parts.context.run;
    let past = false;
    for (const step of plan.steps) {
      if (this.#cancel.signal.aborted && !past) return this.#undoAll(attempted, 'cancelled');
      const lost = await this.#lostLock(step);
      if (lost !== null) {
        this.#write(step.id, 'failed', lost);
        return past ? this.#end('needs-attention') : this.#undoAll(attempted, 'failed');
      }
      attempted.push(step);
      if (step.pointOfNoReturn) past = true;
      const failure = await this.#step(step, past);
      if (failure === null) continue;
      if (step.optional && failure.outcome === 'not-done') continue;
      // A guard that held the point of no return back has sent nothing: turning back is still free.
      if (!past || !this.#isPast())
        return this.#undoAll(attempted, this.#cancel.signal.aborted ? 'cancelled' : 'failed');
      return this.#end('needs-attention');
    }
    return this.#end('succeeded');
  }

  /** Undoes an interrupted run from its journal. Only before the point of no return. */
  async rollBack(): Promise<Ending> {
    const { run } = this.#parts.context;
    const journal = this.#parts.journal.entries(this.#runId);
    if (passedPointOfNoReturn(run, journal))
      throw new MidwatchError('plan-not-applyable', 'The point of no return was passed: only forward', {
        nextStep: 'Finish the open steps by hand',
      });
    const intended = new Set(journal.filter((entry) => entry.type === 'intent').map((entry) => entry.stepId));
    return this.#undoAll(
      run.plan.steps.filter((step) => intended.has(step.id)),
      'cancelled',
    );
  }

  /** null: done and proven. */
  async #step(step: Step, past: boolean): Promise<StepFailure | null> {
    const code = this.#code(step);
    this.#write(step.id, 'intent', step.title);
    const time = withTime(step.timeoutMs, past ? null : this.#cancel.signal);
    const context = stepContext({ ...this.#parts.context, write: this.#write }, step, time.signal);
    try {
      await code.guard?.(context);
      await code.run(context);
      this.#write(step.id, 'done', step.title);
      this.#write(step.id, 'verified', await code.verify(context));
      return null;
    } catch (thrown) {
      const failure = asFailure(thrown, time.reason());
      if (failure.outcome === 'unknown') return this.#look(step, code, failure);
      this.#write(step.id, 'failed', failure.message);
      return failure;
    } finally {
      time.end();
    }
  }

  /** The connection broke mid-statement: ask the server, through a new connection, what is true. */
  async #look(step: Step, code: StepCode, failure: StepFailure): Promise<StepFailure | null> {
    this.#write(step.id, 'unknown', failure.message);
    for (const statement of step.statements) this.#parts.context.world.renewWorker(statement.instanceId);
    const time = withTime(step.undoTimeoutMs, null);
    try {
      const proof = await code.verify(this.#lookingContext(step, time.signal));
      this.#write(step.id, 'verified', `${proof} (found by looking after the connection broke)`);
      return null;
    } catch (thrown) {
      const seen = asFailure(thrown, time.reason());
      this.#write(step.id, 'failed', `${failure.message}. Looking again: ${seen.message}`);
      return failure;
    } finally {
      time.end();
    }
  }

  async #undoAll(attempted: readonly Step[], ending: 'failed' | 'cancelled'): Promise<Ending> {
    this.#undoing = true;
    this.#state('undoing');
    // Newest first on each server, the servers side by side: a candidate that hangs must not keep writes from the primary.
    const chains = new Map<string, Step[]>();
    for (const step of [...attempted].reverse()) {
      if (!this.#code(step).undo) continue;
      const on = step.statements.find((one) => one.phase === 'undo')?.instanceId ?? '';
      chains.set(on, [...(chains.get(on) ?? []), step]);
    }
    const clean = await Promise.all([...chains.values()].map(async (steps) => this.#undoInTurn(steps)));
    return this.#end(clean.every(Boolean) ? ending : 'needs-attention');
  }

  async #undoInTurn(steps: readonly Step[]): Promise<boolean> {
    let clean = true;
    for (const step of steps) {
      this.#write(step.id, 'undo-intent', step.undo ?? step.title);
      // Its own time and its own connections: whatever broke the step must not break its undo.
      for (const statement of step.statements) this.#parts.context.world.renewWorker(statement.instanceId);
      const time = withTime(step.undoTimeoutMs, null);
      try {
        await this.#code(step).undo?.(this.#lookingContext(step, time.signal));
        this.#write(step.id, 'undone', step.undo ?? step.title);
      } catch (thrown) {
        clean = false;
        this.#write(step.id, 'undo-failed', asFailure(thrown, time.reason()).message);
      } finally {
        time.end();
      }
    }
    return clean;
  }

  /** For looking and undoing, which have their own time. */
  #lookingContext(step: Step, signal: AbortSignal): StepContext {
    const parts = { ...this.#parts.context, write: this.#write, limitMs: step.undoTimeoutMs };
    return stepContext(parts, step, signal);
  }

  async #lostLock(step: Step): Promise<string | null> {
    const lost = await this.#parts.context.world.lostLocks();
    return lost.length === 0
      ? null
      : `Before "${step.title}" the advisory lock could not be confirmed on ${lost.length} of the instances: one does not answer, or another console may act`;
  }

  #isPast(): boolean {
    return passedPointOfNoReturn(this.#parts.context.run, this.#parts.journal.entries(this.#runId));
  }

  #code(step: Step): StepCode {
    const code = this.#parts.kind.steps[step.action];
    if (!code) throw new Error(`No code for the action ${step.action}`);
    return code;
  }

  readonly #write = (
    stepId: string,
    type: EntryType,
    text: string,
    data: Readonly<Record<string, string | number | boolean>> = {},
  ): void => {
    try {
      this.#parts.journal.append({ atMs: this.#parts.clock.nowMs(), runId: this.#runId, stepId, type, text, data });
    } catch (thrown) {
      // A full disk stops every step before it acts; it must not stop an undo, which gives writes back.
      if (!this.#undoing) throw thrown;
    }
    this.#parts.onChange();
  };

  #state(state: RunState): void {
    try {
      this.#parts.journal.setState(this.#runId, state);
    } catch (thrown) {
      if (!this.#undoing) throw thrown;
    }
    this.#parts.onChange();
  }

  #end(ending: Ending): Ending {
    this.#write('', 'ended', ending);
    this.#state(ending);
    return ending;
  }
}

/** A time limit joined with a cancel; says afterwards which of the two ended it. */
function withTime(
  timeoutMs: number,
  cancel: AbortSignal | null,
): { readonly signal: AbortSignal; reason(): string; end(): void } {
  const controller = new AbortController();
  let reason = '';
  const stop = (why: string): void => {
    reason = reason || why;
    controller.abort();
  };
  const timer = setTimeout(() => stop(`The step did not end within ${timeoutMs / 1000} s`), timeoutMs);
  const onCancel = (): void => stop('Cancelled');
  if (cancel?.aborted) onCancel();
  cancel?.addEventListener('abort', onCancel);
  return {
    signal: controller.signal,
    reason: () => reason,
    end: () => {
      clearTimeout(timer);
      cancel?.removeEventListener('abort', onCancel);
    },
  };
}

function asFailure(thrown: unknown, reason: string): StepFailure {
  if (thrown instanceof StepFailure)
    return reason === '' ? thrown : new StepFailure(`${reason}: ${thrown.message}`, thrown.outcome, thrown);
  if (thrown instanceof MidwatchError) return new StepFailure(thrown.message, 'not-done', thrown);
  if (thrown instanceof Error && thrown.name === 'AbortError') return new StepFailure(reason || 'Cancelled');
  // A bug in a step must not leave a primary fenced: it is a failure like any other, and looks like a bug in the journal.
  return new StepFailure(`Defect: ${thrown instanceof Error ? thrown.message : String(thrown)}`, 'not-done', thrown);
}
