import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candidate, Check } from '@shared/model/plan';
import { mariadbDialect } from '../../dialect/mariadb';
import { switchoverSql } from '../../dialect/switchover-sql';
import type { StepContext } from '../operation-kind';
import type { Party } from '../steps/step-data';
import { relocatePreflight } from './preflight';
import { replicationTree, treeOf } from './replication-tree';
import { sourceBoard } from './source-board';
import { relocateStepCode } from './step-code';
import { relocateSteps } from './steps-data';
import { reachedIn, readingOf, uuid, type Change } from './testing-readings';

/** eu-1 above eu-2, us-1 and ap-1; us-2 below us-1, us-3 below us-2. */
const tree = { 'eu-1': null, 'eu-2': 'eu-1', 'us-1': 'eu-1', 'us-2': 'us-1', 'us-3': 'us-2', 'ap-1': 'eu-1' } as const;

function boardOf(replica: string, changes: Readonly<Record<string, Change | 'silent'>> = {}): readonly Candidate[] {
  const reading = readingOf(tree, changes);
  return sourceBoard({ reading, primary: reachedIn(reading, 'eu-1'), replica: reachedIn(reading, replica) });
}

const whyOf = (board: readonly Candidate[], source: string): string => {
  const found = board.find((one) => one.instance === source);
  return found === undefined ? 'not on the board' : found.state === 'excluded' ? found.why : 'possible';
};

const moves: readonly (readonly [string, string, string, Readonly<Record<string, Change | 'silent'>>, RegExp])[] = [
  ['up to the primary', 'us-2', 'eu-1', {}, /^possible$/],
  ['below a sibling', 'eu-2', 'us-1', {}, /^possible$/],
  ['an intermediate, with those below it', 'us-1', 'ap-1', {}, /^possible$/],
  ['to where it is', 'us-2', 'us-1', {}, /^us-2 follows it already$/],
  ['below its own replica', 'us-1', 'us-2', {}, /^us-1 would follow itself: us-2 follows it$/],
  ['deeper below itself', 'us-1', 'us-3', {}, /^us-1 would follow itself through us-2$/],
  ['to one that is silent', 'us-2', 'ap-1', { 'ap-1': 'silent' }, /^does not answer: refused$/],
  ['to one that logs nothing', 'us-2', 'ap-1', { 'ap-1': { variables: { log_bin: 'OFF' } } }, /no binary log/],
  [
    'to one that does not log what it replicates',
    'us-2',
    'ap-1',
    { 'ap-1': { variables: { log_replica_updates: 'OFF' } } },
    /^does not write its own log of what it replicates: log_replica_updates off$/,
  ],
  [
    'to one that has purged what it needs',
    'us-2',
    'ap-1',
    { 'us-2': { sample: { gtidExecuted: `${uuid}:1-40` } }, 'ap-1': { facts: { gtidPurged: `${uuid}:1-50` } } },
    /^has purged what us-2 still needs: 10 transactions$/,
  ],
  [
    'to one far behind it',
    'us-2',
    'ap-1',
    {
      'eu-1': { sample: { gtidExecuted: `${uuid}:1-90000` } },
      'us-2': { sample: { gtidExecuted: `${uuid}:1-90000` } },
    },
    /^has not received what us-2 holds: 89,900 transactions$/,
  ],
  [
    'to one a little behind it',
    'us-2',
    'ap-1',
    { 'eu-1': { sample: { gtidExecuted: `${uuid}:1-112` } }, 'us-2': { sample: { gtidExecuted: `${uuid}:1-112` } } },
    /^possible$/,
  ],
  [
    'to one that lacks what only the replica holds',
    'us-2',
    'eu-1',
    { 'us-2': { sample: { gtidExecuted: `${uuid}:1-112` } } },
    /^has not what only us-2 holds: .*:101-112$/,
  ],
  [
    'to one that holds what nobody must get',
    'us-2',
    'ap-1',
    { 'ap-1': { sample: { gtidExecuted: `${uuid}:1-101` } } },
    /^holds what eu-1 never had, and no replica must get: .*:101$/,
  ],
  ['to another product', 'us-2', 'ap-1', { 'ap-1': { reading: { dialect: mariadbDialect } } }, /^is mariadb/],
  ['to a newer series', 'us-2', 'ap-1', { 'us-2': { facts: { version: '8.4.9' } } }, /an older server cannot follow/],
  ['to a newer patch', 'us-2', 'ap-1', { 'ap-1': { facts: { version: '9.7.9' } } }, /^possible$/],
  ['to a version out of support', 'us-2', 'ap-1', { 'ap-1': { facts: { version: '5.7.44' } } }, /only shows/],
  [
    'to one that is delayed',
    'us-2',
    'ap-1',
    { 'ap-1': { channel: { delaySeconds: 60 } } },
    /delayed on purpose by 60 s/,
  ],
  ['to one that is filtered', 'us-2', 'ap-1', { 'ap-1': { channel: { filters: ['a'] } } }, /has replication filters/],
  [
    'to one that applies nothing',
    'us-2',
    'ap-1',
    { 'ap-1': { channel: { applier: 'stopped' } } },
    /applier is stopped/,
  ],
  ['to one that hears nothing', 'us-2', 'ap-1', { 'ap-1': { channel: { receiver: 'connecting' } } }, /is connecting/],
  ['to one below nobody', 'us-2', 'ap-1', { 'ap-1': { sample: { channels: [] } } }, /follows nobody/],
  ['to one below a stranger', 'us-2', 'ap-1', { 'ap-1': { channel: { sourceHost: 'far' } } }, /not seen below eu-1/],
  ['to one with a named channel', 'us-2', 'ap-1', { 'ap-1': { channel: { name: 'b' } } }, /the channel "b"/],
  ['to one that takes writes', 'us-2', 'ap-1', { 'ap-1': { sample: { readOnly: false } } }, /takes writes itself/],
  ['to one with its server_id', 'us-2', 'ap-1', { 'ap-1': { facts: { serverId: 4 } } }, /has the same server_id 4/],
  ['to one without GTIDs', 'us-2', 'ap-1', { 'ap-1': { facts: { gtidEnabled: false } } }, /GTIDs are off/],
];

