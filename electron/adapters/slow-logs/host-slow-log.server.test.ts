import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bastion } from '@shared/model/inventory';
import { openTemporaryLab, type RunningFleet } from '../../../e2e/fleet';
import type { DigestedLog } from '../../core/ports/slow-log-digester';
import type { SlowLogPosition } from '../../core/ports/slow-logs';
import { Ssh2Hosts } from '../ssh/ssh2-hosts';
import { Ssh2Tunnels } from '../ssh/ssh2-tunnels';
import { SystemSlowLogs } from './system-slow-logs';
import { WorkerDigester } from './worker-digester';

const never = new AbortController().signal;
const lab = openTemporaryLab();
afterAll(() => lab.close());

describe.each([
  ['MySQL', 'wallet'],
  ['MariaDB', 'shop'],
] as const)('the slow log that %s writes, read on its host', (product, scenario) => {
  let fleet: RunningFleet;
  let tunnels: Ssh2Tunnels;
  let digester: WorkerDigester;
  let file: string;
  const name = `${scenario}-1`;
  const isMariadb = product === 'MariaDB';

  beforeAll(async () => {
    fleet = await lab.up(scenario, { hosts: true });
    const host = fleet.instance(name).sshHost;
    if (!host) throw new Error('the lab has no host for it');
    tunnels = new Ssh2Tunnels({
      hostKeys: {
        find: (at, port) => ({ host: at, port, fingerprint: host.hostKeyFingerprint, pinnedAtMs: 0 }),
        pin: () => undefined,
        forget: () => undefined,
      },
      secrets: { get: () => null },
    });
    digester = new WorkerDigester(new SystemSlowLogs(new Ssh2Hosts(tunnels)), { nowMs: () => Date.now() });
    file = path.join(fleet.folder, `it's a slow log.${name}`);
    await fleet
      .instance(name)
      .execute(
        "SET GLOBAL log_output = 'FILE'",
        `SET GLOBAL slow_query_log_file = "${file}"`,
        'SET GLOBAL long_query_time = 0',
        isMariadb ? "SET GLOBAL log_slow_verbosity = 'query_plan,explain,innodb'" : 'SET GLOBAL log_slow_extra = ON',
        'SET GLOBAL slow_query_log = ON',
      );
  });
  afterAll(async () => {
    await fleet.instance(name).execute('SET GLOBAL slow_query_log = OFF');
    await tunnels.close();
    await fleet.down();
  });

  function hop(): Bastion {
    const host = fleet.instance(name).sshHost;
    if (!host) throw new Error('the lab has no host for it');
    const auth = { method: 'key', keyFile: host.privateKeyPath } as const;
    return { id: name, name, host: host.host, port: host.port, user: host.user, auth };
  }

  const read = (from: SlowLogPosition | null = null, at = file, maxBytes?: number): Promise<DigestedLog> =>
    digester.digest(
      {
        source: {
          place: { kind: 'host', via: [hop()], path: at },
          ...(from ? { from } : {}),
          ...(maxBytes === undefined ? {} : { maxBytes }),
        },
        captureId: 'c',
        clusterId: null,
        instanceId: null,
      },
      () => undefined,
      never,
    );
  const callsOf = ({ capture }: DigestedLog, text: string): number =>
    capture.classes.filter(({ fingerprint }) => fingerprint.includes(text)).reduce((sum, { calls }) => sum + calls, 0);
  /** Each marked statement goes to the log once; new sessions know long_query_time. */
  const ask = (mark: string, count: number): Promise<void> =>
    fleet
      .instance(name)
      .execute(
        'USE app',
        ...Array.from({ length: count }, (_, index) => `SELECT ${index} AS ${mark} FROM account LIMIT 1`),
      );

  it('has every statement, with its time, schema and plan', async () => {
    const before = Date.now();
    await ask('first_mark', 25);
    const log = await read();
    expect(callsOf(log, 'first_mark')).toBe(25);
    const one = log.capture.classes.find(({ fingerprint }) => fingerprint.includes('first_mark'));
    expect(one).toMatchObject({ verb: 'select', tables: ['account'], schemas: [{ name: 'app', calls: 25 }] });
    expect(one?.firstSeenMs).toBeGreaterThan(before - 2_000);
    expect(one?.lastSeenMs).toBeLessThan(Date.now() + 2_000);
    expect(one?.metrics['Rows_sent']).toMatchObject({ count: 25, total: 25 });
    if (isMariadb) expect(one?.samples[0]?.plan).toContain('account');
    else expect(one?.metrics).toHaveProperty('Read_first');
    expect(log.capture.sources[0]).toMatchObject({ name: file, dialect: isMariadb ? 'mariadb' : 'mysql' });
    // Nothing but the server's banner is left out.
    expect(log.capture.coverage.skipped.filter(({ reason }) => reason !== 'banner')).toEqual([]);
  });

  it('goes on where it ended: no statement twice, none left out', async () => {
    const { position } = await read();
    await ask('second_mark', 7);
    const next = await read(position);
    expect([callsOf(next, 'second_mark'), callsOf(next, 'first_mark')]).toEqual([7, 0]);
    expect((await read(next.position)).capture.calls).toBeLessThan(3);
  });

  it('takes no more than asked, and the rest next time', async () => {
    await ask('third_mark', 20);
    let calls = 0;
    let from: SlowLogPosition | null = null;
    for (let turn = 0; turn < 100 && calls < 20; turn++) {
      const part: DigestedLog = await read(from, file, 5_000);
      expect(part.capture.coverage.bytesRead).toBeLessThanOrEqual(5_000);
      calls += callsOf(part, 'third_mark');
      from = part.position;
    }
    expect(calls).toBe(20);
  });

  it('notices a rotation, and reads the packed old log', async () => {
    const { position } = await read();
    fs.renameSync(file, `${file}.1`);
    await fleet.instance(name).execute('FLUSH SLOW LOGS');
    await ask('fourth_mark', 3);
    const after = await read(position);
    expect(callsOf(after, 'fourth_mark')).toBe(3);
    expect(after.capture.coverage.notes[0]).toContain('The log was rotated');
    execFileSync('gzip', ['-f', `${file}.1`]);
    const old = await read(null, `${file}.1.gz`);
    expect([callsOf(old, 'first_mark'), old.position]).toEqual([25, null]);
  });

  it('notices a truncation', async () => {
    const { position } = await read();
    fs.truncateSync(file, 0);
    await ask('fifth_mark', 2);
    const after = await read(position);
    expect(after.capture.coverage.notes[0]).toContain('The log was truncated');
    expect(callsOf(after, 'fifth_mark')).toBe(2);
  });

  it('says what it may not or cannot read', async () => {
    await expect(read(null, '/nowhere/slow.log')).rejects.toMatchObject({
      code: 'file-unreadable',
      message: 'The slow log /nowhere/slow.log is not there',
    });
    await expect(read(null, 'slow.log')).rejects.toMatchObject({ code: 'invalid-input' });
  });

  it('counts a session without a schema to the schema before, where the log does not tell', async () => {
    // The log was truncated above, and names the schema again only after another one.
    await fleet.instance(name).execute('USE mysql', 'SELECT 1', 'USE app', 'SELECT 1');
    const { position } = await read();
    await fleet.instance(name).execute('USE app', 'SELECT 1 AS sixth_mark');
    await fleet.instance(name).execute('SELECT 1 AS seventh_mark');
    const log = await read(position);
    const schemasOf = (mark: string): readonly string[] | undefined =>
      log.capture.classes.find(({ fingerprint }) => fingerprint.includes(mark))?.schemas.map((one) => one.name);
    expect(schemasOf('sixth_mark')).toEqual(['app']);
    // MariaDB names the schema of each statement; MySQL only a new one.
    expect(schemasOf('seventh_mark')).toEqual(isMariadb ? [] : ['app']);
  });
});
