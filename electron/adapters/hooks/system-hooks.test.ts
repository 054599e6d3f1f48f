import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { HookCall } from '../../core/ports/hooks';
import { oneLine } from './one-line';
import { SystemHooks } from './system-hooks';

const never = new AbortController().signal;
const words: HookCall = {
  action: 'repoint',
  cluster: 'wallet',
  runId: 'run-1',
  oldHost: 'db-1.example',
  oldPort: 3306,
  newHost: 'db-2.example',
  newPort: 3307,
};
const hooks = new SystemHooks();
const shell = (command: string, timeoutSeconds = 10, token: string | null = 'secret', signal = never) =>
  hooks.call({ kind: 'shell', command, timeoutSeconds }, words, token, signal);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'midwatch-hooks-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const isAlive = (file: string): boolean => existsSync(`/proc/${readFileSync(file, 'utf8').trim()}`);

describe('a shell hook', () => {
  it('finds its words in the environment; the token is not repeated in what it said', async () => {
    expect(await shell('env | grep -E "^MIDWATCH_(ACTION|CLUSTER|HOOK|NEW|OLD|RUN)" | sort')).toBe(
      'MIDWATCH_ACTION=repoint MIDWATCH_CLUSTER=wallet MIDWATCH_HOOK_TOKEN=[token] MIDWATCH_NEW_HOST=db-2.example ' +
        'MIDWATCH_NEW_PORT=3307 MIDWATCH_OLD_HOST=db-1.example MIDWATCH_OLD_PORT=3306 MIDWATCH_RUN_ID=run-1',
    );
    expect(await shell('[ "$MIDWATCH_HOOK_TOKEN" = s3cret ] && echo same', 10, 's3cret')).toBe('same');
  });

  it('has a closed standard input and leads its own process group', async () => {
    expect(await shell('cat; echo over')).toBe('over');
    expect(await shell('[ "$(ps -o pgid= -p $$ | tr -d " ")" = $$ ] && echo leads')).toBe('leads');
  });

  it('says in one clean line what it said', async () => {
    expect(await shell(String.raw`printf '\033[31mred\033[0m\r\n\007two\0\tlines\n'`)).toBe('red two lines');
    expect(await shell('head -c 1000 /dev/zero | tr "\\0" x')).toHaveLength(300);
  });

  it('fails with its exit code and what it said', async () => {
    await expect(shell('echo no such proxy >&2; exit 3')).rejects.toMatchObject({
      code: 'hook-failed',
      message: 'The repoint hook ended with 3: no such proxy',
      details: { exitCode: 3, output: 'no such proxy' },
    });
    await expect(shell('kill -9 $$')).rejects.toMatchObject({ code: 'hook-failed', details: { exitCode: -1 } });
    await expect(shell('no-such-program-here')).rejects.toMatchObject({ details: { exitCode: 127 } });
  });

  it('is ended with its children at the time limit', async () => {
    const own = join(folder, 'own');
    const child = join(folder, 'child');
    const started = performance.now();
    await expect(
      shell(`echo $$ > ${own}; sh -c 'echo $$ > ${child}; sleep 60; true' & echo waiting; wait`, 1),
    ).rejects.toMatchObject({ code: 'hook-timeout', details: { timeoutSeconds: 1, output: 'waiting' } });
    expect(performance.now() - started).toBeLessThan(4_000);
    await expect.poll(() => [isAlive(own), isAlive(child)], { timeout: 3_000 }).toEqual([false, false]);
  });

  it('is ended by a cancel, which is an AbortError', async () => {
    const own = join(folder, 'cancelled');
    const cancel = new AbortController();
    const running = shell(`echo $$ > ${own}; trap '' TERM; sleep 60; true`, 60, null, cancel.signal);
    await expect.poll(() => existsSync(own) && readFileSync(own, 'utf8') !== '').toBe(true);
    cancel.abort();
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    await expect.poll(() => isAlive(own)).toBe(false);
  });

  it('does not wait for a child in the background, nor kill it', async () => {
    const child = join(folder, 'background');
    const started = performance.now();
    expect(await shell(`sh -c 'echo $$ > ${child}; exec sleep 15' & sleep 0.2; echo started`)).toBe('started');
    expect(performance.now() - started).toBeLessThan(4_000);
    expect(isAlive(child)).toBe(true);
    process.kill(Number(readFileSync(child, 'utf8')));
  });

  it('keeps a bounded end of what it said', async () => {
    const said = await shell('head -c 30000000 /dev/zero | tr "\\0" x; echo; echo done', 20).catch(String);
    expect(said).toHaveLength(300);
    await expect(shell('yes', 1)).rejects.toMatchObject({ code: 'hook-timeout' });
  });

  it('is not called with a value that could smuggle a second line', async () => {
    const call = { ...words, newHost: 'db-2\nMIDWATCH_OLD_HOST=db-9' };
    await expect(
      hooks.call({ kind: 'shell', command: 'true', timeoutSeconds: 5 }, call, null, never),
    ).rejects.toMatchObject({ code: 'hook-failed', message: expect.stringContaining('was not called') as string });
  });

  it('is refused on Windows', async () => {
    await expect(
      new SystemHooks('win32').call({ kind: 'shell', command: 'dir', timeoutSeconds: 5 }, words, null, never),
    ).rejects.toMatchObject({ code: 'unsupported' });
  });
});

