import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DigestProgress, DigestRequest } from '../../core/ports/slow-log-digester';
import type { RemoteHost } from '../../core/ports/remote-host';
import { SystemSlowLogs } from './system-slow-logs';
import { WorkerDigester } from './worker-digester';

let folder = '';
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'midwatch-slow-log-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const event = (index: number): string =>
  `# Time: 2024-05-01T12:00:0${index % 10}.000000Z\n# User@Host: app[app] @  [10.0.0.1]  Id: ${index}\n` +
  `# Query_time: 0.00${1 + (index % 9)}  Lock_time: 0.000012 Rows_sent: 1  Rows_examined: ${index}\n` +
  `SET timestamp=${1_714_564_800 + index};\nSELECT * FROM account WHERE id = ${index} AND name = 'n${index}';\n`;
const log = (count: number): string => Array.from({ length: count }, (_, index) => event(index)).join('');

/** These tests read files alone; hosts have tests on real ones. */
const noHosts: RemoteHost = {
  run: () => Promise.reject(new Error('no host here')),
  stream: () => {
    throw new Error('no host here');
  },
  pipe: () => Promise.reject(new Error('no host here')),
};
const digester = new WorkerDigester(new SystemSlowLogs(noHosts), { nowMs: () => 1_714_600_000_000 });
const request = (file: string, more: Partial<DigestRequest> = {}): DigestRequest => ({
  source: { place: { kind: 'file', path: file } },
  captureId: 'capture-1',
  clusterId: null,
  instanceId: null,
  ...more,
});
const never = new AbortController().signal;
const place = (name: string, content: string | Buffer): string => {
  const file = path.join(folder, name);
  fs.writeFileSync(file, content);
  return file;
};

describe('the thread that digests a log', () => {
  it('answers a capture, and from where the next reading goes on', async () => {
    const file = place('plain.log', log(300));
    const told: DigestProgress[] = [];
    const { capture, position } = await digester.digest(request(file), (progress) => told.push(progress), never);
    expect(capture).toMatchObject({ id: 'capture-1', takenAtMs: 1_714_600_000_000, calls: 300 });
    expect(capture.sources).toEqual([{ kind: 'slow-log', name: file, dialect: null, version: null }]);
    expect(capture.classes.map((one) => one.fingerprint)).toEqual(['select * from account where id = ? and name = ?']);
    expect(capture.classes[0]).toMatchObject({ calls: 300, verb: 'select', tables: ['account'] });
    expect(capture.classes[0]?.id).toMatch(/^[0-9a-f]{16}$/);
    expect(capture.classes[0]?.ptChecksum).toMatch(/^[0-9A-F]{32}$/);
    const size = fs.statSync(file).size;
    expect(told.at(-1)).toMatchObject({ bytesRead: size, totalBytes: size, statements: 300 });
    expect(position).toEqual({ path: file, inode: String(fs.statSync(file).ino), offset: size, schema: '' });
  });

  it('goes on where the reading before ended, and takes a statement that was not whole then', async () => {
    const whole = log(10);
    const file = place('growing.log', whole);
    const half = Math.floor(whole.length * 0.55);
    const first = await digester.digest(
      request(file, { source: { place: { kind: 'file', path: file }, maxBytes: half } }),
      () => undefined,
      never,
    );
    expect(first.capture.coverage.notes.join()).toContain(`Only ${half.toLocaleString('en')} bytes`);
    const from = first.position ?? undefined;
    expect(from?.offset).toBeLessThanOrEqual(half);
    fs.appendFileSync(file, event(10));
    const second = await digester.digest(
      request(file, { source: { place: { kind: 'file', path: file }, ...(from ? { from } : {}) } }),
      () => undefined,
      never,
    );
    expect(first.capture.calls + second.capture.calls).toBe(11);
    expect(second.position?.offset).toBe(fs.statSync(file).size);
  });

  it('reads a rotated log from its beginning, and says what may be missing', async () => {
    const file = place('rotated.log', log(3));
    const from = { path: file, inode: '1', offset: 5_000 };
    const { capture } = await digester.digest(
      request(file, { source: { place: { kind: 'file', path: file }, from } }),
      () => undefined,
      never,
    );
    expect(capture.calls).toBe(3);
    expect(capture.coverage.notes[0]).toBe(
      'The log was rotated: what the server wrote after byte 5,000 of the log before is not in these figures.',
    );
  });

  it('knows an archive by its content, and has no place to resume in it', async () => {
    const file = place('packed.log', gzipSync(log(50)));
    const { capture, position } = await digester.digest(request(file), () => undefined, never);
    expect([capture.calls, position]).toEqual([50, null]);
  });

  it('answers typed errors', async () => {
    const missing = path.join(folder, 'missing.log');
    await expect(digester.digest(request(missing), () => undefined, never)).rejects.toMatchObject({
      code: 'file-unreadable',
      message: `${missing} cannot be read`,
    });
    await expect(digester.digest(request(folder), () => undefined, never)).rejects.toMatchObject({
      code: 'file-unreadable',
    });
  });

  it('ends within 200 ms of a cancel, in the middle of a log', async () => {
    const file = path.join(folder, 'long.log');
    const part = log(5_000);
    for (let index = 0; index < 120; index++) fs.appendFileSync(file, part);
    const cancel = new AbortController();
    let cancelledAt = 0;
    const progress = (): void => {
      cancelledAt = performance.now();
      cancel.abort();
    };
    await expect(digester.digest(request(file), progress, cancel.signal)).rejects.toMatchObject({ name: 'AbortError' });
    expect(performance.now() - cancelledAt).toBeLessThan(200);
  });
});
