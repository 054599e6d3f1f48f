import type { ClassComparison } from '@shared/model/query-review';
import type { StatementClass } from '@shared/model/query-capture';
import { momentText, timeText } from '../report/report-figures';
import type { PtHistoryRow, PtReviewRow } from './read-pt-tables';

/** Every sentence that comes from pt-query-digest begins so, and is known by it. */
const program = 'pt-query-digest';

const day = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);

const whoAndWhen = ({ reviewedBy, reviewedOnMs }: PtReviewRow): string =>
  [reviewedBy === '' ? '' : ` by ${reviewedBy}`, reviewedOnMs === null ? '' : ` on ${day(reviewedOnMs)}`].join('');

/** A comment as a note: `pt-query-digest, by NAME on DATE: …`. */
export const noteOf = (row: PtReviewRow, comments: string): string => {
  const said = whoAndWhen(row);
  return `${program}${said === '' ? '' : `,${said}`}: ${comments}`;
};

/** Why a class is accepted that somebody reviewed there. */
export const acceptedBecause = (row: PtReviewRow): string =>
  `reviewed in ${program}${whoAndWhen(row)}. There it stays hidden for ever; here it opens again when it regresses`;

/** When pt saw a class first, as the end of a sentence. */
const firstSeenWords = (firstSeenMs: number): string => `; ${program} saw it first on ${day(firstSeenMs)}`;

/** A comparison of the capture before, with pt's older knowledge behind it; the same one where that stands there already. */
export function withFirstSeen(comparison: ClassComparison, firstSeenMs: number): ClassComparison {
  const [own = ''] = comparison.evidence.split(`; ${program} saw it first on `);
  const evidence = own + firstSeenWords(firstSeenMs);
  return evidence === comparison.evidence ? comparison : { ...comparison, evidence };
}

/** Whether a comparison was taken over from pt, and so may be replaced by a newer reading of its tables. */
export const isFromPt = (comparison: ClassComparison): boolean => comparison.evidence.startsWith(program);

const spanWords = ({ fromMs, toMs }: PtHistoryRow): string =>
  fromMs === null || fromMs === toMs ? momentText(toMs) : `${momentText(fromMs)} to ${momentText(toMs)}`;

const sideWords = (mean: number | null, calls: number, p95: number | null): string =>
  [
    mean === null ? `no times of ${calls} calls` : `mean ${timeText(mean)} of ${calls} calls`,
    ...(p95 === null ? [] : [`p95 ${timeText(p95)}`]),
  ].join(', ');

/**
 * What pt's history says of a class, beside this capture. Never judged: two sums and two quantiles are not the times between
 * them, and without those nobody can tell change from chance.
 */
export function comparisonOf(
  one: StatementClass,
  before: PtHistoryRow | null,
  firstSeenMs: number | null,
): ClassComparison {
  const time = one.metrics['Query_time'];
  const mean = time === undefined || time.count === 0 ? null : time.total / time.count;
  const p95 = time?.p95 ?? null;
  const known = firstSeenMs === null ? '' : firstSeenWords(firstSeenMs);
  const head = { classId: one.id, movement: 'not-judged', callsPerHour: null } as const;
  if (before === null) {
    return { ...head, mean: null, p95: null, evidence: `${program} kept no earlier figures of it${known}` };
  }
  return {
    ...head,
    mean: mean === null ? null : { before: before.meanSeconds, after: mean },
    p95: p95 === null || before.p95Seconds === null ? null : { before: before.p95Seconds, after: p95 },
    evidence:
      `${program}, ${spanWords(before)}: ${sideWords(before.meanSeconds, before.calls, before.p95Seconds)}. ` +
      `Here: ${sideWords(mean, one.calls, p95)}. Not judged: without a histogram a mean and a p95 cannot tell change from chance${known}`,
  };
}
