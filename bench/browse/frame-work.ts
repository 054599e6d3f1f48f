import type { ElectronApplication } from '@playwright/test';
import fs from 'node:fs';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: {
    readonly name?: string;
    readonly chrome_frame_reporter?: { readonly state?: string; readonly affects_smoothness?: boolean };
  };
}

/** What the page's own thread did for each frame of a motion, as Chromium's trace has it. */
export interface FrameWork {
  /** ms of processor time: script, style, layout and paint together, for each frame. */
  readonly perFrame: readonly number[];
  /** Frames that Chromium itself counts as dropped, and those that it showed whole or in part. */
  readonly dropped: number;
  readonly shown: number;
}

const frameMicroseconds = 1e6 / 60;

/** Traces the window while `act` runs. The trace takes some time of its own: intervals are measured without it. */
export async function traceFrames(app: ElectronApplication, act: () => Promise<void>): Promise<FrameWork> {
  await app.evaluate(({ contentTracing }) =>
    contentTracing.startRecording({ included_categories: ['toplevel', 'devtools.timeline', 'cc', 'benchmark'] }),
  );
  await act();
  const file = await app.evaluate(({ contentTracing }) => contentTracing.stopRecording());
  const { traceEvents } = JSON.parse(fs.readFileSync(file, 'utf8')) as { readonly traceEvents: readonly TraceEvent[] };
  fs.rmSync(file);
  return readWork(traceEvents);
}

function readWork(events: readonly TraceEvent[]): FrameWork {
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid}/${tid}`;
  const page = new Set(
    events.filter((one) => one.name === 'thread_name' && one.args?.name === 'CrRendererMain').map(threadOf),
  );
  const onPage = events.filter((one) => one.ph === 'X' && page.has(threadOf(one))).sort((a, b) => a.ts - b.ts);
  const draws = onPage.filter(({ name }) => name === 'ProxyMain::BeginMainFrame').map(({ ts }) => ts);
  const perFrame: number[] = draws.map(() => 0);
  let at = 0;
  for (const task of onPage) {
    if (task.name !== 'ThreadControllerImpl::RunTask') continue;
    const end = task.ts + (task.dur ?? 0);
    while (at < draws.length && (draws[at] ?? 0) < task.ts) at++;
    const draw = draws[at];
    // The task that draws a frame, and those since the frame before that may have kept it from its time.
    if (draw === undefined || end < draw - frameMicroseconds) continue;
    perFrame[at] = (perFrame[at] ?? 0) + (task.tdur ?? task.dur ?? 0) / 1000;
  }
  if (!perFrame.some((ms) => ms > 0)) throw new Error('the trace holds no frames');
  const reports = events.flatMap(({ args }) => args?.chrome_frame_reporter ?? []);
  return {
    perFrame,
    dropped: reports.filter((one) => one.state === 'STATE_DROPPED' && one.affects_smoothness === true).length,
    shown: reports.filter((one) => one.state?.startsWith('STATE_PRESENTED')).length,
  };
}
