import { setTimeout as wait } from 'node:timers/promises';
import type { Instance, RunningFleet } from '../../e2e/fleet';
import { openFloor } from './floor';
import { openOurs, type OursRun } from './ours';
import { startTraffic, type Outage, type Traffic } from './traffic';

/** Someone who can fail over: `prepare` while the primary lives, `failOver` when it has just been killed. */
interface FailoverMaker<T extends object> {
  prepare(
    fleet: RunningFleet,
  ): Promise<{ failOver(survivors: readonly Instance[]): Promise<T>; close(): Promise<void> }>;
}

/** The runs of both, in the order they were made. */
export interface FailoverRuns {
  readonly floor: readonly Outage[];
  /** Counted from the approval: seeing that the primary is dead and planning is not in it, as in the floor's. */
  readonly ours: readonly (Outage & OursRun & { readonly sinceKillMs: number })[];
}

const theFloor: FailoverMaker<{ readonly newPrimary: string }> = {
  prepare: async (fleet) => {
    const floor = await openFloor(fleet);
    return {
      failOver: async (survivors) => ({ newPrimary: (await floor.failOver(survivors)).name }),
      close: async () => floor.close(),
    };
  },
};

const ourOwn: FailoverMaker<OursRun> = {
  prepare: async (fleet) => {
    const ours = await openOurs(fleet);
    await ours.untilSeen(fleet.primary);
    return { failOver: () => ours.failOver(), close: () => ours.close() };
  },
};

/** Kills primaries and fails over, in turn by the floor and by the console. */
export async function runFailovers(
  up: () => Promise<RunningFleet>,
  options: { readonly underLoad: boolean; readonly runs: number; readonly say: (text: string) => void },
): Promise<FailoverRuns> {
  const { underLoad, runs, say } = options;
  const made: { floor: Outage[]; ours: FailoverRuns['ours'][number][] } = { floor: [], ours: [] };
  for (let round = 1; round <= runs; round += 1) {
    const floor = await runFailover(up, theFloor, underLoad);
    made.floor.push(floor);
    say(`${round}/${runs} floor: ${Math.round(floor.writeGapMs)} ms, ${floor.lost} lost`);
    const run = await runFailover(up, ourOwn, underLoad);
    const writeGapMs = run.firstNewMs - run.approvedAtMs;
    made.ours.push({ ...run, writeGapMs, sinceKillMs: run.writeGapMs });
    say(
      `${round}/${runs} ours: ${Math.round(writeGapMs)} ms from the approval, ${Math.round(run.writeGapMs)} ms from the last write, ${run.lost} lost`,
    );
  }
  return made;
}

/**
 * One failover on a fleet of its own (of a primary with its whole region, where the fleet has regions), because a killed primary does not come back as it was: kill -9, then at once the
 * failover, so that no detection is in the figure.
 */
async function runFailover<T extends object>(
  up: () => Promise<RunningFleet>,
  maker: FailoverMaker<T>,
  underLoad: boolean,
): Promise<Outage & T> {
  const fleet = await up();
  try {
    const { primary } = fleet;
    const victims = fleet.instances.filter((one) => one.region !== undefined && one.region === primary.region);
    const lost = victims.length > 0 ? victims : [primary];
    // Those who followed the primary itself: below an intermediate nobody knows more than it.
    const direct = fleet.instances.filter((one) => one.role === 'intermediate');
    const survivors = (direct.length > 0 ? direct : fleet.replicas).filter((one) => !lost.includes(one));
    const prepared = await maker.prepare(fleet);
    let traffic: Traffic | undefined;
    try {
      traffic = await startTraffic(primary, survivors, underLoad);
      await traffic.waitForWrites(100);
      await wait(underLoad ? 1000 : 0);
      for (const { name, pid } of lost) {
        if (pid === undefined) throw new Error(`${name} does not run`);
        process.kill(pid, 'SIGKILL');
      }
      const told = await prepared.failOver(survivors);
      await traffic.waitForWrites(100);
      return { ...(await traffic.stop()), ...told };
    } finally {
      traffic?.abandon();
      await prepared.close();
    }
  } finally {
    await fleet.down();
  }
}
