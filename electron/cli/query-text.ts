import type { Capture } from '@shared/model/query-capture';
import type { Review } from '@shared/model/query-review';
import {
  attributeHeads,
  attributeRow,
  attributesOf,
  callsPerSecond,
  concurrencyOf,
  countText,
  coverageTexts,
  dispersionOf,
  momentText,
  sampleText,
  secondsOf,
  shareText,
  stateWords,
  timeText,
} from '../core/queries/report/report-figures';
import { table } from './table';

/** Classes that are printed with all their figures. */
const printed = 20;

const oneLine = (text: string, length: number): string => {
  const flat = text.replaceAll(/\s+/g, ' ');
  return flat.length > length ? `${flat.slice(0, length - 1)}…` : flat;
};

/** A capture for a terminal, in the order of pt-query-digest's report: overall, profile, then each class. */
export function captureText(capture: Capture, review: Review | null): string {
  const all = capture.metrics['Query_time']?.total ?? 0;
  const top = capture.classes.slice(0, printed);
  return [
    `From ${momentText(capture.fromMs)} to ${momentText(capture.toMs)}`,
    `${countText(capture.classes.length)} classes, ${countText(callsPerSecond(capture.calls, capture))} calls a second, concurrency ${countText(concurrencyOf(all, capture))}`,
    ...coverageTexts(capture.coverage, capture.calls),
    '',
    table(
      [...attributeHeads],
      attributesOf(capture.metrics).told.map(([name, own]) => [...attributeRow(name, own, own)]),
    ),
    '',
    table(
      ['Rank', 'Query id', 'Response time', '%', 'Calls', 'R/call', 'p95', 'V/M', 'State', 'Item'],
      top.map((one, place) => [
        String(place + 1),
        `0x${one.ptChecksum.slice(-16)}`,
        timeText(secondsOf(one)),
        shareText(secondsOf(one), all),
        countText(one.calls),
        timeText(one.calls > 0 ? secondsOf(one) / one.calls : null),
        timeText(one.metrics['Query_time']?.p95 ?? null),
        countText(dispersionOf(one.metrics['Query_time'])),
        review === null ? '' : stateWords[review.items[one.id]?.state ?? 'new'],
        oneLine(one.fingerprint, 70),
      ]),
    ),
    ...top.flatMap((one, place) => [
      '',
      `# ${place + 1}: ${one.id}, ${countText(callsPerSecond(one.calls, capture))} calls a second, concurrency ${countText(concurrencyOf(secondsOf(one), capture))}, seen ${momentText(one.firstSeenMs)} to ${momentText(one.lastSeenMs)}`,
      table(
        [...attributeHeads],
        attributesOf(one.metrics).told.map(([name, own]) => [...attributeRow(name, own, capture.metrics[name])]),
      ),
      ...Object.entries(one.flags).map(
        ([flag, calls]) => `${flag.replaceAll('_', ' ')}: ${shareText(calls, one.calls)}`,
      ),
      ...(['schemas', 'users', 'hosts', 'applications'] as const)
        .filter((part) => one[part].length > 0)
        .map(
          (part) =>
            `${part}: ${one[part]
              .slice(0, 5)
              .map((share) => `${share.name || '(none)'} ${countText(share.calls)}`)
              .join(', ')}`,
        ),
      ...one.samples.slice(0, 1).map((sample) => `sample: ${sampleText(sample)}`),
      one.fingerprint.slice(0, 2000),
    ]),
  ].join('\n');
}
