import { MidwatchError } from '@shared/errors';
import type { Step } from '@shared/model/plan';
import type { RunState, StepFinding } from '@shared/model/run';
import type { OperationWorld } from './operation-world';
import type { JournalWriter } from './journal-writer';
import { StepFailure, type OperationKindCode, type StepCode, type StepContext } from './operation-kind';
import { passedPointOfNoReturn, stepProgress } from './run-view';
import { stepContext, type ContextParts } from './step-context';
import { asFailure, withTime } from './step-time';

export interface RunnerParts {
  readonly kind: Pick<OperationKindCode, 'steps'>;
  readonly context: ContextParts;
}

/** How a run can end. */
export type Ending = Extract<RunState, 'succeeded' | 'failed' | 'cancelled' | 'needs-attention'>;

/** Another console may act: nothing more is done, not even what is optional. */
class LockLost extends StepFailure {}

/** An answer about the locks older than this is asked for again, ms. */
const locksFreshMs = 50;

/** Longest look at one step of a run that stopped, ms. */
const lookMs = 6000;

/**
 * Carries a plan out, step by step, and knows nothing of what the steps mean.
 * Intent is durable before anything is sent; each step is verified by looking; before the point of no return a failure or
 * a cancel undoes what was done, newest first, each undo with its own time; after it only forward.
 */
