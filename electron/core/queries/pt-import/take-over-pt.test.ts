import { describe, expect, it } from 'vitest';
import type { StatementClass } from '@shared/model/query-capture';
import type { ClassComparison, Review } from '@shared/model/query-review';
import { sampleCapture, sampleClass, sampleReview } from '../../testing/sample-capture';
import { applyAct, untouched } from '../review/review-acts';
import { carryOver } from '../review/follow-up';
import type { PtHistoryRow, PtReviewRow } from './read-pt-tables';
import { resultSentence } from './result-sentence';
import { takeOverPt } from './take-over-pt';

const [a, b] = ['00000000000000aa', '00000000000000bb'];
const checksum = (id: string): string => id.toUpperCase().padStart(32, '0');
const who = { by: 'dba', atMs: Date.UTC(2026, 10, 17) };
const reviewedOnMs = Date.UTC(2025, 11, 18, 15, 3, 11);

const capture = sampleCapture([sampleClass(a, [1, 2, 3]), sampleClass(b, [0.1])]);
const fromMs = capture.fromMs ?? 0;

const row = (parts: Partial<PtReviewRow> = {}): PtReviewRow => ({
  checksum: checksum(a),
  firstSeenMs: null,
  reviewedBy: '',
  reviewedOnMs: null,
  comments: '',
  ...parts,
});

const run = (parts: Partial<PtHistoryRow> = {}): PtHistoryRow => ({
  checksum: checksum(a),
  fromMs: fromMs - 7_200_000,
  toMs: fromMs - 3_600_000,
  calls: 340,
  meanSeconds: 1.2,
  p95Seconds: 2.1,
  ...parts,
});

const rest = async (): Promise<void> => undefined;

const take = (
  reviews: readonly PtReviewRow[],
  history: readonly PtHistoryRow[] = [],
  review: Review = sampleReview(),
): ReturnType<typeof takeOverPt> => takeOverPt({ review, capture }, { reviews, history }, who, rest);

const notesOf = (review: Review, id = a): readonly string[] => review.items[id]?.notes.map((note) => note.text) ?? [];

const own = (parts: Partial<ClassComparison>): ClassComparison => ({
  classId: a,
  movement: 'steady',
  mean: null,
  p95: null,
  callsPerHour: null,
  evidence: 'of our own',
  ...parts,
});