describe('the board of sources', () => {
  it.each(moves)('judges a move %s', (_what, replica, source, changes, expected) => {
    expect(whyOf(boardOf(replica, changes), source)).toMatch(expected);
  });

  it('A source not chosen carries the reason.', () => {
    for (const [, replica, , changes] of moves) {
      const board = boardOf(replica, changes);
      expect(board).toHaveLength(5);
      for (const one of board) expect(one.why).not.toBe('');
      for (const one of board.filter((each) => each.state === 'excluded'))
        expect(one.rules.some((rule) => !rule.holds)).toBe(true);
    }
  });

  it('takes one in the same region first, then the nearest to the primary', () => {
    const [first] = boardOf('us-2', { 'us-2': { region: 'ap' }, 'ap-1': { region: 'ap' }, 'eu-1': { region: 'eu' } });
    expect([first?.instance, first?.state]).toEqual(['ap-1', 'best']);
    expect(boardOf('us-2')[0]?.instance).toBe('eu-1');
  });
});

/** Any tree of up to eight: each follows one before it. */
const anyTree = fc
  .array(fc.nat(), { minLength: 2, maxLength: 7 })
  .map(
    (picks) =>
      Object.fromEntries([
        ['n0', null],
        ...picks.map((pick, index): [string, string] => [`n${index + 1}`, `n${pick % (index + 1)}`]),
      ]) as Record<string, string | null>,
  );

/** How far each has come, and whether one wrote something of its own. */
const anyStanding = fc.array(fc.record({ upTo: fc.integer({ min: 1, max: 60 }), own: fc.boolean() }), {
  minLength: 8,
  maxLength: 8,
});
const ownUuid = (index: number): string => `0000000${index}-71ca-11e1-9e33-c80aa9429562`;

describe('a possible move', () => {
  it('A replica never follows itself, not even through others.', () => {
    fc.assert(
      fc.property(anyTree, (sources) => {
        const reading = readingOf(sources);
        const before = new Map(Object.entries(sources).filter((pair): pair is [string, string] => pair[1] !== null));
        for (const name of before.keys())
          for (const one of sourceBoard({
            reading,
            primary: reachedIn(reading, 'n0'),
            replica: reachedIn(reading, name),
          })) {
            const after = treeOf(new Map([...before, [name, one.instance]]));
            const reachesPrimary = after.above(name).at(-1) === 'n0';
            expect(one.state !== 'excluded').toBe(reachesPrimary && before.get(name) !== one.instance);
          }
      }),
    );
  });

  it('is never below one that will not get what the replica holds', () => {
    fc.assert(
      fc.property(anyTree, anyStanding, (sources, standing) => {
        const held = (index: number): string =>
          `${uuid}:1-${standing[index]?.upTo ?? 1}${standing[index]?.own ? `,${ownUuid(index)}:1` : ''}`;
        const names = Object.keys(sources);
        const reading = readingOf(
          sources,
          Object.fromEntries(names.map((name, index) => [name, { sample: { gtidExecuted: held(index) } }])),
        );
        const primary = reachedIn(reading, 'n0');
        for (const [index, name] of names.entries()) {
          if (index === 0) continue;
          for (const one of sourceBoard({ reading, primary, replica: reachedIn(reading, name) })) {
            if (one.state === 'excluded') continue;
            const source = reachedIn(reading, one.instance);
            // What neither has now, the source can get from nobody.
            const union = `${source.sample.gtidExecuted},${primary.sample.gtidExecuted}`;
            expect(source.dialect.errant(held(index), union)).toBe('');
            if (source !== primary)
              expect(source.dialect.errant(source.sample.gtidExecuted, primary.sample.gtidExecuted)).toBe('');
          }
        }
      }),
    );
  });
});

