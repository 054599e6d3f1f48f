import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Viewpoint } from '@shared/model/verdict';
import type { Instance } from '@shared/model/inventory';
import { mysqlDialect } from '../../dialect/mysql';
import { mariadbDialect } from '../../dialect/mariadb';
import { deriveTopology } from '../../fleet/topology';
import { unseen } from '../../monitor/observation';
import type { LastWords } from '../../ports/store';
import { channelOf, factsOf, sampleOf } from '../../testing/sample-of';
import type { ClusterReading, ReachedInstance } from '../cluster-reading';
import { failoverBoard } from './board';
import { actLabel } from './labels';
import { lossOf, type LossInput } from './loss';
import { splitTail, tailOf } from './salvage';
import { judgeVerdict } from './verdict';
import { consoleView, hostView, replicaView } from './viewpoints';

const uuid = '3e11fa47-71ca-11e1-9e33-c80aa9429562';

const view = (kind: Viewpoint['kind'], saw: Viewpoint['saw'], from: string = kind): Viewpoint => ({
  from,
  kind,
  saw,
  evidence: 'seen',
  ageMs: 0,
});

const verdictOf = (
  viewpoints: readonly Viewpoint[],
  waits: { readonly waiting: number; readonly ackers: number; readonly wanted?: number } = { waiting: 0, ackers: 2 },
): ReturnType<typeof judgeVerdict> =>
  judgeVerdict({
    primary: 'db-1',
    viewpoints,
    waitingForAck: waits.waiting,
    ackersConnected: waits.ackers,
    acksWanted: waits.wanted ?? 1,
  });

describe('the verdict', () => {
  it('While one replica still hears the primary, no failover is offered.', () => {
    const consoles: readonly Viewpoint['saw'][] = ['refuses', 'silent', 'hangs', 'cannot-tell'];
    const others: readonly Viewpoint['saw'][] = ['refuses', 'silent', 'cannot-tell'];
    const hosts: readonly (Viewpoint['saw'] | null)[] = [null, 'answers', 'gone', 'hangs', 'silent', 'cannot-tell'];
    for (const mine of consoles)
      for (const other of others)
        for (const host of hosts) {
          const verdict = verdictOf([
            view('console', mine),
            view('replica', 'answers', 'db-2'),
            view('replica', other, 'db-3'),
            ...(host ? [view('host', host)] : []),
          ]);
          expect([mine, other, host, verdict.kind, verdict.offersFailover]).toEqual([
            mine,
            other,
            host,
            'unseen',
            false,
          ]);
        }
  });

  it('A primary that answers, is full, or waits for an acknowledgement is not failed over.', () => {
    const deaf = [view('replica', 'refuses', 'db-2'), view('replica', 'silent', 'db-3')];
    expect(verdictOf([view('console', 'answers'), ...deaf]).kind).toBe('alive');
    expect(verdictOf([view('console', 'full'), ...deaf]).kind).toBe('overloaded');
    const locked = verdictOf([view('console', 'answers'), ...deaf], { waiting: 3, ackers: 0 });
    expect(locked.kind).toBe('semi-sync-locked');
    expect(locked.sentence).toContain('3 commits');
    const hears = [view('replica', 'answers', 'db-2'), view('replica', 'answers', 'db-3')];
    const kinds = [
      verdictOf([view('console', 'answers'), ...deaf], { waiting: 1, ackers: 2 }),
      verdictOf([view('console', 'answers'), ...hears], { waiting: 1, ackers: 1, wanted: 2 }),
      verdictOf([view('console', 'answers'), ...hears], { waiting: 1, ackers: 2 }),
    ].map((one) => one.kind);
    expect(kinds).toEqual(['semi-sync-locked', 'semi-sync-locked', 'alive']);
    expect([verdictOf([view('console', 'full'), ...deaf]), locked].map((one) => one.offersFailover)).toEqual([
      false,
      false,
    ]);
  });

  it('One viewpoint alone offers nothing.', () => {
    for (const saw of ['refuses', 'silent', 'hangs'] as const)
      expect(verdictOf([view('console', saw), view('replica', 'cannot-tell')]).offersFailover).toBe(false);
  });

  it('A host that runs no server makes it dead; where nobody can look, it is lost and a person has to swear.', () => {
    const silent = [view('console', 'silent'), view('replica', 'silent', 'db-2'), view('replica', 'silent', 'db-3')];
    expect(verdictOf([...silent, view('host', 'gone')]).kind).toBe('dead');
    expect(verdictOf([...silent, view('host', 'hangs')]).kind).toBe('hung');
    expect(verdictOf([...silent, view('host', 'answers')]).kind).toBe('hung');
    expect(verdictOf([...silent, view('host', 'silent')]).kind).toBe('host-lost');
    expect(verdictOf(silent).kind).toBe('host-lost');
    const refusing = [view('console', 'refuses'), view('replica', 'refuses', 'db-2')];
    expect(verdictOf(refusing).kind).toBe('dead');
  });
});

