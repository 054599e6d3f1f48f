import { describe, expect, it } from 'vitest';
import type { StatementClass } from '@shared/model/query-capture';
import type { Decision, ReviewItem } from '@shared/model/query-review';
import { sampleCapture, sampleClass, sampleReview } from '../../testing/sample-capture';
import { compareCaptures, baselineOf } from './compare-captures';
import { followUp } from './follow-up';
import { untouched } from './review-acts';

const [slow, rewrite] = ['00000000000000aa', '00000000000000bb'];
const day = 86_400_000;

const times = (seconds: number, calls = 200): readonly number[] =>
  Array.from({ length: calls }, (_, at) => seconds * (0.9 + 0.2 * ((at * 0.618034) % 1)));

const decision = (parts: Partial<Decision> = {}): Decision => ({
  kind: 'index',
  change: 'ALTER TABLE t ADD INDEX b (b)',
  undo: 'ALTER TABLE t DROP INDEX b',
  reason: '',
  ticket: '',
  by: 'dba',
  atMs: 0,
  prediction: { secondsPerCall: { before: 1, after: 0.1 }, rowsExaminedPerCall: null, from: 'experiment' },
  replacedBy: null,
  ...parts,
});

const judge = (
  item: Partial<ReviewItem>,
  before: readonly StatementClass[],
  now: readonly StatementClass[],
): ReviewItem | undefined => {
  const was = sampleCapture(before);
  const is = sampleCapture(now, { takenAtMs: was.takenAtMs + 7 * day });
  const review = sampleReview({ items: { [slow]: { ...untouched(slow), ...item } } });
  const classes = new Map(was.classes.map((one) => [one.id, one]));
  return followUp({ review, classes }, is, compareCaptures(baselineOf(was), is))[slow];
};

const one = (seconds: number, calls = 200, id = slow): StatementClass => sampleClass(id, times(seconds, calls));

describe('followUp', () => {
  it('is done when the predicted saving came, and says how much of it', () => {
    const item = judge({ state: 'decided', decision: decision() }, [one(2)], [one(0.2)]);
    expect(item?.state).toBe('done');
    expect(item?.realised?.secondsPerCall.before).toBeCloseTo(2, 1);
    expect(item?.realised?.secondsPerCall.after).toBeCloseTo(0.2, 2);
    expect(item?.realised?.shareOfPrediction).toBeCloseTo(1, 1);
  });

  it('reopens a change of which less than half came', () => {
    const item = judge({ state: 'decided', decision: decision() }, [one(2)], [one(1.5)]);
    expect(item?.state).toBe('reopened');
    expect(item?.reopenedBecause).toBe('28 % of the predicted saving came');
  });

  it('waits while the statement did not run: an absent class proves nothing', () => {
    const item = judge({ state: 'decided', decision: decision() }, [one(2)], []);
    expect(item?.state).toBe('decided');
    expect(item?.realised).toBeNull();
  });

  it('judges a rewrite by the class that took its place', () => {
    const replaced = { state: 'decided' as const, decision: decision({ kind: 'rewrite', replacedBy: rewrite }) };
    const item = judge(replaced, [one(2)], [one(0.2, 180, rewrite), one(2, 20)]);
    expect(item?.state).toBe('done');
    expect(item?.realised).toMatchObject({ calls: 180, oldCalls: 20 });
  });

  it('reopens a rewrite that most callers do not use', () => {
    const replaced = { state: 'decided' as const, decision: decision({ kind: 'rewrite', replacedBy: rewrite }) };
    const item = judge(replaced, [one(2)], [one(0.2, 20, rewrite), one(2, 180)]);
    expect(item?.state).toBe('reopened');
    expect(item?.reopenedBecause).toBe('The old statement still ran 180 times, its rewrite 20');
  });

  it('without a prediction asks for a fifth', () => {
    const bare = { state: 'decided' as const, decision: decision({ prediction: null }) };
    expect(judge(bare, [one(2)], [one(1.5)])?.state).toBe('done');
    expect(judge(bare, [one(2)], [one(1.9)])?.reopenedBecause).toBe('A call did not become a fifth cheaper');
  });

  it.each([
    ['done, and slower again', { state: 'done' as const }, one(2), 'reopened'],
    ['done, and as it was', { state: 'done' as const }, one(1), 'done'],
    ['accepted, and slower', { state: 'accepted' as const }, one(2), 'reopened'],
    ['accepted, and as it was', { state: 'accepted' as const }, one(1), 'accepted'],
    ['accepted until yesterday', { state: 'accepted' as const, acceptedUntilMs: 1 }, one(1), 'reopened'],
    ['new stays new', { state: 'new' as const }, one(2), 'new'],
  ])('%s', (_name, item, now, state) => expect(judge(item, [one(1)], [now])?.state).toBe(state));

  it('keeps what people said, and leaves experiments in the review that made them', () => {
    const notes = [{ atMs: 1, by: 'dba', text: 'Ask the team' }];
    const item = judge({ state: 'investigating', notes, owner: 'dba-2' }, [one(1)], [one(1)]);
    expect(item).toMatchObject({ notes, owner: 'dba-2', indexExperiments: [], rewriteExperiments: [] });
  });
});
