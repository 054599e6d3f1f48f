import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningFleet } from '../../e2e/fleet/fleet';
import { openTemporaryLab } from '../../e2e/fleet/lab';

const lab = openTemporaryLab();
const entry = fileURLToPath(new URL('./index.ts', import.meta.url));
let fleet: RunningFleet;
let folder: string;

beforeAll(async () => {
  fleet = await lab.up('wallet');
  folder = mkdtempSync(join(tmpdir(), 'midwatch-cli-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await lab.close();
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** Runs the command line as a person would, in a data folder of its own. `onLine` sees each line as it comes. */
function midwatch(
  words: readonly string[],
  onLine?: (line: string, send: (signal: NodeJS.Signals) => void, leave: () => void) => void,
): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', 'tsx', entry, ...words, '--data', folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, MIDWATCH_PASSWORD: 'midwatch', MIDWATCH_REPLICATION_PASSWORD: 'repl' },
  });
  let out = '';
  let error = '';
  let lines = 0;
  child.stdout.on('data', (piece: Buffer) => {
    out += piece.toString();
    const whole = out.split('\n').slice(0, -1);
    for (const line of whole.slice(lines))
      onLine?.(
        line,
        (signal) => void child.kill(signal),
        () => child.stdout.destroy(),
      );
    lines = whole.length;
  });
  child.stderr.on('data', (piece: Buffer) => (error += piece.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, error })));
}

const parse = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;
const linesOf = (text: string): readonly Record<string, unknown>[] => text.trim().split('\n').map(parse);
const switchover = ['operation', 'run', 'wallet', '--kind', 'switchover'];
const unlocked = ['--unlock', '5', '--reason', 'planned move'];
let runId = '';

