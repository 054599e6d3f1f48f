import { MidwatchError } from '@shared/errors';
import type { Blocker, OperationKind, Plan, Report, RunState, RunSummary, RunView } from '@shared/model/operation';
import type { ActivityLog } from '../fleet/activity-log';
import type { Connections } from '../fleet/connections';
import type { InventoryService } from '../fleet/inventory-service';
import type { Unlocks } from '../fleet/unlocks';
import type { Clock } from '../ports/clock';
import type { JournalStore, RunRecord } from '../ports/store';
import type { OperationKindCode } from './operation-kind';
import { ProbeWriter } from './probe-writer';
import { isActive, measuredWriteGapMs, reportOf, runView, passedPointOfNoReturn } from './run-view';
import { Runner } from './runner';
import { runMemory } from './run-memory';
import { SessionsWorld } from './sessions-world';
import { requireSameBasis } from './switchover/plan';

export interface OperationServiceParts {
  readonly kinds: readonly OperationKindCode[];
  readonly journal: JournalStore;
  readonly inventory: InventoryService;
  readonly connections: Connections;
  readonly unlocks: Unlocks;
  readonly activity: ActivityLog;
  readonly clock: Clock;
  readonly user: string;
  readonly newId: () => string;
}

interface ActiveRun {
  readonly record: RunRecord;
  readonly runner: Runner;
  readonly probe: ProbeWriter;
  blockers: readonly Blocker[];
  readonly ended: Promise<RunState>;
}

/** Plans, approves, runs, reports: the one place where operations begin and end. */
export class OperationService {
  readonly #parts: OperationServiceParts;
  readonly #plans = new Map<string, Plan>();
  readonly #active = new Map<string, ActiveRun>();
  readonly #listeners = new Set<(runId: string) => void>();

  constructor(parts: OperationServiceParts) {
    this.#parts = parts;
    this.#markInterrupted();
  }

