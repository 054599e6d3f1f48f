import type { ReactNode } from 'react';
import { movesPrimary, type Loss } from '@shared/model/plan';
import type { Report } from '@shared/model/report';
import { formatBytes, formatCount, formatMs, formatSeconds, plural } from '../../lib/format';
import { Tiles, type Tile } from '../../ui/tiles';
import { lossFigure } from './loss-words';
import { plannedTotalMs } from './plan-words';

/** What was measured: of a moved primary how long writes were away and what is missing; of the others time, bytes and evidence. */
export function ReportTiles({ report }: { readonly report: Report }): ReactNode {
  const measured = movesPrimary(report.plan.kind) || report.plan.kind === 'drill';
  return <Tiles large tiles={measured ? movedTiles(report) : quietTiles(report)} />;
}

function movedTiles(report: Report): readonly Tile[] {
  // None of none is no measurement.
  const missing = report.probeAcknowledged === 0 ? null : report.probeMissing;
  return [
    gapTile(report),
    ...(report.announcedLoss === null ? [] : [announcedTile(report.announcedLoss)]),
    durationTile(report, plural(report.steps.length, 'step')),
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
    leftTile(report),
  ];
}

/** Writes were not touched: there is no gap, and nothing of the primary to miss. */
function quietTiles(report: Report): readonly Tile[] {
  const proven = report.steps.filter((step) => step.status === 'done').length;
  const copied = copiedTile(report);
  const saved = report.evidence.reduce((sum, file) => sum + file.bytes, 0);
  return [
    durationTile(report, `planned about ${formatMs(plannedTotalMs(report.plan.steps))}`),
    {
      label: 'Steps proven',
      value: formatCount(proven),
      unit: `of ${formatCount(report.steps.length)}`,
      sub: 'by looking, not by return codes',
      tone: proven === report.steps.length ? 'ok' : 'watch',
    },
    ...(copied === null ? [] : [copied]),
    {
      label: 'Evidence files',
      value: report.evidence.length === 0 ? 'None' : formatCount(report.evidence.length),
      sub: report.evidence.length === 0 ? 'nothing was thrown away' : `${formatBytes(saved)}, paths below`,
    },
    leftTile(report),
  ];
}

const durationTile = ({ startedAtMs, endedAtMs }: Report, sub: string): Tile => ({
  label: 'Duration, click to done',
  value: endedAtMs === null ? 'Not ended' : formatMs(endedAtMs - startedAtMs),
  sub,
});

const leftTile = ({ leftToDo }: Report): Tile => ({
  label: 'Left to do',
  value: leftToDo.length === 0 ? 'None' : formatCount(leftToDo.length),
  sub: leftToDo[0] ?? 'nothing was left behind',
  tone: leftToDo.length === 0 ? undefined : 'watch',
});

/** Told by the run as it counted; null where nothing was copied or nobody counted. Evidence has bytes of its own. */
function copiedTile({ journal }: Report): Tile | null {
  const data = journal.findLast(
    (entry) => typeof entry.data['bytes'] === 'number' && entry.data['evidence'] === undefined,
  )?.data;
  const bytes = data?.['bytes'];
  if (typeof bytes !== 'number') return null;
  const seconds = data?.['seconds'];
  return {
    label: 'Copied',
    value: formatBytes(bytes),
    sub:
      typeof seconds === 'number' && seconds > 0
        ? `in ${formatSeconds(seconds)}, ${formatBytes(bytes / seconds)}/s`
        : 'as counted while it ran',
  };
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
