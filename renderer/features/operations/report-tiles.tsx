import type { ReactNode } from 'react';
import type { Loss } from '@shared/model/plan';
import type { Report } from '@shared/model/report';
import { formatCount, formatMs, plural } from '../../lib/format';
import { Tiles, type Tile } from '../../ui/tiles';
import { lossFigure } from './loss-words';

/** How long writes were away, what was announced and what is missing, what is left. */
export function ReportTiles({ report }: { readonly report: Report }): ReactNode {
  // None of none is no measurement.
  const missing = report.probeAcknowledged === 0 ? null : report.probeMissing;
  const took = report.endedAtMs === null ? null : report.endedAtMs - report.startedAtMs;
  return (
    <Tiles
      large
      tiles={[
        gapTile(report),
        ...(report.announcedLoss === null ? [] : [announcedTile(report.announcedLoss)]),
        {
          label: 'Duration, click to done',
          value: took === null ? 'Not ended' : formatMs(took),
          sub: `${plural(report.steps.length, 'step')}`,
        },
        {
          label: 'Acknowledged writes missing',
          value: missing === null ? 'Not measured' : formatCount(missing),
          ...(missing === null ? {} : { unit: `of ${formatCount(report.probeAcknowledged)}` }),
          sub:
            missing === null
              ? report.probeMissing === null
                ? 'not counted: the run did not get as far as its proof'
                : 'no probe row was acknowledged before'
              : 'probe rows acknowledged minus read back',
          tone: missing === null ? 'watch' : missing === 0 ? 'ok' : 'act',
        },
        {
          label: 'Left to do',
          value: report.leftToDo.length === 0 ? 'None' : formatCount(report.leftToDo.length),
          sub: report.leftToDo[0] ?? 'nothing was left behind',
          tone: report.leftToDo.length === 0 ? undefined : 'watch',
        },
      ]}
    />
  );
}

/** Of a failover that was no drill nobody wrote before: there the time from the click is what can be measured. */
function gapTile(report: Report): Tile {
  const planned = `planned about ${formatMs(report.plan.impact.writeGapMs)}`;
  const fromClick = report.plan.kind === 'failover' && report.writeGapMs === null && report.clickToOpenMs !== null;
  return fromClick
    ? { label: 'Writes again after the click', value: formatMs(report.clickToOpenMs ?? 0), sub: planned }
    : {
        label: 'Write gap, old primary to new',
        value: report.writeGapMs === null ? 'Not measured' : formatMs(report.writeGapMs),
        sub: planned,
      };
}

/** What was said before the click, beside what was measured after. */
function announcedTile(loss: Loss): Tile {
  const { value, tone } = lossFigure(loss);
  return { label: 'Announced before the click', value, unit: 'lost', sub: loss.sentence, tone };
}
