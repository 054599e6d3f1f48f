import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTemporaryLab, type RunningFleet } from './index';
import { listFamily, type ProcessRef } from './processes';
import { readReplicaThreads } from './replication';

const lab = openTemporaryLab();
afterAll(() => lab.close());

async function until(what: string, isSo: () => Promise<boolean>, limitMs = 20_000): Promise<void> {
  for (const limit = Date.now() + limitMs; Date.now() < limit; await wait(30)) if (await isSo()) return;
  throw new Error(`not within ${limitMs} ms: ${what}`);
}

async function countRows(fleet: RunningFleet, name: string): Promise<number> {
  const [row] = await fleet.instance(name).query('SELECT COUNT(*) AS n FROM app.ledger');
  return Number(row?.['n']);
}

describe('wallet', () => {
  let fleet: RunningFleet;
  beforeAll(async () => {
    fleet = await lab.up('wallet', { hops: 2, semiSync: true, linkedReplication: true });
  });

  it('has a writable primary and three read-only replicas that follow it', async () => {
    const status = await fleet.status();
    expect(status.map(({ name, readOnly }) => [name, readOnly])).toEqual([
      ['wallet-1', false],
      ['wallet-2', true],
      ['wallet-3', true],
      ['wallet-4', true],
    ]);
    const [semiSync] = await fleet.primary.query("SHOW STATUS LIKE 'Rpl_semi_sync_source_clients'");
    expect(semiSync?.['Value']).toBe('3');
  });

  it('records every acknowledged write in the ledger, and finds it on every replica', async () => {
    const load = await fleet.load({ writers: 3, readers: 1, slowReaders: 1, writePauseMs: 2 });
    await load.waitForWrites(100);
    const report = await load.stop();
    await fleet.waitUntilCaughtUp();
    expect(load.ledger.entries()).toHaveLength(report.acknowledged + report.unknown);
    for (const { name, host, port } of fleet.instances) {
      expect({ name, missing: await load.ledger.missing(host, port) }).toEqual({ name, missing: [] });
    }
    expect(report.readErrors).toBe(0);
    expect(load.ledger.longestGap()?.toPort).toBe(fleet.primary.port);
  });

  it('names an acknowledged write that a server lost', async () => {
    const load = await fleet.load({ writers: 1, readers: 0 });
    await load.waitForWrites(5);
    await load.stop();
    const lost = load.ledger.entries()[2];
    await fleet.primary.query('DELETE FROM app.ledger WHERE writer = ? AND seq = ?', [lost?.writer, lost?.seq]);
    expect(await load.ledger.missing('127.0.0.1', fleet.primary.port)).toEqual([lost]);
  });

  it('stops and starts an applier', async () => {
    await fleet.waitUntilCaughtUp();
    const before = await countRows(fleet, 'wallet-2');
    await fleet.fault('stop-applier', 'wallet-2');
    await fleet.primary.query("INSERT INTO app.ledger (writer, seq, payload) VALUES (0, 1, 'x')");
    await until('wallet-3 has the row', async () => (await countRows(fleet, 'wallet-3')) === before + 1);
    expect(await countRows(fleet, 'wallet-2')).toBe(before);
    await fleet.fault('start-applier', 'wallet-2');
    await fleet.waitUntilCaughtUp();
    expect(await countRows(fleet, 'wallet-2')).toBe(before + 1);
  });

  it('breaks and mends an applier', async () => {
    const threads = () => readReplicaThreads(fleet.instance('wallet-3'), 'mysql');
    await fleet.fault('break-applier', 'wallet-3');
    await until('the applier stopped', async () => (await threads())?.applier === 'No');
    await fleet.fault('mend-applier', 'wallet-3');
    await fleet.waitUntilCaughtUp();
    expect(await threads()).toEqual({ receiver: 'Yes', applier: 'Yes', error: '' });
  });

  it('writes an errant transaction and leaves the replica read-only', async () => {
    await fleet.fault('errant-transaction', 'wallet-4');
    const [own] = await fleet.instance('wallet-4').query('SELECT @@gtid_executed AS gtids, @@server_uuid AS uuid');
    expect(String(own?.['gtids'])).toContain(String(own?.['uuid']));
    expect((await fleet.status()).at(-1)?.readOnly).toBe(true);
  });

  it('cuts one replica off by its link and heals it', async () => {
    await fleet.partition('wallet-4>wallet-1');
    await fleet.primary.query("INSERT INTO app.ledger (writer, seq, payload) VALUES (0, 2, 'x')");
    const reached = await countRows(fleet, 'wallet-1');
    await until('wallet-2 has the row', async () => (await countRows(fleet, 'wallet-2')) === reached);
    expect(await countRows(fleet, 'wallet-4')).toBe(reached - 1);
    await fleet.heal('wallet-4>wallet-1');
    await until('wallet-4 has the row', async () => (await countRows(fleet, 'wallet-4')) === reached);
  });

  it('delays a link in both directions', async () => {
    const { name, port } = await fleet.openLink('console', 'wallet-2');
    await fleet.setLink(name, { delayMs: 60 });
    const { createConnection } = await import('mysql2/promise');
    const connection = await createConnection({ host: '127.0.0.1', port, user: 'mon', password: 'mon' });
    const startedMs = performance.now();
    await connection.query('SELECT 1');
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(119);
    connection.destroy();
  });

  it('holds a lock pile-up until it is released', async () => {
    const outcome = await fleet.fault('lock-pile-up', 'wallet-1', { waiters: 4 });
    const waiting = async () => {
      const [row] = await fleet.primary.query('SELECT COUNT(*) AS n FROM performance_schema.data_lock_waits');
      return Number(row?.['n']) > 0;
    };
    await until('sessions wait', waiting);
    expect(outcome.kind).toBe('held');
    if (outcome.kind === 'held') await outcome.release();
    await until('nobody waits', async () => !(await waiting()));
  });

  it('hangs, resumes, crashes and starts a server again', async () => {
    const instance = fleet.instance('wallet-3');
    await fleet.fault('hang', 'wallet-3');
    const answer = instance.query('SELECT 1').then(() => 'answered');
    expect(await Promise.race([answer, wait(300, 'mute')])).toBe('mute');
    await fleet.fault('resume', 'wallet-3');
    expect(await answer).toBe('answered');
    await fleet.fault('crash', 'wallet-3');
    expect(instance.pid).toBeUndefined();
    await fleet.fault('start', 'wallet-3');
    await fleet.waitUntilReplicating();
    expect((await fleet.status()).find(({ name }) => name === 'wallet-3')?.readOnly).toBe(true);
  });

  it('keeps what SET PERSIST wrote and its supervisor over RESTART', async () => {
    const instance = fleet.instance('wallet-2');
    const before = instance.pid;
    await instance.query('SET PERSIST max_connections = 140');
    await instance.query('RESTART').catch(() => undefined); // the connection goes with the server
    await until('another process serves', async () => instance.pid !== undefined && instance.pid !== before);
    await instance.waitUntilReady();
    const [row] = await instance.query('SELECT @@max_connections AS n');
    expect(Number(row?.['n'])).toBe(140);
  });

  it('loses a bastion and gets it back on the same port with the same key', async () => {
    const bastion = fleet.bastion('bastion-1');
    const { port, hostKeyFingerprint } = bastion;
    await fleet.fault('bastion-loss', 'bastion-1');
    expect(bastion.isUp).toBe(false);
    await fleet.fault('bastion-return', 'bastion-1');
    expect([bastion.isUp, bastion.port, bastion.hostKeyFingerprint]).toEqual([true, port, hostKeyFingerprint]);
  });

  it('is found by another process and ends without a trace, even with a server that hangs', async () => {
    await fleet.fault('hang', 'wallet-2');
    const { instances, bastions, linkProcess } = fleet.file.state;
    const refs = [...instances, ...bastions].map((one) => one.process).concat(linkProcess) as ProcessRef[];
    expect(refs.every((ref) => listFamily(ref).length > 0)).toBe(true);
    expect(await lab.attach('wallet').down()).toBeGreaterThanOrEqual(refs.length);
    expect(refs.flatMap((ref) => listFamily(ref))).toEqual([]);
    expect(lab.list()).toEqual([]);
  });
});

