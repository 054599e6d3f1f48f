import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Bench } from './bench';
import { compare } from './compare';
import { preparePrograms } from './start/packaged-apps';
import { startWindow, type Start } from './start/start-window';

/** What a person waits and pays for opening Midwatch with an empty inventory, against an empty window of the same Electron. */
export const benchStart: Bench = async ({ quick, say }) => {
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY'])
    throw new Error('There is no display. Run it as: xvfb-run -a npm run bench -- start');
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'midwatch-bench-'));
  try {
    const programs = preparePrograms(scratch);
    say(programs.how);
    // The first start of each reads the program from disk: it is not counted.
    await startWindow(programs.empty, false);
    await startWindow(programs.ours, false);
    const ours: Start[] = [];
    const empty: Start[] = [];
    // Memory hardly varies and takes a rest to measure; time varies with whatever else the computer does.
    const rounds = quick ? { all: 9, atRest: 3 } : { all: 25, atRest: 7 };
    for (let round = 0; round < rounds.all; round++) {
      const atRest = round < rounds.atRest;
      empty.push(await startWindow(programs.empty, atRest));
      ours.push(await startWindow(programs.ours, atRest));
    }
    say(
      `${rounds.all} starts of each in turn; processes: ${ours[0]?.memory?.processes}, empty ${empty[0]?.memory?.processes}`,
    );
    const memory = (starts: readonly Start[]): number[] => starts.flatMap((start) => start.memory?.pssMb ?? []);
    return [
      compare({
        what: 'start to first drawn window ÷ empty window',
        unit: 'ms',
        oursRuns: ours.map(({ drawnMs }) => drawnMs),
        otherRuns: empty.map(({ drawnMs }) => drawnMs),
        bound: 1.5,
      }),
      compare({
        what: 'memory (PSS of all processes) ÷ empty window',
        unit: 'MB',
        oursRuns: memory(ours),
        otherRuns: memory(empty),
        bound: 1.5,
      }),
    ];
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
};
