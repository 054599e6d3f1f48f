import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Check } from '@shared/model/plan';
import type { Instance } from '@shared/model/inventory';
import { mariadbDialect } from '../../dialect/mariadb';
import { mysqlDialect } from '../../dialect/mysql';
import { deriveTopology } from '../../fleet/topology';
import { unseen } from '../../monitor/observation';
import { channelOf, factsOf, sampleOf } from '../../testing/sample-of';
import type { ClusterReading, InstanceReading, ReachedInstance } from '../cluster-reading';
import { copyState, requireWhole } from './backup-code';
import type { CopyFacts } from './copy-facts';
import { donorBoard } from './donor-board';
import { backupCommand, backupLogin, foldersFor, readLook, startServerCommand } from './host-commands';
import { fillChecks, type FillChecksInput } from './preflight';

const uuid = '3e11fa47-71ca-11e1-9e33-c80aa9429562';
const instanceOf = (name: string): Instance => ({
  id: name,
  name,
  host: name,
  port: 3306,
  via: [],
  hostAccess: { via: [name], sudo: true },
});

interface Change {
  readonly executed?: string;
  readonly follows?: string;
  readonly channel?: Parameters<typeof channelOf>[0];
  readonly version?: string;
  readonly grants?: readonly string[];
  readonly variables?: readonly (readonly [string, string])[];
  readonly counters?: readonly (readonly [string, number])[];
  readonly semiSync?: boolean;
}

const server = (name: string, change: Change = {}): ReachedInstance => ({
  instance: instanceOf(name),
  reached: true,
  dialect: change.version?.includes('MariaDB') ? mariadbDialect : mysqlDialect,
  facts: factsOf({
    serverUuid: name,
    version: change.version ?? '9.7.4',
    grants: change.grants ?? ['GRANT ALL PRIVILEGES ON *.* TO `m`@`%`'],
    variables: new Map([['log_bin', 'ON'], ['log_replica_updates', 'ON'], ...(change.variables ?? [])]),
  }),
  sample: sampleOf({
    readOnly: change.follows !== undefined,
    gtidExecuted: change.executed ?? `${uuid}:1-100`,
    counters: new Map(change.counters),
    semiSyncSourceActive: change.semiSync === true,
    channels: change.follows === undefined ? [] : [channelOf({ sourceHost: change.follows, ...change.channel })],
  }),
  preparedXa: 0,
  enabledEvents: 0,
  privilegedAccounts: '',
  longestWriteSeconds: 0,
  channelSettings: null,
  partialTransaction: '',
  binlogState: '',
});

const copyFacts = (change: Partial<CopyFacts> = {}): CopyFacts => ({
  bytes: 1e9,
  droppableBytes: 0,
  layout: 'page size 16384; names 0',
  otherEngines: 0,
  clonePlugin: true,
  tls: true,
  elsewhere: '',
  socket: '/run/s',
  dataFolder: '/data/db',
  files: { dataFolder: '/data/db', binaryLogBase: '/data/db/binlog', pidFile: '' },
  host: {
    lines: new Map([
      ['backup', 'mariadb-backup based on MariaDB server 10.11.19-MariaDB'],
      ['mbstream', 'yes'],
      ['free', '50000000000'],
      ['inside', '50000000000'],
      ['writable', 'yes'],
      ['readable', 'yes'],
    ]),
    why: '',
  },
  ...change,
});

const readingOf = (readings: readonly InstanceReading[]): ClusterReading => ({
  cluster: {
    id: 'c',
    name: 'c',
    user: 'm',
    tls: { mode: 'off' },
    instances: readings.map((one) => one.instance),
    heartbeat: { kind: 'none' },
    pinned: false,
    connectionBudget: 5,
  },
  atMs: 0,
  readings,
  topology: deriveTopology(
    readings.map((one) => ({
      ...unseen('c', one.instance),
      ...(one.reached ? { dialect: one.dialect, sample: one.sample, facts: one.facts } : {}),
    })),
  ),
  dialect: 'mysql',
});

const primary = server('db-1');
const broken = server('db-2', { follows: 'db-1', channel: { applier: 'stopped', applierErrno: 1062 } });
const healthy = server('db-3', { follows: 'db-1' });

const boardOf = (
  others: readonly InstanceReading[],
  facts: Readonly<Record<string, CopyFacts>> = {},
): ReturnType<typeof donorBoard> => {
  const readings = [primary, broken, ...others];
  return donorBoard({
    reading: readingOf(readings),
    primary,
    recipientId: 'db-2',
    recipientVersion: '9.7.4',
    recipientRegion: undefined,
    facts: new Map(readings.map((one) => [one.instance.id, facts[one.instance.id] ?? copyFacts()])),
  });
};

