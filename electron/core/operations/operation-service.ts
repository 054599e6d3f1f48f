import { MidwatchError } from '@shared/errors';
import type { OperationKind, Plan } from '@shared/model/plan';
import type { Report } from '@shared/model/report';
import type { Blocker, Reconciliation, RunState, RunSummary, RunView, StepAdvance } from '@shared/model/run';
import type { ActivityLog } from '../fleet/activity-log';
import type { Unlocks } from '../fleet/unlocks';
import type { Processes } from '../ports/processes';
import type { RunRecord } from '../ports/store';
import { requireConfirmation, turningBackRefused } from './confirmation';
import type { OperationKindCode, PlanInput } from './operation-kind';
import { operationLockName } from './operation-world';
import { reconcile } from './reconcile';
import { assembleRun, type AssembledRun, type AssemblyParts } from './run-assembly';
import { isActive, measuredWriteGapMs, passedPointOfNoReturn, reportOf, runView } from './run-view';
import type { Runner } from './runner';

export interface OperationServiceParts extends AssemblyParts {
  readonly kinds: readonly OperationKindCode[];
  readonly unlocks: Unlocks;
  readonly activity: ActivityLog;
  readonly processes: Processes;
  readonly user: string;
  readonly newId: () => string;
}

interface ActiveRun extends AssembledRun {
  blockers: readonly Blocker[];
  advance: StepAdvance | null;
  readonly ended: Promise<RunState>;
}

/** Plans, approves, runs, settles, reports: the one place where operations begin and end. */
export class OperationService {
  readonly #parts: OperationServiceParts;
  readonly #plans = new Map<string, Plan>();
  readonly #active = new Map<string, ActiveRun>();
  readonly #listeners = new Set<(runId: string) => void>();

  constructor(parts: OperationServiceParts) {
    this.#parts = parts;
    this.#markInterrupted();
  }

