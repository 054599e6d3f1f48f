import { assertNever } from '@shared/assert-never';
import { comparable, type Drill, type DrillState } from '@shared/model/drill';
import { formatCount, formatSeconds } from '../../lib/format';
import type { BarPart } from '../../ui/stacked-bar';
import type { Mark } from '../../ui/status-badge';

const stateWords: Readonly<Record<DrillState, string>> = {
  preparing: 'Preparing',
  breaking: 'Killing on purpose',
  detecting: 'Detecting',
  planning: 'Planning',
  'awaiting-approval': 'Waits for you',
  running: 'Running',
  measuring: 'Measuring',
  succeeded: 'Succeeded',
  failed: 'Failed',
};

/** The state of a drill in words. */
export const drillWord = (state: DrillState): string => stateWords[state];

/** "eu → us"; empty for a drill that stays in its region. */
export const regionsWord = ({ fromRegion, toRegion }: Pick<Drill, 'fromRegion' | 'toRegion'>): string =>
  toRegion === '' ? '' : `${fromRegion} → ${toRegion}`;

/** The mark of a drill: one that waits for approval needs a person, the others do not. */
export function drillMark(state: DrillState): Mark {
  switch (state) {
    case 'succeeded':
      return 'ok';
    case 'failed':
      return 'failed';
    case 'awaiting-approval':
      return 'watch';
    case 'preparing':
    case 'breaking':
    case 'detecting':
    case 'planning':
    case 'running':
    case 'measuring':
      return 'run';
    default:
      return assertNever(state);
  }
}

/** Stages that a drill of its kind goes through: nothing is killed for a switchover, nobody is asked when unattended. */
export const stagesOf = (drill: Pick<Drill, 'kind' | 'unattended'>): readonly string[] =>
  (
    [
      ['preparing', true],
      ['breaking', drill.kind === 'failover'],
      ['detecting', drill.kind === 'failover'],
      ['planning', true],
      ['awaiting-approval', !drill.unattended],
      ['running', true],
      ['measuring', true],
    ] as const
  ).flatMap(([state, there]) => (there ? [stateWords[state]] : []));

export const isLive = (drill: Drill): boolean => drill.endedAtMs === null;

const mostBars = 10;

/** Measured RTOs of the same cluster and kind, between the same regions, up to this drill, oldest first, this one last. */
export const rtosUpTo = (drill: Drill, all: readonly Drill[]): readonly (number | null)[] =>
  all
    .filter((each) => comparable(each, drill) && each.startedAtMs <= drill.startedAtMs && !isLive(each))
    .sort((a, b) => a.startedAtMs - b.startedAtMs)
    .slice(-mostBars)
    .map((each) => each.rtoMs);

/** "−2.9 s": against the measured drill before; empty for the first. */
export function changeWords(rtos: readonly (number | null)[]): string {
  const now = rtos.at(-1) ?? null;
  const before = rtos.slice(0, -1).findLast((each) => each !== null) ?? null;
  if (now === null || before === null) return '';
  const seconds = (now - before) / 1_000;
  return `${seconds < 0 ? '−' : '+'}${formatSeconds(Math.abs(seconds))}`;
}

const tones = ['var(--s4)', 'var(--line2)', 'var(--t3)', 'var(--s2)', 'var(--s1)', 'var(--s3)', 'var(--ok)'];

/** Phases of the outage as parts of one bar. */
export const phaseParts = (drill: Drill): readonly BarPart[] =>
  drill.phases.map((phase, index) => ({
    name: phase.name,
    size: phase.ms,
    tone: tones[index % tones.length] ?? 'var(--t3)',
    text: formatSeconds(phase.ms / 1_000),
  }));

/** Acknowledged writes that were lost: "0 of 18,204"; null, or none of none, is no measurement. */
export const rpoWords = ({ missing, acknowledged }: Drill): string =>
  missing === null || acknowledged === 0 ? 'Not measured' : `${formatCount(missing)} of ${formatCount(acknowledged)}`;
