import { MidwatchError } from '@shared/errors';
import type { Drill } from '@shared/model/drill';
import type { Plan } from '@shared/model/plan';
import type { RunState } from '@shared/model/run';
import type { Connections } from '../../fleet/connections';
import type { InventoryService } from '../../fleet/inventory-service';
import type { Unlocks } from '../../fleet/unlocks';
import type { Clock } from '../../ports/clock';
import type { DrillStore } from '../../ports/store';
import type { OperationService } from '../operation-service';
import { ProbeWriter } from '../probe-writer';
import { probeRoutes } from '../run-assembly';
import { failoverNotes, switchoverNotes } from './notes';
import { momentOf, phasesOf } from './phases';
import { planToRegion, regionOf, regionsOf } from './to-region';

export interface DrillParts {
  readonly operations: OperationService;
  readonly store: DrillStore;
  readonly inventory: InventoryService;
  readonly connections: Connections;
  readonly unlocks: Unlocks;
  readonly clock: Clock;
  readonly user: string;
  readonly newId: () => string;
  /** True when the monitor lost sight of the cluster's primary, as it does in a real outage. */
  readonly isPrimaryLost: (clusterId: string) => boolean;
}

export interface DrillInput {
  readonly clusterId: string;
  readonly kind: Drill['kind'];
  /** Region that shall take over; without it whoever is best, near first. */
  readonly toRegion?: string | undefined;
  readonly unattended: boolean;
  readonly confirmName: string;
  readonly reason: string;
}

const probeEveryMs = 50;
/** Longest wait for the monitor to notice, and for a verdict that offers a failover, ms. */
const detectMs = 30_000;
/** Longest wait for a person to approve, ms. */
const approvalMs = 600_000;
const probeLimits = { statementMs: 8000, lockWaitSeconds: 5, idleSeconds: 600 };

interface ActiveDrill {
  drill: Drill;
  readonly ended: Promise<Drill>;
}

/** Runs an operation on purpose, measures the outage as an application sees it, and keeps the figures as evidence. */
export class DrillService {
  readonly #parts: DrillParts;
  readonly #active = new Map<string, ActiveDrill>();
  readonly #listeners = new Set<(drillId: string) => void>();

  constructor(parts: DrillParts) {
    this.#parts = parts;
    // A drill whose process died measured nothing that can be trusted; its runs are settled on their own.
    for (const drill of parts.store.list())
      if (drill.endedAtMs === null && drill.by === parts.user)
        parts.store.save({
          ...drill,
          state: 'failed',
          endedAtMs: parts.clock.nowMs(),
          error: 'The console ended in the middle',
        });
  }

  /** What a drill would do first; nothing changes. */
  async plan(input: Pick<DrillInput, 'clusterId' | 'kind' | 'toRegion'>, signal: AbortSignal): Promise<Plan> {
    return this.#first(input, undefined, signal);
  }

