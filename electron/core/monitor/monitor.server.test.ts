import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InstanceState } from '@shared/model/fleet';
import { openTemporaryLab, type LoadRun, type RunningFleet } from '../../../e2e/fleet';
import { ActivityLog } from '../fleet/activity-log';
import { openLabConsole, type LabConsole } from '../testing/lab-console';
import { realClock } from '../testing/real-clock';
import { HeartbeatWriter } from './heartbeat-writer';

const lab = openTemporaryLab();
afterAll(() => lab.close());

describe('the monitor on a real wallet', () => {
  let fleet: RunningFleet;
  let console: LabConsole;
  let load: LoadRun;
  const replica = (name: string): InstanceState | undefined =>
    console.monitor.snapshot.clusters[0]?.instances.find((one) => one.name === name);
  const findings = (): readonly string[] =>
    console.monitor.snapshot.clusters[0]?.findings.map((one) =>
      `${one.code} ${one.instanceId === undefined ? '' : nameOf(one.instanceId)}`.trim(),
    ) ?? [];
  const nameOf = (id: string): string =>
    console.monitor.snapshot.clusters[0]?.instances.find((one) => one.id === id)?.name ?? id;
  const until = async (what: string, isSo: () => boolean, limitMs = 30_000): Promise<void> => {
    for (const limit = Date.now() + limitMs; Date.now() < limit; await wait(100)) if (isSo()) return;
    throw new Error(`not within ${limitMs} ms: ${what}; findings: ${findings().join(', ')}`);
  };

  beforeAll(async () => {
    fleet = await lab.up('wallet', { linkedReplication: true });
    load = await fleet.load({ writers: 2, readers: 0, writePauseMs: 15 });
    console = await openLabConsole(fleet);
    await until(
      'all answer',
      () => console.monitor.snapshot.answered === 4 && console.monitor.snapshot.clusters[0]?.primaryId != null,
    );
  });
  afterAll(async () => {
    await load?.stop();
    await console?.close();
    await fleet?.down();
  });

  it('finds four instances, one primary and three replicas, and nothing wrong', async () => {
    await until('lag is known', () => fleet.replicas.every((one) => replica(one.name)?.lag?.positionSeconds != null));
    const cluster = console.monitor.snapshot.clusters[0];
    expect(cluster?.instances.map((one) => one.role).sort()).toEqual(['primary', 'replica', 'replica', 'replica']);
    expect(cluster?.commitsPerSecond).toBeGreaterThan(0);
    expect(findings().filter((one) => !/semi-sync|not-durable|lag/.test(one))).toEqual([]);
  });

  it('shows growing lag for a receiver that has silently stopped, although the server says 0', async () => {
    await fleet.partition('wallet-2>wallet-1');
    await until('lag of 5 s', () => (replica('wallet-2')?.lag?.seconds ?? 0) > 5);
    const seen = replica('wallet-2');
    expect(seen?.channels[0]?.receiver).toBe('running');
    expect(seen?.lag?.serverSeconds).toBe(0);
    await until('the finding', () => findings().includes('receiver-silent wallet-2'));
    await fleet.heal('wallet-2>wallet-1');
    await until('healed', () => (replica('wallet-2')?.lag?.seconds ?? 99) < 2, 90_000);
  }, 150_000);

  it('names an errant transaction, and only a real one', async () => {
    expect(findings().some((one) => one.startsWith('errant'))).toBe(false);
    await fleet.fault('errant-transaction', 'wallet-4');
    await until('errant is named', () => findings().includes('errant-transactions wallet-4'));
  });

  it('keeps the last values of a crashed replica, and does not let it delay the others', async () => {
    const before = replica('wallet-3')?.gtidExecuted;
    await fleet.fault('crash', 'wallet-3');
    await until('it is said', () => findings().includes('instance-unreachable wallet-3'));
    expect(replica('wallet-3')?.gtidExecuted.length).toBeGreaterThanOrEqual(before?.length ?? 0);
    const asked = replica('wallet-4')?.seenAtMs ?? 0;
    await until('others go on', () => (replica('wallet-4')?.seenAtMs ?? 0) > asked);
    await fleet.instance('wallet-3').start();
    await until('it is back', () => replica('wallet-3')?.reach === 'answering');
  });

  it('writes a heartbeat row on the primary when asked, and reads it on every replica', async () => {
    const cluster = console.inventory.cluster(console.clusterId);
    console.inventory.saveCluster({ ...cluster, heartbeat: { kind: 'midwatch' } });
    const writer = new HeartbeatWriter({
      clusters: () => console.inventory.current.clusters,
      target: () => console.monitor.snapshot.clusters[0]?.primaryId ?? null,
      connections: console.connections,
      activity: new ActivityLog(console.store.activity, realClock),
      clock: realClock,
    });
    try {
      await until('heartbeat lag', () => (replica('wallet-4')?.lag?.heartbeatSeconds ?? null) !== null);
      expect(replica('wallet-4')?.lag).toMatchObject({ basis: 'heartbeat' });
      expect(replica('wallet-4')?.lag?.heartbeatSeconds).toBeLessThan(5);
    } finally {
      writer.stop();
    }
  });
});
