import type { CaptureSourceKind, Coverage, SkipReason } from '@shared/model/query-capture';
import type { QueryJob } from '@shared/model/query-job';
import type { ClassRow, ItemState, Movement } from '@shared/model/query-review';
import { formatBytes, formatCount, formatRemaining, formatSeconds, formatTime, plural } from '../../lib/format';
import type { Mark } from '../../ui/status-badge';

/** The state of a class, as people say it. */
export const stateWords: Readonly<Record<ItemState, string>> = {
  new: 'New',
  investigating: 'Investigating',
  decided: 'Decided',
  done: 'Done',
  accepted: 'Accepted',
  reopened: 'Reopened',
};

export const stateMarks: Readonly<Record<ItemState, Mark>> = {
  new: 'todo',
  investigating: 'run',
  decided: 'run',
  done: 'ok',
  accepted: 'skipped',
  reopened: 'watch',
};

export const movementWords: Readonly<Record<Movement, string>> = {
  new: 'New class',
  gone: 'Gone',
  regressed: 'Regressed',
  improved: 'Improved',
  steady: 'Steady',
  'not-judged': 'Not judged',
};

export const sourceWords: Readonly<Record<CaptureSourceKind, string>> = {
  'slow-log': 'slow log',
  digests: 'statement digests',
  history: 'statement history',
  live: 'live sampling',
};

const skipWords: Readonly<Record<SkipReason, string>> = {
  'starts-mid-event': 'the log begins inside a statement',
  'ends-mid-event': 'the log ends inside a statement',
  banner: 'lines of the server about itself',
  binary: 'binary bytes',
  'general-log': 'lines of a general log',
  'not-a-slow-log': 'text that is no slow log',
  'no-query': 'headers without a statement',
  'unreadable-header': 'headers that nobody can read',
  'too-long': 'statements beyond the limit',
  'damaged-archive': 'a damaged part of the archive',
};

/** 31 %, 2.3 %, < 0.1 % */
export const formatShare = (share: number): string =>
  share > 0 && share < 0.000_5
    ? '< 0.1 %'
    : `${share >= 0.0995 ? (share * 100).toFixed(0) : (share * 100).toFixed(1)} %`;

/** 41x fewer, 1.4x more; empty where nothing moved. */
export function ratioWords(before: number, after: number, less: string, more: string): string {
  if (before === after) return 'same';
  if (before <= 0 || after <= 0) return after < before ? `${formatCount(before)} to 0` : `0 to ${formatCount(after)}`;
  const ratio = after < before ? before / after : after / before;
  if (ratio < 1.005) return 'same';
  return `${ratio >= 9.95 ? formatCount(Math.round(ratio)) : ratio.toFixed(ratio < 1.1 ? 2 : 1)}x ${after < before ? less : more}`;
}

/** How a class's time for one call changed since the capture before: +188 %. Empty without one. */
export function changeWords({ comparison }: Pick<ClassRow, 'comparison'>): string {
  const figure = comparison?.p95 ?? comparison?.mean ?? null;
  if (figure === null || figure.before <= 0) return '';
  const percent = Math.round((figure.after / figure.before - 1) * 100);
  return `${percent > 0 ? '+' : percent < 0 ? '−' : ''}${formatCount(Math.abs(percent))} %`;
}

/** How much of the server's time the figures explain; every view says it. */
export function explainedWords(coverage: Coverage): string {
  const { serverSeconds, explainedSeconds } = coverage;
  if (serverSeconds === null || serverSeconds <= 0) return 'share of the server’s time not known';
  return `explains ${formatShare(Math.min(1, explainedSeconds / serverSeconds))} of server time`;
}

/** What was left out and why, one sentence each. */
export const coverageSentences = (coverage: Coverage): readonly string[] => [
  ...coverage.skipped.map(
    ({ reason, bytes, times, firstAtByte }) =>
      `${formatBytes(bytes)} skipped, ${plural(times, 'place')}: ${skipWords[reason]}; the first at byte ${formatCount(firstAtByte)}`,
  ),
  ...(coverage.invalidUtf8 > 0
    ? [`${plural(coverage.invalidUtf8, 'statement')} with bytes that are not UTF-8: counted, the odd bytes shown as �`]
    : []),
  ...(coverage.longQueryTimeSeconds !== null && coverage.longQueryTimeSeconds > 0
    ? [`Statements faster than ${formatTime(coverage.longQueryTimeSeconds)} (long_query_time) are not in the log`]
    : []),
  ...(coverage.rateLimit > 1
    ? [`The server logged 1 of ${formatCount(coverage.rateLimit)}: counts are those of the log, not scaled`]
    : []),
  ...(coverage.unattributedSeconds !== null && coverage.unattributedSeconds > 0
    ? [`${formatTime(coverage.unattributedSeconds)} belong to statements for which the digest table had no room`]
    : []),
  ...coverage.notes,
];

/** 41 % · 62 MB/s · 4 s left */
export function progressWords(job: QueryJob): string {
  const { done, total, unit, words } = job.progress;
  const size = (value: number): string => {
    if (unit === 'bytes') return formatBytes(value);
    return unit === 'seconds' ? formatSeconds(value) : `${formatCount(value)} ${unit}`;
  };
  return [
    words,
    total === null || total === 0 ? size(done) : `${size(done)} of ${size(total)}`,
    ...(job.ratePerSecond !== null && unit !== 'seconds' ? [`${size(job.ratePerSecond)}/s`] : []),
    ...(job.secondsLeft !== null && Number.isFinite(job.secondsLeft)
      ? [`${formatRemaining(job.secondsLeft * 1000)} left`]
      : []),
  ].join(' · ');
}
