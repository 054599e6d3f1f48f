import { describe, expect, it } from 'vitest';
import type { StepAdvance } from '@shared/model/run';
import { advanceWords, shareOf } from './advance-words';

const copying: StepAdvance = {
  stepId: 'copy',
  text: 'copying files from wallet-3',
  done: 1_200_000_000,
  total: 3_400_000_000,
  unit: 'bytes',
  perSecond: 110_000_000,
  secondsLeft: 20,
};

describe('how far a long step is', () => {
  it.each<[Partial<StepAdvance>, string]>([
    [{}, '1.2 GB of 3.4 GB, 110 MB/s, 20 s left'],
    [{ total: null, secondsLeft: null }, '1.2 GB so far, total not known, 110 MB/s, time left not known'],
    [{ perSecond: null, secondsLeft: null }, '1.2 GB of 3.4 GB, rate not known yet, time left not known'],
    [
      { unit: 'transactions', done: 1_204, total: 9_000, perSecond: 2_310, secondsLeft: 3.2 },
      '1,204 of 9,000 transactions, 2,310 transactions/s, 4 s left',
    ],
    [
      { unit: 'transactions', done: 1, total: null, perSecond: null, secondsLeft: null },
      '1 transaction so far, total not known, rate not known yet, time left not known',
    ],
  ])('says what is known of %o', (more, words) => expect(advanceWords({ ...copying, ...more })).toBe(words));

  it.each<[number, number | null, number | null]>([
    [0, 10, 0],
    [5, 10, 0.5],
    [12, 10, 1],
    [5, null, null],
    [0, 0, null],
  ])('takes %d of %s for a share of %s', (done, total, share) =>
    expect(shareOf({ ...copying, done, total })).toBe(share),
  );
});
