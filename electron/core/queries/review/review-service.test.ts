import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReviewFolder } from '../../../adapters/reviews/review-folder';
import { realClock } from '../../testing/real-clock';
import { sampleCapture, sampleClass } from '../../testing/sample-capture';
import { untouched } from './review-acts';
import { ReviewService } from './review-service';

const [a, b] = ['00000000000000aa', '00000000000000bb'];

let folder = '';
let ids = 0;
const open = (): ReviewService =>
  new ReviewService({
    store: new ReviewFolder(folder),
    clock: realClock,
    user: 'dba',
    newId: () => `review-${(ids += 1)}`,
    annotations: () => [{ atMs: 1, kind: 'operation', text: 'Switchover of orders' }],
  });

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'midwatch-reviews-'));
  ids = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Names with their time of writing, which is what a save would change. */
const filesOf = (place: string): readonly string[] =>
  readdirSync(place, { recursive: true, encoding: 'utf8' }).map(
    (name) => `${name} ${statSync(path.join(place, name)).mtimeMs} ${statSync(path.join(place, name)).ino}`,
  );

const times = (seconds: number): readonly number[] =>
  Array.from({ length: 60 }, (_, at) => seconds * (0.9 + (at % 20) / 100));
const captureOf = (seconds: number): ReturnType<typeof sampleCapture> =>
  sampleCapture([sampleClass(a, times(seconds)), sampleClass(b, times(0.01))]);