const instanceOf = (name: string): Instance => ({ id: name, name, host: name, port: 3306, via: [] });

const replica = (
  name: string,
  change: {
    readonly executed?: string;
    readonly received?: string;
    readonly channel?: Parameters<typeof channelOf>[0];
  },
): ReachedInstance => ({
  instance: instanceOf(name),
  reached: true,
  dialect: mysqlDialect,
  facts: factsOf({
    serverUuid: name,
    variables: new Map([
      ['log_bin', 'ON'],
      ['log_replica_updates', 'ON'],
    ]),
  }),
  sample: sampleOf({
    readOnly: true,
    gtidExecuted: change.executed ?? `${uuid}:1-100`,
    channels: [channelOf({ receiver: 'connecting', receivedGtid: change.received ?? '', ...change.channel })],
  }),
  preparedXa: 0,
  enabledEvents: 0,
  privilegedAccounts: '',
  longestWriteSeconds: 0,
  channelSettings: null,
  partialTransaction: '',
  binlogState: '',
});

describe('how a replica sees it', () => {
  const at = (channel: Parameters<typeof channelOf>[0]): Viewpoint['saw'] =>
    replicaView(replica('db-2', { channel }), null).saw;
  it.each([
    ['heard a moment ago', { receiver: 'running', heardAtMs: 999_500 }, 'answers'],
    ['claims to run and heard nothing for long', { receiver: 'running', heardAtMs: 900_000 }, 'silent'],
    ['is refused', { receiver: 'connecting', receiverErrno: 2003, receiverError: "Can't connect … (111)" }, 'refuses'],
    ['is lost', { receiver: 'connecting', receiverErrno: 2013, receiverError: 'Lost connection' }, 'silent'],
    ['tries without an error, as after SIGSTOP', { receiver: 'connecting', receiverErrno: 0 }, 'silent'],
    ['was stopped by a person', { receiver: 'stopped' }, 'cannot-tell'],
  ] as const)('%s', (_what, channel, saw) => expect(at(channel)).toBe(saw));

  it('on servers that do not say when they heard, by two looks', () => {
    const look = (receivedHeartbeats: number): ReachedInstance =>
      replica('db-2', { channel: { receiver: 'running', heardAtMs: null, receivedHeartbeats } });
    expect(replicaView(look(5), null).saw).toBe('cannot-tell');
    expect(replicaView(look(5), look(4)).saw).toBe('answers');
    expect(replicaView(look(5), look(5)).saw).toBe('silent');
  });
});

describe('how its host sees it', () => {
  const said = (stdout: string, exitCode = 0): Viewpoint['saw'] =>
    hostView('db-1', { exitCode, stdout, stderr: '', truncated: false }).saw;
  it.each([
    ['end\n', 0, 'gone'],
    ['running S 7\nend\n', 0, 'answers'],
    ['running T 7\nend\n', 0, 'hangs'],
    ['running D 7\nend\n', 0, 'hangs'],
    ['', 0, 'cannot-tell'],
    ['end\n', 1, 'cannot-tell'],
    ['rubbish', 0, 'cannot-tell'],
  ] as const)('%j', (text, code, saw) => expect(said(text, code)).toBe(saw));

  it('which does not answer', () => {
    const error = { code: 'connection-timeout', message: 'no answer', nextStep: '', details: {} } as const;
    expect(hostView('db-1', error).saw).toBe('silent');
    expect(consoleView({ instance: instanceOf('db-1'), reached: false, error }).saw).toBe('silent');
  });
});

const words: LastWords = {
  instanceId: 'db-1',
  atMs: 10_000,
  gtidExecuted: `${uuid}:1-110`,
  commitsPerSecond: 50,
  semiSync: false,
  serverUuid: uuid,
  version: '9.7.4',
  dialect: 'mysql',
  pidFile: '',
  dataFolder: '',
  binaryLogBase: '',
  semiSyncWaitForCount: 1,
  semiSyncTimeoutMs: 10_000,
};

