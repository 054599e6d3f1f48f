import { describe, expect, it } from 'vitest';
import type { Session } from '@shared/model/instance';
import { blockTree, killLabel, listSessions } from './sessions';

const session = (id: number, more: Partial<Session> = {}): Session => ({
  id,
  user: 'app',
  host: '10.0.0.1',
  schema: 'bank',
  command: 'Query',
  kind: 'running',
  state: 'executing',
  seconds: 1,
  statement: 'SELECT 1',
  program: '',
  trx: null,
  blockedBy: [],
  ...more,
});

describe('who blocks whom', () => {
  it('puts the root first, then its waiters by their wait, each once', () => {
    const rows = blockTree([
      session(3, { blockedBy: [2, 1], seconds: 5 }),
      session(2, { blockedBy: [1], seconds: 9 }),
      session(1, { seconds: 100 }),
      session(4),
    ]);
    expect(rows.map((row) => [row.session.id, row.depth, row.blocks])).toEqual([
      [1, 0, 2],
      [2, 1, 1],
      [3, 2, 0],
    ]);
  });

  it('ends in a circle', () => {
    const rows = blockTree([session(1, { blockedBy: [2] }), session(2, { blockedBy: [1], seconds: 8 })]);
    expect(rows.map((row) => row.session.id)).toEqual([2, 1]);
  });

  it('does not draw a blocker that left', () => expect(blockTree([session(1, { blockedBy: [99] })])).toEqual([]));
});

describe('process list', () => {
  const all = [
    session(1, { kind: 'sleeping', seconds: 900 }),
    session(2, { kind: 'sleeping', trx: { ageSeconds: 90, rowsModified: 3, rowsLocked: 4 } }),
    session(3, { statement: 'UPDATE account SET x = 1', seconds: 7 }),
  ];
  const wanted = { hideSleepers: true, filter: '', sort: 'seconds', direction: 'desc' } as const;

  it('hides sleepers, but never one with an open transaction', () =>
    expect(listSessions(all, wanted).map((each) => each.id)).toEqual([3, 2]));

  it('filters by every word', () =>
    expect(listSessions(all, { ...wanted, filter: 'APP account' }).map((each) => each.id)).toEqual([3]));

  it('says the price', () => {
    const open = session(81204, { trx: { ageSeconds: 1, rowsModified: 12_408, rowsLocked: 1 } });
    expect(killLabel(open, 'connection')).toBe('Kill 81204, roll back 12,408 rows');
    expect(killLabel(open, 'query')).toBe('Kill query of 81204, transaction stays open');
    expect(killLabel(session(7), 'connection')).toBe('Kill 7, nothing to roll back');
  });
});
