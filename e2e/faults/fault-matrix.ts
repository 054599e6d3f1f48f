import type { Lab } from '../fleet';
import { NotInjectable, type Ending, type FaultCase } from './fault-case';
import { afterTheOpening } from './families/after-the-opening';
import { badInput } from './families/bad-input';
import { consoleInTrouble } from './families/console-in-trouble';
import { outOfSight } from './families/out-of-sight';
import { primaryDies } from './families/primary-dies';
import { primaryReturns } from './families/primary-returns';
import { regions } from './families/regions';
import { replicasInTrouble } from './families/replicas-in-trouble';
import { writersInTheWay } from './families/writers-in-the-way';
import { brokenInvariants, missingFrom, type Broken } from './invariants';
import { regionTree } from './region-tree';
import { openStage, type OpenStage } from './stage';

/** `broken`: what was expected was not seen, or an invariant does not hold. */
export interface FaultOutcome extends Pick<FaultCase, 'number' | 'family' | 'name' | 'scenario' | 'kind' | 'expected'> {
  readonly verdict: 'held' | 'broken' | 'not injectable here';
  readonly seen: string;
  readonly broken: readonly Broken[];
  /** The run's own story; only where it does not hold. */
  readonly story: readonly string[];
  readonly seconds: number;
}

/** Faults of the matrix that nobody can make on one machine, and why. */
export const notInjectable: readonly { readonly number: number; readonly name: string; readonly why: string }[] = [
  {
    number: 6,
    name: 'a host is powered off',
    why: 'one machine cannot lose its own power; lost links and a lost SSH host stand for it',
  },
  {
    number: 27,
    name: 'a cloud’s own failover acts at the same time',
    why: 'no cloud here; the stale record itself is the case of an old plan',
  },
  {
    number: 29,
    name: 'the clock of the machine is set back or forth',
    why: 'all servers and the console share it; the stopped console has the same gap in its time',
  },
];

const all: readonly FaultCase[] = [
  ...primaryDies,
  ...primaryReturns,
  ...regions,
  ...outOfSight,
  ...replicasInTrouble,
  ...writersInTheWay,
  ...afterTheOpening,
  ...consoleInTrouble,
  ...badInput,
];

/** Every case; quick: one or two of each family. */
export const faultCases = (quick: boolean): readonly FaultCase[] => all.filter((one) => !quick || one.quick);

/** The name by which `--only` and a test find a case. */
export const faultName = (one: Pick<FaultCase, 'number' | 'scenario' | 'kind' | 'name'>): string =>
  `${one.number} ${one.scenario} ${one.kind}: ${one.name}`;

/** One case on a fleet of its own; afterwards every invariant is asked of the servers. */
export async function runFaultCase(lab: Lab, one: FaultCase): Promise<FaultOutcome> {
  const startedMs = performance.now();
  const { number, family, name, scenario, kind, expected } = one;
  const outcome = (rest: Pick<FaultOutcome, 'verdict' | 'seen' | 'broken' | 'story'>): FaultOutcome => ({
    ...{ number, family, name, scenario, kind, expected },
    ...rest,
    seconds: (performance.now() - startedMs) / 1000,
  });
  let stage: OpenStage;
  try {
    stage = await openStage(lab, one);
  } catch (thrown) {
    const seen = `the stage could not be set: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    return outcome({ verdict: 'broken', seen, broken: [], story: [] });
  }
  try {
    let ending: Ending;
    try {
      ending = await one.play(stage);
      await stage.load.waitForWrites(10, 15_000);
    } catch (thrown) {
      const seen = thrown instanceof Error ? thrown.message : String(thrown);
      if (thrown instanceof NotInjectable)
        return outcome({ verdict: 'not injectable here', seen, broken: [], story: [] });
      return outcome({ verdict: 'broken', seen, broken: [], story: stage.story() });
    }
    await stage.stopLoads();
    const broken = await invariantsOf(stage, ending);
    return outcome({
      verdict: broken.length === 0 ? 'held' : 'broken',
      seen: ending.seen,
      broken,
      story: broken.length === 0 ? [] : stage.story(),
    });
  } finally {
    await stage.close();
  }
}

async function invariantsOf(stage: OpenStage, ending: Ending): Promise<readonly Broken[]> {
  try {
    return [
      ...(await brokenInvariants(stage.fleet, stage.load.ledger, {
        gone: ending.gone ?? [],
        leftBehind: ending.leftBehind ?? [],
        mayFollow: stage.fleet.scenario === 'payments' ? regionTree : {},
        announcedLost: ending.announcedLost === undefined ? 0 : ending.announcedLost,
        state: ending.state,
      })),
      // An unknown number was announced: what is missing cannot be held against it.
      ...(ending.announcedLost === null
        ? []
        : await missingFrom(
            stage.fleet,
            stage.counted.slice(1).map((load) => load.ledger),
            ending.gone ?? [],
          )),
    ];
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return [{ invariant: 'I2', what: `a server cannot be asked: ${why}` }];
  }
}
