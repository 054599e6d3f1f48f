import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Bastion } from '@shared/model/inventory';
import type { RunningFleet } from '../../../e2e/fleet/fleet';
import { openTemporaryLab } from '../../../e2e/fleet/lab';
import type { SshServer } from '../../../e2e/fleet/ssh-server';
import { Ssh2Hosts } from './ssh2-hosts';
import { Ssh2Tunnels } from './ssh2-tunnels';

const never = new AbortController().signal;
const lab = openTemporaryLab();
let fleet: RunningFleet;
let outer: SshServer;
let host: SshServer;
let folder: string;
const open: Ssh2Tunnels[] = [];

beforeAll(async () => {
  fleet = await lab.up('shop', { hops: 2 });
  outer = fleet.bastion('bastion-1');
  host = fleet.bastion('bastion-2');
  folder = mkdtempSync(join(tmpdir(), 'midwatch-hosts-'));
  // The account on the host is another one.
  chmodSync(folder, 0o777);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((tunnels) => tunnels.close()));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await lab.close();
});

function openHosts(): { readonly tunnels: Ssh2Tunnels; readonly hosts: Ssh2Hosts } {
  const servers = [outer, host];
  const tunnels = new Ssh2Tunnels({
    hostKeys: {
      find: (at, port) => {
        const known = servers.find((one) => one.host === at && one.port === port);
        return known ? { host: at, port, fingerprint: known.hostKeyFingerprint, pinnedAtMs: 0 } : null;
      },
      pin: () => undefined,
      forget: () => undefined,
    },
    secrets: { get: () => null },
  });
  open.push(tunnels);
  return { tunnels, hosts: new Ssh2Hosts(tunnels) };
}

function hop(server: SshServer): Bastion {
  const auth = { method: 'key', keyFile: server.privateKeyPath } as const;
  return { id: server.name, name: server.name, host: server.host, port: server.port, user: server.user, auth };
}

const via = (): readonly Bastion[] => [hop(outer), hop(host)];
const run = (command: string, options: { timeoutMs?: number; maxBytes?: number } = {}, signal = never) =>
  openHosts().hosts.run(via(), command, { timeoutMs: 10_000, ...options }, signal);

let files = 0;
/** A command that writes its process id to a file, and then does `then`; and how to see whether it is still there. */
function tracked(then: string): { readonly command: string; isBorn(): boolean; isAlive(): boolean } {
  const file = join(folder, `pid-${(files += 1)}`);
  return {
    command: `echo $$ > ${file}; ${then}`,
    isBorn: () => existsSync(file) && readFileSync(file, 'utf8').trim() !== '',
    isAlive: () => existsSync(`/proc/${readFileSync(file, 'utf8').trim()}`),
  };
}

