import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Bastion, SecretRef, SshAuth } from '@shared/model/inventory';
import type { Bastion as LabBastion } from '../../../e2e/fleet/bastion';
import { labPassphrase } from '../../../e2e/fleet/bastion';
import type { RunningFleet } from '../../../e2e/fleet/fleet';
import { openTemporaryLab } from '../../../e2e/fleet/lab';
import { readToolchain } from '../../../e2e/fleet/toolchain';
import type { HostKeys, PinnedKey } from '../../core/ports/host-keys';
import type { MysqlTarget } from '../../core/ports/mysql-session';
import { Mysql2Connector } from '../mysql/mysql2-connector';
import { Ssh2Tunnels, type Ssh2TunnelsParts } from './ssh2-tunnels';

const never = new AbortController().signal;
const lab = openTemporaryLab();
let fleet: RunningFleet;
let outer: LabBastion;
let inner: LabBastion;
const open: Ssh2Tunnels[] = [];

beforeAll(async () => {
  fleet = await lab.up('shop', { hops: 2 });
  outer = fleet.bastion('bastion-1');
  inner = fleet.bastion('bastion-2');
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((tunnels) => tunnels.close()));
});
afterAll(() => lab.close());

class PinnedInMemory implements HostKeys {
  readonly #keys = new Map<string, PinnedKey>();
  find(host: string, port: number): PinnedKey | null {
    return this.#keys.get(`${host}:${port}`) ?? null;
  }
  pin(key: PinnedKey): void {
    this.#keys.set(`${key.host}:${key.port}`, key);
  }
  forget(host: string, port: number): void {
    this.#keys.delete(`${host}:${port}`);
  }
}

function trusting(...bastions: readonly LabBastion[]): PinnedInMemory {
  const keys = new PinnedInMemory();
  for (const { host, port, hostKeyFingerprint } of bastions) {
    keys.pin({ host, port, fingerprint: hostKeyFingerprint, pinnedAtMs: 0 });
  }
  return keys;
}

function openTunnels(
  parts: Partial<Ssh2TunnelsParts> & { secret?: (ref: SecretRef) => string | null } = {},
): Ssh2Tunnels {
  const tunnels = new Ssh2Tunnels({
    hostKeys: trusting(outer, inner),
    secrets: { get: parts.secret ?? (() => null) },
    ...parts,
  });
  open.push(tunnels);
  return tunnels;
}

function hop(bastion: LabBastion, auth: SshAuth = { method: 'key', keyFile: bastion.privateKeyPath }): Bastion {
  return { id: bastion.name, name: bastion.name, host: bastion.host, port: bastion.port, user: bastion.user, auth };
}

function target(via: readonly Bastion[], changes: Partial<MysqlTarget> = {}): MysqlTarget {
  return {
    host: '127.0.0.1',
    port: fleet.primary.port,
    user: 'midwatch_read',
    password: 'midwatch_read',
    tls: { mode: 'off' },
    via,
    programName: 'midwatch',
    connectTimeoutMs: 10_000,
    ...changes,
  };
}

const connect = (tunnels: Ssh2Tunnels, via: readonly Bastion[], changes: Partial<MysqlTarget> = {}) =>
  new Mysql2Connector({ tunnels }).connect(target(via, changes), never);

