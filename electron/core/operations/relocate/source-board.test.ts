import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candidate } from '@shared/model/plan';
import { mariadbDialect } from '../../dialect/mariadb';
import { replicationTree, treeOf } from './replication-tree';
import { sourceBoard } from './source-board';
import { reachedIn, readingOf, regions as tree, uuid, type Change } from './testing-readings';

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