describe('run', () => {
  it.each([
    ['both outputs and 0', 'echo out; echo err >&2', { exitCode: 0, stdout: 'out\n', stderr: 'err\n' }],
    ['another exit code', 'exit 3', { exitCode: 3, stdout: '', stderr: '' }],
    ['quotes as they are', `echo "it's" 'a "b"'`, { stdout: `it's a "b"\n`, stderr: '' }],
    ['null for a signal', 'kill -9 $$', { exitCode: null }],
    ['a closed standard input', 'cat; echo over', { exitCode: 0, stdout: 'over\n' }],
    ['no terminal', 'test -t 1 || echo none', { exitCode: 0, stdout: 'none\n' }],
    ['text in UTF-8', "printf 'Zürich'", { exitCode: 0, stdout: 'Zürich' }],
  ])('tells %s', async (_name, command, outcome) => {
    expect(await run(command)).toMatchObject({ ...outcome, truncated: false });
  });

  it('goes over the connection that the chain has already', async () => {
    const { tunnels, hosts } = openHosts();
    await Promise.all([1, 2, 3].map(() => hosts.run(via(), 'true', { timeoutMs: 10_000 }, never)));
    const stream = await tunnels.openStream(via(), '127.0.0.1', fleet.primary.port, never);
    expect(tunnels.list()).toMatchObject([{ id: 'bastion-1>bastion-2', state: 'up', channels: 1 }]);
    stream.destroy();
  });

  it('keeps at most maxBytes of each output, and says so', async () => {
    const outcome = await run('head -c 300000 /dev/zero | tr "\\0" x; echo short >&2', { maxBytes: 1000 });
    expect(outcome).toEqual({ exitCode: 0, stdout: 'x'.repeat(1000), stderr: 'short\n', truncated: true });
  });

  it('ends a command at its time limit, and says that nobody knows what it did', async () => {
    const slow = tracked('sleep 60; true');
    await expect(run(slow.command, { timeoutMs: 1_500 })).rejects.toMatchObject({
      code: 'host-command-failed',
      message: expect.stringContaining('nobody knows what it did') as string,
      details: { outcome: 'unknown', timeoutMs: 1_500 },
    });
    await expect.poll(slow.isAlive, { timeout: 5_000 }).toBe(false);
  });

  it('a cancel ends the command and is an AbortError', async () => {
    const cancel = new AbortController();
    const slow = tracked('sleep 60; true');
    const running = run(slow.command, {}, cancel.signal);
    await expect.poll(slow.isBorn, { timeout: 5_000 }).toBe(true);
    cancel.abort();
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    await expect.poll(slow.isAlive, { timeout: 5_000 }).toBe(false);
  });

  it('does not wait for a child in the background that holds the output open', async () => {
    const started = performance.now();
    expect(await run('sleep 20 & echo up')).toMatchObject({ exitCode: 0, stdout: 'up\n' });
    expect(performance.now() - started).toBeLessThan(9_000);
  });

  it('tells the hop that fails', async () => {
    const { hosts } = openHosts();
    const nowhere = [hop(outer), { ...hop(host), port: 1 }];
    await expect(hosts.run(nowhere, 'true', { timeoutMs: 5_000 }, never)).rejects.toMatchObject({
      code: 'connection-refused',
    });
  });

  it('a connection lost mid-command: nobody knows what it did', async () => {
    const slow = tracked('sleep 30; true');
    const running = run(slow.command, { timeoutMs: 20_000 }).catch((error: unknown) => error);
    await expect.poll(slow.isBorn, { timeout: 5_000 }).toBe(true);
    await host.lose();
    expect(await running).toMatchObject({ code: 'host-command-failed', details: { outcome: 'unknown' } });
    await host.start();
  });
});

describe('stream', () => {
  const stream = (command: string, timeoutMs = 20_000) =>
    openHosts().hosts.stream(via(), command, { timeoutMs }, never);

  it('hands over all of a long output, however slowly it is read', async () => {
    let bytes = 0;
    for await (const piece of stream('head -c 20000000 /dev/zero')) {
      if (bytes === 0) await new Promise((resolve) => setTimeout(resolve, 300));
      bytes += piece.length;
    }
    expect(bytes).toBe(20_000_000);
  });

  it('throws what the host said when the command fails, after the pieces that came', async () => {
    const pieces: string[] = [];
    const read = async () => {
      for await (const piece of stream('echo some; echo no such log >&2; exit 2'))
        pieces.push(Buffer.from(piece).toString());
    };
    await expect(read()).rejects.toMatchObject({
      code: 'host-command-failed',
      message: expect.stringContaining('ended with 2: no such log') as string,
      details: { exitCode: 2, outcome: 'ended' },
    });
    expect(pieces.join('')).toBe('some\n');
  });

  it('ends the command when the reader leaves, and at its time limit', async () => {
    const endless = tracked('exec yes');
    for await (const _piece of stream(endless.command)) break;
    await expect.poll(endless.isAlive, { timeout: 5_000 }).toBe(false);
    const silent = tracked('exec sleep 60');
    const read = async () => {
      for await (const _piece of stream(silent.command, 1_500)) void _piece;
    };
    await expect(read()).rejects.toMatchObject({ code: 'host-command-failed', details: { outcome: 'unknown' } });
    await expect.poll(silent.isAlive, { timeout: 5_000 }).toBe(false);
  });
});

