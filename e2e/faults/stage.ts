import type { Connection } from 'mysql2/promise';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Plan } from '@shared/model/plan';
import type { Report } from '@shared/model/report';
import type { JournalEntry, RunState } from '@shared/model/run';
import type { Store } from '../../electron/core/ports/store';
import { openLabConsole, type LabConsole, type LabConsoleOptions } from '../../electron/core/testing/lab-console';
import type { Endpoint, Lab, LoadRun, RunningFleet } from '../fleet';
import { require, type FaultCase } from './fault-case';

/** What an approval may need beside the plan. */
export interface Approval {
  readonly attestation?: string;
  readonly console?: LabConsole<Store>;
}

/** A fleet under load with a console before it: all that a case may touch. */
export interface Stage {
  readonly lab: Lab;
  readonly fleet: RunningFleet;
  readonly endpoint: Endpoint;
  /** Writes through the endpoint. */
  readonly load: LoadRun;
  /** For a journal on disk. */
  readonly dataFolder: string;
  readonly primary: string;
  /** The first replica. */
  readonly candidate: string;
  /** The console of the person on call. */
  readonly console: LabConsole;
  /** Another one. */
  openConsole(options?: LabConsoleOptions): Promise<LabConsole>;
  /** Asks again, at most `limitMs`, until the plan is as wanted; returns the last one. */
  plan(
    kind: FaultCase['kind'],
    options?: {
      readonly until?: (plan: Plan) => boolean;
      readonly candidate?: string;
      readonly console?: LabConsole<Store>;
      readonly limitMs?: number;
    },
  ): Promise<Plan>;
  /** Unlocks, confirms, starts. @throws MidwatchError of the approval; Error when the plan is refused */
  approve(plan: Plan, approval?: Approval): Promise<string>;
  /** Approves and waits for the end. */
  run(plan: Plan, approval?: Approval): Promise<Report>;
  /** Acts once when the journal holds such an entry. */
  at(type: JournalEntry['type'], stepId: string, act: (runId: string) => void | Promise<void>): void;
  /** Settles a run that stopped, forward, as often as a person would. */
  carryOn(runId: string): Promise<RunState>;
  /** An application pooled to one server, whatever the endpoint does; its ledger is asked too. */
  poolTo(name: string, counted?: boolean): Promise<LoadRun>;
  /** A session as root that is ended with the stage. */
  session(name: string): Promise<Connection>;
  closed(name: string): Promise<boolean>;
  /** @returns ms until it was so. @throws Error after `limitMs` */
  until(what: string, holds: () => Promise<boolean> | boolean, limitMs?: number): Promise<number>;
}

/** The stage as the matrix needs it. */
export interface OpenStage extends Stage {
  /** Loads whose acknowledged writes must be on the final primary, the endpoint's first. */
  readonly counted: readonly LoadRun[];
  stopLoads(): Promise<void>;
  /** The newest run's story, for a case that does not hold. */
  story(): readonly string[];
  close(): Promise<void>;
}

const { signal } = new AbortController();

