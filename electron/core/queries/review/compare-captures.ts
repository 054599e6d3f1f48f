import type { Capture, Distribution, StatementClass } from '@shared/model/query-capture';
import type { Baseline, ClassComparison, Gain, Movement } from '@shared/model/query-review';
import { rankTest } from '@shared/stats/rank-test';

/** A change of less than a fifth is no finding, however certain. */
const leastRatio = 1.2;
/** Two-sided chance of 1 in 1,000 that equal classes look so: z of the normal distribution. */
const certainZ = 3.29;
/** Fewer calls on either side are not judged. */
const leastCalls = 20;

type Side = Baseline['classes'][number];

const hours = (capture: Pick<Capture, 'fromMs' | 'toMs'>): number | null =>
  capture.fromMs === null || capture.toMs === null || capture.toMs <= capture.fromMs
    ? null
    : (capture.toMs - capture.fromMs) / 3_600_000;

const meanOf = (time: Distribution | undefined): number | null =>
  time === undefined || time.count === 0 ? null : time.total / time.count;

const gain = (before: number | null | undefined, after: number | null | undefined): Gain | null =>
  typeof before === 'number' && typeof after === 'number' ? { before, after } : null;

const times = (ratio: number): string => `${ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(1)}x`;

/** Which of the figures moved most, as a ratio of now to before; values under a microsecond count as one. */
const largestMove = (figures: readonly (readonly [string, Gain | null])[]): { name: string; ratio: number } | null => {
  const moves = figures.flatMap(([name, figure]) =>
    figure === null ? [] : [{ name, ratio: Math.max(figure.after, 1e-6) / Math.max(figure.before, 1e-6) }],
  );
  return moves.toSorted((a, b) => Math.abs(Math.log(b.ratio)) - Math.abs(Math.log(a.ratio)))[0] ?? null;
};

const judge = (before: Side, now: Side, figures: Pick<ClassComparison, 'mean' | 'p95'>): [Movement, string] => {
  const [timeBefore, timeNow] = [before.metrics['Query_time'], now.metrics['Query_time']];
  if (before.calls < leastCalls || now.calls < leastCalls) {
    return ['not-judged', `${before.calls} calls before, ${now.calls} now: under ${leastCalls} chance decides`];
  }
  const test = rankTest(timeBefore?.buckets ?? [], timeNow?.buckets ?? []);
  const move = largestMove([
    ['p95', figures.p95],
    ['mean', figures.mean],
  ]);
  if (test === null || move === null) {
    return ['not-judged', 'The source has no histogram of times: a mean alone cannot tell change from chance'];
  }
  const slower = move.ratio >= leastRatio && test.z >= certainZ;
  const faster = move.ratio <= 1 / leastRatio && test.z <= -certainZ;
  const moved = move.ratio >= 1 ? `${times(move.ratio)} of before` : `${times(1 / move.ratio)} faster than before`;
  const words = `${move.name} ${moved}; a call is slower than one before in ${(test.superiority * 100).toFixed(0)} of 100 pairs (z ${test.z.toFixed(1)})`;
  if (slower) return ['regressed', words];
  if (faster) return ['improved', words];
  return ['steady', words];
};

/**
 * Holds a capture against the one before, class by class. Regressed or improved needs both: a p95 or mean that moved by a
 * fifth, and a rank test over all times that says it is no chance (p < 0.001, both sides at least twenty calls).
 * @returns one entry for every class of either side.
 */
export function compareCaptures(before: Baseline, now: Capture): Readonly<Record<string, ClassComparison>> {
  const [hoursBefore, hoursNow] = [hours(before), hours(now)];
  const old = new Map(before.classes.map((one) => [one.id, one]));
  const result: Record<string, ClassComparison> = {};
  const absent = { mean: null, p95: null, callsPerHour: null };
  for (const current of now.classes) {
    const former = old.get(current.id);
    old.delete(current.id);
    result[current.id] =
      former === undefined
        ? { classId: current.id, movement: 'new', ...absent, evidence: 'Not in the capture before' }
        : compareClass(former, current, { hoursBefore, hoursNow });
  }
  for (const [classId, former] of old) {
    const evidence = `${former.calls} calls in the capture before, none now`;
    result[classId] = { classId, movement: 'gone', ...absent, evidence };
  }
  return result;
}

const compareClass = (
  before: Side,
  now: StatementClass,
  windows: { readonly hoursBefore: number | null; readonly hoursNow: number | null },
): ClassComparison => {
  const [timeBefore, timeNow] = [before.metrics['Query_time'], now.metrics['Query_time']];
  const { hoursBefore, hoursNow } = windows;
  const figures = {
    mean: gain(meanOf(timeBefore), meanOf(timeNow)),
    p95: gain(timeBefore?.p95, timeNow?.p95),
    callsPerHour: gain(
      hoursBefore === null ? null : before.calls / hoursBefore,
      hoursNow === null ? null : now.calls / hoursNow,
    ),
  };
  const [movement, evidence] = judge(before, now, figures);
  return { classId: now.id, movement, ...figures, evidence };
};

/** What a later capture needs of this one. */
export const baselineOf = (capture: Capture): Baseline => ({
  id: capture.id,
  takenAtMs: capture.takenAtMs,
  fromMs: capture.fromMs,
  toMs: capture.toMs,
  classes: capture.classes.map(({ id, fingerprint, calls, metrics }) => ({ id, fingerprint, calls, metrics })),
});
