import { describe, expect, it } from 'vitest';
import type { ClassSort } from '@shared/model/query-review';
import { sampleCapture, sampleClass } from '../../testing/sample-capture';
import { ClassLists, type ClassFilter } from './class-list';
import { applyAct, countStates, untouched } from './review-acts';

const [a, b, c] = ['00000000000000aa', '00000000000000bb', '00000000000000cc'];
const capture = sampleCapture([
  sampleClass(a, [3, 3], { rowsExamined: [10, 10], firstSeenMs: 3, flags: { Full_scan: 2 } }),
  sampleClass(b, [1, 1, 1], {
    rowsExamined: [900, 900, 900],
    firstSeenMs: 1,
    users: [{ name: 'web', calls: 3, seconds: 3 }],
  }),
  sampleClass(c, [2.5], { firstSeenMs: 2, fingerprint: 'select Orders from x' }),
]);
const who = { by: 'dba', atMs: 5 };
const listed = { capture, items: { [c]: applyAct(untouched(c), { act: 'investigate' }, who) }, comparisons: {} };

const ids = (sort: ClassSort, filter: ClassFilter = {}, direction: 'asc' | 'desc' = 'desc'): readonly string[] =>
  new ClassLists().page(listed, { sort, direction, filter, offset: 0, limit: 10 }).rows.map((row) => row.classId);

describe('listClasses', () => {
  it.each<[ClassSort, readonly string[]]>([
    ['seconds', [a, b, c]],
    ['calls', [b, a, c]],
    ['max', [a, c, b]],
    ['rows-examined', [b, a, c]],
    ['first-seen', [a, c, b]],
  ])('sorts by %s', (sort, order) => {
    expect(ids(sort)).toEqual(order);
    expect(ids(sort, {}, 'asc')).toEqual(order.toReversed());
  });

  it.each<[string, ClassFilter, readonly string[]]>([
    ['text, upper and lower case alike', { text: 'orders' }, [c]],
    ['an id', { text: '00000000000000b' }, [b]],
    ['a state', { state: 'investigating' }, [c]],
    ['nobody spoke of it', { state: 'new' }, [a, b]],
    ['a flag', { flag: 'Full_scan' }, [a]],
    ['a user', { user: 'web' }, [b]],
    ['nothing that is there', { schema: 'elsewhere' }, []],
  ])('filters by %s', (_name, filter, found) => expect(ids('seconds', filter)).toEqual(found));

  it('gives the page that is asked for, and how many there are', () => {
    const page = new ClassLists().page(listed, { sort: 'seconds', direction: 'desc', filter: {}, offset: 1, limit: 1 });
    expect(page).toMatchObject({ total: 3, offset: 1 });
    expect(page.rows.map((row) => row.classId)).toEqual([b]);
  });
});

describe('ClassLists', () => {
  it('shows an act at once, although it remembers the order', () => {
    const lists = new ClassLists();
    const query = {
      sort: 'seconds',
      direction: 'desc',
      filter: { state: 'investigating' },
      offset: 0,
      limit: 10,
    } as const;
    expect(lists.page(listed, query).total).toBe(1);
    const items = { ...listed.items, [a]: applyAct(untouched(a), { act: 'investigate' }, who) };
    expect(lists.page({ ...listed, items }, query).rows.map((row) => row.classId)).toEqual([a, c]);
  });
});

describe('acts', () => {
  it('a new decision leaves the old one in the notes', () => {
    const decide = (change: string): Parameters<typeof applyAct>[1] => ({
      act: 'decide',
      decision: { kind: 'index', change, undo: '', reason: '', ticket: '', prediction: null, replacedBy: null },
    });
    const item = applyAct(applyAct(untouched(a), decide('first'), who), decide('second'), { by: 'dba-2', atMs: 9 });
    expect(item.decision).toMatchObject({ change: 'second', by: 'dba-2', atMs: 9 });
    expect(item.notes).toEqual([{ by: 'dba-2', atMs: 9, text: 'Decided before: index: first' }]);
    expect(item.owner).toBe('dba');
  });

  it('counts classes of which nobody spoke as new', () =>
    expect(countStates([untouched(a), applyAct(untouched(b), { act: 'investigate' }, who)], 10)).toMatchObject({
      new: 9,
      investigating: 1,
    }));
});
