import { describe, expect, it } from 'vitest';
import type { ClassSort } from '@shared/model/query-review';
import { sampleCapture, sampleClass } from '../../testing/sample-capture';
import { ClassLists } from './class-list';
import type { ClassFilter } from './class-list-filter';
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

const byTime = { sort: 'seconds', direction: 'desc', filter: {}, offset: 0, limit: 10 } as const;

const newLists = (): ClassLists => new ClassLists(() => Promise.resolve());

const ids = async (
  sort: ClassSort,
  filter: ClassFilter = {},
  direction: 'asc' | 'desc' = 'desc',
): Promise<readonly string[]> => {
  const page = await newLists().page(listed, { sort, direction, filter, offset: 0, limit: 10 });
  return page.rows.map((row) => row.classId);
};

describe('listClasses', () => {
  it.each<[ClassSort, readonly string[]]>([
    ['seconds', [a, b, c]],
    ['calls', [b, a, c]],
    ['max', [a, c, b]],
    ['rows-examined', [b, a, c]],
    ['first-seen', [a, c, b]],
  ])('sorts by %s', async (sort, order) => {
    expect(await ids(sort)).toEqual(order);
    expect(await ids(sort, {}, 'asc')).toEqual(order.toReversed());
  });

  it.each<[string, ClassFilter, readonly string[]]>([
    ['text, upper and lower case alike', { text: 'orders' }, [c]],
    ['an id', { text: '00000000000000b' }, [b]],
    ['a state', { state: 'investigating' }, [c]],
    ['nobody spoke of it', { state: 'new' }, [a, b]],
    ['a flag', { flag: 'Full_scan' }, [a]],
    ['a user', { user: 'web' }, [b]],
    ['nothing that is there', { schema: 'elsewhere' }, []],
  ])('filters by %s', async (_name, filter, found) => expect(await ids('seconds', filter)).toEqual(found));

  it('gives the page that is asked for, and how many there are', async () => {
    const page = await newLists().page(listed, { ...byTime, offset: 1, limit: 1 });
    expect(page).toMatchObject({ total: 3, offset: 1 });
    expect(page.rows.map((row) => row.classId)).toEqual([b]);
  });

  it('gives no more of a statement than a row can show; a peak stays one', async () => {
    const long = sampleClass(a, [1], { fingerprint: 'x'.repeat(100_000) });
    const peak = { ...long, slots: Array.from({ length: 200 }, (_, at) => (at === 77 ? 9 : 1)) };
    const { rows } = await newLists().page({ ...listed, capture: sampleCapture([peak]) }, byTime);
    expect([rows[0]?.fingerprint.length, rows[0]?.slots.length]).toEqual([240, 40]);
    expect(rows[0]?.slots.filter((seconds) => seconds === 9)).toHaveLength(1);
  });
});

describe('ClassLists', () => {
  it('shows an act at once, although it remembers the order', async () => {
    const lists = newLists();
    const query = {
      sort: 'seconds',
      direction: 'desc',
      filter: { state: 'investigating' },
      offset: 0,
      limit: 10,
    } as const;
    expect((await lists.page(listed, query)).total).toBe(1);
    const items = { ...listed.items, [a]: applyAct(untouched(a), { act: 'investigate' }, who) };
    expect((await lists.page({ ...listed, items }, query)).rows.map((row) => row.classId)).toEqual([a, c]);
  });

  it('orders many classes in slices, and two pages that are asked for at once by one order', async () => {
    let pauses = 0;
    const lists = new ClassLists(() => {
      pauses += 1;
      return Promise.resolve();
    });
    const many = sampleCapture(Array.from({ length: 9_000 }, (_, at) => sampleClass(at.toString(16), [at % 7])));
    const asked = [0, 5_000].map((offset) => lists.page({ ...listed, capture: many }, { ...byTime, offset }));
    const [first] = await Promise.all(asked);
    expect(pauses).toBe(2);
    expect(first?.rows.map((row) => row.seconds)).toEqual(Array(10).fill(6));
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