  async plan(input: PlanInput & { readonly kind: OperationKind }, signal: AbortSignal): Promise<Plan> {
    const plan = await this.#kind(input.kind).plan(input, signal);
    this.#plans.set(plan.id, plan);
    // Only the newest few can still be approved; the rest have expired long ago.
    for (const id of [...this.#plans.keys()].slice(0, -20)) this.#plans.delete(id);
    return plan;
  }

  /**
   * Starts exactly the plan that was shown.
   * @throws MidwatchError `not-found`, `confirmation-mismatch`, `plan-not-applyable`, `cluster-locked`, `operation-running`, `plan-expired`
   */
  async approve(
    input: {
      readonly planId: string;
      readonly confirmName: string;
      readonly reason: string;
      readonly attestation?: string | undefined;
    },
    signal: AbortSignal,
  ): Promise<{ readonly runId: string }> {
    const plan = this.#plans.get(input.planId);
    if (!plan) throw new MidwatchError('not-found', 'This plan is not known any more', { nextStep: 'Ask again' });
    requireConfirmation(plan, input.confirmName, input.attestation ?? '');
    if (!plan.applyable)
      throw new MidwatchError('plan-not-applyable', plan.refusals.join('; '), {
        nextStep: 'Mend what the checks name, then ask again',
      });
    this.#parts.unlocks.require(plan.clusterId, plan.cluster);
    this.#requireIdle(plan.clusterId);
    if (this.#parts.clock.nowMs() > plan.expiresAtMs)
      throw new MidwatchError('plan-expired', 'The plan is older than a minute', { nextStep: 'Ask again' });
    await this.#kind(plan.kind).requireBasis(plan, signal);
    this.#requireIdle(plan.clusterId);
    // A plan is good for one run: what it stood on is no longer so.
    this.#plans.delete(plan.id);
    return { runId: this.#start(plan, input.reason, input.attestation ?? '') };
  }

  cancel(runId: string): void {
    this.#requireActive(runId).runner.cancel();
  }

  /** Ends a session that holds the fence up. Only one that is shown now. */
  async killBlocker(input: { readonly runId: string; readonly sessionId: number }, signal: AbortSignal): Promise<void> {
    const run = this.#requireActive(input.runId);
    const fence = run.record.plan.steps.find((step) => step.statements.some((one) => one.key === 'kill-blocker'));
    const planned = fence?.statements.find((one) => one.key === 'kill-blocker');
    if (!fence || !planned || !run.blockers.some((one) => one.sessionId === input.sessionId)) {
      throw new MidwatchError('unknown-session', `Session ${input.sessionId} does not hold the fence up now`, {
        nextStep: 'Look at the list again',
      });
    }
    const sql = planned.text.replace(':session', String(input.sessionId));
    run.journal.write(fence.id, 'note', `${planned.instance}: ${sql}`);
    await this.#parts.connections.use(planned.instanceId, 'kill', signal, async (open) =>
      open.session.query(sql, { timeoutMs: 3000 }),
    );
  }

  /** Holds a stopped run against the servers. Reads only. @throws MidwatchError `not-found`, `operation-running` */
  async look(runId: string, signal: AbortSignal): Promise<Reconciliation> {
    const record = this.#requireStopped(runId);
    const run = this.#assemble(record, true);
    try {
      return await reconcile(
        run,
        { connections: this.#parts.connections, nowMs: () => this.#parts.clock.nowMs() },
        signal,
      );
    } finally {
      await run.close();
    }
  }

  /**
   * Carries a stopped run on, forward. Resolves when it is at work; `ended` says how it went.
   * @throws MidwatchError `operation-running`, `invalid-input`, `plan-expired` when a server is not the one it was
   */
  async resume(runId: string): Promise<void> {
    const record = this.#requireStopped(runId);
    await this.#requireSameServers(record);
    await new Promise<void>((atWork, refused) => {
      this.#work(record, async (run) => {
        try {
          await this.#takeOver(run);
        } catch (thrown) {
          refused(thrown instanceof Error ? thrown : new Error(String(thrown)));
          return record.state;
        }
        run.journal.state('running');
        this.#activity(record, 'note', `${record.plan.title} carried on`);
        atWork();
        return run.runner.resume();
      });
    });
  }

  /**
   * Undoes a run that stopped while nothing was written on the new primary; may be tried again.
   * @throws MidwatchError `statement-failed` when an undo failed, `plan-not-applyable` past the point of no return,
   *   `operation-lock-held` when another console is at work
   */
  async rollBack(runId: string): Promise<void> {
    const record = this.#requireStopped(runId);
    let refusal: unknown = null;
    const { ended } = this.#work(record, async (run) => {
      try {
        await this.#takeOver(run);
        if (passedPointOfNoReturn(record, run.journal.entries)) await run.runner.notPassed().catch(turningBackRefused);
        return await run.runner.rollBack();
      } catch (thrown) {
        if (!(thrown instanceof MidwatchError)) throw thrown;
        refusal = thrown;
        return record.state;
      }
    });
    const state = await ended;
    if (refusal instanceof MidwatchError) throw refusal;
    if (state === 'cancelled') return;
    const failure = this.#parts.journal.entries(runId).findLast((entry) => entry.type === 'undo-failed');
    throw new MidwatchError('statement-failed', `Not all was undone: ${failure?.text ?? state}`, {
      nextStep: 'Mend what the step names, then roll back again',
    });
  }