describe('the command line on a fleet', () => {
  it('takes the cluster in', async () => {
    const { port } = fleet.primary;
    const words = ['--host', '127.0.0.1', '--port', String(port), '--user', 'midwatch', '--name', 'wallet', '--add'];
    expect(await midwatch(['fleet', 'discover', ...words])).toMatchObject({ code: 0 });
  });

  it('shows a plan with its loss, and changes nothing', async () => {
    const { code, out } = await midwatch(['operation', 'plan', 'wallet', '--kind', 'switchover']);
    expect(out).toMatch(/Loss: 0 transactions/);
    expect(out).toMatch(/--- point of no return ---/);
    expect(code).toBe(0);
  });

  it.each([
    ['wrong words', ['operation', 'plan', 'wallet', '--kind', 'sideways'], 2, '--kind sideways is not known'],
    ['no kind', ['operation', 'plan', 'wallet'], 2, '--kind is missing'],
    ['no confirmation', switchover, 2, '--confirm is missing'],
    ['an unknown cluster', ['operation', 'plan', 'walled', '--kind', 'switchover'], 1, 'No cluster walled'],
    ['an unknown run', ['operation', 'report', 'nothing'], 1, 'No run nothing'],
    ['a reason that is missing', [...switchover, '--confirm', 'wallet', '--unlock', '5'], 2, '--reason'],
    ['another name', [...switchover, '--confirm', 'wallets', ...unlocked], 6, 'nothing was begun'],
    ['a locked cluster', [...switchover, '--confirm', 'wallet'], 6, '--unlock MINUTES'],
    [
      'a drill for a person without a terminal',
      ['operation', 'drill', 'wallet', '--kind', 'switchover', '--confirm', 'wallet'],
      2,
      '--unattended',
    ],
  ])('refuses %s', async (_name, words, code, text) => {
    const ended = await midwatch(words);
    expect([ended.code, ended.error]).toEqual([code, expect.stringContaining(text)]);
  });

  it('turns back on Ctrl-C before the point of no return', async () => {
    let interrupted = false;
    const { code, out } = await midwatch(
      [...switchover, '--confirm', 'wallet', ...unlocked, '--json'],
      (line, send) => {
        if (interrupted || !line.includes('"type":"intent"')) return;
        interrupted = true;
        send('SIGINT');
      },
    );
    const events = linesOf(out);
    expect(events.map((one) => one['event'])).toEqual(
      expect.arrayContaining(['plan', 'started', 'progress', 'cancelling']),
    );
    expect(events.at(-1)).toMatchObject({ format: 'midwatch-report/1', state: 'cancelled', reason: 'planned move' });
    expect(code).toBe(7);
  });

  it('runs a switchover, says what it does, and ends with the report', async () => {
    const { code, out, error } = await midwatch([...switchover, '--confirm', 'wallet', ...unlocked]);
    expect([code, error]).toEqual([0, '']);
    expect(out).toMatch(/Succeeded: /);
    expect(out).toMatch(/Time without writes: announced .*measured \d/);
    expect(out).toMatch(/\d+ s {2}✓/);
  });

  it('lists runs and reports one in each format', async () => {
    const { out, code } = await midwatch(['operation', 'list', 'wallet', '--json']);
    expect(code).toBe(0);
    const runs = JSON.parse(out) as readonly { readonly runId: string; readonly state: string }[];
    expect(runs.map((one) => one.state)).toEqual(['succeeded', 'cancelled']);
    runId = runs[0]?.runId ?? '';
    const file = join(folder, 'report.html');
    expect(await midwatch(['operation', 'report', runId.slice(0, 8), '--format', 'html', '--out', file])).toMatchObject(
      { code: 0 },
    );
    expect(readFileSync(file, 'utf8')).toMatch(/^<!doctype html>/i);
    const asJson = await midwatch(['operation', 'report', runId, '--format', 'json']);
    expect(parse(asJson.out)).toMatchObject({ format: 'midwatch-report/1', runId, state: 'succeeded' });
    const asPdf = await midwatch(['operation', 'report', runId, '--format', 'pdf', '--json']);
    expect([asPdf.code, parse(asPdf.out)]).toEqual([
      1,
      { error: expect.objectContaining({ code: 'unsupported' }) as unknown },
    ]);
  });

  it('runs an unattended drill and keeps its figures', async () => {
    const words = [
      'operation',
      'drill',
      'wallet',
      '--kind',
      'switchover',
      '--confirm',
      'wallet',
      '--unattended',
      ...unlocked,
    ];
    const drill = await midwatch([...words, '--json']);
    expect(linesOf(drill.out).at(-1)).toMatchObject({ state: 'succeeded', unattended: true, missing: 0, error: '' });
    expect(drill.code).toBe(0);
    const { out } = await midwatch(['operation', 'drills', 'wallet']);
    expect(out).toMatch(/Switchover +succeeded/);
  });

  it('carries a run to its end when nobody reads it any more', async () => {
    const words = [...switchover, '--confirm', 'wallet', ...unlocked, '--json'];
    const ended = await midwatch(words, (line, _send, leave) => {
      if (line.includes('"type":"intent"')) leave();
    });
    expect(ended.code).toBe(0);
    const { out } = await midwatch(['operation', 'list', '--json']);
    expect((JSON.parse(out) as readonly { readonly state: string }[])[0]?.state).toBe('succeeded');
  });

  it('finds what a killed run left, and settles it', async () => {
    let killed = false;
    const words = [...switchover, '--confirm', 'wallet', ...unlocked, '--json'];
    const ended = await midwatch(words, (line, send) => {
      if (killed || !line.includes('"type":"intent"')) return;
      killed = true;
      send('SIGKILL');
    });
    expect(ended.code).toBeNull();
    const list = await midwatch(['operation', 'list', '--json']);
    expect(list.code).toBe(4);
    const [stopped] = JSON.parse(list.out) as readonly { readonly runId: string; readonly state: string }[];
    expect(stopped?.state).toBe('interrupted');
    const interrupted = stopped?.runId ?? '';
    const look = await midwatch(['operation', 'look', interrupted, '--json']);
    expect([look.code, look.error]).toEqual([0, '']);
    expect(parse(look.out)).toMatchObject({ runId: interrupted, choices: expect.any(Array) as unknown });
    expect((await midwatch(['operation', 'look', interrupted])).out).toMatch(/--choice roll-back/);
    const resume = ['operation', 'resume', interrupted, '--choice'];
    expect((await midwatch([...resume, 'roll-back', '--confirm', 'other'])).code).toBe(6);
    expect((await midwatch([...resume, 'adopt', '--confirm', 'wallet'])).code).toBe(2);
    const back = await midwatch([...resume, 'roll-back', '--confirm', 'wallet', '--json']);
    expect([back.code, back.error]).toEqual([7, '']);
    expect(linesOf(back.out).at(-1)).toMatchObject({ format: 'midwatch-report/1', state: 'cancelled' });
    expect((await midwatch(['operation', 'list'])).code).toBe(0);
  });

  it('fails over from a dead primary when a person swears that it is off', async () => {
    const failover = ['operation', 'run', 'wallet', '--kind', 'failover', '--confirm', 'wallet', ...unlocked];
    const calm = await midwatch(failover);
    expect([calm.code, calm.out]).toEqual([6, expect.stringContaining('This plan cannot be carried out')]);
    const status = await midwatch(['fleet', 'status', '--json']);
    const { clusters } = parse(status.out) as {
      readonly clusters: readonly {
        readonly primaryId: string;
        readonly instances: readonly { readonly id: string; readonly name: string; readonly port: number }[];
      }[];
    };
    const primary = clusters[0]?.instances.find((one) => one.id === clusters[0]?.primaryId);
    await fleet.instances.find((one) => one.port === primary?.port)?.kill();
    const plan = await midwatch(['operation', 'plan', 'wallet', '--kind', 'failover', '--json']);
    expect(plan.code).toBe(0);
    const { attestation } = parse(plan.out) as { readonly attestation: { readonly expected: string } | null };
    const sworn = attestation === null ? [] : ['--attest', attestation.expected];
    if (attestation) expect((await midwatch([...failover, '--attest', 'nobody'])).code).toBe(6);
    const { code, out, error } = await midwatch([...failover, ...sworn]);
    expect([code, error]).toEqual([0, '']);
    expect(out).toMatch(/Announced loss: \S/);
  });
});