async function signsIn(tunnels: Ssh2Tunnels, via: readonly Bastion[]): Promise<void> {
  const session = await connect(tunnels, via);
  expect(await session.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await session.close();
}

describe('signing in at a bastion', () => {
  it('with a key file', () => signsIn(openTunnels(), [hop(outer)]));

  it('with an encrypted key', () => {
    const secret = (ref: SecretRef) => (ref.kind === 'bastion-passphrase' ? labPassphrase : null);
    return signsIn(openTunnels({ secret }), [hop(outer, { method: 'key', keyFile: outer.encryptedKeyPath })]);
  });

  it.each(['password', 'keyboard-interactive'] as const)('by %s', async (method) => {
    if (outer.password === undefined) return;
    await signsIn(openTunnels({ secret: () => outer.password ?? null }), [hop(outer, { method })]);
  });

  describe('with the agent', () => {
    let agent: ChildProcess;
    let folder: string;
    let socket: string;
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'midwatch-agent-'));
      socket = join(folder, 'agent.sock');
      agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
      await vi.waitFor(() => expect(runAdd('-l')).toMatch(/no identities/));
    });
    afterAll(() => {
      agent.kill();
      rmSync(folder, { recursive: true });
    });
    const runAdd = (...args: readonly string[]): string => {
      try {
        return execFileSync('ssh-add', args, {
          env: { ...process.env, SSH_AUTH_SOCK: socket },
          stdio: 'pipe',
        }).toString();
      } catch (error) {
        return error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
      }
    };

    it('says when it holds no key, and signs in when it does', async () => {
      const tunnels = openTunnels({ agentSocket: () => socket });
      const via = [hop(outer, { method: 'agent' })];
      await expect(connect(tunnels, via)).rejects.toMatchObject({ code: 'ssh-agent-missing' });
      runAdd('-q', outer.privateKeyPath);
      tunnels.reconnect(outer.name);
      await signsIn(tunnels, via);
    });
  });

  it('says which proof was refused and what the server accepts, and does not hammer', async () => {
    const tunnels = openTunnels();
    // inner's key is not authorised at outer.
    const via = [hop(outer, { method: 'key', keyFile: inner.privateKeyPath })];
    await expect(connect(tunnels, via)).rejects.toMatchObject({
      code: 'ssh-auth-failed',
      message: expect.stringContaining('publickey') as string,
    });
    expect(tunnels.list()).toMatchObject([{ state: 'blocked', attempt: 1, error: { code: 'ssh-auth-failed' } }]);
    await expect(connect(tunnels, via)).rejects.toMatchObject({ code: 'ssh-auth-failed' });
    expect(tunnels.list()).toMatchObject([{ attempt: 1 }]);
  });

  it('tries again as soon as the password is another', async () => {
    if (outer.password === undefined) return;
    let password = 'wrong';
    const tunnels = openTunnels({ secret: () => password });
    const via = [hop(outer, { method: 'password' })];
    await expect(connect(tunnels, via)).rejects.toMatchObject({ code: 'ssh-auth-failed' });
    password = outer.password;
    await signsIn(tunnels, via);
  });

  it('asks for the passphrase, and says when it is wrong', async () => {
    const via = [hop(outer, { method: 'key', keyFile: outer.encryptedKeyPath })];
    await expect(connect(openTunnels(), via)).rejects.toMatchObject({ code: 'secret-missing' });
    const wrong = openTunnels({ secret: () => 'wrong' });
    await expect(connect(wrong, via)).rejects.toMatchObject({ code: 'ssh-passphrase-wrong' });
  });
});

describe('host keys', () => {
  it('an unknown key blocks with its fingerprint, and trusting it unblocks', async () => {
    const hostKeys = new PinnedInMemory();
    const tunnels = openTunnels({ hostKeys });
    const { host, port, hostKeyFingerprint: fingerprint } = outer;
    await expect(connect(tunnels, [hop(outer)])).rejects.toMatchObject({
      code: 'host-key-unknown',
      details: { host, port, fingerprint },
    });
    expect(tunnels.list()).toMatchObject([{ state: 'blocked', nextTryAtMs: null }]);
    hostKeys.pin({ host, port, fingerprint, pinnedAtMs: 0 });
    await signsIn(tunnels, [hop(outer)]);
    expect(tunnels.list()).toMatchObject([{ state: 'up', hostKeyFingerprint: fingerprint, error: null }]);
  });

  it('a changed key blocks with both fingerprints, also behind another hop', async () => {
    const pinned = inner.hostKeyFingerprint;
    const tunnels = openTunnels({ hostKeys: trusting(outer, inner) });
    const via = [hop(outer), hop(inner)];
    await signsIn(tunnels, via);
    await inner.lose();
    inner.replaceHostKey();
    await inner.start();
    const blocked = () => connect(tunnels, via).catch((error: unknown) => error);
    await expect.poll(blocked, { timeout: 10_000 }).toMatchObject({
      code: 'host-key-changed',
      details: { pinned, offered: inner.hostKeyFingerprint },
    });
    expect(tunnels.list()).toMatchObject([{ state: 'blocked', nextTryAtMs: null }]);
  });
});