describe('takeOverPt', () => {
  it('makes a note of a comment, with who said it and when', async () => {
    const { review, counts } = await take([row({ comments: 'bad IN()', reviewedBy: 'xaprb', reviewedOnMs })]);
    expect(notesOf(review)[0]).toBe('pt-query-digest, by xaprb on 2025-12-18: bad IN()');
    expect(counts).toEqual({ classesMatched: 1, notesAdded: 1, accepted: 1, compared: 0, rowsWithoutClass: 0 });
    expect(notesOf((await take([row({ comments: 'why?' })])).review)).toEqual(['pt-query-digest: why?']);
  });

  it('accepts what was reviewed there and is new here, without a date, and says what that means', async () => {
    const { review } = await take([row({ reviewedBy: 'xaprb', reviewedOnMs })]);
    expect(review.items[a]).toMatchObject({ state: 'accepted', acceptedUntilMs: null });
    expect(notesOf(review)).toEqual([
      'Accepted as it is: reviewed in pt-query-digest by xaprb on 2025-12-18. There it stays hidden for ever; here it opens again when it regresses',
    ]);
    const item = review.items[a] ?? untouched(a);
    const seen = { comparison: own({ movement: 'regressed' }), realised: null, nowMs: who.atMs };
    expect(carryOver(item, seen).state).toBe('reopened');
  });

  it('leaves the state of what somebody works on', async () => {
    const item = applyAct(untouched(a), { act: 'investigate' }, who);
    const { review, counts } = await take(
      [row({ reviewedBy: 'xaprb', comments: 'seen' })],
      [],
      sampleReview({ items: { [a]: item } }),
    );
    expect(review.items[a]?.state).toBe('investigating');
    expect(counts).toMatchObject({ accepted: 0, notesAdded: 1 });
  });

  it('gives the same review back the second time', async () => {
    const rows = [row({ comments: 'bad IN()', reviewedBy: 'xaprb', firstSeenMs: reviewedOnMs })];
    const { review } = await take(rows, [run()]);
    const again = await take(rows, [run()], review);
    expect(again.review).toBe(review);
    expect(again.counts).toMatchObject({ classesMatched: 1, notesAdded: 0, accepted: 0, compared: 0 });
  });

  it('adds what was written since the first time, and nothing else', async () => {
    const first = (await take([row({ comments: 'bad IN()' })])).review;
    const { review, counts } = await take([row({ comments: 'bad IN(), really' })], [], first);
    expect(counts.notesAdded).toBe(1);
    expect(notesOf(review)).toEqual(['pt-query-digest: bad IN()', 'pt-query-digest: bad IN(), really']);
  });

  it('makes no note of notes that an export of this review wrote there', async () => {
    const noted = ['ask the team', 'with an index\non b', 'ask the team'].reduce(
      (item, text) => applyAct(item, { act: 'note', text }, who),
      untouched(a),
    );
    const review = sampleReview({ items: { [a]: noted } });
    const exported = noted.notes.map((note) => `${note.by}: ${note.text}`).join('\n');
    expect((await take([row({ comments: exported })], [], review)).review).toBe(review);
    const more = (await take([row({ comments: `${exported}\nand more` })], [], review)).review;
    expect(notesOf(more).at(-1)).toBe('pt-query-digest: and more');
  });

  it('knows a class by the decimal of 2.x too, and by no part of 32 digits', async () => {
    expect((await take([row({ checksum: '00000000000000AA', comments: 'x' })])).counts.classesMatched).toBe(1);
    const other = await take([row({ checksum: checksum(a).replace(/^0/, '1'), comments: 'x' })]);
    expect(other.counts).toMatchObject({ classesMatched: 0, rowsWithoutClass: 1 });
  });

  it('puts figures of the earlier run beside those of the class, and does not judge them', async () => {
    const { review, counts } = await take([], [run()]);
    expect(counts).toMatchObject({ compared: 1, classesMatched: 1 });
    expect(review.comparisons[a]).toMatchObject({
      movement: 'not-judged',
      mean: { before: 1.2, after: 2 },
      p95: { before: 2.1 },
      callsPerHour: null,
    });
    expect(review.comparisons[a]?.evidence).toMatch(
      /^pt-query-digest, 2026-11-16 10:00:00 UTC to 2026-11-16 11:00:00 UTC: mean 1\.20 s of 340 calls, p95 2\.10 s\. Here: mean 2\.00 s of 3 calls, p95 .* s\. Not judged: /,
    );
    expect(review.items).toEqual({});
  });

  it('a comparison of the own captures stays; one that is new learns when pt saw it first', async () => {
    const firstSeenMs = Date.UTC(2025, 2, 1);
    const steady = sampleReview({ comparisons: { [a]: own({}) } });
    expect((await take([row({ firstSeenMs })], [run()], steady)).review).toBe(steady);
    const fresh = sampleReview({
      comparisons: { [a]: own({ movement: 'new', evidence: 'Not in the capture before' }) },
    });
    const taken = await take([row({ firstSeenMs })], [run()], fresh);
    expect(taken.review.comparisons[a]).toMatchObject({
      movement: 'new',
      evidence: 'Not in the capture before; pt-query-digest saw it first on 2025-03-01',
    });
    expect((await take([row({ firstSeenMs })], [run()], taken.review)).review).toBe(taken.review);
  });

  it('says the older first date also where pt kept no figures, and no younger one', async () => {
    const { review, counts } = await take([row({ firstSeenMs: fromMs - 86_400_000 })]);
    expect(review.comparisons[a]?.evidence).toBe(
      'pt-query-digest kept no earlier figures of it; pt-query-digest saw it first on 2026-11-15',
    );
    expect(counts.compared).toBe(0);
    expect((await take([row({ firstSeenMs: fromMs + 1000 })])).review.comparisons).toEqual({});
  });

  it('figures of several classes together are those of none; words are for all', async () => {
    const twin: StatementClass = { ...sampleClass(b, [1]), ptChecksum: checksum(a) };
    const twins = sampleCapture([
      sampleClass(a, [1]),
      twin,
      { ...sampleClass('00000000000000cc', [1]), ptChecksum: '' },
    ]);
    const reading = { reviews: [row({ comments: 'both' })], history: [run()] };
    const { review, counts } = await takeOverPt({ review: sampleReview(), capture: twins }, reading, who, rest);
    expect(review.comparisons).toEqual({});
    expect([notesOf(review), notesOf(review, b)]).toEqual([['pt-query-digest: both'], ['pt-query-digest: both']]);
    expect(counts).toMatchObject({ classesMatched: 2, rowsWithoutClass: 0 });
  });
});

it('many classes are taken in slices, and a cancel between two of them changes nothing', async () => {
  const ids = Array.from({ length: 9_000 }, (_, at) => at.toString(16).padStart(16, '0'));
  const many = sampleCapture(ids.map((id) => sampleClass(id, [1])));
  const reading = { reviews: ids.map((id) => row({ checksum: checksum(id), comments: 'x' })), history: [] };
  const review = sampleReview();
  let pauses = 0;
  const count = async (): Promise<void> => void (pauses += 1);
  const taken = await takeOverPt({ review, capture: many }, reading, who, count);
  expect([taken.counts.notesAdded, Object.keys(taken.review.items).length]).toEqual([9_000, 9_000]);
  expect(pauses).toBe(2 + 2 + 36 + 2);
  const cancel = async (): Promise<void> => {
    pauses -= 1;
    if (pauses === 20) throw new Error('enough');
  };
  await expect(takeOverPt({ review, capture: many }, reading, who, cancel)).rejects.toThrow('enough');
  expect(review).toEqual(sampleReview());
});

it('the sentence names what came and what was left', async () => {
  const counts = { classesMatched: 1, notesAdded: 2, accepted: 1, compared: 0, rowsWithoutClass: 1204 };
  const read = {
    reviewTable: 'percona_schema.query_review',
    historyTable: null,
    noHistory: 'percona_schema holds no history table',
    ownColumns: ['jira_ticket'],
    whole: false,
    unreadable: 0,
  };
  expect(resultSentence(read, counts)).toBe(
    'percona_schema.query_review: 1 class of this review found, 2 notes added, 1 accepted because reviewed there, 0 with figures of an earlier run. 1,204 classes in the tables did not run in this capture. No earlier figures: percona_schema holds no history table. Not taken over: the columns jira_ticket. The tables hold more rows than are read: the rest was left.',
  );
});
