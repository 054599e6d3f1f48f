import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { untouched } from '../../core/queries/review/review-acts';
import { sampleCapture, sampleClass, sampleReview } from '../../core/testing/sample-capture';
import { ReviewFolder } from './review-folder';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'midwatch-reviews-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const id = (number: number): string => number.toString(16).padStart(16, '0');
const capture = sampleCapture(Array.from({ length: 300 }, (_, at) => sampleClass(id(at), [0.1, 0.2, 3])));

describe('ReviewFolder', () => {
  it('opens what it kept, after acts too', async () => {
    const store = new ReviewFolder(folder);
    await store.create(sampleReview(), capture);
    const said = { ...untouched(id(7)), notes: [{ atMs: 1, by: 'dba', text: 'Ask the team' }] };
    await store.save(sampleReview({ items: { [id(7)]: said } }));
    const opened = await new ReviewFolder(folder).open('review-1');
    expect(opened.capture).toEqual(capture);
    expect(opened.review.items[id(7)]).toEqual(said);
    const { reviews, problems } = await store.list();
    expect(problems).toEqual([]);
    expect(reviews.map(({ review, classes, calls }) => [review.id, classes, calls])).toEqual([['review-1', 300, 900]]);
  });

  it('keeps literals from other users of the computer', async () => {
    await new ReviewFolder(folder).create(sampleReview(), capture);
    for (const file of ['review.json', 'capture.midwatch-review'])
      expect(statSync(path.join(folder, 'review-1', file)).mode & 0o077).toBe(0);
  });

  it('names a damaged review and still lists the others', async () => {
    const store = new ReviewFolder(folder);
    await store.create(sampleReview(), capture);
    await store.create(sampleReview({ id: 'review-2' }), capture);
    writeFileSync(path.join(folder, 'review-2', 'review.json'), '{"review":');
    const { reviews, problems } = await store.list();
    expect(reviews.map(({ review }) => review.id)).toEqual(['review-1']);
    expect(problems).toEqual([expect.stringMatching(/review-2.*not JSON/)]);
  });

  it('leads no foreign id out of its folder', async () => {
    await expect(new ReviewFolder(folder).open('../review-1')).rejects.toThrow('There is no such review');
  });
});

describe('a review file from elsewhere', () => {
  const file = (): string => path.join(folder, 'week.midwatch-review');
  const write = async (): Promise<void> => new ReviewFolder(folder).exportTo(file(), sampleReview(), capture);
  const take = async (): Promise<unknown> => new ReviewFolder(folder).importFrom(file());

  it('comes back as it went', async () => {
    await write();
    expect(await take()).toEqual({ review: sampleReview(), capture });
  });

  it.each([
    [
      'half copied',
      () => truncateSync(file(), Math.floor(statSync(file()).size / 2)),
      /cannot be read: unexpected end/,
    ],
    ['no gzip', () => writeFileSync(file(), 'hello'), /cannot be read: incorrect header/],
    ['empty inside', () => writeFileSync(file(), gzipSync('')), /line 1: the file is empty/],
    ['other JSON', () => writeFileSync(file(), gzipSync('{"a":1}\n')), /line 1: it does not begin with the format/],
    ['no JSON', () => writeFileSync(file(), gzipSync('nothing\n')), /line 1: not JSON/],
    [
      'from a later Midwatch',
      () => writeFileSync(file(), gzipSync('{"format":"midwatch-review","version":2}\n')),
      /written by a later Midwatch \(format 2\)/,
    ],
  ])('%s: one clear error', async (_name, damage, message) => {
    await write();
    damage();
    await expect(take()).rejects.toThrow(message);
  });

  it('says which line is cut away, and which field is wrong', async () => {
    const { gunzipSync } = await import('node:zlib');
    await write();
    const lines = gunzipSync(readFileSync(file())).toString().split('\n');
    writeFileSync(file(), gzipSync(lines.slice(0, 200).join('\n')));
    await expect(take()).rejects.toThrow('199 of 300 classes are there: the file is cut');
    lines[3] = (lines[3] ?? '').replace('"calls":3', '"calls":"3"');
    writeFileSync(file(), gzipSync(lines.join('\n')));
    await expect(take()).rejects.toThrow(/line 4: calls: .*number/);
  });
});