describe('pipe', () => {
  const pipe = (
    from: string,
    to: string,
    options: { timeoutMs?: number; stallMs?: number; input?: string; onBytes?: (bytes: number) => void } = {},
    signal = never,
  ) =>
    openHosts().hosts.pipe(
      { via: [hop(outer)], command: from },
      { via: via(), command: to },
      { timeoutMs: 30_000, stallMs: 20_000, ...options },
      signal,
    );

  it('carries every byte from one host to another, and tells how many', async () => {
    const file = join(folder, 'piped');
    const told: number[] = [];
    const outcome = await pipe(
      'head -c 30000000 /dev/urandom | tee /tmp/mw-$$.sum | cat; sha256sum < /tmp/mw-$$.sum >&2; rm /tmp/mw-$$.sum',
      `cat > ${file}; sha256sum < ${file} >&2`,
      {
        onBytes: (bytes) => told.push(bytes),
      },
    );
    expect(outcome).toMatchObject({ from: { exitCode: 0 }, to: { exitCode: 0 }, bytes: 30_000_000 });
    expect(outcome.to.stderr).toBe(outcome.from.stderr);
    expect(told.at(-1)).toBe(30_000_000);
  });

  it('is as fast as its reader: what it has not read stays with the writer', async () => {
    let most = 0;
    const slow = await pipe('head -c 60000000 /dev/zero', 'head -c 1000000 > /dev/null; sleep 2; cat > /dev/null', {
      onBytes: (bytes) => {
        if (performance.now() - started < 1_800) most = Math.max(most, bytes);
      },
    });
    expect(slow.bytes).toBe(60_000_000);
    expect(most).toBeLessThan(20_000_000);
  });
  const started = performance.now();

  it('gives the first command its input, which stands in no command line', async () => {
    const seen = join(folder, 'input');
    await pipe(`cat > ${seen}; ps -eo args | grep -c '[s]ecret words' >&2; echo over`, 'cat > /dev/null', {
      input: 'secret words',
    }).then((outcome) => expect(outcome.from.stderr.trim()).toBe('0'));
    expect(readFileSync(seen, 'utf8')).toBe('secret words');
  });

  it('ends the writer when the reader fails, and tells both', async () => {
    const endless = tracked('exec yes');
    const outcome = await pipe(endless.command, 'head -c 100000 > /dev/null; echo No space left on device >&2; exit 3');
    expect(outcome.to).toEqual({ exitCode: 3, stderr: 'No space left on device\n' });
    expect(outcome.from.exitCode).not.toBe(0);
    await expect.poll(endless.isAlive, { timeout: 5_000 }).toBe(false);
  });

  it('tells that the writer failed, though its reader was content', async () => {
    const outcome = await pipe('echo half; echo gone >&2; exit 2', 'cat > /dev/null');
    expect(outcome).toEqual({ from: { exitCode: 2, stderr: 'gone\n' }, to: { exitCode: 0, stderr: '' }, bytes: 5 });
  });

  it('ends both at a cancel, at its time limit, and when nothing flows any more', async () => {
    const cancel = new AbortController();
    const cases: readonly [string, () => Promise<unknown>, object][] = [
      [
        'echo x; exec sleep 60',
        () => Promise.resolve(),
        { code: 'host-command-failed', message: expect.stringContaining('Nothing came') as string },
      ],
      ['exec yes', () => Promise.resolve(), { code: 'host-command-failed', details: { timeoutMs: 2_500 } }],
      ['exec yes', async () => cancel.abort(), { name: 'AbortError' }],
    ];
    for (const [command, act, wanted] of cases) {
      const [writer, reader] = [tracked(command), tracked('exec cat > /dev/null')];
      const running = pipe(writer.command, reader.command, { timeoutMs: 2_500, stallMs: 1_200 }, cancel.signal).catch(
        (error: unknown) => error,
      );
      await expect.poll(() => writer.isBorn() && reader.isBorn(), { timeout: 5_000 }).toBe(true);
      await act();
      expect(await running).toMatchObject(wanted);
      await expect.poll(() => writer.isAlive() || reader.isAlive(), { timeout: 5_000 }).toBe(false);
    }
  });

  it('fails when the connection to either host breaks, and ends the other', async () => {
    const [writer, reader] = [tracked('exec yes'), tracked('exec cat > /dev/null')];
    const running = pipe(writer.command, reader.command).catch((error: unknown) => error);
    await expect.poll(() => writer.isBorn() && reader.isBorn(), { timeout: 5_000 }).toBe(true);
    await host.lose();
    expect(await running).toMatchObject({ code: 'host-command-failed', details: { outcome: 'unknown' } });
    await expect.poll(writer.isAlive, { timeout: 5_000 }).toBe(false);
    await host.start();
  });
});
