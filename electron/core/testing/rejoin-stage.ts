import { setTimeout as wait } from 'node:timers/promises';
import type { Plan } from '@shared/model/plan';
import type { Report } from '@shared/model/report';
import type { Instance, Lab, LoadRun, RunningFleet } from '../../../e2e/fleet';
import { openLabConsole, type LabConsole, type LabConsoleOptions } from './lab-console';

const { signal } = new AbortController();

/** Waits until it is so. @throws Error after `limitMs` */
export async function until(what: string, holds: () => Promise<boolean> | boolean, limitMs = 20_000): Promise<void> {
  for (const endMs = Date.now() + limitMs; !(await holds()); await wait(100))
    if (Date.now() > endMs) throw new Error(`${what}: not within ${limitMs / 1000} s`);
}

export const isClosed = async (one: Instance): Promise<boolean> =>
  Number((await one.query('SELECT @@GLOBAL.read_only AS closed'))[0]?.['closed']) === 1;

/** True when receiver and applier run and it reads from that one. */
export async function follows(one: Instance, source: Instance): Promise<boolean> {
  const [row] = await one.query('SHOW REPLICA STATUS');
  const value = (newer: string, older: string): string => String(row?.[newer] ?? row?.[older] ?? '');
  return (
    Number(value('Source_Port', 'Master_Port')) === source.port &&
    value('Replica_IO_Running', 'Slave_IO_Running') === 'Yes' &&
    value('Replica_SQL_Running', 'Slave_SQL_Running') === 'Yes'
  );
}

/** A fleet of the lab with a console on it, on which primaries die and come back: for tests on real servers. */
export class RejoinStage {
  fleet: RunningFleet;
  console: LabConsole;
  load: LoadRun | undefined;

  private constructor(fleet: RunningFleet, console: LabConsole) {
    this.fleet = fleet;
    this.console = console;
  }

  static async open(
    lab: Lab,
    scenario: string,
    semiSync: boolean,
    options: LabConsoleOptions = {},
  ): Promise<RejoinStage> {
    const fleet = await lab.up(scenario, { hosts: true, semiSync });
    const stage = new RejoinStage(fleet, await openLabConsole(fleet, options));
    await stage.primarySeen();
    return stage;
  }

  async close(): Promise<void> {
    await this.load?.stop();
    await this.console.close();
    await this.fleet.down();
  }

  get isMysql(): boolean {
    return this.fleet.dialect === 'mysql';
  }

  /** Lets a server take writes again. */
  get openSql(): string {
    return this.isMysql ? 'SET PERSIST super_read_only = OFF, PERSIST read_only = OFF' : 'SET GLOBAL read_only = 0';
  }

  idOf(name: string): string {
    const { instances } = this.console.inventory.cluster(this.console.clusterId);
    return instances.find((one) => one.name === name)?.id ?? '';
  }

  primarySeen(): Promise<void> {
    return until('the monitor sees the whole cluster', () => {
      const [cluster] = this.console.monitor.snapshot.clusters;
      return cluster?.primaryId !== null && cluster?.answered === this.fleet.instances.length;
    });
  }

  plan(kind: Plan['kind'], more: { instanceId?: string; candidateId?: string; choice?: string } = {}): Promise<Plan> {
    return this.console.operations.plan({ kind, clusterId: this.console.clusterId, ...more }, signal);
  }

  /** Approves and carries out. @throws Error with the refusals of a plan that cannot be carried out */
  async run(plan: Plan, attestation?: string): Promise<Report> {
    if (plan.refusals.length > 0) throw new Error(`refused: ${plan.refusals.join('; ')}`);
    const { clusterId, unlocks, operations } = this.console;
    unlocks.unlock({ clusterId, cluster: plan.cluster, reason: 'test', minutes: 5 });
    const { runId } = await operations.approve(
      { planId: plan.id, confirmName: plan.cluster, reason: 'test', attestation },
      signal,
    );
    await operations.ended(runId);
    return operations.report(runId);
  }

  /** Ends the primary and promotes another one, sworn to where nobody can prove it. @returns the new primary */
  async failOver(): Promise<Instance> {
    await this.fleet.fault('crash', this.fleet.primary.name);
    let plan = await this.plan('failover');
    await until('a failover is offered', async () => (plan = await this.plan('failover')).applyable);
    const report = await this.run(plan, plan.attestation?.expected);
    if (report.state !== 'succeeded') throw new Error(`the failover is ${report.state}`);
    return this.fleet.instance(report.plan.impact.candidate);
  }

  /** Starts the old primary and waits until the console has fenced it. */
  async returnsClosed(): Promise<Instance> {
    const old = this.fleet.primary;
    await old.start();
    await until('the old primary is fenced', () => isClosed(old).catch(() => false));
    return old;
  }

  /** Writes on a server that the console fences at first sight, as an application that was quicker. */
  async writeThere(one: Instance, statements: readonly string[]): Promise<void> {
    for (const statement of statements)
      await until('it takes the write', async () =>
        one.execute(this.openSql, statement).then(
          () => true,
          (thrown: unknown) => {
            if (!String(thrown).includes('read-only')) throw thrown;
            return false;
          },
        ),
      );
  }

  /** A console with the same inventory that knows of no earlier failover: another one did it. */
  async openStranger(): Promise<void> {
    const { store } = this.console;
    for (const one of store.quarantine.list()) store.quarantine.remove(one.instanceId);
    this.console = await openLabConsole(this.fleet, { store });
    await this.primarySeen();
  }
}
