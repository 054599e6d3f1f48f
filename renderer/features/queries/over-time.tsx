import type { ReactNode } from 'react';
import type { Annotation, CaptureHead } from '@shared/model/query-review';
import { formatDay, formatMinute, formatTime } from '../../lib/format';

/** Query time of a class over the capture, with what happened meanwhile: a deploy, a switchover. */
export function OverTime({
  slots,
  capture,
  annotations,
}: {
  readonly slots: readonly number[];
  readonly capture: CaptureHead;
  readonly annotations: readonly Annotation[];
}): ReactNode {
  const { slotsFromMs, slotMs } = capture;
  if (slots.length < 2 || slotsFromMs === null) return null;
  const most = Math.max(...slots, Number.MIN_VALUE);
  const toMs = slotsFromMs + slots.length * slotMs;
  const seen = annotations.filter(({ atMs }) => atMs >= slotsFromMs && atMs <= toMs);
  return (
    <div className="over-time" role="img" aria-label="Query time over the capture" data-testid="over-time">
      <div className="over-time-bars">
        {slots.map((seconds, index) => (
          <i
            // Slots have no identity but their place.
            key={index}
            title={`${formatMinute(slotsFromMs + index * slotMs)}: ${formatTime(seconds)}`}
            style={{ height: `${seconds === 0 ? 0 : Math.max(3, (seconds / most) * 100)}%` }}
          />
        ))}
        {seen.map((annotation) => (
          <b
            key={`${annotation.atMs}${annotation.text}`}
            title={`${formatMinute(annotation.atMs)}: ${annotation.text}`}
            style={{ left: `${((annotation.atMs - slotsFromMs) / (toMs - slotsFromMs)) * 100}%` }}
          />
        ))}
      </div>
      <div className="row label">
        <span>
          {formatDay(slotsFromMs)} {formatMinute(slotsFromMs)}
        </span>
        <span className="grow ellipsis c-watch">
          {seen.map((each) => `${formatMinute(each.atMs)} ${each.text}`).join(' · ')}
        </span>
        <span>
          {formatMinute(toMs)} UTC, {formatTime(slotMs / 1000)} a bar, at most {formatTime(most)}
        </span>
      </div>
    </div>
  );
}