const lossWith = (change: Partial<LossInput>): ReturnType<typeof lossOf> =>
  lossOf({
    dialect: mysqlDialect,
    words,
    nowMs: 10_800,
    held: `${uuid}:1-100`,
    replicasAnswering: 3,
    replicasKnown: 3,
    isMostReceived: true,
    noneRestarted: true,
    disk: null,
    ...change,
  });

describe('the price', () => {
  it('What is not known is null and said, never 0.', () => {
    const unheard = lossWith({ words: null });
    expect([unheard.basis, unheard.transactions, unheard.bytes, unheard.unknownSeconds]).toEqual([
      'unknown',
      null,
      null,
      null,
    ]);
    expect(unheard.sentence).toContain('not known');
    const heard = lossWith({});
    expect([heard.transactions, heard.bytes, heard.unknownSeconds, heard.unknownTransactions]).toEqual([
      10,
      null,
      0.8,
      40,
    ]);
    expect(heard.sentence).toContain('10 transactions for certain');
    expect(lossWith({ words: { ...words, commitsPerSecond: null } }).unknownTransactions).toBeNull();
    expect(
      lossWith({ dialect: mariadbDialect, held: '0-1-5', words: { ...words, gtidExecuted: '0-1-9' } }).transactions,
    ).toBe(4);
  });

  it('Semi-sync promises only while enough of those who were asked answer, and while it cannot have fallen back.', () => {
    const semiSync = { ...words, semiSync: true, gtidExecuted: `${uuid}:1-100` };
    expect(lossWith({ words: semiSync }).transactions).toBe(0);
    expect(lossWith({ words: semiSync, replicasAnswering: 2 }).basis).toBe('last-answer');
    expect(lossWith({ words: { ...semiSync, semiSyncWaitForCount: 2 }, replicasAnswering: 2 }).basis).toBe('semi-sync');
    expect(lossWith({ words: { ...semiSync, semiSyncTimeoutMs: 500 } }).basis).toBe('last-answer');
    expect(lossWith({ words: semiSync, isMostReceived: false }).basis).toBe('last-answer');
    // Received, acknowledged, and thrown away by a restart with relay_log_recovery: seen missing, or possible.
    expect(lossWith({ words: { ...semiSync, gtidExecuted: `${uuid}:1-140` } }).transactions).toBe(40);
    expect(lossWith({ words: semiSync, noneRestarted: false }).basis).toBe('last-answer');
  });

  it('The loss stands on the button.', () => {
    expect(actLabel('db-2', lossWith({}), false)).toBe(
      'Fail over to db-2, lose 10 transactions and about 40 more if it lived on',
    );
    expect(actLabel('db-2', lossWith({ words: null }), false)).toContain('an unknown number');
    const acknowledged = { ...words, semiSync: true, gtidExecuted: `${uuid}:1-100` };
    expect(actLabel('db-2', lossWith({ words: acknowledged }), false)).toBe('Fail over to db-2, lose 0 transactions');
    const disk = lossWith({ disk: { transactions: 6, bytes: 420, lacked: [] } });
    expect(actLabel('db-2', disk, true)).toBe('Fail over to db-2, salvage 6 transactions, lose at most these');
    expect(actLabel('db-2', disk, false)).toBe('Fail over to db-2, lose 6 transactions');
  });

  const boardOf = (replicas: readonly ReachedInstance[]): ReturnType<typeof failoverBoard> => {
    const lost = instanceOf('db-1');
    const reading: ClusterReading = {
      cluster: {
        id: 'c',
        name: 'c',
        user: 'u',
        tls: { mode: 'off' },
        instances: [lost, ...replicas.map((one) => one.instance)],
        heartbeat: { kind: 'none' },
        pinned: false,
        connectionBudget: 4,
      },
      atMs: 0,
      readings: replicas,
      topology: deriveTopology([unseen('c', lost)]),
      dialect: 'mysql',
    };
    return failoverBoard({
      reading,
      primaryId: 'db-1',
      replicas,
      lossOf: () => lossWith({}),
      known: '',
      applyRate: () => 100,
    });
  };

  it('The best candidate has received most, not applied most.', () => {
    const board = boardOf([
      replica('db-2', { executed: `${uuid}:1-100`, received: `${uuid}:90-100` }),
      replica('db-3', { executed: `${uuid}:1-60`, received: `${uuid}:50-105` }),
    ]);
    expect(board.map((one) => [one.instance, one.state])).toEqual([
      ['db-3', 'best'],
      ['db-2', 'excluded'],
    ]);
    expect([board[0]?.toApply, board[0]?.waitSeconds]).toEqual([45, 0.45]);
    expect(board[1]?.why).toContain('lacks transactions that db-3 received');
  });

  it('takes no transaction that a replica wrote by itself for a reason to choose it', () => {
    const own = 'aaaaaaaa-71ca-11e1-9e33-c80aa9429562';
    const errant = replica('db-2', { executed: `${uuid}:1-100,${own}:1-3` });
    const board = boardOf([{ ...errant, facts: { ...errant.facts, serverUuid: own } }, replica('db-3', {})]);
    expect(board.map((one) => [one.instance, one.state])).toEqual([
      ['db-3', 'best'],
      ['db-2', 'excluded'],
    ]);
    expect(board[1]?.why).toContain(`${own}:1-3`);
    const state = (name: string, serverId: number, binlogState: string): ReachedInstance => {
      const one = replica(name, { executed: '0-1-9' });
      return { ...one, dialect: mariadbDialect, binlogState, facts: { ...one.facts, serverId } };
    };
    const maria = boardOf([state('db-2', 2, '0-1-9,0-2-7'), state('db-3', 3, '0-1-9')]);
    expect(maria.find((one) => one.instance === 'db-2')?.why).toContain('0-2-7');
  });

  it('A candidate not chosen carries the reason.', () => {
    const board = boardOf([
      replica('db-2', { channel: { applier: 'stopped', applierErrno: 1062, applierError: 'Duplicate entry' } }),
      replica('db-3', { channel: { delaySeconds: 3600 } }),
      replica('db-4', { channel: { filters: ['replicate_do_db=a'] } }),
      replica('db-5', { channel: { autoPosition: false } }),
      replica('db-6', {}),
      replica('db-7', {}),
    ]);
    expect(board.map((one) => [one.instance, one.state])).toEqual([
      ['db-6', 'best'],
      ['db-7', 'possible'],
      ['db-2', 'excluded'],
      ['db-3', 'excluded'],
      ['db-4', 'excluded'],
      ['db-5', 'excluded'],
    ]);
    for (const one of board) expect(one.why).not.toBe('');
    expect(board[2]?.why).toContain('1062');
  });
});

