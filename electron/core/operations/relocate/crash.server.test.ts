import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTemporaryLab, type RunningFleet } from '../../../../e2e/fleet';
import { presentWords } from '../../dialect/rows';
import { openLabConsole, type LabConsole } from '../../testing/lab-console';
import { onOneProduct } from '../../testing/products';
import type { OperationService } from '../operation-service';

const lab = openTemporaryLab();
afterAll(() => lab.close());
const { signal } = new AbortController();
const never = new Promise<never>(() => undefined);

describe.each(onOneProduct('wallet'))('a console that dies while it moves a replica of %s', (scenario) => {
  const [replica, source] = [`${scenario}-3`, `${scenario}-2`];
  let fleet: RunningFleet;
  let console: LabConsole;
  /** The step after whose work the console dies; '' is none. */
  let dies = '';
  let dead: (() => void) | null = null;

  beforeAll(async () => {
    fleet = await lab.up(scenario);
    console = await openLabConsole(fleet, {
      wrapKind: (kind) =>
        kind.kind !== 'relocate'
          ? kind
          : {
              ...kind,
              steps: Object.fromEntries(
                Object.entries(kind.steps).map(([name, code]) => [
                  name,
                  {
                    ...code,
                    run: async (context) => {
                      await code.run(context);
                      if (name !== dies) return;
                      dead?.();
                      await never;
                    },
                  },
                ]),
              ),
            },
    });
    for (let tries = 0; tries < 200; tries += 1) {
      const cluster = console.monitor.snapshot.clusters[0];
      if (cluster?.primaryId && cluster.answered === fleet.instances.length) break;
      await wait(100);
    }
  });
  afterAll(async () => {
    await fleet?.down();
  });

  const idOf = (name: string): string =>
    console.inventory.cluster(console.clusterId).instances.find((one) => one.name === name)?.id ?? '';

  /** Begins the move and leaves it as `kill -9` does: in the middle, its connections gone. @returns run id */
  async function dieAt(operations: OperationService, step: string, to: string): Promise<string> {
    const ask = {
      kind: 'relocate',
      clusterId: console.clusterId,
      instanceId: idOf(replica),
      candidateId: idOf(to),
    } as const;
    const shown = await operations.plan(ask, signal);
    expect(shown.refusals).toEqual([]);
    console.unlocks.unlock({ clusterId: console.clusterId, cluster: shown.cluster, reason: 'test', minutes: 5 });
    const reached = new Promise<void>((resolve) => {
      dead = resolve;
    });
    dies = step;
    const { runId } = await operations.approve(
      { planId: shown.id, confirmName: shown.cluster, reason: 'test' },
      signal,
    );
    await reached;
    dies = '';
    for (const one of fleet.instances) {
      const sessions = await one.query("SELECT ID AS id FROM information_schema.PROCESSLIST WHERE USER = 'midwatch'");
      for (const row of sessions) await one.execute(`KILL ${String(row['id'])}`).catch(() => undefined);
    }
    return runId;
  }

  async function follows(): Promise<{ readonly port: number; readonly runs: boolean }> {
    const [raw] = await fleet.instance(replica).query('SHOW REPLICA STATUS');
    const row = presentWords((raw ?? {}) as Record<string, string>);
    return {
      port: Number(row['source_port']),
      runs: row['replica_io_running'] === 'Yes' && row['replica_sql_running'] === 'Yes',
    };
  }

  it('A run whose console died at any step can be carried on, and rolled back.', async () => {
    let operations: OperationService = console.operations;
    const load = await fleet.load({ writers: 2, writePauseMs: 12, target: fleet.primary.name });
    try {
      for (const step of ['lock', 'drain', 'stop', 'change', 'start', 'marker', 'prove']) {
        await load.waitForWrites(30);
        const undone = await dieAt(operations, step, source);
        operations = console.reopenOperations();
        expect([step, operations.view(undone).state]).toEqual([step, 'interrupted']);
        const seen = await operations.look(undone, signal);
        expect(seen.choices.find((one) => one.choice === 'roll-back')).toMatchObject({
          possible: true,
          recommended: true,
        });
        await operations.rollBack(undone);
        expect([step, await follows()]).toEqual([step, { port: fleet.primary.port, runs: true }]);

        const forward = await dieAt(operations, step, source);
        operations = console.reopenOperations();
        await operations.resume(forward);
        expect([step, await operations.ended(forward)]).toEqual([step, 'succeeded']);
        expect([step, await follows()]).toEqual([step, { port: fleet.instance(source).port, runs: true }]);

        const back = await operations.plan(
          {
            kind: 'relocate',
            clusterId: console.clusterId,
            instanceId: idOf(replica),
            candidateId: idOf(fleet.primary.name),
          },
          signal,
        );
        const { runId } = await operations.approve(
          { planId: back.id, confirmName: back.cluster, reason: 'test' },
          signal,
        );
        expect([step, await operations.ended(runId)]).toEqual([step, 'succeeded']);
      }
      await load.waitForWrites(30);
    } finally {
      await load.stop();
    }
    const { host, port } = fleet.instance(replica);
    for (let tries = 0; (await load.ledger.missing(host, port)).length > 0 && tries < 100; tries += 1) await wait(200);
    expect(await load.ledger.missing(host, port)).toEqual([]);
  });
});
