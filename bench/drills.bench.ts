import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openSqliteStore } from '../electron/adapters/storage/sqlite-store';
import { openLabConsole } from '../electron/core/testing/lab-console';
import { realClock } from '../electron/core/testing/real-clock';
import { openTemporaryLab, type Lab } from '../e2e/fleet';
import type { Bench, BenchRow } from './bench';
import { compareWithLimit } from './compare';
import type { OperationBenchFlags } from './operations/operation-bench';

/** Unattended, from the last write before to the first after: ms, the median of all drills. */
const limits = { rtoMs: 2000, planMs: 2000 } as const;
const scenarios = { mysql: 'wallet', mariadb: 'shop' } as const;

interface DrillFigures {
  readonly rtoMs: number;
  /** From kill -9 to the plan that can be approved. */
  readonly planMs: number;
  readonly acknowledged: number;
  readonly lost: number;
}

/**
 * Unattended failover drills one after another, each on a fleet of its own under load, with semi-sync and the application's
 * endpoint: how long nobody can write, and how many acknowledged writes are lost (which may be none).
 */
export const benchDrills =
  ({ server, runs }: OperationBenchFlags): Bench =>
  async ({ quick, say }) => {
    const rows: BenchRow[] = [];
    for (const dialect of server ? [server] : (['mysql', 'mariadb'] as const)) {
      const figures: DrillFigures[] = [];
      const count = runs ?? (quick ? 3 : 50);
      for (let turn = 1; turn <= count; turn += 1) {
        const lab = openTemporaryLab();
        try {
          const made = await drill(lab, scenarios[dialect]);
          figures.push(made);
          say(
            `${dialect} ${turn}/${count}: ${made.rtoMs} ms, ${made.lost} of ${made.acknowledged} acknowledged writes lost`,
          );
        } finally {
          await lab.close();
        }
      }
      const lost = figures.reduce((sum, one) => sum + one.lost, 0);
      const acknowledged = figures.reduce((sum, one) => sum + one.acknowledged, 0);
      say(`${dialect}: ${lost} of ${acknowledged} acknowledged writes lost in ${figures.length} drills`);
      const oursRuns = figures.map((one) => one.rtoMs);
      rows.push(
        compareWithLimit({
          what: `${dialect}: unattended drill, no writes`,
          unit: 'ms',
          oursRuns,
          limit: limits.rtoMs,
        }),
        compareWithLimit({
          what: `${dialect}: kill -9 to the plan`,
          unit: 'ms',
          oursRuns: figures.map((one) => one.planMs),
          limit: limits.planMs,
        }),
        {
          what: `${dialect}: acknowledged writes lost in ${figures.length} drills`,
          unit: 'writes',
          ours: lost,
          other: 0,
          ratio: lost,
          bound: 0,
          holds: lost === 0,
          oursRuns: [lost],
          otherRuns: [0],
        },
      );
    }
    return rows;
  };

async function drill(lab: Lab, scenario: string): Promise<DrillFigures> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'midwatch-bench-'));
  const fleet = await lab.up(scenario, { hosts: true, semiSync: true });
  const store = openSqliteStore({ folder, clock: realClock });
  const endpoint = await fleet.openEndpoint();
  const console = await openLabConsole(fleet, {
    store,
    endpoint: { host: endpoint.host, port: endpoint.port },
    repointCommand: endpoint.shellHook,
  });
  try {
    const load = await fleet.load({ writers: 4, readers: 0, endpoint });
    await load.waitForWrites(50);
    for (let tries = 0; tries < 200; tries += 1) {
      const cluster = console.monitor.snapshot.clusters[0];
      if (cluster?.primaryId && cluster.answered === fleet.instances.length) break;
      await wait(100);
    }
    const { clusterId, drills, unlocks } = console;
    unlocks.unlock({ clusterId, cluster: scenario, reason: 'bench', minutes: 5 });
    const { drillId } = await drills.start(
      { clusterId, kind: 'failover', unattended: true, confirmName: scenario, reason: 'bench' },
      new AbortController().signal,
    );
    const made = await drills.ended(drillId);
    if (made.state !== 'succeeded' || made.rtoMs === null) throw new Error(`The drill failed: ${made.error}`);
    await load.waitForWrites(20);
    const { acknowledged } = await load.stop();
    const next = fleet.instance(made.newPrimary);
    const missing = await load.ledger.missing(next.host, next.port);
    const planMs = made.phases
      .filter((one) => one.name === 'Detect' || one.name === 'Plan')
      .reduce((sum, one) => sum + one.ms, 0);
    return {
      rtoMs: made.rtoMs,
      planMs,
      acknowledged: acknowledged + made.acknowledged,
      lost: missing.length + (made.missing ?? 0),
    };
  } finally {
    await console.close();
    store.close();
    await fleet.down();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
