import type { Capture, StatementClass } from '@shared/model/query-capture';
import type { ClassComparison, Decision, Gain, Realised, Review, ReviewItem } from '@shared/model/query-review';

/** A change is done when at least half of the saving that was predicted came. */
const enoughOfPrediction = 0.5;

/** Without a prediction, a call must have become cheaper by a fifth. */
const leastSaving = 0.2;

const perCall = (one: StatementClass | undefined, metric: string): number | null => {
  const figures = one?.metrics[metric];
  return figures === undefined || figures.count === 0 ? null : figures.total / figures.count;
};

const shareOf = (predicted: Gain, now: number): number | null => {
  const expected = predicted.before - predicted.after;
  return expected <= 0 ? null : (predicted.before - now) / expected;
};

/** What the capture says of a decision; null while no call of the class, nor of its replacement, was seen. */
export function realisedOf(
  decision: Decision,
  classes: { readonly before: StatementClass | undefined; readonly now: ReadonlyMap<string, StatementClass> },
  classId: string,
  takenAtMs: number,
): Realised | null {
  const successor = classes.now.get(decision.replacedBy ?? classId);
  const seconds = perCall(successor, 'Query_time');
  const secondsBefore = perCall(classes.before, 'Query_time') ?? decision.prediction?.secondsPerCall.before ?? null;
  if (successor === undefined || seconds === null || secondsBefore === null) return null;
  const rows = perCall(successor, 'Rows_examined');
  const rowsBefore =
    perCall(classes.before, 'Rows_examined') ?? decision.prediction?.rowsExaminedPerCall?.before ?? null;
  return {
    captureTakenAtMs: takenAtMs,
    calls: successor.calls,
    secondsPerCall: { before: secondsBefore, after: seconds },
    rowsExaminedPerCall: rows === null || rowsBefore === null ? null : { before: rowsBefore, after: rows },
    oldCalls: decision.replacedBy === null ? 0 : (classes.now.get(classId)?.calls ?? 0),
    shareOfPrediction:
      decision.prediction === null
        ? null
        : shareOf(
            { before: secondsBefore, after: secondsBefore * afterRatio(decision.prediction.secondsPerCall) },
            seconds,
          ),
  };
}

/** The prediction as a ratio: the experiment ran on another server than the one that was captured. */
const afterRatio = ({ before, after }: Gain): number => (before <= 0 ? 1 : Math.min(1, after / before));

const isEnough = ({ secondsPerCall, shareOfPrediction }: Realised): boolean =>
  shareOfPrediction === null
    ? secondsPerCall.after <= secondsPerCall.before * (1 - leastSaving)
    : shareOfPrediction >= enoughOfPrediction;

const percent = (share: number): string => `${Math.round(share * 100)} %`;

const reopen = (item: ReviewItem, because: string): ReviewItem => ({
  ...item,
  state: 'reopened',
  reopenedBecause: because,
});

const judgeDecided = (item: ReviewItem, realised: Realised | null): ReviewItem => {
  // The class did not run: nothing is proven, so it waits for the next capture.
  if (realised === null) return item;
  const judged = { ...item, realised };
  if (realised.oldCalls > realised.calls) {
    return reopen(judged, `The old statement still ran ${realised.oldCalls} times, its rewrite ${realised.calls}`);
  }
  if (isEnough(realised)) return { ...judged, state: 'done', reopenedBecause: '' };
  const share = realised.shareOfPrediction;
  return reopen(
    judged,
    share === null ? 'A call did not become a fifth cheaper' : `${percent(share)} of the predicted saving came`,
  );
};

/**
 * Carries one item into the review of the next capture. Decided changes are judged; what was settled is reopened by itself
 * when it regressed or its time ran out; the rest keeps its state and notes.
 */
export function carryOver(
  item: ReviewItem,
  seen: {
    readonly comparison: ClassComparison | undefined;
    readonly realised: Realised | null;
    readonly nowMs: number;
  },
): ReviewItem {
  const { comparison, realised, nowMs } = seen;
  // Plans and experiments belong to the capture that they were made for; what came of them stands in the decision.
  const carried: ReviewItem = { ...item, indexExperiments: [], rewriteExperiments: [], planNow: null };
  switch (item.state) {
    case 'decided':
      return judgeDecided(carried, realised);
    case 'accepted':
      if (item.acceptedUntilMs !== null && item.acceptedUntilMs <= nowMs) {
        return reopen(carried, 'It was accepted until a date that has passed');
      }
      return comparison?.movement === 'regressed' ? reopen(carried, `Regressed: ${comparison.evidence}`) : carried;
    case 'done':
      return comparison?.movement === 'regressed' ? reopen(carried, `Regressed: ${comparison.evidence}`) : carried;
    case 'new':
    case 'investigating':
    case 'reopened':
      return carried;
  }
}

/** All items of a review, carried into the next capture. */
export function followUp(
  previous: { readonly review: Review; readonly classes: ReadonlyMap<string, StatementClass> },
  capture: Capture,
  comparisons: Readonly<Record<string, ClassComparison>>,
): Readonly<Record<string, ReviewItem>> {
  const now = new Map(capture.classes.map((one) => [one.id, one]));
  return Object.fromEntries(
    Object.values(previous.review.items).map((item) => {
      const before = previous.classes.get(item.classId);
      const realised =
        item.decision === null ? null : realisedOf(item.decision, { before, now }, item.classId, capture.takenAtMs);
      const seen = { comparison: comparisons[item.classId], realised, nowMs: capture.takenAtMs };
      return [item.classId, carryOver(item, seen)];
    }),
  );
}