const checksOf = (
  change: Partial<FillChecksInput> & { readonly others?: readonly InstanceReading[] } = {},
): readonly Check[] => {
  const { others = [healthy], ...rest } = change;
  const recipient = change.recipient ?? broken;
  const readings = [change.primary ?? primary, recipient, ...others];
  return fillChecks({
    reading: readingOf(readings),
    primary,
    recipient,
    donor: healthy,
    facts: new Map(readings.map((one) => [one.instance.id, copyFacts()])),
    divergence: { errant: { text: '', count: 0 } } as unknown as FillChecksInput['divergence'],
    login: { ok: true, evidence: '' },
    accountPassword: 'word',
    interruptedRun: null,
    ...rest,
  });
};

const statusOf = (checks: readonly Check[], code: string): string | undefined =>
  checks.find((one) => one.code === code)?.status;

describe('who gives the copy', () => {
  it('The primary gives the copy only when no replica can, and the plan warns.', () => {
    expect(boardOf([healthy]).map((one) => [one.instance, one.state])).toEqual([
      ['db-3', 'best'],
      ['db-1', 'possible'],
    ]);
    const late = server('db-3', { follows: 'db-1', channel: { delaySeconds: 60 } });
    expect(boardOf([late]).map((one) => [one.instance, one.state])[0]).toEqual(['db-1', 'best']);
    expect(statusOf(checksOf({ donor: primary }), 'donor')).toBe('warn');
    expect(statusOf(checksOf(), 'donor')).toBe('pass');
  });

  it('A donor not chosen carries the reason.', () => {
    const cases: readonly [InstanceReading, string, CopyFacts?][] = [
      [server('x', { follows: 'db-1', channel: { applier: 'stopped' } }), 'applier stopped'],
      [server('x', { follows: 'db-1', channel: { receiver: 'connecting' } }), 'receiver connecting'],
      [server('x', { follows: 'db-1', channel: { delaySeconds: 3600 } }), 'delayed on purpose by 3600 s'],
      [server('x', { follows: 'db-1', channel: { filters: ['a.b'] } }), 'has replication filters'],
      [server('x', { follows: 'db-1', executed: `${uuid}:1-101` }), 'holds errant transactions'],
      [server('x', { follows: 'db-1', version: '9.6.0' }), 'is 9.6.0, not 9.7.4'],
      [server('x', { follows: 'db-1', grants: ['GRANT SELECT ON *.* TO `m`@`%`'] }), 'lacks BACKUP_ADMIN'],
      [server('x'), 'takes writes itself'],
      [healthy, 'the clone plugin is not active', copyFacts({ clonePlugin: false })],
      [healthy, '3 tables of other engines', copyFacts({ otherEngines: 3 })],
      [healthy, 'cannot be read', copyFacts({ otherEngines: null })],
      [
        {
          instance: instanceOf('x'),
          reached: false,
          error: { code: 'connection-refused', message: 'refused', nextStep: '', details: {} },
        },
        'does not answer: refused',
      ],
    ];
    for (const [one, why, facts] of cases) {
      const row = boardOf([one], facts ? { [one.instance.id]: facts } : {}).find(
        (each) => each.instance === one.instance.name,
      );
      expect([row?.state, row?.why]).toEqual(['excluded', expect.stringContaining(why)]);
    }
  });
});

describe('the checks', () => {
  it('The primary is never filled, nor an instance that others follow.', () => {
    expect(statusOf(checksOf({ recipient: primary }), 'recipient')).toBe('fail');
    const below = server('db-4', { follows: 'db-2' });
    expect(checksOf({ others: [healthy, below] }).find((one) => one.code === 'recipient')?.evidence).toContain('db-4');
    expect(statusOf(checksOf({ others: [healthy, below] }), 'recipient')).toBe('fail');
    expect(statusOf(checksOf(), 'recipient')).toBe('pass');
  });

  it('Without enough room, or without enough who acknowledge, nothing begins.', () => {
    const small = (free: string): FillChecksInput['facts'] => {
      const host = { lines: new Map([['inside', free]]), why: '' };
      return new Map([
        ['db-1', copyFacts()],
        ['db-2', copyFacts({ host, bytes: 0 })],
        ['db-3', copyFacts()],
      ]);
    };
    expect(statusOf(checksOf({ facts: small('1050000000') }), 'disk')).toBe('fail');
    expect(statusOf(checksOf({ facts: small('1200000000') }), 'disk')).toBe('pass');
    expect(statusOf(checksOf({ facts: small('') }), 'disk')).toBe('fail');
    const waits = (clients: number): ReachedInstance =>
      server('db-1', {
        semiSync: true,
        variables: [
          ['rpl_semi_sync_source_enabled', 'ON'],
          ['rpl_semi_sync_source_wait_for_replica_count', '1'],
        ],
        counters: [['rpl_semi_sync_source_clients', clients]],
      });
    const acks = server('db-2', { follows: 'db-1', variables: [['rpl_semi_sync_replica_enabled', 'ON']] });
    expect(statusOf(checksOf({ primary: waits(1), recipient: acks }), 'semi-sync')).toBe('fail');
    expect(statusOf(checksOf({ primary: waits(2), recipient: acks }), 'semi-sync')).toBe('warn');
    expect(statusOf(checksOf({ primary: waits(3), recipient: acks }), 'semi-sync')).toBe('pass');
  });

  it('refuse what differs, what cannot be sent, and what cannot be read', () => {
    const other = new Map([
      ['db-2', copyFacts({ layout: 'page size 4096; names 0' })],
      ['db-3', copyFacts()],
    ]);
    expect(checksOf({ facts: other }).find((one) => one.code === 'layout')?.evidence).toContain('page size 16384');
    expect(statusOf(checksOf({ facts: new Map() }), 'layout')).toBe('unknown');
    expect(statusOf(checksOf({ accountPassword: 'a\\b' }), 'account')).toBe('fail');
    expect(statusOf(checksOf({ divergence: null }), 'errant')).toBe('unknown');
    const errantBy = (way: object): FillChecksInput['divergence'] =>
      ({ errant: { text: `${uuid}:9`, count: 1 }, way }) as unknown as FillChecksInput['divergence'];
    expect(statusOf(checksOf({ divergence: errantBy({ by: 'ssh' }) }), 'errant')).toBe('warn');
    expect(statusOf(checksOf({ divergence: errantBy({ by: 'none', why: 'purged' }) }), 'errant')).toBe('fail');
  });
});

