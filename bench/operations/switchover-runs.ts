import { setTimeout as wait } from 'node:timers/promises';
import type { Instance, RunningFleet } from '../../e2e/fleet';
import { openFloor } from './floor';
import { openOurs, TurnedBack, type OursRun } from './ours';
import { startTraffic, type Outage, type Traffic } from './traffic';

/** The runs of both, in the order they were made. */
export interface SwitchoverRuns {
  readonly floor: readonly Outage[];
  readonly ours: readonly (Outage & OursRun)[];
  /** Why runs of ours ended with everything undone. */
  readonly turnedBack: readonly string[];
}

/**
 * Moves the primary between two instances, in turn by the floor and by the console, each as often in one direction as in
 * the other, with the same probe outside of both.
 */
export async function runSwitchovers(
  fleet: RunningFleet,
  options: { readonly underLoad: boolean; readonly runs: number; readonly say: (text: string) => void },
): Promise<SwitchoverRuns> {
  const { underLoad, runs, say } = options;
  let [primary, candidate] = fleet.instances as [Instance, Instance];
  const ours = await openOurs(fleet);
  const made: { floor: Outage[]; ours: (Outage & OursRun)[] } = { floor: [], ours: [] };
  const measure = async <T extends object>(change: () => Promise<T>): Promise<Outage & T> => {
    const traffic = await startTraffic(primary, [candidate], underLoad);
    try {
      return await through(traffic, change);
    } finally {
      traffic.abandon();
    }
  };
  const through = async <T extends object>(traffic: Traffic, change: () => Promise<T>): Promise<Outage & T> => {
    await traffic.waitForWrites(100);
    // The console plans first, the floor does not: under load both shall meet the same backlog.
    await wait(underLoad ? 1000 : 0);
    const told = await change();
    await traffic.waitForWrites(100);
    const outage = await traffic.stop();
    await settle(fleet, candidate);
    [primary, candidate] = [candidate, primary];
    return { ...outage, ...told };
  };
  const turns = {
    floor: async () => {
      // Anew for each run: the console ends the sessions of accounts that pass read_only.
      const floor = await openFloor(fleet);
      made.floor.push(await measure(() => floor.switchOver(primary, candidate)));
      floor.close();
    },
    ours: async () => {
      made.ours.push(await measure(() => ours.switchOver(primary, candidate)));
    },
  };
  const turnedBack: string[] = [];
  try {
    for (let round = 0; round < runs; round += 1) {
      // Turned about every round, so that neither has always the same direction.
      for (const who of round % 2 === 0 ? (['floor', 'ours'] as const) : (['ours', 'floor'] as const)) {
        try {
          await turns[who]();
        } catch (thrown) {
          // As it should when it cannot catch up: the primary is the same, the next run goes on. Said, and not counted.
          if (!(thrown instanceof TurnedBack) || turnedBack.push(thrown.message) > runs / 2) throw thrown;
          say(`${round + 1}/${runs} ${who}: ${thrown.message}`);
          continue;
        }
        const last = made[who].at(-1);
        say(`${round + 1}/${runs} ${who}: ${Math.round(last?.writeGapMs ?? NaN)} ms, ${last?.lost} lost`);
      }
    }
  } finally {
    await ours.close();
  }
  return { ...made, turnedBack };
}

/** All follow the new primary and have what it has: the next change starts from a healthy cluster. */
async function settle(fleet: RunningFleet, primary: Instance): Promise<void> {
  const isMysql = fleet.dialect === 'mysql';
  const [position] = await primary.query(`SELECT ${isMysql ? '@@gtid_executed' : '@@gtid_binlog_pos'} AS gtids`);
  const reach = isMysql ? 'SELECT WAIT_FOR_EXECUTED_GTID_SET(?, 30) AS late' : 'SELECT MASTER_GTID_WAIT(?, 30) AS late';
  for (const replica of fleet.instances.filter((one) => one !== primary)) {
    const [row] = await replica.query(reach, [String(position?.['gtids'])]);
    if (Number(row?.['late']) !== 0) throw new Error(`${replica.name} does not follow ${primary.name}`);
  }
}
