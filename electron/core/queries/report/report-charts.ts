import type { Capture, StatementClass } from '@shared/model/query-capture';
import type { Annotation } from '@shared/model/query-review';
import { valueOfBucket } from '@shared/stats/log-buckets';
import { html, trusted, type Html } from '../../report-page/html';
import { countText, momentText, secondsOf, timeText } from './report-figures';

const width = 760;
const height = 120;

/** Numbers that we computed, as markup: nothing of a server's text is in them. */
const path = (d: string, cls: string): Html => trusted(`<path d="${d}" class="${cls}"/>`);

/** Query time of the whole capture over its window, and what happened meanwhile. Null where no class has times. */
export function loadChart(capture: Capture, annotations: readonly Annotation[]): Html | null {
  const { slotsFromMs, slotMs } = capture;
  const length = Math.max(0, ...capture.classes.map((one) => one.slots.length));
  if (slotsFromMs === null || length < 2) return null;
  const sums = Array.from({ length }, (_, slot) =>
    capture.classes.reduce((sum, one) => sum + (one.slots[slot] ?? 0), 0),
  );
  const most = Math.max(...sums, Number.MIN_VALUE);
  const x = (slot: number): number => (slot / (length - 1)) * width;
  const line = sums.map(
    (sum, slot) => `${slot === 0 ? 'M' : 'L'}${x(slot).toFixed(1)} ${(height - (sum / most) * height).toFixed(1)}`,
  );
  const marks = annotations.map(({ atMs }) => {
    const at = x((atMs - slotsFromMs) / slotMs).toFixed(1);
    return `M${at} 0V${height}`;
  });
  return html`<figure>
    <svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Query time over the window" preserveAspectRatio="none">
      ${path(line.join(''), 'line')} ${path(marks.join(''), 'mark')}
    </svg>
    <figcaption>
      Query time in each slot of ${timeText(slotMs / 1000)}, at most ${timeText(most)}; from ${momentText(slotsFromMs)}
      to ${momentText(slotsFromMs + length * slotMs)}.
      ${annotations.map((one) => html`<br />${momentText(one.atMs)}: ${one.text}`)}
    </figcaption>
  </figure>`;
}

/** The costliest classes as bars of one scale. */
export function topChart(classes: readonly StatementClass[]): Html {
  const most = Math.max(...classes.map(secondsOf), Number.MIN_VALUE);
  return html`<table class="bars">
    ${classes.map(
      (one, place) =>
        html`<tr>
          <td class="figure">${place + 1}</td>
          <td><code>${one.fingerprint.slice(0, 90)}</code></td>
          <td class="figure">${timeText(secondsOf(one))}</td>
          <td>
            ${trusted(`<svg viewBox="0 0 200 10" class="bar"><rect width="${((secondsOf(one) / most) * 200).toFixed(1)}" height="10"/></svg>`)}
          </td>
        </tr>`,
    )}
  </table>`;
}

/** How the times of a class are spread, each power of ten a bar, as pt-query-digest draws it. Null without a histogram. */
export function spreadChart(buckets: readonly number[]): Html | null {
  if (buckets.length === 0) return null;
  const decades = [
    [0, 1e-5, '1us'],
    [1e-5, 1e-4, '10us'],
    [1e-4, 1e-3, '100us'],
    [1e-3, 1e-2, '1ms'],
    [1e-2, 1e-1, '10ms'],
    [1e-1, 1, '100ms'],
    [1, 10, '1s'],
    [10, Infinity, '10s+'],
  ] as const;
  const counts = decades.map(([from, to]) => {
    let count = 0;
    for (let at = 0; at + 1 < buckets.length; at += 2) {
      const value = valueOfBucket(buckets[at] ?? 0);
      if (value >= from && value < to) count += buckets[at + 1] ?? 0;
    }
    return count;
  });
  const most = Math.max(...counts, 1);
  return html`<table class="bars">
    ${decades.map(
      ([, , word], at) =>
        html`<tr>
          <td class="figure">${word}</td>
          <td class="figure">${countText(counts[at] ?? 0)}</td>
          <td>
            ${trusted(`<svg viewBox="0 0 200 8" class="bar"><rect width="${(((counts[at] ?? 0) / most) * 200).toFixed(1)}" height="8"/></svg>`)}
          </td>
        </tr>`,
    )}
  </table>`;
}
