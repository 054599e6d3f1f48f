import type { Capture, Coverage, Distribution, StatementClass, StatementSample } from '@shared/model/query-capture';
import type { Gain, ItemState, Review, ReviewItem } from '@shared/model/query-review';

/** Classes that a report goes into; the rest stands in its table of totals. */
export const reportedClasses = 20;

/** Seconds in a unit that people read: 42 µs, 3.40 ms, 1.31 s, 2.4 h. */
export function timeText(seconds: number | null): string {
  if (seconds === null) return '–';
  if (seconds === 0) return '0 s';
  if (seconds < 1e-3) return `${(seconds * 1e6).toFixed(0)} µs`;
  if (seconds < 1) return `${(seconds * 1e3).toPrecision(3)} ms`;
  if (seconds < 120) return `${seconds.toFixed(2)} s`;
  return seconds < 7200 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

export const countText = (value: number | null): string =>
  value === null
    ? '–'
    : value.toLocaleString('en', { maximumFractionDigits: Number.isInteger(value) || Math.abs(value) >= 10 ? 0 : 2 });

export const shareText = (part: number, whole: number): string =>
  whole > 0 ? `${((part / whole) * 100).toFixed(1)} %` : '–';

/** UTC, to the second. */
export const momentText = (atMs: number | null): string =>
  atMs === null ? '–' : `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** What is known of a sample beside its text: why it was kept, how long it ran, when, and where it stands in its log. */
export const sampleText = ({ reason, seconds, rowsExamined, atMs, atByte }: StatementSample): string =>
  [
    `${reason.replace('-', ' ')}, ${timeText(seconds)}`,
    ...(rowsExamined === null ? [] : [`${countText(rowsExamined)} rows examined`]),
    ...(atMs === null ? [] : [momentText(atMs)]),
    ...(atByte === null ? [] : [`at byte ${countText(atByte)} of its log`]),
  ].join(', ');

/** 12.0x faster; slower when it is. */
export function gainText({ before, after }: Gain): string {
  if (before <= 0 || after <= 0) return `${timeText(before)} → ${timeText(after)}`;
  const ratio = before / after;
  const words = ratio >= 1 ? `${ratio.toFixed(1)}x faster` : `${(1 / ratio).toFixed(1)}x slower`;
  return `${timeText(before)} → ${timeText(after)} a call, ${words}`;
}

export const stateWords: Readonly<Record<ItemState, string>> = {
  new: 'New',
  investigating: 'Investigating',
  decided: 'Decided',
  done: 'Done',
  accepted: 'Accepted',
  reopened: 'Reopened',
};

/** Value of an attribute in its unit: times by name, sizes by name, else a count. */
export function attributeText(name: string, value: number | null): string {
  if (/(_time|_wait)$/.test(name)) return timeText(value);
  return countText(value);
}

/** The figures of one attribute, in the order in which pt-query-digest prints them. */
export const attributeRow = (name: string, own: Distribution, whole: Distribution | undefined): readonly string[] => [
  name.replaceAll('_', ' '),
  shareText(own.total, whole?.total ?? 0),
  attributeText(name, own.total),
  attributeText(name, own.min),
  attributeText(name, own.max),
  attributeText(name, own.count > 0 ? own.total / own.count : null),
  attributeText(name, own.p95),
  attributeText(name, own.stddev),
  attributeText(name, own.p50),
];

/** Attributes that say something, in the log's order; those that were zero throughout are named together. */
export function attributesOf(metrics: Readonly<Record<string, Distribution>>): {
  readonly told: readonly (readonly [string, Distribution])[];
  readonly zero: readonly string[];
} {
  const all = Object.entries(metrics);
  const isTold = ([name, one]: readonly [string, Distribution]): boolean => one.total > 0 || alwaysTold.has(name);
  return {
    told: all.filter(isTold),
    zero: all.filter((one) => !isTold(one)).map(([name]) => name.replaceAll('_', ' ')),
  };
}

const alwaysTold = new Set(['Query_time', 'Lock_time', 'Rows_sent', 'Rows_examined']);

export const attributeHeads = [
  'Attribute',
  '% of all',
  'total',
  'min',
  'max',
  'avg',
  '95%',
  'stddev',
  'median',
] as const;

export const secondsOf = (one: Pick<StatementClass, 'metrics'>): number => one.metrics['Query_time']?.total ?? 0;

/** Calls a second over the capture's window; null without one. */
export const callsPerSecond = (calls: number, { fromMs, toMs }: Capture): number | null =>
  fromMs === null || toMs === null || toMs <= fromMs ? null : calls / ((toMs - fromMs) / 1000);

/** Average number of sessions in the class at any moment: its query time by the length of the window. */
export const concurrencyOf = (seconds: number, { fromMs, toMs }: Capture): number | null =>
  fromMs === null || toMs === null || toMs <= fromMs ? null : seconds / ((toMs - fromMs) / 1000);

/** Variance to mean ratio of the query time, as pt-query-digest's V/M; null without a deviation. */
export function dispersionOf(time: Distribution | undefined): number | null {
  if (time === undefined || time.stddev === null || time.count === 0 || time.total === 0) return null;
  return time.stddev ** 2 / (time.total / time.count);
}

/** The classes that a report is about: what people spoke of, and the costliest, in the order of their cost. */
export function reported(capture: Capture, review: Review): readonly StatementClass[] {
  return capture.classes.filter((one, place) => place < reportedClasses || review.items[one.id] !== undefined);
}

export const itemOf = (review: Review, classId: string): ReviewItem | null => review.items[classId] ?? null;

/** What the figures are worth, one sentence each. */
export function coverageTexts(coverage: Coverage, calls: number): readonly string[] {
  const { serverSeconds, explainedSeconds, unattributedSeconds } = coverage;
  return [
    `${countText(calls)} statements, ${timeText(explainedSeconds)} of query time` +
      (serverSeconds !== null && serverSeconds > 0
        ? `: ${shareText(Math.min(explainedSeconds, serverSeconds), serverSeconds)} of what the server counted in the window`
        : '; nobody asked the server how much it counted in the window'),
    ...(coverage.bytesRead === null ? [] : [`${countText(coverage.bytesRead)} bytes read`]),
    ...coverage.skipped.map(
      (part) =>
        `${countText(part.bytes)} bytes skipped at ${countText(part.times)} places (${part.reason.replaceAll('-', ' ')}), the first at byte ${countText(part.firstAtByte)}`,
    ),
    ...(coverage.invalidUtf8 > 0
      ? [`${countText(coverage.invalidUtf8)} statements with bytes that are not UTF-8`]
      : []),
    ...(coverage.longQueryTimeSeconds !== null && coverage.longQueryTimeSeconds > 0
      ? [`Statements faster than ${timeText(coverage.longQueryTimeSeconds)} (long_query_time) are not in it`]
      : []),
    ...(coverage.rateLimit > 1 ? [`1 of ${countText(coverage.rateLimit)} was logged; figures are not scaled`] : []),
    ...(unattributedSeconds !== null && unattributedSeconds > 0
      ? [`${timeText(unattributedSeconds)} belong to statements that the source could not tell apart`]
      : []),
    ...coverage.notes,
  ];
}