describe('an HTTP hook', () => {
  interface Seen {
    readonly method: string | undefined;
    readonly authorization: string | undefined;
    readonly type: string | undefined;
    readonly body: string;
  }
  const seen: Seen[] = [];
  const servers: http.Server[] = [];
  afterEach(() => {
    seen.length = 0;
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function serve(answer: (response: http.ServerResponse) => void): Promise<string> {
    const server = http.createServer((request, response) => {
      let body = '';
      request.on('data', (piece: Buffer) => (body += piece.toString()));
      request.on('end', () => {
        const { authorization, 'content-type': type } = request.headers;
        seen.push({ method: request.method, authorization, type, body });
        answer(response);
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  }
  const post = (url: string, timeoutSeconds = 5, token: string | null = 'secret', signal = never) =>
    hooks.call({ kind: 'http', url, timeoutSeconds }, words, token, signal);

  it('is posted the same words as JSON, with the token as bearer', async () => {
    const url = await serve((response) => response.end('moved\nto db-2'));
    expect(await post(url)).toBe('moved to db-2');
    expect(seen).toEqual([
      { method: 'POST', authorization: 'Bearer secret', type: 'application/json', body: JSON.stringify(words) },
    ]);
    await post(url, 5, null);
    expect(seen[1]?.authorization).toBeUndefined();
  });

  it('an empty 204 is a yes', async () => {
    expect(await post(await serve((response) => response.writeHead(204).end()))).toBe('HTTP 204');
  });

  it('fails with its status and what it said', async () => {
    const url = await serve((response) => response.writeHead(500).end('no \u001b[1mleader'));
    await expect(post(url)).rejects.toMatchObject({
      code: 'hook-failed',
      message: 'The repoint hook answered 500: no leader',
      details: { status: 500, output: 'no leader' },
    });
  });

  it('follows no redirect: the token stays here', async () => {
    const other = await serve((response) => response.end('stolen'));
    const url = await serve((response) => response.writeHead(307, { location: other }).end());
    await expect(post(url)).rejects.toMatchObject({ code: 'hook-failed', details: { status: 307 } });
    expect(seen).toHaveLength(1);
  });

  it('a silent one, and one that answers without end, are left', async () => {
    await expect(post(await serve(() => undefined), 1)).rejects.toMatchObject({ code: 'hook-timeout' });
    const drip = await serve((response) => {
      response.write('slowly');
      const timer = setInterval(() => response.write('.'), 50);
      response.on('close', () => clearInterval(timer));
    });
    await expect(post(drip, 1)).rejects.toMatchObject({
      code: 'hook-timeout',
      details: { output: expect.stringContaining('slowly') as string },
    });
    const flood = await serve((response) => {
      const pour = (): void => void (response.destroyed || (response.write('x'.repeat(65_536)), setImmediate(pour)));
      pour();
    });
    expect(await post(flood)).toHaveLength(300);
  });

  it('rubbish instead of HTTP, a closed port and a cancel are told', async () => {
    const server = http.createServer();
    server.on('connection', (socket) => socket.end('\u0000\u0001 nonsense\r\n\r\n'));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await expect(post(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'hook-failed' });
    await expect(post('http://127.0.0.1:1/')).rejects.toMatchObject({
      code: 'hook-failed',
      message: expect.stringContaining('could not be reached') as string,
    });
    const cancel = new AbortController();
    const hanging = post(await serve(() => cancel.abort()), 5, 'secret', cancel.signal);
    await expect(hanging).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('is not called with a token that no header can hold', async () => {
    await expect(post('http://127.0.0.1:1/', 5, 'a\r\nx: y')).rejects.toMatchObject({
      code: 'hook-failed',
      message: expect.stringContaining('was not called') as string,
    });
  });
});

describe('oneLine', () => {
  it.each([
    ['a\tb\r\nc', 'a b c'],
    ['\u001b[1;31mx\u001b[0m', 'x'],
    ['\u202eevil', 'evil'],
    ['', ''],
  ])('%j is %j', (text, line) => expect(oneLine(text)).toBe(line));
});