describe('the way onwards', () => {
  it('two hops share the first with those who use it alone, and one tunnel serves all', async () => {
    const tunnels = openTunnels();
    const sessions = await Promise.all([
      connect(tunnels, [hop(outer), hop(inner)]),
      connect(tunnels, [hop(outer), hop(inner)]),
      connect(tunnels, [hop(outer)]),
    ]);
    expect(
      tunnels.list().map(({ id, name, chain, state, channels }) => ({ id, name, chain, state, channels })),
    ).toEqual([
      // Two streams: the connection of the chain below, and a session of its own.
      { id: 'bastion-1', name: 'bastion-1', chain: ['bastion-1'], state: 'up', channels: 2 },
      {
        id: 'bastion-1>bastion-2',
        name: 'bastion-1 › bastion-2',
        chain: ['bastion-1', 'bastion-2'],
        state: 'up',
        channels: 2,
      },
    ]);
    await expect
      .poll(() => tunnels.list().every(({ roundTripMs }) => roundTripMs !== null && roundTripMs > 0))
      .toBe(true);
    await Promise.all(sessions.map((session) => session.close()));
    await expect.poll(() => tunnels.list().map(({ channels }) => channels)).toEqual([1, 0]);
  });

  it('forty sessions at once use one tunnel, without a warning', async () => {
    const warnings: string[] = [];
    const onWarning = (warning: Error) => warnings.push(warning.message);
    process.on('warning', onWarning);
    const tunnels = openTunnels();
    const sessions = await Promise.all(Array.from({ length: 40 }, () => connect(tunnels, [hop(outer)])));
    const answers = await Promise.all(sessions.map((session) => session.query('SELECT CONNECTION_ID() AS id')));
    expect(new Set(answers.map(([row]) => row?.id)).size).toBe(40);
    expect(tunnels.list()).toMatchObject([{ channels: 40, attempt: 0 }]);
    await Promise.all(sessions.map((session) => session.close()));
    await expect.poll(() => tunnels.list()[0]?.channels).toBe(0);
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });

  it('TLS goes through, and verifies the server’s name, not the bastion’s', async () => {
    const tunnels = openTunnels();
    const caFile = join(readToolchain().tlsFolder, 'ca.pem');
    const tls = { mode: 'verify-identity', caFile } as const;
    const via = [hop(outer), hop(inner)];
    for (const host of ['127.0.0.1', 'localhost']) {
      const session = await connect(tunnels, via, { host, tls });
      const [row] = await session.query("SHOW SESSION STATUS LIKE 'Ssl_version'");
      expect(row?.Value).toMatch(/^TLS/);
      await session.close();
    }
    await expect(connect(tunnels, via, { host: '127.1', tls })).rejects.toMatchObject({
      code: 'tls-identity-mismatch',
    });
    const other = { ...tls, caFile: join(readToolchain().tlsFolder, 'other-ca.pem') };
    await expect(connect(tunnels, via, { tls: other })).rejects.toMatchObject({ code: 'tls-ca-rejected' });
  });

  it.each([
    ['a closed port', () => ({ port: 1 }), 'connection-refused'],
    ['an unknown name', () => ({ host: 'no-such-host.invalid' }), 'name-not-found'],
    ['the SSH port', () => ({ port: outer.port }), 'not-mysql'],
  ])('tells %s behind the bastion', async (_name, changes, code) => {
    await expect(connect(openTunnels(), [hop(outer)], changes())).rejects.toMatchObject({ code });
  });

  it('tells a bastion that is not there, and fails at once while it waits', async () => {
    const tunnels = openTunnels();
    const nowhere = { ...hop(outer), port: 1 };
    await expect(connect(tunnels, [nowhere])).rejects.toMatchObject({ code: 'connection-refused' });
    const started = performance.now();
    await expect(connect(tunnels, [nowhere])).rejects.toMatchObject({ code: 'connection-refused' });
    expect(performance.now() - started).toBeLessThan(200);
    expect(tunnels.list()).toMatchObject([{ state: 'reconnecting', attempt: 1 }]);
    expect(tunnels.list()[0]?.nextTryAtMs).toBeGreaterThan(Date.now() - 1);
  });

  it('tells a port that is not SSH', async () => {
    const mysql = { ...hop(outer), port: fleet.primary.port };
    await expect(connect(openTunnels(), [mysql])).rejects.toMatchObject({
      code: 'ssh-protocol',
      message: expect.stringContaining('a MySQL or MariaDB server') as string,
    });
  });
});