  /** A named person looked at the servers and takes them as they are: the run asks for nothing any more. */
  adopt(runId: string, note: string): void {
    const record = this.#requireStopped(runId);
    this.#parts.journal.append({
      atMs: this.#parts.clock.nowMs(),
      runId,
      stepId: '',
      type: 'ended',
      text: `Taken as it is by ${this.#parts.user}: ${note}`,
      data: { adopted: true },
    });
    this.#parts.journal.setState(runId, 'adopted');
    this.#activity(record, 'watch', `${record.plan.title} taken as it is: ${note}`);
    this.#changed(runId);
  }

  list(clusterId?: string): readonly RunSummary[] {
    return this.#parts.journal.runs(clusterId).map((run) => {
      const journal = this.#parts.journal.entries(run.runId);
      return {
        runId: run.runId,
        kind: run.plan.kind,
        clusterId: run.plan.clusterId,
        cluster: run.plan.cluster,
        title: run.plan.title,
        state: run.state,
        by: run.by,
        startedAtMs: run.startedAtMs,
        endedAtMs: journal.findLast((entry) => entry.type === 'ended')?.atMs ?? null,
        writeGapMs: measuredWriteGapMs(journal),
        drillId: run.plan.drillId,
      };
    });
  }

  report(runId: string): Report {
    return reportOf(this.#record(runId), this.#parts.journal.entries(runId));
  }

  view(runId: string): RunView {
    const active = this.#active.get(runId);
    return runView(
      this.#record(runId),
      active?.journal.entries ?? this.#parts.journal.entries(runId),
      active ? { probe: active.probe.view, blockers: active.blockers, advance: active.advance } : {},
    );
  }

  /** @returns the function that ends it. Called after every change of any run. */
  onChange(listener: (runId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  running(clusterId: string): { readonly runId: string; readonly title: string } | null {
    const run = [...this.#active.values()].find((one) => one.record.plan.clusterId === clusterId);
    return run ? { runId: run.record.runId, title: run.record.plan.title } : null;
  }

  interrupted(clusterId: string): string | null {
    return this.#parts.journal.runs(clusterId).find((run) => run.state === 'interrupted')?.runId ?? null;
  }

  /** Resolves with the state in which the run ended; for the command line and tests. */
  async ended(runId: string): Promise<RunState> {
    return this.#active.get(runId)?.ended ?? this.#record(runId).state;
  }

  #start(plan: Plan, reason: string, attestation: string): string {
    const { journal, clock, user, newId, processes } = this.#parts;
    const record: RunRecord = {
      runId: newId(),
      plan,
      by: user,
      reason,
      startedAtMs: clock.nowMs(),
      state: 'running',
    };
    journal.createRun(record);
    journal.append({
      atMs: record.startedAtMs,
      runId: record.runId,
      stepId: '',
      type: 'approved',
      text: `Approved by ${user}: ${plan.actLabel}${attestation === '' ? '' : `. Sworn: ${plan.attestation?.statement ?? ''} (${attestation})`}`,
      data: { process: processes.self, ...(attestation === '' ? {} : { attestation }) },
    });
    this.#activity(record, 'note', `${plan.title} started${reason === '' ? '' : `: ${reason}`}`);
    this.#work(record, async ({ runner }) => runner.run());
    return record.runId;
  }

  /** The work of one run, until it ends; everything it opened is closed. */
  #work(record: RunRecord, act: (run: AssembledRun & { readonly runner: Runner }) => Promise<RunState>): ActiveRun {
    const { runId } = record;
    const run = this.#assemble(record, record.state !== 'running');
    const ended = act(run)
      .catch((thrown: unknown): RunState => {
        // The journal cannot be written: the run is left as it stands and is found interrupted at the next start.
        const why = thrown instanceof Error ? thrown.message : String(thrown);
        this.#activity(record, 'act', `${record.plan.title} stopped: ${why}`);
        return 'interrupted';
      })
      .finally(run.close)
      .then((state) => {
        this.#active.delete(runId);
        this.#finish(record, state);
        return state;
      });
    const active: ActiveRun = { ...run, blockers: [], advance: null, ended };
    this.#active.set(runId, active);
    return active;
  }

  #assemble(record: RunRecord, resumed: boolean): AssembledRun {
    return assembleRun(record, this.#kind(record.plan.kind), this.#parts, {
      resumed,
      onChange: () => this.#changed(record.runId),
      showBlockers: (blockers) => this.#show(record.runId, { blockers }),
      showAdvance: (advance) => this.#show(record.runId, { advance }),
    });
  }

  /** Of a stopped run: the locks, and the end of whatever the console that died still has at work on the servers. */
  async #takeOver(run: AssembledRun): Promise<void> {
    const { record, world, journal } = run;
    journal.write('', 'note', `Taken over by ${this.#parts.user}`, { process: this.#parts.processes.self });
    const statements = record.plan.steps.flatMap((step) => step.statements);
    const ids = statements.filter((one) => one.phase === 'run' && one.text.includes('GET_LOCK'));
    const silent = await world.lock(
      ids.map((one) => one.instanceId),
      operationLockName,
      { reachableOnly: true },
    );
    const { endLeftovers } = this.#kind(record.plan.kind);
    for (const { instanceId, instance } of ids.filter((one) => !silent.includes(one.instanceId))) {
      const ended = (await endLeftovers?.(instanceId, world)) ?? 0;
      if (ended > 0) journal.write('', 'note', `${instance}: ended ${ended} statements of the console that died`);
    }
  }

  /** A run may be carried on only against the servers that it was approved for. */
  async #requireSameServers(record: RunRecord): Promise<void> {
    const changed = await this.#kind(record.plan.kind).otherServers?.(record.plan);
    if (changed && changed.length > 0)
      throw new MidwatchError('plan-expired', `Not the servers of this plan: ${changed.join('; ')}`, {
        nextStep: 'Take the run as it is, then plan again',
      });
  }

  #finish(record: RunRecord, state: RunState): void {
    const gap = measuredWriteGapMs(this.#parts.journal.entries(record.runId));
    this.#activity(
      record,
      state === 'succeeded' ? 'ok' : state === 'cancelled' ? 'note' : 'watch',
      `${record.plan.title}: ${state.replace('-', ' ')}${gap === null ? '' : `, write gap ${(gap / 1000).toFixed(2)} s`}`,
    );
    this.#changed(record.runId);
  }

  #activity(record: RunRecord, severity: 'note' | 'ok' | 'watch' | 'act', text: string): void {
    this.#parts.activity.note({
      kind: 'operation',
      severity,
      clusterId: record.plan.clusterId,
      instanceId: null,
      by: this.#parts.user,
      text,
    });
  }

  #show(runId: string, seen: Partial<Pick<ActiveRun, 'blockers' | 'advance'>>): void {
    const active = this.#active.get(runId);
    if (!active) return;
    Object.assign(active, seen);
    this.#changed(runId);
  }

  /** Runs whose process is gone. Another console on the same store (the command line) may be at work on its own. */
  #markInterrupted(): void {
    const { journal, processes } = this.#parts;
    for (const run of journal.runs()) {
      if (!isActive(run.state)) continue;
      const owner = journal.entries(run.runId).findLast((entry) => entry.data['process'] !== undefined);
      const name = String(owner?.data['process'] ?? '');
      if (name !== '' && name !== processes.self && processes.isAlive(name)) continue;
      journal.setState(run.runId, 'interrupted');
      this.#activity(run, 'act', `${run.plan.title}: the console ended in the middle of the run`);
    }
  }

  #kind(kind: OperationKind): OperationKindCode {
    const code = this.#parts.kinds.find((one) => one.kind === kind);
    if (!code) throw new MidwatchError('unsupported', `No such operation: ${kind}`);
    return code;
  }

  #record(runId: string): RunRecord {
    const run = this.#parts.journal.run(runId);
    if (!run)
      throw new MidwatchError('not-found', 'This run is not in the journal', {
        nextStep: 'Open Operations for the list',
      });
    return run;
  }

  #requireActive(runId: string): ActiveRun {
    const run = this.#active.get(runId);
    if (!run) throw new MidwatchError('not-found', 'This run is not at work', { nextStep: 'Open its report' });
    return run;
  }

  #requireStopped(runId: string): RunRecord {
    const run = this.#record(runId);
    this.#requireIdle(run.plan.clusterId);
    if (run.state !== 'interrupted' && run.state !== 'needs-attention')
      throw new MidwatchError('invalid-input', 'Only a run that stopped in the middle can be settled', {
        nextStep: 'Open its report',
      });
    return run;
  }

  #requireIdle(clusterId: string): void {
    const running = this.running(clusterId);
    if (running)
      throw new MidwatchError('operation-running', `${running.title} is at work`, { nextStep: 'Wait for it to end' });
  }

  #changed(runId: string): void {
    for (const listener of this.#listeners) listener(runId);
  }
}