describe('the salvage', () => {
  it('believes only a count that the host finished', () => {
    const said = (stdout: string, exitCode = 0): ReturnType<typeof tailOf> =>
      tailOf({ exitCode, stdout, stderr: '', truncated: false });
    expect(said('6 420 0\n')).toEqual({ transactions: 6, bytes: 420 });
    expect(said('0 17 0\n')).toEqual({ transactions: 0, bytes: 0 });
    for (const text of ['0 0 1\n', '', 'rubbish', '6 420', '6 420 0 more']) expect(said(text)).toBeNull();
    expect(said('6 420 0\n', 1)).toBeNull();
    const atTheEnd = 'ERROR: Binary logs never reached expected GTID state of 0-101-20';
    expect(tailOf({ exitCode: 0, stdout: '0 17 1\n', stderr: atTheEnd, truncated: false })?.transactions).toBe(0);
  });

  it('splits at the delimiter that the text itself sets, and sends no command of a client', () => {
    const text = [
      '# a comment',
      '/*!50530 SET @@SESSION.PSEUDO_SLAVE_MODE=1*/;',
      'DELIMITER /*!*/;',
      "SET @@SESSION.GTID_NEXT= 'a:1'/*!*/;",
      '/*!\\C utf8mb4 *//*!*/;',
      "INSERT INTO t VALUES ('x;",
      "# not a comment')",
      '/*!*/;',
      'DELIMITER ;',
      '# End of log file',
      'SELECT 1;',
    ].join('\n');
    expect(splitTail(text)).toEqual([
      '/*!50530 SET @@SESSION.PSEUDO_SLAVE_MODE=1*/',
      "SET @@SESSION.GTID_NEXT= 'a:1'",
      "INSERT INTO t VALUES ('x;\n# not a comment')",
      'SELECT 1',
    ]);
  });
});

describe('INVARIANTS.md', () => {
  it('has a test with the same words for every sentence', () => {
    const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
    const tests = (
      read('./invariants.test.ts') +
      read('./invariants.server.test.ts') +
      read('./partial.server.test.ts')
    ).replaceAll("\\'", "'");
    const sentences = [...read('./INVARIANTS.md').matchAll(/^\d+\. (.+)$/gm)].map((match) => match[1] ?? '');
    expect(sentences).toHaveLength(20);
    expect(sentences.filter((one) => !tests.includes(`it('${one}'`) && !tests.includes(`it("${one}"`))).toEqual([]);
  });
});
