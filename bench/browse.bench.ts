import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Bench, BenchRow } from './bench';
import { BrowsedReview, reviewListSelector } from './browse/browsed-review';
import { recordFrames, type Frames } from './browse/frame-recorder';
import { traceFrames, type FrameWork } from './browse/frame-work';
import { Hands } from './browse/hands';
import { plainListSelector } from './browse/plain-list';
import { compareWithLimit } from './compare';

/** ms; a frame is missed where the next one comes later than one and a half of the display's intervals. */
const lateMs = 25;
const longestFrameMs = 1000 / 60;

type Motion = readonly [name: string, act: (hands: Hands) => Promise<void>];

/** What scrolls: the plain list can do it too. */
const scrolling: readonly Motion[] = [
  ['wheel, 30 notches/s', (hands) => hands.wheel()],
  ['fling, 18,000 px/s', (hands) => hands.fling()],
  ['scroll bar to the end', (hands) => hands.dragBar()],
  ['PageDown held', (hands) => hands.hold('PageDown')],
  ['End and Home', (hands) => hands.ends()],
];
const working: readonly Motion[] = [
  ['J held', (hands) => hands.hold('j')],
  ['arrow down held', (hands) => hands.hold('ArrowDown')],
  ['typing into the filter', (hands) => hands.filter('orders_b')],
  ['three other orders', (hands) => hands.sort()],
];

/** A review of 100,000 classes browsed in the window, against a plain list as long in the same window. */
export const benchBrowse: Bench = async ({ quick, say }) => {
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY'])
    throw new Error('There is no display. Run it as: xvfb-run -a npm run bench -- browse');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'midwatch-bench-'));
  fs.mkdirSync(path.join(folder, 'data'));
  let review: BrowsedReview | undefined;
  try {
    review = await BrowsedReview.open(folder, say);
    return await measure(review, quick ? 1 : 3, say);
  } finally {
    await review?.console.close();
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
};

async function measure(
  review: BrowsedReview,
  rounds: number,
  say: (text: string) => void,
): Promise<readonly BenchRow[]> {
  const { console, devtools } = review;
  const ofReview = new Hands(console.page, devtools, reviewListSelector);
  const ofPlain = new Hands(console.page, devtools, plainListSelector);
  const ours = new Map<string, Frames[]>();
  const floor = new Map<string, Frames[]>();
  const record = async (
    into: Map<string, Frames[]>,
    hands: Hands,
    list: string,
    [name, act]: Motion,
  ): Promise<void> => {
    await review.toTop(list);
    const frames = await recordFrames(console, list, () => act(hands));
    if (frames.travelled === 0 && scrolling.some((one) => one[0] === name)) throw new Error(`${name} moved nothing`);
    into.set(name, [...(into.get(name) ?? []), frames]);
  };
  for (let round = 0; round < rounds; round++) {
    await review.showReview();
    for (const motion of [...scrolling, ...working]) await record(ours, ofReview, reviewListSelector, motion);
    await review.showPlainList();
    for (const motion of scrolling) await record(floor, ofPlain, plainListSelector, motion);
  }
  await review.showReview();
  const work = new Map<string, FrameWork>();
  for (const [name, act] of [...scrolling, ...working]) {
    await review.toTop(reviewListSelector);
    work.set(name, await traceFrames(console.app, () => act(ofReview)));
  }
  for (const [name] of [...scrolling, ...working])
    say(describe(name, ours.get(name) ?? [], floor.get(name) ?? [], work.get(name)));
  return rowsOf(ours, floor, work);
}

function rowsOf(
  ours: ReadonlyMap<string, readonly Frames[]>,
  floor: ReadonlyMap<string, readonly Frames[]>,
  work: ReadonlyMap<string, FrameWork>,
): readonly BenchRow[] {
  const late = (of: ReadonlyMap<string, readonly Frames[]>, motions: readonly Motion[]): number =>
    latePerMille(motions.flatMap(([name]) => of.get(name) ?? []));
  const all = [...ours.values()].flat();
  const perFrame = [...work.values()].flatMap((one) => one.perFrame);
  const limit = (what: string, unit: string, most: number, value: number): BenchRow =>
    compareWithLimit({ what, unit, oursRuns: [value], limit: most });
  return [
    limit('work of one frame, p99', 'ms', 8, quantile(perFrame, 0.99)),
    limit('work of one frame, the most', 'ms', longestFrameMs, Math.max(...perFrame)),
    limit(
      'frames missed by scrolling, beyond those of the plain list',
      'of 1,000',
      5,
      Math.max(0, late(ours, scrolling) - late(floor, scrolling)),
    ),
    limit('frames missed by keys, filter and order', 'of 1,000', 5, late(ours, working)),
    limit('main process busy at one time', 'ms', 50, Math.max(...all.map(({ mainDelayMs }) => mainDelayMs))),
  ];
}

/** One motion in a line for people. */
function describe(
  name: string,
  ours: readonly Frames[],
  floor: readonly Frames[],
  work: FrameWork | undefined,
): string {
  const missed = (of: readonly Frames[]): string => {
    const intervals = of.flatMap((one) => one.intervals);
    const longest = Math.max(0, ...intervals).toFixed(0);
    return of.length === 0 ? '–' : `${intervals.filter(isLate).length} of ${intervals.length}, longest ${longest} ms`;
  };
  const most = (pick: (one: Frames) => number): string => Math.max(0, ...ours.map(pick)).toFixed(0);
  return [
    name.padEnd(24),
    `${Math.round((ours[0]?.travelled ?? 0) / 60).toLocaleString('en')} rows passed`,
    `missed ${missed(ours)} (plain list ${missed(floor)})`,
    `work p99 ${quantile(work?.perFrame ?? [], 0.99).toFixed(1)} ms, most ${Math.max(0, ...(work?.perFrame ?? [])).toFixed(1)} ms`,
    `dropped by Chromium's count ${work?.dropped ?? 0} of ${(work?.shown ?? 0) + (work?.dropped ?? 0)}`,
    `long tasks ${ours.reduce((sum, one) => sum + one.longTasks.length, 0)}`,
    `without a row at most ${most((one) => one.emptyRun)} frames`,
    `not all rows in ${most((one) => one.partial)} frames`,
    `main ${most((one) => one.mainDelayMs)} ms, of which garbage ${most((one) => one.mainGarbageMs)} ms`,
  ].join('; ');
}

const isLate = (interval: number): boolean => interval > lateMs;

function latePerMille(frames: readonly Frames[]): number {
  const intervals = frames.flatMap((one) => one.intervals);
  return (intervals.filter(isLate).length / Math.max(1, intervals.length)) * 1000;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