  async plan(
    input: { readonly kind: OperationKind; readonly clusterId: string; readonly candidateId?: string | undefined },
    signal: AbortSignal,
  ): Promise<Plan> {
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
    input: { readonly planId: string; readonly confirmName: string; readonly reason: string },
    signal: AbortSignal,
  ): Promise<{ readonly runId: string }> {
    const plan = this.#plans.get(input.planId);
    if (!plan) throw new MidwatchError('not-found', 'This plan is not known any more', { nextStep: 'Ask again' });
    if (input.confirmName !== plan.cluster)
      throw new MidwatchError('confirmation-mismatch', `"${input.confirmName}" is not the cluster’s name`, {
        nextStep: `Type ${plan.cluster}`,
      });
    if (!plan.applyable)
      throw new MidwatchError('plan-not-applyable', plan.refusals.join('; '), {
        nextStep: 'Mend what the checks name, then ask again',
      });
    this.#parts.unlocks.require(plan.clusterId, plan.cluster);
    this.#requireIdle(plan.clusterId);
    if (this.#parts.clock.nowMs() > plan.expiresAtMs)
      throw new MidwatchError('plan-expired', 'The plan is older than a minute', { nextStep: 'Ask again' });
    const kind = this.#kind(plan.kind);
    requireSameBasis(plan.basis, await kind.readBasis(plan, signal));
    this.#requireIdle(plan.clusterId);
    return { runId: this.#start(plan, input.reason) };
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
    const sql = planned.sql.replace(':session', String(input.sessionId));
    this.#write(run.record, fence.id, `${planned.instance}: ${sql}`);
    await this.#parts.connections.use(planned.instanceId, 'kill', signal, async (open) =>
      open.session.query(sql, { timeoutMs: 3000 }),
    );
  }

  /**
   * Undoes a run that stopped before the point of no return; may be tried again.
   * @throws MidwatchError `statement-failed` when an undo failed, `plan-not-applyable` past the point of no return
   */
  async rollBack(runId: string): Promise<void> {
    const record = this.#requireReturnable(runId);
    const state = await this.#makeRun(record, (runner) => runner.rollBack()).ended;
    if (state === 'cancelled') return;
    const failure = this.#parts.journal.entries(runId).findLast((entry) => entry.type === 'undo-failed');
    throw new MidwatchError('statement-failed', `Not all was undone: ${failure?.text ?? state}`, {
      nextStep: 'Mend what the step names, then roll back again',
    });
  }

  /** A named person looked at the servers and takes note; the run stays in the list as it is. */
  acknowledge(runId: string, note: string): void {
    const record = this.#requireInterrupted(runId);
    this.#parts.journal.append({
      atMs: this.#parts.clock.nowMs(),
      runId,
      stepId: '',
      type: 'ended',
      text: `Acknowledged by ${this.#parts.user}: ${note}`,
      data: { acknowledged: true },
    });
    this.#parts.journal.setState(runId, 'needs-attention');
    this.#parts.activity.note({
      kind: 'operation',
      severity: 'watch',
      clusterId: record.plan.clusterId,
      instanceId: null,
      by: this.#parts.user,
      text: `Interrupted ${record.plan.title} acknowledged: ${note}`,
    });
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
      this.#parts.journal.entries(runId),
      active ? { probe: active.probe.view, blockers: active.blockers } : {},
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

  #start(plan: Plan, reason: string): string {
    const record: RunRecord = {
      runId: this.#parts.newId(),
      plan,
      by: this.#parts.user,
      reason,
      startedAtMs: this.#parts.clock.nowMs(),
      state: 'running',
    };
    this.#parts.journal.createRun(record);
    this.#parts.journal.append({
      atMs: record.startedAtMs,
      runId: record.runId,
      stepId: '',
      type: 'approved',
      text: `Approved by ${record.by}: ${plan.actLabel}`,
      data: {},
    });
    this.#parts.activity.note({
      kind: 'operation',
      severity: 'note',
      clusterId: plan.clusterId,
      instanceId: null,
      by: record.by,
      text: `${plan.title} started${reason === '' ? '' : `: ${reason}`}`,
    });
    this.#makeRun(record, (runner) => runner.run());
    return record.runId;
  }

  #makeRun(record: RunRecord, act: (runner: Runner) => Promise<RunState>): ActiveRun {
    const { connections, clock, journal } = this.#parts;
    const { plan, runId } = record;
    const world = new SessionsWorld(connections);
    const memory = runMemory({
      journal: journal.entries(runId),
      replicationPassword: () => connections.secret({ kind: 'replication-password', id: plan.clusterId }) ?? '',
      write: (text, data) => this.#write(record, '', text, data),
    });
    const instanceIds = [...new Set(plan.steps.flatMap((step) => step.statements.map((one) => one.instanceId)))];
    const nameOf = (id: string): string =>
      plan.steps.flatMap((step) => step.statements).find((one) => one.instanceId === id)?.instance ?? id;
    const ids = {
      primary: instanceIds.find((id) => nameOf(id) === plan.impact.primary) ?? '',
      candidate: instanceIds.find((id) => nameOf(id) === plan.impact.candidate) ?? '',
    };
    const probe = new ProbeWriter({
      runId,
      instances: [ids.primary, ids.candidate].map((id) => ({ id, name: nameOf(id) })),
      open: async (id, signal) =>
        (
          await connections.openForOperation(id, 'operation probe', signal, {
            statementMs: 8000,
            lockWaitSeconds: 5,
            idleSeconds: 600,
          })
        ).session,
      clock,
      onChange: () => this.#changed(runId),
    });
    const runner = new Runner({
      journal,
      clock,
      kind: this.#kind(plan.kind),
      onChange: () => this.#changed(runId),
      context: {
        run: record,
        world,
        clock,
        memory,
        probe,
        lockedInstanceIds: instanceIds,
        showBlockers: (blockers) => this.#showBlockers(runId, blockers),
      },
    });
    const ended = act(runner)
      .catch((thrown: unknown): RunState => {
        // The journal cannot be written: the run is left as it stands and is found interrupted at the next start.
        this.#parts.activity.note({
          kind: 'operation',
          severity: 'act',
          clusterId: plan.clusterId,
          instanceId: null,
          by: record.by,
          text: `${plan.title} stopped: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
        });
        return 'interrupted';
      })
      .finally(async () => {
        await probe.stop();
        await world.close();
      })
      .then((state) => {
        this.#active.delete(runId);
        this.#finish(record, state);
        return state;
      });
    const active: ActiveRun = { record, runner, probe, blockers: [], ended };
    this.#active.set(runId, active);
    return active;
  }

  #finish(record: RunRecord, state: RunState): void {
    const gap = measuredWriteGapMs(this.#parts.journal.entries(record.runId));
    this.#parts.activity.note({
      kind: 'operation',
      severity: state === 'succeeded' ? 'ok' : state === 'cancelled' ? 'note' : 'watch',
      clusterId: record.plan.clusterId,
      instanceId: null,
      by: record.by,
      text: `${record.plan.title}: ${state.replace('-', ' ')}${gap === null ? '' : `, write gap ${(gap / 1000).toFixed(2)} s`}`,
    });
    this.#changed(record.runId);
  }

  #write(record: RunRecord, stepId: string, text: string, data: Readonly<Record<string, string>> = {}): void {
    this.#parts.journal.append({
      atMs: this.#parts.clock.nowMs(),
      runId: record.runId,
      stepId,
      type: 'note',
      text,
      data,
    });
    this.#changed(record.runId);
  }

  #showBlockers(runId: string, blockers: readonly Blocker[]): void {
    const active = this.#active.get(runId);
    if (!active) return;
    active.blockers = blockers;
    this.#changed(runId);
  }

  #markInterrupted(): void {
    for (const run of this.#parts.journal.runs()) {
      if (!isActive(run.state)) continue;
      this.#parts.journal.setState(run.runId, 'interrupted');
      this.#parts.activity.note({
        kind: 'operation',
        severity: 'act',
        clusterId: run.plan.clusterId,
        instanceId: null,
        by: 'midwatch',
        text: `${run.plan.title}: the console ended in the middle of the run`,
      });
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

  #requireInterrupted(runId: string): RunRecord {
    const run = this.#record(runId);
    if (run.state !== 'interrupted')
      throw new MidwatchError('invalid-input', 'Only an interrupted run can be settled this way', {
        nextStep: 'Open its report',
      });
    return run;
  }

  /** Interrupted, or an undo failed before the point of no return: an undo may be tried again as often as it takes. */
  #requireReturnable(runId: string): RunRecord {
    const run = this.#record(runId);
    this.#requireIdle(run.plan.clusterId);
    if (run.state === 'needs-attention' && !passedPointOfNoReturn(run, this.#parts.journal.entries(runId))) return run;
    return this.#requireInterrupted(runId);
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
