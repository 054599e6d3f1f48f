import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Instance, Lab, RunningFleet, UpOptions } from '../fleet';

/** What a case of the crash matrix is played on. */
export interface CrashStage {
  readonly fleet: RunningFleet;
  /** Journal and inventory of the consoles of this case. */
  readonly dataFolder: string;
  /** Who takes writes when the case begins. */
  readonly primary: Instance;
  /** The first and the last of the others. */
  readonly second: Instance;
  readonly last: Instance;
  /** A word that stands in no other case. */
  readonly word: string;
  /** Name of whom an instance follows; '' is nobody. */
  readonly sourceOf: (one: Instance) => Promise<string>;
}

/**
 * Fleets for the cases of the crash matrix, one at a time. Successive cases that ask for the same get the same fleet as long
 * as each leaves it whole; the next one begins where that ended.
 */
export class CrashFleets {
  #kept: { readonly key: string; readonly fleet: RunningFleet } | null = null;

  constructor(readonly lab: Lab) {}

  /** The stage for one case of a kind, with a fresh journal. */
  async open(kind: string, scenario: string, up: UpOptions): Promise<CrashStage> {
    const key = `${kind} ${scenario}`;
    if (this.#kept?.key !== key) {
      await this.close();
      this.#kept = { key, fleet: await this.lab.up(scenario, up) };
    }
    const { fleet } = this.#kept;
    const primary = await primaryOf(fleet);
    const others = fleet.instances.filter((one) => one !== primary);
    const dataFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'midwatch-crash-'));
    return {
      fleet,
      dataFolder,
      primary,
      second: others[0] ?? primary,
      last: others.at(-1) ?? primary,
      word: path.basename(dataFolder),
      sourceOf: async (one) => sourceOf(fleet, one),
    };
  }

  /** Ends the stage; the fleet stays for the next case only when it is whole. */
  async end({ dataFolder }: CrashStage, isWhole: boolean): Promise<void> {
    fs.rmSync(dataFolder, { recursive: true, force: true });
    if (!isWhole) await this.close();
  }

  /** Ends the fleet that is kept. */
  async close(): Promise<void> {
    const kept = this.#kept;
    this.#kept = null;
    await kept?.fleet.down();
  }
}

async function primaryOf(fleet: RunningFleet): Promise<Instance> {
  for (const one of fleet.instances)
    if (Number((await one.query('SELECT @@GLOBAL.read_only AS closed'))[0]?.['closed']) === 0) return one;
  throw new Error(`nobody of ${fleet.scenario} takes writes`);
}

async function sourceOf(fleet: RunningFleet, one: Instance): Promise<string> {
  const [row] = await one.query('SHOW REPLICA STATUS');
  const port = Number(row?.['Source_Port'] ?? row?.['Master_Port'] ?? 0);
  const target = fleet.links.find((link) => link.port === port)?.targetPort ?? port;
  return fleet.instances.find((each) => each.port === target)?.name ?? '';
}
