import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTemporaryLab, type Endpoint, type RunningFleet } from '../../../../e2e/fleet';
import { openLabConsole, type LabConsole } from '../../testing/lab-console';

const lab = openTemporaryLab();
afterAll(() => lab.close());
const { signal } = new AbortController();

async function untilPrimarySeen(console: LabConsole, instances: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const cluster = console.monitor.snapshot.clusters[0];
    if (cluster?.primaryId && cluster.answered === instances) return;
    await wait(100);
  }
  throw new Error('the monitor never saw the whole cluster');
}

describe.each(['wallet', 'shop'])('drills on %s', (scenario) => {
  let fleet: RunningFleet;
  let endpoint: Endpoint;
  let console: LabConsole;
  const input = { kind: 'failover' as const, unattended: true, reason: 'test' };
  beforeAll(async () => {
    fleet = await lab.up(scenario, { hosts: true, semiSync: true });
    endpoint = await fleet.openEndpoint();
    console = await openLabConsole(fleet, {
      endpoint: { host: endpoint.host, port: endpoint.port },
      repointCommand: endpoint.shellHook,
    });
    await untilPrimarySeen(console, fleet.instances.length);
  });
  afterAll(async () => {
    await console?.close();
    await fleet?.down();
  });

  it('Nothing is broken without the cluster’s name typed and the cluster unlocked.', async () => {
    const { clusterId } = console;
    await expect(console.drills.start({ ...input, clusterId, confirmName: 'other' }, signal)).rejects.toMatchObject({
      code: 'confirmation-mismatch',
    });
    await expect(console.drills.start({ ...input, clusterId, confirmName: scenario }, signal)).rejects.toMatchObject({
      code: 'cluster-locked',
    });
    console.unlocks.unlock({ clusterId, cluster: scenario, reason: 'drill', minutes: 10 });
  });

  it('A drill breaks only what it has just seen healthy.', async () => {
    const replicas = fleet.instances.slice(1);
    for (const one of replicas) await fleet.fault('crash', one.name);
    // A killed server takes a moment to be gone.
    await wait(1000);
    const { clusterId } = console;
    const shown = await console.drills.plan({ clusterId, kind: 'failover' }, signal);
    expect(shown.applyable).toBe(false);
    expect(shown.refusals.join()).toContain('No replica could be the new primary');
    await expect(console.drills.start({ ...input, clusterId, confirmName: scenario }, signal)).rejects.toMatchObject({
      code: 'plan-not-applyable',
    });
    for (const one of replicas) await one.start();
    for (const one of replicas)
      await one.execute(scenario === 'wallet' ? 'START REPLICA' : 'START SLAVE').catch(() => undefined);
    console.monitor.wakeAll();
    await wait(1500);
    await untilPrimarySeen(console, fleet.instances.length);
  });

  it('Its RTO is what the probe saw: from the last write acknowledged before to the first acknowledged after.', async () => {
    const { drillId } = await console.drills.start(
      { ...input, kind: 'switchover', clusterId: console.clusterId, confirmName: scenario },
      signal,
    );
    const drill = await console.drills.ended(drillId);
    expect([drill.error, drill.state]).toEqual(['', 'succeeded']);
    expect(drill.rtoMs).toBeGreaterThan(0);
    expect(drill.rtoMs).toBe(console.operations.report(drill.runId ?? '').writeGapMs);
    expect((await endpoint.state()).target.port).toBe(fleet.instance(drill.newPrimary).port);
    process.stdout.write(`${scenario} switchover drill: ${drill.rtoMs} ms ${JSON.stringify(drill.phases)}\n`);
  });

  it('Its RPO counts each acknowledged row of the probe on the new primary.', async () => {
    await untilPrimarySeen(console, fleet.instances.length);
    await wait(1500);
    const { drillId } = await console.drills.start(
      { ...input, clusterId: console.clusterId, confirmName: scenario },
      signal,
    );
    const drill = await console.drills.ended(drillId);
    expect([drill.error, drill.state]).toEqual(['', 'succeeded']);
    expect(drill.acknowledged).toBeGreaterThan(0);
    expect(drill.missing).toBe(0);
    expect(drill.announced).toContain('no acknowledged write');
    expect(drill.phases.map((one) => one.name).slice(0, 4)).toEqual(['Break', 'Detect', 'Plan', 'Approve']);
    process.stdout.write(`${scenario} failover drill: ${drill.rtoMs} ms ${JSON.stringify(drill.phases)}\n`);
  });

  it('It is kept as evidence, and compared with earlier ones.', () => {
    const kept = console.drills.list(console.clusterId);
    expect(kept.map((one) => [one.kind, one.state])).toEqual([
      ['failover', 'succeeded'],
      ['switchover', 'succeeded'],
    ]);
  });
});

describe('a drill that cannot be proven', () => {
  let fleet: RunningFleet;
  let console: LabConsole;
  beforeAll(async () => {
    fleet = await lab.up('shop', { hosts: true });
    const endpoint = await fleet.openEndpoint();
    await endpoint.setHookMode('rubbish');
    console = await openLabConsole(fleet, {
      endpoint: { host: endpoint.host, port: endpoint.port },
      repointCommand: endpoint.shellHook,
    });
    await untilPrimarySeen(console, fleet.instances.length);
  });
  afterAll(async () => {
    await console?.close();
    await fleet?.down();
  });

  it('Where nothing was measured it says so, and fails.', async () => {
    console.unlocks.unlock({ clusterId: console.clusterId, cluster: 'shop', reason: 'drill', minutes: 10 });
    const { drillId } = await console.drills.start(
      { clusterId: console.clusterId, confirmName: 'shop', kind: 'failover', unattended: true, reason: '' },
      signal,
    );
    const drill = await console.drills.ended(drillId);
    expect(drill.state).toBe('failed');
    expect(drill.rtoMs).toBeNull();
    expect(drill.error).not.toBe('');
  });
});