describe('ReviewService', () => {
  it('follows up the latest review of the same cluster by itself', async () => {
    const service = open();
    const first = await service.create({ capture: captureOf(1), title: 'Week 47', clusterName: 'orders' });
    await service.act(first.id, a, { act: 'accept', untilMs: null, reason: 'batch' });
    const other = await service.create({ capture: captureOf(1), title: 'Other', clusterName: 'billing' });
    const next = await open().create({ capture: captureOf(3), title: 'Week 48', clusterName: 'orders' });
    expect(other.previousReviewId).toBeNull();
    expect(next.previousReviewId).toBe(first.id);
    expect(next.comparisons[a]?.movement).toBe('regressed');
    expect(next.items[a]).toMatchObject({ state: 'reopened', notes: [{ text: 'Accepted as it is: batch' }] });
    expect(next.annotations).toHaveLength(1);
  });

  it('holds no figures of another kind of source against these', async () => {
    const service = open();
    await service.create({ capture: captureOf(1), title: 'Log', clusterName: 'orders' });
    const digests = {
      ...captureOf(3),
      sources: [{ kind: 'digests' as const, name: 'db-1', dialect: null, version: null }],
    };
    const next = await service.create({ capture: digests, title: 'Digests', clusterName: 'orders' });
    expect(next).toMatchObject({ previousReviewId: null, comparisons: {}, sourceKinds: ['digests'] });
  });

  it('loses no act of two that come at once, and keeps them across a restart', async () => {
    const service = open();
    const { id } = await service.create({ capture: captureOf(1), title: 'Week 47', clusterName: 'orders' });
    await Promise.all(
      Array.from({ length: 12 }, async (_, at) =>
        service.act(id, at % 2 === 0 ? a : b, { act: 'note', text: `note ${at}` }),
      ),
    );
    const detail = await open().one(id, a);
    expect(detail.item?.notes.map((note) => note.text)).toEqual([0, 2, 4, 6, 8, 10].map((at) => `note ${at}`));
    expect((await open().one(id, b)).item?.notes).toHaveLength(6);
  });

  it('marks deploys in the order of time, beside what Midwatch did', async () => {
    const service = open();
    const { id } = await service.create({ capture: captureOf(1), title: 'Week 47', clusterName: 'orders' });
    await service.annotate(id, { atMs: 900, kind: 'deploy', text: 'late' });
    await service.annotate(id, { atMs: 0, kind: 'deploy', text: 'early' });
    const { review } = await open().detail(id);
    expect(review.annotations.map((one) => one.text)).toEqual(['early', 'Switchover of orders', 'late']);
  });

  it('loses no act that comes while the review is changed as a whole, and writes nothing for no change', async () => {
    const service = open();
    const { id } = await service.create({ capture: captureOf(1), title: 'Week 47', clusterName: 'orders' });
    const [, kept] = await Promise.all([
      service.act(id, a, { act: 'note', text: 'before' }),
      service.changeWhole(id, async (review) => ({
        review: { ...review, items: { ...review.items, [b]: { ...untouched(b), owner: 'team' } } },
        result: Object.keys(review.items),
      })),
      service.act(id, a, { act: 'note', text: 'after' }),
    ]);
    expect(kept).toEqual([a]);
    const { review } = await open().whole(id);
    expect(review.items[a]?.notes.map((note) => note.text)).toEqual(['before', 'after']);
    expect(review.items[b]?.owner).toBe('team');
    const filesBefore = filesOf(folder);
    expect(await service.changeWhole(id, async (same) => ({ review: same, result: 7 }))).toBe(7);
    expect(filesOf(folder)).toEqual(filesBefore);
  });

  it('counts states and movements for the head of the screen', async () => {
    const service = open();
    const first = await service.create({ capture: captureOf(1), title: 'Week 47', clusterName: 'orders' });
    await service.act(first.id, a, { act: 'investigate' });
    expect((await service.detail(first.id)).states).toMatchObject({ investigating: 1, new: 1 });
    const next = await service.create({ capture: captureOf(0.2), title: 'Week 48', clusterName: 'orders' });
    expect((await service.detail(next.id)).movements).toMatchObject({ improved: 1, steady: 1 });
  });

  it('takes a file in under an id of its own', async () => {
    const service = open();
    const first = await service.create({ capture: captureOf(1), title: 'Week 47', clusterName: 'orders' });
    const file = path.join(folder, '..', `${path.basename(folder)}.midwatch-review`);
    const whole = await service.whole(first.id);
    await service.exportTo(file, whole.review, whole.capture);
    const taken = await service.importFrom(file);
    rmSync(file);
    expect(taken.id).not.toBe(first.id);
    expect((await service.list()).reviews.map((one) => one.title)).toEqual(['Week 47', 'Week 47']);
  });

  it('forgets the values of statements after thirty days, and keeps the figures and what was said', async () => {
    const sample = {
      reason: 'slowest' as const,
      sql: "select 'S3CR3T'",
      truncated: false,
      schema: '',
      atMs: 1,
      seconds: 1,
      rowsExamined: 1,
      plan: null,
      atByte: null,
    };
    const capture = sampleCapture([sampleClass(a, times(1), { samples: [sample] })]);
    let nowMs = Date.UTC(2026, 10, 1);
    const store = new ReviewFolder(folder);
    const service = new ReviewService({
      store,
      clock: { ...realClock, nowMs: () => nowMs },
      user: 'dba',
      newId: () => 'review-old',
      annotations: () => [],
    });
    await service.create({ capture, title: 'October', clusterName: 'orders' });
    await service.act('review-old', a, { act: 'note', text: 'Ask the team' });
    nowMs += 29 * 86_400_000;
    expect(await service.forgetOldValues()).toEqual({ forgotten: [], failed: [] });
    expect((await service.sample('review-old', a, 0)).sql).toContain('S3CR3T');
    nowMs += 2 * 86_400_000;
    expect(await service.forgetOldValues()).toEqual({ forgotten: ['October'], failed: [] });
    expect(await service.forgetOldValues()).toEqual({ forgotten: [], failed: [] });
    const kept = await new ReviewFolder(folder).open('review-old');
    expect(JSON.stringify(kept)).not.toContain('S3CR3T');
    expect(kept.capture.classes[0]?.calls).toBe(60);
    expect(kept.review.items[a]?.notes[0]?.text).toBe('Ask the team');
    await expect(service.sample('review-old', a, 0)).rejects.toThrow('with its values');
  });

  it('names a review whose values it could not remove, and goes on with the others', async () => {
    let nowMs = Date.UTC(2026, 10, 1);
    const service = new ReviewService({
      store: new ReviewFolder(folder),
      clock: { ...realClock, nowMs: () => nowMs },
      user: 'dba',
      newId: () => `review-${(ids += 1)}`,
      annotations: () => [],
    });
    for (const title of ['First', 'Damaged', 'Last'])
      await service.create({ capture: captureOf(1), title, clusterName: title });
    writeFileSync(path.join(folder, 'review-2', 'capture.midwatch-review'), 'rubbish');
    nowMs += 31 * 86_400_000;
    const { forgotten, failed } = await service.forgetOldValues();
    expect([...forgotten].toSorted()).toEqual(['First', 'Last']);
    expect(failed).toEqual([{ title: 'Damaged', reason: expect.stringMatching(/cannot be read/) }]);
  });

  it('gives no sample of a review without values, and says where they are', async () => {
    const service = open();
    const { id } = await service.create({ capture: captureOf(1), title: 'Week 47', clusterName: 'orders' });
    await expect(service.sample(id, a, 0)).rejects.toThrow('holds no statement of this class with its values');
  });
});