describe('shop', () => {
  it('replicates, stops an applier, and proves its writes', async () => {
    const fleet = await lab.up('shop', { semiSync: true });
    const load = await fleet.load({ writers: 2, readers: 1 });
    await fleet.fault('stop-applier', 'shop-2');
    await load.waitForWrites(50);
    await load.stop();
    await fleet.fault('start-applier', 'shop-2');
    await fleet.waitUntilCaughtUp();
    for (const { host, port } of fleet.instances) expect(await load.ledger.missing(host, port)).toEqual([]);
    await fleet.fault('break-applier', 'shop-3');
    await until('the applier stopped', async () => {
      return (await readReplicaThreads(fleet.instance('shop-3'), 'mariadb'))?.applier === 'No';
    });
    await fleet.fault('mend-applier', 'shop-3');
    await fleet.waitUntilCaughtUp();
    await fleet.down();
  });
});

describe('the accounts of the template', () => {
  it.each(['wallet', 'shop'] as const)('can log in on %s over TLS and see what they should', async (scenario) => {
    const fleet = await lab.up(scenario);
    const { createConnection } = await import('mysql2/promise');
    const { readFileSync } = await import('node:fs');
    const { readToolchain } = await import('./toolchain');
    const ca = readFileSync(`${readToolchain().tlsFolder}/ca.pem`, 'utf8');
    for (const user of ['admin', 'app', 'mon', 'midwatch', 'midwatch_read', 'bare']) {
      const connection = await createConnection({
        host: 'localhost',
        port: fleet.primary.port,
        user,
        password: user,
        ssl: { ca, rejectUnauthorized: true, verifyIdentity: true },
      });
      const [rows] = await connection.query("SHOW STATUS LIKE 'Ssl_cipher'");
      expect((rows as { Value: string }[])[0]?.Value).not.toBe('');
      connection.destroy();
    }
    await fleet.down();
  });
});
