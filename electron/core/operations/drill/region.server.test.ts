import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparable, type Drill } from '@shared/model/drill';
import { openTemporaryLab, type Endpoint, type LoadRun, type RunningFleet } from '../../../../e2e/fleet';
import { openLabConsole, type LabConsole } from '../../testing/lab-console';

const lab = openTemporaryLab();
afterAll(() => lab.close());
const { signal } = new AbortController();

/** payments: eu-1 above eu-2, us-1 and ap-1, these above us-2 and ap-2; 80 ms there and back between eu and us. */
describe('drills between the regions of payments', () => {
  let fleet: RunningFleet;
  let endpoint: Endpoint;
  let console: LabConsole;
  let load: LoadRun | undefined;
  const idOf = (name: string): string =>
    console.inventory.cluster(console.clusterId).instances.find((one) => one.name === name)?.id ?? '';
  const untilSeen = async (primary: string): Promise<void> => {
    for (let tries = 0; tries < 200; tries += 1) {
      const cluster = console.monitor.snapshot.clusters[0];
      if (cluster?.primaryId === idOf(primary) && cluster.answered === 6) return;
      await wait(100);
    }
    throw new Error(`the monitor never saw ${primary} above five others`);
  };
  const drill = async (kind: Drill['kind'], toRegion: string): Promise<Drill> => {
    const { drillId } = await console.drills.start(
      { clusterId: console.clusterId, kind, toRegion, unattended: true, confirmName: 'payments', reason: 'test' },
      signal,
    );
    const ended = await console.drills.ended(drillId);
    process.stdout.write(
      `payments ${kind} drill ${ended.fromRegion} to ${ended.toRegion}: RTO ${ended.rtoMs} ms, RPO ${ended.missing} of ${ended.acknowledged}, announced: ${ended.announced}; ${JSON.stringify(ended.phases)}\n`,
    );
    expect([ended.error, ended.state]).toEqual(['', 'succeeded']);
    return ended;
  };

  beforeAll(async () => {
    fleet = await lab.up('payments', { hosts: true, wan: true, replicaNetTimeoutSeconds: 4 });
    endpoint = await fleet.openEndpoint();
    console = await openLabConsole(fleet, {
      endpoint: { host: endpoint.host, port: endpoint.port },
      repointCommand: endpoint.shellHook,
    });
    await untilSeen('eu-1');
    console.unlocks.unlock({ clusterId: console.clusterId, cluster: 'payments', reason: 'drill', minutes: 30 });
  });
  afterAll(async () => {
    await load?.stop();
    await console?.close();
    await fleet?.down();
  });

  it('A drill to another region is compared only with those between the same regions.', async () => {
    load = await fleet.load({ endpoint, writers: 2, readers: 0, writePauseMs: 15 });
    const there = await drill('switchover', 'us');
    expect(there).toMatchObject({
      oldPrimary: 'eu-1',
      newPrimary: 'us-1',
      fromRegion: 'eu',
      toRegion: 'us',
      missing: 0,
    });
    expect(there.notes.join()).toContain('a switchover back to eu leads it home');
    await untilSeen('us-1');
    const back = await drill('switchover', 'eu');
    expect(back).toMatchObject({ newPrimary: 'eu-1', fromRegion: 'us', toRegion: 'eu', missing: 0 });
    await untilSeen('eu-1');
    const again = await drill('switchover', 'us');
    expect([comparable(again, there), comparable(again, back)]).toEqual([true, false]);
    await untilSeen('us-1');
    await drill('switchover', 'eu');
    await untilSeen('eu-1');
    await load.waitForWrites(20);
    await load.stop();
    const { host, port } = fleet.instance('eu-1');
    expect(await load.ledger.missing(host, port)).toEqual([]);
  });

  it('A drill of a lost region ends every server of it, and says what that leaves out and what is left to do.', async () => {
    const shown = await console.drills.plan({ clusterId: console.clusterId, kind: 'failover', toRegion: 'us' }, signal);
    expect(shown.refusals).toEqual([]);
    expect(shown.title).toBe('Drill on payments: the servers of region eu are ended on purpose');
    expect(shown.impact.sentences.join()).toContain('The hosts and lines of eu stay');
    load = await fleet.load({ endpoint, writers: 2, readers: 0, writePauseMs: 15 });
    await load.waitForWrites(40);
    const ended = await drill('failover', 'us');
    expect(['us', 'ap']).toContain(ended.toRegion);
    expect(ended.fromRegion).toBe('eu');
    expect(ended.phases.map((one) => one.name).slice(0, 4)).toEqual(['Break', 'Detect', 'Plan', 'Approve']);
    expect(ended.notes.join()).toContain('Ended with kill -9: eu-1, eu-2');
    expect(ended.notes.join()).toContain('bring them back by a rejoin');
    if (ended.toRegion !== 'us') expect(ended.notes[0]).toContain('Nobody in us could take over');
    for (const name of ['eu-1', 'eu-2']) await expect(fleet.instance(name).query('SELECT 1')).rejects.toThrow();
    await load.waitForWrites(20);
    await load.stop();
    const next = fleet.instance(ended.newPrimary);
    expect((await endpoint.state()).target.port).toBe(next.port);
    const missing = (await load.ledger.missing(next.host, next.port)).length;
    const { impact, candidates } = console.operations.report(ended.runId ?? '').plan;
    const loss = candidates.find((one) => one.instance === impact.candidate)?.loss;
    expect(missing).toBeLessThanOrEqual((loss?.transactions ?? 0) + (loss?.unknownTransactions ?? 0));
    process.stdout.write(`payments failover drill: the applications miss ${missing}, announced: ${ended.announced}\n`);
  });
});