describe('loss and return', () => {
  it('streams fail with connection-lost, the tunnel comes back by itself, through both hops', async () => {
    const tunnels = openTunnels({ hostKeys: trusting(outer, inner) });
    const via = [hop(outer), hop(inner)];
    const seen = new Set<string>();
    tunnels.onChange(() => tunnels.list().forEach(({ state }) => seen.add(state)));
    const session = await connect(tunnels, via);
    const busy = session.query('SELECT SLEEP(30)');
    await outer.lose();
    await expect(busy).rejects.toMatchObject({ code: 'connection-lost', details: { outcome: 'unknown' } });
    expect(session.closed).toBe(true);
    expect(tunnels.list()).toMatchObject([{ state: 'reconnecting', channels: 0 }]);
    await outer.start();
    await expect.poll(() => tunnels.list()[0]?.state, { timeout: 20_000 }).toBe('up');
    await signsIn(tunnels, via);
    expect([...seen].sort()).toEqual(['connecting', 'reconnecting', 'up']);
  });

  it('tells a session at once when its server ends behind the bastion', async () => {
    const replica = fleet.replicas[0] ?? fleet.primary;
    const session = await connect(openTunnels(), [hop(outer)], { port: replica.port });
    const busy = session.query('SELECT SLEEP(30)').catch((error: unknown) => error);
    const idle = await connect(openTunnels(), [hop(outer)], { port: replica.port });
    await replica.kill();
    expect(await busy).toMatchObject({ code: 'connection-lost', details: { outcome: 'unknown' } });
    await expect.poll(() => idle.closed).toBe(true);
    await replica.start();
  });

  it('notices a way that went silent by its keep-alive', async () => {
    const link = await fleet.openLink('console', 'bastion-1');
    const hostKeys = trusting(outer);
    hostKeys.pin({ host: link.host, port: link.port, fingerprint: outer.hostKeyFingerprint, pinnedAtMs: 0 });
    const tunnels = openTunnels({ hostKeys, limits: { keepaliveMs: 200, keepaliveMisses: 3, connectMs: 1_000 } });
    const via = [{ ...hop(outer), port: link.port }];
    const session = await connect(tunnels, via);
    await fleet.partition(link.name);
    await expect.poll(() => session.closed, { timeout: 5_000 }).toBe(true);
    expect(tunnels.list()).toMatchObject([{ state: 'reconnecting' }]);
    await fleet.heal(link.name);
    await expect.poll(() => tunnels.list()[0]?.state, { timeout: 20_000 }).toBe('up');
  });

  it('checks everything at once after this computer slept', async () => {
    const link = await fleet.openLink('laptop', 'bastion-1');
    const hostKeys = trusting(outer);
    hostKeys.pin({ host: link.host, port: link.port, fingerprint: outer.hostKeyFingerprint, pinnedAtMs: 0 });
    const tunnels = openTunnels({ hostKeys, limits: { checkMs: 300 } });
    const session = await connect(tunnels, [{ ...hop(outer), port: link.port }]);
    await fleet.partition(link.name);
    const realNow = Date.now.bind(Date);
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => realNow() + 60_000);
    await expect.poll(() => session.closed, { timeout: 5_000 }).toBe(true);
    clock.mockRestore();
    await fleet.heal(link.name);
    tunnels.reconnect('bastion-1');
    await expect.poll(() => tunnels.list()[0]?.state, { timeout: 5_000 }).toBe('up');
  });

  it('gives an unused tunnel back, and opens it again on demand', async () => {
    const tunnels = openTunnels({ limits: { keepaliveMs: 100, idleMs: 150 } });
    await signsIn(tunnels, [hop(outer)]);
    await expect.poll(() => tunnels.list()[0]?.state, { timeout: 5_000 }).toBe('idle');
    await signsIn(tunnels, [hop(outer)]);
  });

  it('forget ends every chain with the bastion; an edited bastion starts a new one', async () => {
    const tunnels = openTunnels({ hostKeys: trusting(outer, inner) });
    const direct = await connect(tunnels, [hop(outer)]);
    const behind = await connect(tunnels, [hop(outer), hop(inner)]);
    tunnels.forget(inner.name);
    await expect.poll(() => behind.closed).toBe(true);
    expect(direct.closed).toBe(false);
    expect(tunnels.list().map(({ id }) => id)).toEqual(['bastion-1']);
    await signsIn(tunnels, [{ ...hop(outer), name: 'renamed' }]);
    expect(tunnels.list()).toMatchObject([{ name: 'renamed' }]);
    await expect.poll(() => direct.closed).toBe(true);
  });
});