describe('the tree', () => {
  it('ends where a circle closes', () => {
    const circle = treeOf(
      new Map([
        ['a', 'b'],
        ['b', 'c'],
        ['c', 'b'],
      ]),
    );
    expect(circle.above('a')).toEqual(['b', 'c']);
    expect([...circle.below('b')].sort()).toEqual(['a', 'c']);
  });
  it('finds nobody through one that does not answer', () => {
    const reading = readingOf(tree, { 'us-1': 'silent' });
    const found = replicationTree(
      reading.readings.filter((one) => one.reached),
      reading.topology,
    );
    expect(found.above('us-3')).toEqual(['us-2', 'us-1']);
  });
});

function checkOf(
  code: string,
  replica: string,
  changes: Readonly<Record<string, Change | 'silent'>>,
): Check | undefined {
  const reading = readingOf(tree, changes);
  const reached = reading.readings.filter((one) => one.reached);
  const find = (name: string | null | undefined) => reached.find((one) => one.instance.name === name) ?? null;
  const source = tree[replica as keyof typeof tree];
  return relocatePreflight({
    reading,
    primary: find('eu-1'),
    replica: find(replica),
    oldSource: find(source),
    newSource: find('ap-1'),
    children: [],
    login: { ok: true, evidence: 'signs in' },
    interruptedRun: null,
  }).find((one) => one.code === code);
}

const acking = { rpl_semi_sync_replica_enabled: 'ON' };
const waiting = (count: number, clients: number): Change => ({
  variables: { rpl_semi_sync_source_enabled: 'ON', rpl_semi_sync_source_wait_for_replica_count: String(count) },
  sample: { counters: new Map([['rpl_semi_sync_source_clients', clients]]) },
});

const checks: readonly (readonly [string, string, Readonly<Record<string, Change | 'silent'>>, Check['status']])[] = [
  ['primary', 'eu-2', {}, 'pass'],
  ['primary', 'eu-2', { 'eu-1': { sample: { readOnly: true } } }, 'fail'],
  ['replica', 'eu-1', {}, 'fail'],
  ['replica', 'eu-2', {}, 'pass'],
  ['replica', 'eu-2', { 'eu-2': 'silent' }, 'fail'],
  ['replica', 'eu-2', { 'eu-2': { channel: { name: 'b' } } }, 'fail'],
  ['replica', 'eu-2', { 'eu-2': { channel: { autoPosition: false } } }, 'fail'],
  ['replica', 'eu-2', { 'eu-2': { channel: { filters: ['a'] } } }, 'fail'],
  ['replica', 'eu-2', { 'eu-2': { sample: { channels: [] } } }, 'fail'],
  ['others', 'eu-2', { 'us-2': 'silent' }, 'warn'],
  ['drain', 'eu-2', { 'eu-2': { channel: { applier: 'stopped' } } }, 'fail'],
  ['drain', 'eu-2', { 'eu-2': { channel: { delaySeconds: 9 } } }, 'fail'],
  ['drain', 'eu-2', { 'eu-2': { channel: { receivedGtid: `${uuid}:1-130` } } }, 'pass'],
  ['drain', 'eu-2', { 'eu-2': { channel: { receivedGtid: `${uuid}:1-99000` } } }, 'fail'],
  ['old-source', 'us-2', {}, 'pass'],
  ['old-source', 'us-2', { 'us-1': 'silent' }, 'warn'],
  ['errant', 'eu-2', { 'eu-2': { sample: { gtidExecuted: `${uuid}:1-101` } } }, 'fail'],
  ['semi-sync', 'eu-2', {}, 'pass'],
  ['grants', 'eu-2', { 'eu-2': { facts: { grants: ['GRANT PROCESS ON *.* TO `m`@`%`'] } } }, 'fail'],
];