export class Runner {
  readonly #parts: RunnerParts;
  readonly #journal: JournalWriter;
  readonly #cancel = new AbortController();
  /** Asked while the step before was being proven, so that no step inside the write gap waits for it. */
  #locksAhead: { readonly atMs: number; readonly lost: ReturnType<OperationWorld['lostLocks']> } | null = null;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#journal = parts.context.journal;
  }

  /** Stops at the next step boundary, or sooner where the step can be interrupted. No effect after the point of no return. */
  cancel(): void {
    if (this.#isPast()) return;
    this.#journal.state('cancelling');
    this.#cancel.abort();
  }

  run(): Promise<Ending> {
    return this.#guarded((attempted) => this.#forward(this.#steps, attempted));
  }

  /**
   * Carries a stopped run on: what is true on the servers is left alone, what is not is run again, in the plan's order.
   * What belonged to the process that ended (lock, probe) is taken again first.
   */
  resume(): Promise<Ending> {
    return this.#guarded(async (attempted) => {
      const past = this.#isPast();
      const before = stepProgress(this.#parts.context.run, this.#journal.entries);
      const open = this.#steps.findIndex((step) => step.pointOfNoReturn);
      // Behind the point of no return the world has gone on: what lies before it is neither looked at nor repeated.
      const todo = this.#steps.filter((step, index) => !past || index >= open || this.#code(step).ofThisProcess);
      const touched = this.#steps.filter(
        (_step, index) => !['todo', 'undone'].includes(before[index]?.status ?? 'todo'),
      );
      // From the start, so that whatever fails now undoes also what the process that ended had done.
      attempted.push(...touched);
      return this.#forward(todo, attempted, async (step) => {
        const wasTouched = touched.includes(step) && !this.#code(step).ofThisProcess;
        // Looked at when its turn comes: a step before it that was run again may have changed what it stands on.
        return wasTouched && (await this.#foundDone(step));
      });
    });
  }

  /** Undoes a stopped run from its journal. @throws MidwatchError when it cannot be proven that nothing was written since */
  async rollBack(): Promise<Ending> {
    const open = this.#steps.find((step) => step.pointOfNoReturn);
    if (open && this.#isPast() && !this.#code(open).undo)
      throw new MidwatchError('plan-not-applyable', 'The point of no return was passed: only forward', {
        nextStep: 'Carry the run on, or take the servers as they are',
      });
    const intended = new Set(
      this.#journal.entries.filter((entry) => entry.type === 'intent').map((entry) => entry.stepId),
    );
    return this.#undoAll(
      this.#steps.filter((step) => intended.has(step.id)),
      'cancelled',
    );
  }

  /** What is true on the servers now, step by step. Reads only. */
  async look(): Promise<readonly StepFinding[]> {
    const before = stepProgress(this.#parts.context.run, this.#journal.entries);
    return Promise.all(
      this.#steps.map(async (step, index): Promise<StepFinding> => {
        const base = { stepId: step.id, title: step.title };
        const code = this.#code(step);
        const status = before[index]?.status ?? 'todo';
        if (code.ofThisProcess) return { ...base, found: 'not-asked', evidence: 'It ended when the run stopped' };
        if (status === 'todo' || status === 'undone')
          return { ...base, found: 'not-done', evidence: status === 'undone' ? 'It was undone' : 'It was never begun' };
        try {
          return { ...base, found: 'done', evidence: await this.#lookAt(step) };
        } catch (thrown) {
          const failure = asFailure(thrown, '');
          const cannotTell = failure.outcome === 'unknown' || failure.cause instanceof MidwatchError;
          return { ...base, found: cannotTell ? 'unknown' : 'not-done', evidence: failure.message };
        }
      }),
    );
  }

  /** Proof that turning back loses nothing though the point of no return was tried; the reason why not is thrown. */
  async notPassed(): Promise<string> {
    const step = this.#steps.find((one) => one.pointOfNoReturn);
    if (!step || !this.#isPast()) return 'The point of no return was not reached';
    const prove = this.#code(step).notPassed;
    if (!prove) throw new StepFailure('The point of no return was passed: only forward');
    const time = withTime(lookMs, null);
    try {
      return await prove(this.#lookingContext(step, time.signal));
    } finally {
      time.end();
    }
  }

  async #guarded(work: (attempted: Step[]) => Promise<Ending>): Promise<Ending> {
    const attempted: Step[] = [];
    try {
      return await work(attempted);
    } catch (thrown) {
      // Only the journal throws here. Without it nothing may act any more, but what was done must not stay half done.
      if (this.#isPast()) throw thrown;
      return this.#undoAll(attempted, 'failed');
    }
  }

  async #forward(
    steps: readonly Step[],
    attempted: Step[],
    isDone: (step: Step) => Promise<boolean> = async () => false,
  ): Promise<Ending> {
    let past = this.#isPast();
    for (const group of sideBySide(steps)) {
      if (this.#cancel.signal.aborted && !past) return this.#undoAll(attempted, 'cancelled');
      const todo: Step[] = [];
      for (const step of group) if (!(await isDone(step))) todo.push(step);
      attempted.push(...todo.filter((step) => !attempted.includes(step)));
      if (todo.some((step) => step.pointOfNoReturn)) past = true;
      const failed = (await this.#together(todo, past)).find(
        ({ step, failure }) => !(step.optional && failure.outcome === 'not-done' && !(failure instanceof LockLost)),
      );
      if (!failed) continue;
      const { step } = failed;
      const ending = this.#cancel.signal.aborted ? 'cancelled' : 'failed';
      if (!past || !this.#isPast()) return this.#undoAll(attempted, ending);
      // The opening itself failed: where it can be proven that it had no effect, the old primary gets its writes back.
      if (step.pointOfNoReturn && (await this.#hadNoEffect())) return this.#undoAll(attempted, ending);
      return this.#end('needs-attention');
    }
    return this.#end('succeeded');
  }

  /** Failures in the plan's order. All have ended when it answers, also where the journal broke: an undo must not meet one at work. */
  async #together(
    steps: readonly Step[],
    past: boolean,
  ): Promise<readonly { readonly step: Step; readonly failure: StepFailure }[]> {
    const ends = await Promise.allSettled(steps.map(async (step) => ({ step, failure: await this.#step(step, past) })));
    return ends.flatMap((end) => {
      if (end.status === 'rejected') throw end.reason;
      const { step, failure } = end.value;
      return failure === null ? [] : [{ step, failure }];
    });
  }

  async #hadNoEffect(): Promise<boolean> {
    try {
      this.#journal.write('', 'note', `Turning back: ${await this.notPassed()}`);
      return true;
    } catch (thrown) {
      this.#journal.write('', 'note', `Not turning back: ${asFailure(thrown, '').message}`);
      return false;
    }
  }

  /** null: done and proven. */
  async #step(step: Step, past: boolean): Promise<StepFailure | null> {
    const code = this.#code(step);
    this.#journal.write(step.id, 'intent', step.title);
    const time = withTime(step.timeoutMs, past ? null : this.#cancel.signal);
    // Asked while the step's own questions are under way; nothing that changes a server is sent before the answer.
    const mayAct = this.#requireLocks(step, past);
    mayAct.catch(() => undefined);
    const context = stepContext(this.#parts.context, step, time.signal, mayAct);
    try {
      await code.guard?.(context);
      await mayAct;
      await code.run(context);
      this.#journal.write(step.id, 'done', step.title);
      this.#askLocksAhead();
      this.#journal.write(step.id, 'verified', await code.verify(context));
      return null;
    } catch (thrown) {
      const failure = asFailure(thrown, time.reason());
      if (failure.outcome === 'unknown') return await this.#lookAgain(step, failure);
      this.#journal.write(step.id, 'failed', failure.message);
      return failure;
    } finally {
      time.end();
    }
  }

  /** The connection broke mid-statement: ask the server, through a new connection, what is true. */
  async #lookAgain(step: Step, failure: StepFailure): Promise<StepFailure | null> {
    this.#journal.write(step.id, 'unknown', failure.message);
    this.#renewWorkers(step);
    try {
      const proof = await this.#lookAt(step, step.undoTimeoutMs);
      this.#journal.write(step.id, 'verified', `${proof} (found by looking after the connection broke)`);
      return null;
    } catch (thrown) {
      const seen = asFailure(thrown, '');
      this.#journal.write(step.id, 'failed', `${failure.message}. Looking again: ${seen.message}`);
      return failure;
    }
  }

  async #foundDone(step: Step): Promise<boolean> {
    try {
      const proof = await this.#lookAt(step);
      this.#journal.write(step.id, 'verified', `${proof} (found so when the run was carried on)`);
      return true;
    } catch (thrown) {
      this.#journal.write(step.id, 'note', `Not so any more: ${asFailure(thrown, '').message}`);
      return false;
    }
  }

  async #lookAt(step: Step, limitMs = lookMs): Promise<string> {
    const code = this.#code(step);
    const time = withTime(limitMs, null);
    try {
      const context = this.#lookingContext(step, time.signal);
      return await (code.look ?? code.verify)(context);
    } catch (thrown) {
      throw asFailure(thrown, time.reason());
    } finally {
      time.end();
    }
  }

  /**
   * The point of no return first and alone: while the new primary may have a write of its own, the old one gets none back.
   * Then newest first on each server, the servers side by side: a candidate that hangs must not keep writes from the primary.
   */
  async #undoAll(attempted: readonly Step[], ending: 'failed' | 'cancelled'): Promise<Ending> {
    this.#journal.tolerant = true;
    this.#journal.state('undoing');
    const opened = this.#isPast() ? attempted.filter((step) => step.pointOfNoReturn) : [];
    if (!(await this.#undoInTurn(opened))) return this.#end('needs-attention');
    for (const step of opened) this.#journal.write(step.id, 'not-passed', 'Nothing was written there: turning back');
    const chains = new Map<string, Step[]>();
    for (const step of this.#steps.filter((one) => attempted.includes(one)).reverse()) {
      if (!this.#code(step).undo || opened.includes(step)) continue;
      const on = step.statements.find((one) => one.phase === 'undo')?.instanceId ?? '';
      chains.set(on, [...(chains.get(on) ?? []), step]);
    }
    const clean = await Promise.all([...chains.values()].map(async (steps) => this.#undoInTurn(steps)));
    return this.#end(clean.every(Boolean) ? ending : 'needs-attention');
  }

  async #undoInTurn(steps: readonly Step[]): Promise<boolean> {
    let clean = true;
    for (const step of steps) {
      this.#journal.write(step.id, 'undo-intent', step.undo ?? step.title);
      // Its own time and its own connections: whatever broke the step must not break its undo.
      this.#renewWorkers(step);
      const time = withTime(step.undoTimeoutMs, null);
      try {
        await this.#code(step).undo?.(this.#lookingContext(step, time.signal));
        this.#journal.write(step.id, 'undone', step.undo ?? step.title);
      } catch (thrown) {
        clean = false;
        this.#journal.write(step.id, 'undo-failed', asFailure(thrown, time.reason()).message);
      } finally {
        time.end();
      }
    }
    return clean;
  }

  #renewWorkers(step: Step): void {
    for (const id of new Set(step.statements.map((one) => one.instanceId))) this.#parts.context.world.renewWorker(id);
  }

  /** For looking and undoing, which have their own time. */
  #lookingContext(step: Step, signal: AbortSignal): StepContext {
    return stepContext({ ...this.#parts.context, limitMs: step.undoTimeoutMs }, step, signal);
  }

  #askLocksAhead(): void {
    const { clock, world } = this.#parts.context;
    const lost = world.lostLocks();
    lost.catch(() => undefined);
    this.#locksAhead = { atMs: clock.monotonicMs(), lost };
  }

  /** Behind the point of no return an instance that fell silent holds nothing up any more. @throws StepFailure */
  async #requireLocks(step: Step, past: boolean): Promise<void> {
    const ahead = this.#locksAhead;
    const isFresh = ahead !== null && this.#parts.context.clock.monotonicMs() - ahead.atMs < locksFreshMs;
    const all = await (isFresh ? ahead.lost : this.#parts.context.world.lostLocks());
    const lost = past ? all.filter((one) => one.why === 'taken') : all;
    if (lost.length === 0) return;
    const instances = new Map(
      this.#steps.flatMap((each) => each.statements.map((one) => [one.instanceId, one.instance] as const)),
    );
    const names = (why: 'taken' | 'silent'): string =>
      lost
        .filter((one) => one.why === why)
        .map((one) => instances.get(one.instanceId) ?? one.instanceId)
        .join(', ');
    const [taken, silent] = [names('taken'), names('silent')];
    throw new LockLost(
      [
        `The advisory lock could not be confirmed before "${step.title}"`,
        ...(taken === '' ? [] : [`another session holds it, or nobody: ${taken}`]),
        ...(silent === '' ? [] : [`no answer: ${silent}`]),
      ].join('; '),
    );
  }

  get #steps(): readonly Step[] {
    return this.#parts.context.run.plan.steps;
  }

  #isPast(): boolean {
    return passedPointOfNoReturn(this.#parts.context.run, this.#journal.entries);
  }

  #code(step: Step): StepCode {
    const code = this.#parts.kind.steps[step.action];
    if (!code) throw new Error(`No code for the action ${step.action}`);
    return code;
  }

  #end(ending: Ending): Ending {
    this.#journal.write('', 'ended', ending);
    this.#journal.state(ending);
    return ending;
  }
}

/** The plan's steps in turn; those that may go beside the one before them, together with it. */
function sideBySide(steps: readonly Step[]): readonly (readonly Step[])[] {
  const groups: Step[][] = [];
  for (const step of steps) {
    const last = groups.at(-1);
    if (step.beside && last) last.push(step);
    else groups.push([step]);
  }
  return groups;
}