  /** Failover: what breaks it. Switchover: the move itself, to the region that was asked for. */
  async #first(
    { clusterId, kind, toRegion = '' }: Pick<DrillInput, 'clusterId' | 'kind' | 'toRegion'>,
    drillId: string | undefined,
    signal: AbortSignal,
  ): Promise<Plan> {
    const { operations } = this.#parts;
    return kind === 'failover'
      ? operations.plan({ kind: 'drill', clusterId, drillId, choice: toRegion }, signal)
      : (await planToRegion(operations, { kind, clusterId, drillId, toRegion }, signal)).plan;
  }

  /**
   * Starts a drill; `ended` says how it went.
   * @throws MidwatchError `confirmation-mismatch`, `cluster-locked`, `operation-running`, `plan-not-applyable`
   */
  async start(input: DrillInput, signal: AbortSignal): Promise<{ readonly drillId: string }> {
    const { inventory, unlocks, operations, newId, clock, user } = this.#parts;
    const cluster = inventory.cluster(input.clusterId);
    if (input.confirmName !== cluster.name)
      throw new MidwatchError('confirmation-mismatch', `"${input.confirmName}" is not the cluster’s name`, {
        nextStep: `Type ${cluster.name}`,
      });
    unlocks.require(cluster.id, cluster.name);
    if (this.#runningOn(cluster.id) || operations.running(cluster.id))
      throw new MidwatchError('operation-running', 'An operation or a drill is at work on this cluster', {
        nextStep: 'Wait for it to end',
      });
    const drillId = newId();
    const first = await this.#first(input, drillId, signal);
    if (!first.applyable)
      throw new MidwatchError('plan-not-applyable', first.refusals.join('; '), {
        nextStep: 'Mend what the checks name, then ask again',
      });
    const drill: Drill = {
      drillId,
      clusterId: cluster.id,
      cluster: cluster.name,
      kind: input.kind,
      state: 'preparing',
      unattended: input.unattended,
      by: user,
      reason: input.reason,
      startedAtMs: clock.nowMs(),
      endedAtMs: null,
      breakRunId: null,
      runId: null,
      planId: null,
      oldPrimary: first.impact.primary,
      newPrimary: first.impact.candidate,
      ...regionsOf(cluster, first.impact.primary, input.toRegion ?? ''),
      rtoMs: null,
      phases: [],
      acknowledged: 0,
      missing: null,
      announced: '',
      writesThrough: writesThrough(cluster),
      notes: [],
      error: '',
    };
    const active: { drill: Drill; ended: Promise<Drill> } = { drill, ended: Promise.resolve(drill) };
    this.#active.set(drillId, active);
    this.#change(drillId, {});
    active.ended = (input.kind === 'failover' ? this.#failover(drillId, first) : this.#switchover(drillId, first))
      .catch((thrown: unknown) =>
        this.#change(drillId, {
          state: 'failed',
          endedAtMs: clock.nowMs(),
          planId: null,
          error: thrown instanceof Error ? thrown.message : String(thrown),
        }),
      )
      .finally(() => this.#active.delete(drillId));
    return { drillId };
  }

  /** Newest first. */
  list(clusterId?: string): readonly Drill[] {
    return this.#parts.store.list(clusterId);
  }

  /** @throws MidwatchError `not-found` */
  view(drillId: string): Drill {
    const drill = this.#active.get(drillId)?.drill ?? this.#parts.store.list().find((one) => one.drillId === drillId);
    if (!drill)
      throw new MidwatchError('not-found', 'This drill is not known', { nextStep: 'Open Drills for the list' });
    return drill;
  }

  onChange(listener: (drillId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async ended(drillId: string): Promise<Drill> {
    return this.#active.get(drillId)?.ended ?? this.view(drillId);
  }

  async #switchover(drillId: string, plan: Plan): Promise<Drill> {
    const { operations, clock } = this.#parts;
    const runId = await this.#approved(drillId, plan);
    // A person may have approved a newer plan, with another candidate.
    const moved = operations.report(runId).plan;
    this.#change(drillId, { state: 'running', runId, planId: null, announced: moved.impact.sentences[1] ?? '' });
    const state = await operations.ended(runId);
    const report = operations.report(runId);
    return this.#change(drillId, {
      state: state === 'succeeded' ? 'succeeded' : 'failed',
      endedAtMs: clock.nowMs(),
      newPrimary: moved.impact.candidate,
      ...this.#regionsOf(moved),
      rtoMs: report.writeGapMs,
      phases: phasesOf(report.journal, moved, { fromStep: 'fence' }),
      acknowledged: report.probeAcknowledged,
      missing: report.probeMissing,
      notes: state === 'succeeded' ? switchoverNotes(this.#regionsOf(moved), moved) : [],
      error: state === 'succeeded' ? '' : wordsOf(state),
    });
  }

  async #failover(drillId: string, breakPlan: Plan): Promise<Drill> {
    const { operations, clock, connections, inventory } = this.#parts;
    const { clusterId } = breakPlan;
    const ids = inventory.cluster(clusterId).instances.map((one) => one.id);
    let proofId = '';
    const probe = new ProbeWriter({
      probeId: drillId,
      routes: probeRoutes({ clusterId }, connections, ids),
      everyMs: probeEveryMs,
      openProof: async (signal) =>
        (await connections.openForOperation(proofId, 'drill proof', signal, probeLimits)).session,
      clock,
      onChange: () => undefined,
    });
    try {
      const { runId: breakRunId } = await operations.approve(
        { planId: breakPlan.id, confirmName: breakPlan.cluster, reason: 'drill' },
        new AbortController().signal,
      );
      // The table is made by the run's first steps; the probe writes from then on.
      await probe.start(false);
      this.#change(drillId, { state: 'breaking', breakRunId });
      const broken = await operations.ended(breakRunId);
      if (broken !== 'succeeded') throw new Error(`The primary could not be broken: ${wordsOf(broken)}`);
      const brokenAtMs = momentOf(operations.report(breakRunId).journal, 'break', 'statement') ?? clock.nowMs();
      // Said from here on: should anything go wrong now, this is what is left to do.
      this.#change(drillId, { state: 'detecting', notes: failoverNotes(this.view(drillId), { breakPlan, asked: '' }) });
      const deadlineMs = clock.monotonicMs() + detectMs;
      while (!this.#parts.isPrimaryLost(clusterId) && clock.monotonicMs() < deadlineMs) await clock.sleep(10);
      const detectedAtMs = clock.nowMs();
      this.#change(drillId, { state: 'planning' });
      const { plan, asked } = await this.#offered(breakPlan, drillId, deadlineMs);
      const plannedAtMs = clock.nowMs();
      const runId = await this.#approved(drillId, plan);
      // A person may have approved a newer plan, with another candidate.
      const moved = operations.report(runId).plan;
      const chosen = moved.candidates.find((one) => one.instance === moved.impact.candidate);
      this.#change(drillId, {
        state: 'running',
        runId,
        planId: null,
        newPrimary: moved.impact.candidate,
        ...this.#regionsOf(moved),
        announced: chosen?.loss?.sentence ?? '',
      });
      const state = await operations.ended(runId);
      this.#change(drillId, { state: 'measuring' });
      proofId = chosen?.instanceId ?? '';
      const result = await probe.finish();
      const { journal } = operations.report(runId);
      const approvedAtMs = journal[0]?.atMs ?? plannedAtMs;
      const lastAckMs = probe.gap?.lastBeforeMs ?? brokenAtMs;
      const openedAtMs = momentOf(journal, 'open', 'verified') ?? approvedAtMs;
      return this.#change(drillId, {
        state: state === 'succeeded' && result.writeGapMs !== null ? 'succeeded' : 'failed',
        endedAtMs: clock.nowMs(),
        rtoMs: result.writeGapMs,
        phases: [
          { name: 'Break', ms: Math.max(0, brokenAtMs - lastAckMs) },
          { name: 'Detect', ms: Math.max(0, detectedAtMs - Math.max(brokenAtMs, lastAckMs)) },
          { name: 'Plan', ms: plannedAtMs - detectedAtMs },
          { name: 'Approve', ms: Math.max(0, approvedAtMs - plannedAtMs) },
          ...phasesOf(journal, moved, { fromStep: 'lock' }),
          { name: 'First write', ms: Math.max(0, (probe.gap?.firstAfterMs ?? openedAtMs) - openedAtMs) },
        ],
        acknowledged: result.acknowledged,
        missing: result.missing,
        notes: failoverNotes(this.view(drillId), { breakPlan, asked }),
        error:
          state !== 'succeeded'
            ? wordsOf(state)
            : result.writeGapMs === null
              ? 'The probe got no row acknowledged on both sides: nothing was measured'
              : '',
      });
    } finally {
      await probe.stop();
    }
  }

  /** Plans until a failover is offered: the replicas take some ms to notice. */
  async #offered(
    { clusterId, candidates }: Plan,
    drillId: string,
    deadlineMs: number,
  ): Promise<{ readonly plan: Plan; readonly asked: string }> {
    const { operations, clock } = this.#parts;
    const { toRegion } = this.view(drillId);
    for (;;) {
      const hintId = toRegion === '' ? undefined : candidates[0]?.instanceId;
      const input = { kind: 'failover' as const, clusterId, drillId, toRegion, hintId };
      const { plan, asked } = await planToRegion(operations, input, new AbortController().signal);
      if (plan.applyable) return { plan, asked };
      if (clock.monotonicMs() > deadlineMs) throw new Error(`No failover was offered: ${plan.refusals.join('; ')}`);
      await clock.sleep(200);
    }
  }

  /** Unattended: at once, unless a person has to swear something. Else waits until a person approved this plan or a newer one. */
  async #approved(drillId: string, plan: Plan): Promise<string> {
    const { operations, clock } = this.#parts;
    const drill = this.view(drillId);
    if (drill.unattended) {
      if (plan.attestation)
        throw new Error(`Nothing proves that ${plan.impact.primary} is fenced: this cannot run unattended`);
      const { runId } = await operations.approve(
        { planId: plan.id, confirmName: plan.cluster, reason: drill.reason || 'drill' },
        new AbortController().signal,
      );
      return runId;
    }
    this.#change(drillId, { state: 'awaiting-approval', planId: plan.id, newPrimary: plan.impact.candidate });
    const deadlineMs = clock.monotonicMs() + approvalMs;
    while (clock.monotonicMs() < deadlineMs) {
      const run = operations
        .list(plan.clusterId)
        .find((one) => one.kind === plan.kind && one.startedAtMs >= plan.createdAtMs);
      if (run) return run.runId;
      await clock.sleep(50);
    }
    throw new Error('Nobody approved the plan within 10 min');
  }

  #regionsOf({ clusterId, impact }: Pick<Plan, 'clusterId' | 'impact'>): ReturnType<typeof regionsOf> {
    const cluster = this.#parts.inventory.cluster(clusterId);
    return regionsOf(cluster, impact.primary, regionOf(cluster, impact.candidate));
  }

  #runningOn(clusterId: string): boolean {
    return [...this.#active.values()].some((one) => one.drill.clusterId === clusterId);
  }

  #change(drillId: string, change: Partial<Drill>): Drill {
    const active = this.#active.get(drillId);
    const drill = { ...(active?.drill ?? this.view(drillId)), ...change };
    if (active) active.drill = drill;
    this.#parts.store.save(drill);
    for (const listener of this.#listeners) listener(drillId);
    return drill;
  }
}

const wordsOf = (state: RunState): string => `the run ended: ${state.replace('-', ' ')}`;

const writesThrough = (cluster: ReturnType<InventoryService['cluster']>): string =>
  cluster.traffic?.endpoint
    ? `${cluster.traffic.endpoint.host}:${cluster.traffic.endpoint.port}`
    : 'the instances themselves, as an application that knows them all';
