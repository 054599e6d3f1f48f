import type { ElectronApplication, Page } from '@playwright/test';

/** How the frames of one motion went, as the page itself saw them. */
export interface Frames {
  /** ms between two frames. */
  readonly intervals: readonly number[];
  /** ms, of tasks beyond 50. */
  readonly longTasks: readonly number[];
  /** The longest run of frames that showed no row at all, only the shapes of rows. */
  readonly emptyRun: number;
  /** Frames in which a row in sight was not drawn yet. */
  readonly partial: number;
  /** px that the list was scrolled, there and back. */
  readonly travelled: number;
  /** ms: how long the main process was busy at one time at most. */
  readonly mainDelayMs: number;
  /** ms: the longest collection of garbage among that. */
  readonly mainGarbageMs: number;
}

interface Recorder {
  readonly stamps: number[];
  readonly longTasks: number[];
  empty: number;
  emptyRun: number;
  partial: number;
  top: number;
  travelled: number;
  on: boolean;
}

declare global {
  // In the page.
  var midwatchFrames: Recorder;
  // In the main process.
  var midwatchDelay: { disable(): boolean; readonly max: number };
  var midwatchGarbage: { longestMs: number; readonly observer: { disconnect(): void } };
}

/** A busy loop is seen with this resolution. */
const delayResolutionMs = 4;

/** Records every frame while `act` runs and a moment longer. Functions in the page have no names: the bundler would wrap them. */
export async function recordFrames(
  { app, page }: { readonly app: ElectronApplication; readonly page: Page },
  list: string,
  act: () => Promise<void>,
): Promise<Frames> {
  await page.evaluate((selector) => {
    const element = document.querySelector(selector);
    const recorder = {
      stamps: [] as number[],
      longTasks: [] as number[],
      empty: 0,
      emptyRun: 0,
      partial: 0,
      top: element?.scrollTop ?? 0,
      travelled: 0,
      on: true,
      tick(now: number) {
        if (!recorder.on) return;
        recorder.stamps.push(now);
        channel.port2.postMessage(0);
        requestAnimationFrame((next) => recorder.tick(next));
      },
      /** After the frame, when nothing is left to lay out. */
      look() {
        if (element === null) return;
        const top = element.scrollTop;
        const bottom = top + element.clientHeight;
        recorder.travelled += Math.abs(top - recorder.top);
        recorder.top = top;
        let seen = 0;
        let rows = 0;
        for (const row of element.querySelectorAll<HTMLElement>('[role=option]')) {
          const at = parseFloat(row.style.transform.slice('translateY('.length));
          rows++;
          if (at + 60 > top && at < bottom) seen++;
        }
        const wanted = Math.min(rows, Math.floor((bottom - top) / 60));
        if (seen < wanted) recorder.partial++;
        recorder.empty = seen === 0 ? recorder.empty + 1 : 0;
        recorder.emptyRun = Math.max(recorder.emptyRun, recorder.empty);
      },
    };
    const channel = new MessageChannel();
    channel.port1.onmessage = () => recorder.look();
    new PerformanceObserver((entries) => {
      if (recorder.on) recorder.longTasks.push(...entries.getEntries().map((entry) => entry.duration));
    }).observe({ type: 'longtask' });
    globalThis.midwatchFrames = recorder;
    requestAnimationFrame((now) => recorder.tick(now));
  }, list);
  await app.evaluate((_electron, resolution) => {
    const { monitorEventLoopDelay, PerformanceObserver } = process.getBuiltinModule('node:perf_hooks');
    const histogram = monitorEventLoopDelay({ resolution });
    histogram.enable();
    globalThis.midwatchDelay = histogram;
    const observer = new PerformanceObserver((list) => {
      const { midwatchGarbage } = globalThis;
      for (const { duration } of list.getEntries())
        midwatchGarbage.longestMs = Math.max(midwatchGarbage.longestMs, duration);
    });
    globalThis.midwatchGarbage = { longestMs: 0, observer };
    observer.observe({ entryTypes: ['gc'] });
  }, delayResolutionMs);
  await act();
  const [maxNs, mainGarbageMs] = await app.evaluate(() => {
    globalThis.midwatchDelay.disable();
    globalThis.midwatchGarbage.observer.disconnect();
    return [globalThis.midwatchDelay.max, globalThis.midwatchGarbage.longestMs] as const;
  });
  const recorded = await page.evaluate(() => {
    const recorder = globalThis.midwatchFrames;
    recorder.on = false;
    return recorder;
  });
  const { stamps, longTasks, emptyRun, partial, travelled } = recorded;
  return {
    intervals: stamps.slice(1).map((stamp, at) => stamp - (stamps[at] ?? stamp)),
    longTasks,
    emptyRun,
    partial,
    travelled,
    mainDelayMs: Math.max(0, maxNs / 1e6 - delayResolutionMs),
    mainGarbageMs,
  };
}
