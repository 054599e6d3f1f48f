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
    await startWindow(programs.empty);
    await startWindow(programs.ours);
    const ours: Start[] = [];
    const empty: Start[] = [];
    const rounds = quick ? 3 : 9;
    for (let round = 1; round <= rounds; round++) {
      empty.push(await startWindow(programs.empty));
      ours.push(await startWindow(programs.ours));
      say(`${round} of ${rounds}: ${ours.at(-1)?.processes} processes, empty ${empty.at(-1)?.processes}`);
    }
    const row = (what: string, unit: string, pick: (start: Start) => number) =>
      compare({ what, unit, oursRuns: ours.map(pick), otherRuns: empty.map(pick), bound: 1.5 });
    return [
      row('start to first drawn window ÷ empty window', 'ms', ({ drawnMs }) => drawnMs),
      row('memory (PSS of all processes) ÷ empty window', 'MB', ({ pssMb }) => pssMb),
    ];
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
};