/** Brings up a fleet of its own, its endpoint, load through it, and the console. */
export async function openStage(lab: Lab, one: FaultCase): Promise<OpenStage> {
  const fleet = await lab.up(one.scenario, { hosts: true, semiSync: true, ...one.up });
  const dataFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'midwatch-fault-'));
  const consoles: LabConsole[] = [];
  const sessions: Connection[] = [];
  const loads: LoadRun[] = [];
  const counted: LoadRun[] = [];
  const close = async (): Promise<void> => {
    for (const session of sessions) session.destroy();
    await Promise.all(loads.map(async (load) => load.stop()));
    await Promise.all(consoles.map(async (each) => each.close().catch(() => undefined)));
    await fleet.down();
    fs.rmSync(dataFolder, { recursive: true, force: true });
  };
  try {
    const endpoint = await fleet.openEndpoint();
    const load = await fleet.load({ writers: 2, readers: 0, writePauseMs: 15, endpoint });
    loads.push(load);
    counted.push(load);
    await load.waitForWrites(20);
    const openConsole: Stage['openConsole'] = async (options = {}) => {
      const made = await openLabConsole(fleet, {
        pollMs: 250,
        endpoint: { host: endpoint.host, port: endpoint.port },
        repointCommand: endpoint.shellHook,
        knowsHosts: one.withoutHosts !== true,
        ...options,
      });
      consoles.push(made);
      const linked = options.linked ?? [];
      // On MariaDB a link to a server cannot be told from another server: a person would take it out again.
      const cluster = made.inventory.cluster(made.clusterId);
      const known = cluster.instances.filter(
        ({ name, port }) => linked.includes(name) || fleet.instances.some((each) => each.port === port),
      );
      made.inventory.saveCluster({ ...cluster, instances: known });
      await until('the console sees all', () => {
        const [seen] = made.monitor.snapshot.clusters;
        return seen?.primaryId !== null && seen?.answered === fleet.instances.length;
      });
      return made;
    };
    const console = one.withoutConsole ? undefined : await openConsole();
    const theConsole = (): LabConsole => {
      require(console !== undefined, 'this case has no console of its own');
      return console;
    };
    const approve: Stage['approve'] = async (plan, { attestation, console: by = theConsole() } = {}) => {
      require(plan.applyable, `the plan is refused: ${plan.refusals.join('; ')}`);
      by.unlocks.unlock({ clusterId: by.clusterId, cluster: plan.cluster, reason: 'fault', minutes: 5 });
      const words = { planId: plan.id, confirmName: plan.cluster, reason: 'fault', attestation };
      return (await by.operations.approve(words, signal)).runId;
    };
    const closed: Stage['closed'] = async (name) =>
      Number((await fleet.instance(name).query('SELECT @@GLOBAL.read_only AS closed'))[0]?.['closed']) === 1;
    return {
      lab,
      fleet,
      endpoint,
      load,
      dataFolder,
      primary: fleet.primary.name,
      candidate: fleet.instances[1]?.name ?? '',
      get console() {
        return theConsole();
      },
      openConsole,
      counted,
      approve,
      closed,
      until,
      plan: async (
        kind,
        { until: wanted = () => true, candidate, console: by = theConsole(), limitMs = 15_000 } = {},
      ) => {
        const candidateId = by.inventory.cluster(by.clusterId).instances.find((each) => each.name === candidate)?.id;
        for (const endMs = Date.now() + limitMs; ;) {
          const plan = await by.operations.plan({ kind, clusterId: by.clusterId, candidateId }, signal);
          if (wanted(plan) || Date.now() > endMs) return plan;
          await wait(250);
        }
      },
      run: async (plan, approval = {}) => {
        const runId = await approve(plan, approval);
        const { operations } = approval.console ?? theConsole();
        await operations.ended(runId);
        return operations.report(runId);
      },
      at: (type, stepId, act) => {
        const off = theConsole().operations.onChange((runId) => {
          const { journal } = theConsole().operations.view(runId);
          if (!journal.some((entry) => entry.type === type && entry.stepId === stepId)) return;
          off();
          void act(runId);
        });
      },
      carryOn: async (runId) => {
        const { operations } = theConsole();
        for (let tries = 1; ; tries += 1) {
          await operations.resume(runId);
          const state = await operations.ended(runId);
          if (state !== 'needs-attention' || tries === 3) return state;
          await wait(500);
        }
      },
      poolTo: async (name, isCounted = true) => {
        const pooled = await fleet.load({ writers: 2, readers: 0, writePauseMs: 15, target: name });
        loads.push(pooled);
        if (isCounted) counted.push(pooled);
        return pooled;
      },
      session: async (name) => {
        const session = await fleet.instance(name).connect();
        session.on('error', () => undefined);
        sessions.push(session);
        return session;
      },
      stopLoads: async () => void (await Promise.all(loads.map(async (each) => each.stop()))),
      story: () => {
        const run = consoles.flatMap((each) => each.operations.list().map((summary) => ({ each, summary }))).at(-1);
        const timeline = run ? run.each.operations.report(run.summary.runId).timeline : [];
        const alarms = consoles.flatMap((each) => each.store.activities).filter(({ severity }) => severity === 'act');
        return [
          ...timeline.map((moment) => `${moment.sinceMs} ${moment.text}`),
          ...[...new Set(alarms.map(({ text }) => `activity: ${text}`))],
        ];
      },
      close,
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

async function until(what: string, holds: () => Promise<boolean> | boolean, limitMs = 15_000): Promise<number> {
  const startedMs = performance.now();
  for (;;) {
    if (await holds()) return Math.round(performance.now() - startedMs);
    require(performance.now() - startedMs < limitMs, `${what}: not within ${limitMs / 1000} s`);
    await wait(20);
  }
}
