import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { RunningFleet } from '../../e2e/fleet';
import type { BenchOptions, BenchRow } from '../bench';
import { compare, compareWithLimit } from '../compare';
import { slope } from '../statistics';
import { startChild } from './child';
import { recordServer } from './record-server';
import { startStandIns } from './stand-ins';
import type { WatchOrder, WatchReport } from './watch-order';

const clusters = 100;

/**
 * The console's core on 300 instances once a second. Each of the 100 clusters repeats what a real primary and two replicas of the
 * lab answered, times moved on; transactions do not go on. The limits stand in the place of the other.
 */
export async function measureManyInstances(
  fleet: RunningFleet,
  { quick, say }: BenchOptions,
): Promise<readonly BenchRow[]> {
  say('recording what three servers answer');
  const recorded = [];
  for (const name of ['wallet-1', 'wallet-2', 'wallet-3']) recorded.push(await recordServer(fleet.instance(name).port));
  await fleet.down();
  const dataFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'midwatch-bench-'));
  const standIns = await startStandIns(recorded, clusters);
  const watcher = startChild(import.meta.resolve('./watch-process.ts'), ['--expose-gc']);
  try {
    const measureMs = quick ? 25_000 : 600_000;
    say(`watching ${standIns.clusters.flat().length} instances once a second for ${measureMs / 1000} s`);
    const report = await watcher.ask<WatchReport>({
      clusters: standIns.clusters,
      dataFolder,
      warmUpMs: quick ? 3000 : 30_000,
      measureMs,
      blockMs: 5000,
    } satisfies WatchOrder);
    const perMinute = slope(report.residentMb.map((y, x) => ({ x: x / 60, y })));
    say(`resident set changes by ${perMinute.toFixed(1)} MB a minute; ${report.answered} instances answer`);
    return toRows(report);
  } finally {
    watcher.stop();
    standIns.stop();
    fs.rmSync(dataFolder, { recursive: true, force: true });
  }
}

function toRows({ cores, oldestSampleSeconds, residentMb, inUseMb }: WatchReport): readonly BenchRow[] {
  const fifth = Math.max(1, Math.floor(residentMb.length / 5));
  return [
    compareWithLimit({ what: '300 at 1 Hz: CPU (other: limit)', unit: 'core', oursRuns: cores, limit: 0.5 }),
    compareWithLimit({
      what: '300 at 1 Hz: oldest sample (other: limit)',
      unit: 's',
      // Not a median: at no moment may one be older.
      oursRuns: [Math.max(...oldestSampleSeconds)],
      limit: 2,
    }),
    compare({
      what: '300 at 1 Hz: memory in use, end ÷ begin',
      unit: 'MB',
      oursRuns: [inUseMb[1]],
      otherRuns: [inUseMb[0]],
      bound: 1.1,
    }),
    compare({
      what: '300 at 1 Hz: resident set, last ÷ first fifth',
      unit: 'MB',
      oursRuns: residentMb.slice(-fifth),
      otherRuns: residentMb.slice(0, fifth),
      bound: 1.1,
    }),
  ];
}
