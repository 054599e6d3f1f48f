import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Plan } from '@shared/model/plan';
import type { Report } from '@shared/model/report';
import type { Instance, RunningFleet } from '../../../e2e/fleet';
import type { Store } from '../ports/store';
import { FakeStore } from './memory-store';
import { openLabConsole, type LabConsole, type LabConsoleOptions } from './lab-console';

const { signal } = new AbortController();

/** A fleet with a console on it, and what the tests of a re-provision do with both. */
export class FillStage {
  private constructor(
    readonly fleet: RunningFleet,
    readonly console: LabConsole<Store>,
  ) {}

  static async open(
    fleet: RunningFleet,
    { store = new FakeStore(), ...options }: LabConsoleOptions & { readonly store?: Store } = {},
  ): Promise<FillStage> {
    const stage = new FillStage(fleet, await openLabConsole(fleet, { ...options, store }));
    await stage.untilSeen();
    return stage;
  }

  get isMysql(): boolean {
    return this.fleet.dialect === 'mysql';
  }

  idOf(name: string): string {
    const { instances } = this.console.inventory.cluster(this.console.clusterId);
    return instances.find((one) => one.name === name)?.id ?? '';
  }

  plan(name: string, donor?: string): Promise<Plan> {
    const { clusterId, operations } = this.console;
    const candidateId = donor === undefined ? undefined : this.idOf(donor);
    return operations.plan({ kind: 'reprovision', clusterId, instanceId: this.idOf(name), candidateId }, signal);
  }

  async begin(shown: Plan): Promise<string> {
    if (!shown.applyable) throw new Error(`refused: ${shown.refusals.join('; ')}`);
    const { clusterId, operations, unlocks } = this.console;
    unlocks.unlock({ clusterId, cluster: shown.cluster, reason: 'test', minutes: 10 });
    const confirmed = { planId: shown.id, confirmName: shown.cluster, reason: 'test' };
    return (await operations.approve(confirmed, signal)).runId;
  }

  async fill(shown: Plan): Promise<Report> {
    const runId = await this.begin(shown);
    await this.console.operations.ended(runId);
    return this.console.operations.report(runId);
  }

  /** Waits until bytes of the copy flow in. */
  async untilCopying(runId: string, moreThan = 1): Promise<void> {
    for (let tries = 0; tries < 600; tries += 1) {
      const { advance, state } = this.console.operations.view(runId);
      if (advance?.unit === 'bytes' && advance.done >= moreThan) return;
      if (state !== 'running') break;
      await wait(50);
    }
    throw new Error(`it never copied: ${this.console.operations.view(runId).state}`);
  }

  async untilSeen(): Promise<void> {
    for (let tries = 0; tries < 200; tries += 1) {
      if (this.console.monitor.snapshot.clusters[0]?.primaryId) return;
      await wait(100);
    }
    throw new Error('the monitor never saw the primary');
  }

  /** What of a server must not change when another is filled from it. */
  async state(one: Instance): Promise<unknown> {
    const [row] = await one.query(
      this.isMysql
        ? 'SELECT @@server_uuid AS id, @@read_only AS ro, @@super_read_only AS sro, @@gtid_purged AS purged, @@clone_valid_donor_list AS donors'
        : 'SELECT @@server_id AS id, @@read_only AS ro, @@datadir AS folder',
    );
    const [channel] = await one.query(this.isMysql ? 'SHOW REPLICA STATUS' : 'SHOW SLAVE STATUS');
    const word = this.isMysql ? ['Source', 'Replica'] : ['Master', 'Slave'];
    return {
      ...row,
      follows: channel?.[`${word[0]}_Port`],
      receiver: channel?.[`${word[1]}_IO_Running`],
      applier: channel?.[`${word[1]}_SQL_Running`],
      pid: one.pid,
    };
  }

  /** So many MB of rows that do not shrink, on the primary and its replicas. */
  async addData(megabytes: number): Promise<void> {
    const { primary } = this.fleet;
    await primary.query('CREATE TABLE IF NOT EXISTS app.bulk (id INT AUTO_INCREMENT PRIMARY KEY, data MEDIUMBLOB)');
    for (let done = 0; done < megabytes; done += 1)
      await primary.query('INSERT INTO app.bulk (data) VALUES (REPEAT(RANDOM_BYTES(1000), 1000))');
    await this.fleet.waitUntilCaughtUp(primary.name, 120_000);
  }

  async close(): Promise<void> {
    await this.console.close();
  }
}

/** Command lines and environments of every process of this computer that hold the word. */
export function processesWith(word: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) =>
      ['cmdline', 'environ'].filter((part) => {
        try {
          return readFileSync(`/proc/${pid}/${part}`, 'latin1').includes(word);
        } catch {
          return false;
        }
      }),
    );
}

/** Processes whose command line holds all of these words. */
export function processesAt(...words: readonly string[]): number {
  return readdirSync('/proc').filter((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
      return words.every((word) => line.includes(word));
    } catch {
      return false;
    }
  }).length;
}
