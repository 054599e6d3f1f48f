import { openTemporaryLab, type RunningFleet, type UpOptions } from '../../e2e/fleet';
import type { Bench, BenchRow } from '../bench';
import { compare } from '../compare';
import { median } from '../statistics';
import type { Outage } from './traffic';

/** What `npm run bench -- switchover|failover` takes beside the common options. */
export interface OperationBenchFlags {
  /** Default: both. */
  readonly server?: 'mysql' | 'mariadb';
  /** Of each; default 7, quick 3. */
  readonly runs?: number;
}

/** Runs of the floor and of the console's own, side by side on the same fleets. */
export interface OperationRuns {
  readonly floor: readonly Outage[];
  readonly ours: readonly (Outage & { readonly ownWriteGapMs: number | null; readonly refusals: readonly string[] })[];
  readonly turnedBack?: readonly string[];
}

/**
 * How far the console may be from the floor: checking and journaling may cost; in a planned move under load the servers' own
 * work dominates, in an emergency nothing is left that writes.
 */
const bounds = {
  switchover: { idle: 3, load: 2 },
  failover: { idle: 3, load: 3 },
  region: { idle: 3, load: 3 },
} as const;
const scenarios = { mysql: 'wallet', mariadb: 'shop' } as const;

/** Measures one kind of operation against its floor: each server, without and with load, by one probe outside of both. */
export function operationBench(
  title: keyof typeof bounds,
  {
    server,
    runs,
    fleet,
    scenario,
  }: OperationBenchFlags & {
    readonly fleet?: UpOptions;
    /** Default: wallet or shop. */ readonly scenario?: 'payments';
  },
  measure: (
    up: () => Promise<RunningFleet>,
    options: { readonly underLoad: boolean; readonly runs: number; readonly say: (text: string) => void },
  ) => Promise<OperationRuns>,
): Bench {
  return async ({ quick, say }) => {
    const rows: BenchRow[] = [];
    const dialects = scenario ? (['mysql'] as const) : server ? [server] : (['mysql', 'mariadb'] as const);
    for (const dialect of dialects) {
      for (const state of ['idle', 'load'] as const) {
        const lab = openTemporaryLab();
        const what = `${title}, ${dialect}, ${state}`;
        try {
          const up = async () => lab.up(scenario ?? scenarios[dialect], fleet);
          const made = await measure(up, {
            underLoad: state === 'load',
            runs: runs ?? (quick ? 3 : 7),
            say: (text) => say(`${what} ${text}`),
          });
          say(`${what}: ${inWords(made)}`);
          rows.push(
            compare({
              what: `${what}: no writes ÷ floor`,
              unit: 'ms',
              oursRuns: made.ours.map(({ writeGapMs }) => writeGapMs),
              otherRuns: made.floor.map(({ writeGapMs }) => writeGapMs),
              bound: bounds[title][state],
            }),
          );
        } finally {
          await lab.close();
        }
      }
    }
    return rows;
  };
}

function inWords({ floor, ours, turnedBack = [] }: OperationRuns): string {
  const own = ours.flatMap(({ ownWriteGapMs }) => ownWriteGapMs ?? []);
  const lost = (outages: readonly Outage[]): number => outages.reduce((sum, one) => sum + one.lost, 0);
  const refused = ours.flatMap(({ refusals }) => refusals);
  return [
    ...(turnedBack.length > 0 ? [`ours turned back ${turnedBack.length} times`] : []),
    own.length > 0 ? `the console’s own probe saw ${Math.round(median(own))} ms` : 'no figure of the console’s own',
    `acknowledged rows lost: ours ${lost(ours)}, floor ${lost(floor)}`,
    ...(refused.length > 0 ? [`plans refused at first: ${refused.length}, last “${refused.at(-1)}”`] : []),
  ].join('; ');
}
