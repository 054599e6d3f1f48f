import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Doom } from './doom';

const childFile = fileURLToPath(new URL('./doomed-console.ts', import.meta.url));
/** A console that has not died by then never will. */
const limitMs = 120_000;

/** `killed` or what the child said when it did not die. `breakNow` happens when it has seen all servers. */
export const untilItDies = (doom: Doom, breakNow: () => Promise<void>): Promise<string> =>
  untilItEnds(doom, breakNow, 0);

/** As {@link untilItDies}; a child that fell asleep is woken after `sleepMs`, and what it said last is returned. */
export async function untilItEnds(doom: Doom, breakNow: () => Promise<void>, sleepMs: number): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', childFile, JSON.stringify(doom)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  let complaints = '';
  child.stderr.on('data', (piece: Buffer) => (complaints += String(piece)));
  const ready = new Promise<void>((resolve) =>
    child.stdout.on('data', (piece: Buffer) => {
      said += String(piece);
      if (said.includes('ready')) resolve();
      if (String(piece).includes('asleep')) setTimeout(() => child.kill('SIGCONT'), sleepMs);
    }),
  );
  const ended = new Promise<NodeJS.Signals | number | null>((resolve) =>
    child.once('exit', (code, signal) => resolve(signal ?? code)),
  );
  let late = false;
  const limit = setTimeout(() => (late = child.kill('SIGKILL')), limitMs);
  try {
    await Promise.race([ready, ended]);
    await breakNow();
    child.stdin.write('go\n');
    const how = await ended;
    // At the first step it dies before it could say that the run began.
    if (how === 'SIGKILL' && !late && said.includes('ready')) return 'killed';
    return `did not die: ${String(how)} ${said.trim().split('\n').at(-1) ?? ''} ${complaints.trim().split('\n').slice(-3).join(' ').slice(0, 400)}`;
  } finally {
    clearTimeout(limit);
  }
}
