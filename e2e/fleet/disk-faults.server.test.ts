import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTemporaryLab, type LoadRun, type RunningFleet } from './index';
import { whyNoVolume } from './own-volume';

const lab = openTemporaryLab();
afterAll(() => lab.close());
const reason = await whyNoVolume();

describe.runIf(reason === undefined)('disk faults on a real server', () => {
  let fleet: RunningFleet;
  let load: LoadRun;
  beforeAll(async () => {
    fleet = await lab.up('shards:1');
    load = await fleet.load({ writers: 2, readers: 0 });
  });
  afterAll(() => load.stop());

  it('a full disk stops the writes; space and a restart give them back', async () => {
    await fleet.fault('disk-full', 'shard-01-1');
    await expect.poll(() => writesWithin(500), { timeout: 30_000 }).toBe(0);
    await fleet.fault('disk-free', 'shard-01-1');
    // Left alone, MySQL looks once a minute whether there is space again.
    await fleet.fault('crash', 'shard-01-1');
    await fleet.fault('start', 'shard-01-1');
    await load.waitForWrites(20);
  });

  it('a slow disk slows the writes', async () => {
    const before = await writesWithin(1_000);
    const outcome = await fleet.fault('disk-slow', 'shard-01-1');
    if (outcome.kind === 'skipped') return;
    await wait(1_000);
    expect(await writesWithin(2_000)).toBeLessThan(before);
    await fleet.fault('disk-fast', 'shard-01-1');
  });

  it('lost no acknowledged write so far', async () => {
    await load.stop();
    expect(await load.ledger.missing('127.0.0.1', fleet.primary.port)).toEqual([]);
  });

  // No claim about acknowledged writes here: at the moment of the error ext4 lets an fsync succeed that wrote nothing,
  // and the server then acknowledges a transaction that only its replicas keep.
  it('a read-only file system stops the writes; repair brings the server back', async () => {
    load = await fleet.load({ writers: 2, readers: 0 });
    await load.waitForWrites(20);
    await fleet.fault('disk-read-only', 'shard-01-1');
    await expect.poll(() => writesWithin(500), { timeout: 30_000 }).toBe(0);
    await fleet.fault('disk-writable', 'shard-01-1');
    await load.waitForWrites(20);
  });

  async function writesWithin(ms: number): Promise<number> {
    const before = load.report().acknowledged;
    await wait(ms);
    return load.report().acknowledged - before;
  }
});

describe.runIf(reason !== undefined)('disk faults without root', () => {
  it('are skipped and say why', async () => {
    const fleet = await lab.up('shards:1');
    expect(await fleet.fault('disk-full', 'shard-01-1')).toEqual({ kind: 'skipped', reason });
  });
});