describe('a copy', () => {
  const end = (exitCode: number | null, stderr: string): { exitCode: number | null; stderr: string } => ({
    exitCode,
    stderr,
  });
  it('A copy counts only with the end mark and both exit codes.', () => {
    const whole = { from: end(0, '[00] 2026-11-23 00:54:10 completed OK!\n'), to: end(0, ''), bytes: 5 };
    expect(() => requireWhole(whole, 'db-3', 'db-2')).not.toThrow();
    expect(() => requireWhole({ ...whole, from: end(0, 'Streaming ./ibdata1') }, 'db-3', 'db-2')).toThrow(
      'did not say',
    );
    expect(() => requireWhole({ ...whole, from: end(1, 'completed OK!\nError: lost') }, 'db-3', 'db-2')).toThrow(
      'db-3 failed (exit code 1)',
    );
    expect(() => requireWhole({ ...whole, from: end(null, '') }, 'db-3', 'db-2')).toThrow('ended by a signal');
    expect(() => requireWhole({ ...whole, to: end(1, 'mbstream: No space left on device') }, 'db-3', 'db-2')).toThrow(
      'db-2 could not take the copy (exit code 1): mbstream: No space left',
    );
  });

  it('tells its kind and its position, which may be empty, or that it has none', () => {
    const of = (stdout: string): ReturnType<typeof copyState> =>
      copyState({ exitCode: 0, stdout, stderr: '', truncated: false });
    expect(of('backup_type = full-backuped\ninfo=binlog.000001\t325\t0-1-5,1-2-7 \nbytes=7\nend\n')).toEqual({
      kind: 'full-backuped',
      gtid: '0-1-5,1-2-7',
      bytes: 7,
    });
    expect(of('backup_type = log-applied\ninfo=binlog.000001\t325\t \nbytes=7\nend\n').gtid).toBe('');
    expect(of('info=\nend\n')).toEqual({ kind: '', gtid: null, bytes: 0 });
  });

  it('has its sign-in in an option file that holds any password, and in no command', () => {
    expect(backupLogin({ user: 'm', password: 'a"b#c d', socket: '/run/s' })).toContain('password="a\\"b#c d"');
    expect(() => backupLogin({ user: 'm', password: 'a\nb', socket: '' })).toThrow();
    expect(backupCommand({ via: [], sudo: true }, 60)).not.toMatch(/--(user|password)/);
  });

  it('lies beside the data, and never twice under the same name', () => {
    expect(foldersFor('/var/lib/mysql/', 'X')).toEqual({
      data: '/var/lib/mysql',
      fresh: '/var/lib/mysql.midwatch-new',
      aside: '/var/lib/mysql.midwatch-old-X',
    });
    expect(readLook('free=5\nbackup=a=b\nend\n')).toEqual(
      new Map([
        ['free', '5'],
        ['backup', 'a=b'],
      ]),
    );
    expect(readLook('free=5\n')).toBeNull();
    expect(startServerCommand({ via: [], sudo: false })).toBeNull();
    expect(startServerCommand({ via: [], sudo: true, service: 'mysqld' })).toContain("sudo -n sh -c 'systemctl start");
  });
});

describe('INVARIANTS.md', () => {
  it('has a test with the same words for every sentence', () => {
    const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
    const tests = readdirSync(new URL('.', import.meta.url))
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => read(`./${name}`))
      .join('\n');
    const sentences = [...read('./INVARIANTS.md').matchAll(/^\d+\. (.+)$/gm)].map((match) => match[1] ?? '');
    expect(sentences).toHaveLength(19);
    expect(sentences.filter((one) => !tests.includes(`it('${one}'`))).toEqual([]);
  });
});