describe('the checks before a relocation', () => {
  it.each(checks)('judge %s of %s', (code, replica, changes, status) => {
    const found = checkOf(code, replica, changes);
    expect([found?.code, found?.status]).toEqual([code, status]);
    expect(found?.evidence).not.toBe('');
  });

  it('The source that is left keeps the semi-sync ackers that it waits for.', () => {
    const status = (count: number, clients: number, replica: Change = { variables: acking }): string | undefined =>
      checkOf('semi-sync', 'eu-2', { 'eu-1': waiting(count, clients), 'eu-2': replica })?.status;
    expect([status(1, 1), status(1, 2), status(1, 3), status(2, 2)]).toEqual(['fail', 'warn', 'pass', 'fail']);
    expect(status(1, 1, {})).toBe('pass');
  });
});

const party = (name: string): Party => ({ id: name, name, host: name, port: 3306, serverId: 1 });
const steps = relocateSteps({
  product: 'mysql',
  sql: switchoverSql.mysql,
  everyone: ['eu-1', 'us-1', 'us-2'].map(party),
  primary: party('eu-1'),
  replica: {
    ...party('us-2'),
    settings: { user: 'repl', sslAllowed: true, getPublicKey: false, heartbeatSeconds: 1, connectRetrySeconds: 1 },
  },
  old: { address: 'us-1:3306', host: 'us-1', port: 3306, party: party('us-1') },
  newSource: party('eu-1'),
  newSourceFollows: '',
  children: [],
  acksWanted: 0,
  ran: true,
  toApply: 0,
});

/** The servers as the code of a step sees them: what stands in the tables, and what was sent. */
function fakeContext(
  action: string,
  seen: { readonly applied: string; readonly held: string; readonly received: string },
) {
  const step = steps.find((one) => one.action === action);
  if (!step) throw new Error(action);
  const sent: string[] = [];
  const memory = new Map([['drained', seen.applied]]);
  const status = {
    Source_Host: 'us-1',
    Source_Port: 3306,
    Replica_IO_Running: 'No',
    Replica_SQL_Running: action === 'change' ? 'No' : 'Yes',
    Retrieved_Gtid_Set: seen.received,
    Auto_Position: 1,
  };
  const context = {
    step,
    memory: {
      get: (name: string) => memory.get(name) ?? '',
      find: (name: string) => memory.get(name) ?? '',
      set: () => undefined,
    },
    signal: new AbortController().signal,
    resumed: false,
    clock: { nowMs: () => 0, monotonicMs: () => 0, sleep: async () => undefined },
    advance: () => undefined,
    note: () => undefined,
    send: async (key: string) => {
      sent.push(key);
      if (key === 'status') return [status];
      if (key === 'applied') return [{ position: seen.applied }];
      return key === 'held' ? [{ position: seen.held }] : [];
    },
  } as unknown as StepContext;
  return { context, sent };
}

describe('the steps', () => {
  it('stand in the one safe order, each with a way back before the proof', () => {
    expect(steps.map((one) => one.id)).toEqual(['lock', 'drain', 'stop', 'change', 'start', 'marker', 'prove']);
    expect(steps.some((one) => one.pointOfNoReturn)).toBe(false);
    const changing = steps.filter((one) => ['stop', 'change', 'start'].includes(one.id));
    for (const one of changing) {
      expect(one.undo).not.toBeNull();
      // All on the replica's own chain of undos, so that they run newest first.
      expect(one.statements.find((each) => each.phase === 'undo')?.instance).toBe('us-2');
    }
  });

  it('hold no secret', () => expect(JSON.stringify(steps)).not.toMatch(/password/i));

  it('A replica is never pointed to a source that lacks what it holds.', async () => {
    const upTo = fc.integer({ min: 1, max: 6 });
    await fc.assert(
      fc.asyncProperty(upTo, upTo, upTo, async (applied, held, received) => {
        const { context, sent } = fakeContext('change', {
          applied: `${uuid}:1-${applied}`,
          held: `${uuid}:1-${held}`,
          received: `${uuid}:1-${received}`,
        });
        const code = relocateStepCode['change'];
        const ran = await (async () => code?.guard?.(context))().then(
          async () => code?.run(context).then(() => true),
          () => false,
        );
        expect(ran).toBe(held >= Math.max(applied, received));
        expect(sent.includes('change')).toBe(ran);
      }),
    );
  });
});

describe('INVARIANTS.md', () => {
  it('has a test with the same words for every sentence', () => {
    const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
    const tests = ['./invariants.test.ts', './invariants.server.test.ts', './crash.server.test.ts']
      .map(read)
      .join('\n');
    const sentences = [...read('./INVARIANTS.md').matchAll(/^\d+\. (.+)$/gm)].map((match) => match[1] ?? '');
    expect(sentences).toHaveLength(14);
    expect(sentences.filter((one) => !tests.includes(`it('${one}'`))).toEqual([]);
  });
});
