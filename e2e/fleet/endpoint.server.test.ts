import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTemporaryLab, type Endpoint, type Instance, type RunningFleet } from './index';

const run = promisify(execFile);
const lab = openTemporaryLab();
afterAll(() => lab.close());

describe('an application endpoint', () => {
  let fleet: RunningFleet;
  let endpoint: Endpoint;
  let first: Instance;
  let second: Instance;
  beforeAll(async () => {
    fleet = await lab.up('shop');
    endpoint = await fleet.openEndpoint();
    [first, second] = fleet.instances as [Instance, Instance];
  });
  beforeEach(async () => {
    await endpoint.setHookMode('obey');
    await endpoint.pointTo(first);
  });

  const connect = () => createConnection({ host: endpoint.host, port: endpoint.port, user: 'app', password: 'app' });
  const portSeen = async () => {
    const connection = await connect();
    const [rows] = await connection.query('SELECT @@port AS port');
    connection.destroy();
    return (rows as { port: number }[])[0]?.port;
  };
  const repoint = { action: 'repoint', cluster: 'shop', runId: 'r-1', oldHost: '127.0.0.1', newHost: '127.0.0.1' };
  const post = (body: unknown, limitMs = 5_000) =>
    fetch(endpoint.httpHook, { method: 'POST', body: JSON.stringify(body), signal: AbortSignal.timeout(limitMs) });
  const shell = (to: Instance, limitMs = 5_000) =>
    run('sh', ['-c', endpoint.shellHook], {
      timeout: limitMs,
      env: {
        PATH: process.env['PATH'],
        MIDWATCH_ACTION: 'repoint',
        MIDWATCH_CLUSTER: 'shop',
        MIDWATCH_RUN_ID: 'r-1',
        MIDWATCH_OLD_HOST: '127.0.0.1',
        MIDWATCH_OLD_PORT: String(first.port),
        MIDWATCH_NEW_HOST: to.host,
        MIDWATCH_NEW_PORT: String(to.port),
      },
    });

  it('leads to the first primary, and is found again', async () => {
    expect(await portSeen()).toBe(first.port);
    expect((await fleet.openEndpoint()).port).toBe(endpoint.port);
  });

  it.each(['shell', 'http'] as const)('follows its %s hook and cuts who is connected', async (by) => {
    const old = await connect();
    const cut = new Promise((settle) => old.on('error', settle));
    if (by === 'shell') expect((await shell(second)).stdout).toContain('"ok":true');
    else {
      const response = await post({ ...repoint, oldPort: first.port, newPort: second.port });
      expect([response.status, await response.json()]).toEqual([200, { ok: true, now: `127.0.0.1:${second.port}` }]);
    }
    await cut;
    expect(await portSeen()).toBe(second.port);
    expect((await endpoint.state()).calls.at(-1)).toMatchObject({
      by,
      mode: 'obey',
      request: { cluster: 'shop', runId: 'r-1', oldPort: first.port, newPort: second.port },
    });
  });

  it.each([
    ['rubbish', 0, 200],
    ['lie', 0, 200],
    ['fail', 3, 500],
  ] as const)('has hooks that %s and do not move', async (mode, code, status) => {
    await endpoint.setHookMode(mode);
    const outcome = await shell(second).then(
      () => 0,
      (error: { code: number }) => error.code,
    );
    const response = await post({ ...repoint, newPort: second.port });
    expect([outcome, response.status]).toEqual([code, status]);
    expect(await portSeen()).toBe(first.port);
  });

  it('has hooks that hang', async () => {
    await endpoint.setHookMode('hang');
    await expect(shell(second, 400)).rejects.toMatchObject({ killed: true });
    await expect(post({ ...repoint, newPort: second.port }, 400)).rejects.toThrow();
    expect(await portSeen()).toBe(first.port);
  });

  it('refuses what it does not understand', async () => {
    expect((await post({ action: 'drain' })).status).toBe(400);
    await expect(shell({ host: '127.0.0.1', port: 0 } as Instance)).rejects.toMatchObject({ code: 2 });
  });

  it('carries the load, whose ledger names the server behind it', async () => {
    const load = await fleet.load({ writers: 2, readers: 0, endpoint });
    await load.waitForWrites(20);
    const report = await load.stop();
    expect(new Set(load.ledger.entries().map(({ port }) => port))).toEqual(new Set([first.port]));
    expect(report.refused).toBe(0);
  });

  it('ends with its fleet', async () => {
    await fleet.down();
    await expect(connect()).rejects.toThrow();
  });
});
