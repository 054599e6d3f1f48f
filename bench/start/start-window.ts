import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { WindowProgram } from './packaged-apps';
import { readFamilyPss, type FamilyMemory } from './process-memory';

const readyLimitMs = 30_000;
/** Until start-up's garbage is collected and the last helper process is there. */
const settleMs = 3000;

/** One start of a program, from the spawn. */
export interface Start {
  readonly drawnMs: number;
  /** Null when it was ended before it came to rest. */
  readonly memory: FamilyMemory | null;
}

/** Starts a program on a fresh user-data folder, waits for its first drawn window, measures it (at rest when asked), and ends it. */
export async function startWindow({ program, args }: WindowProgram, atRest: boolean): Promise<Start> {
  const userData = fs.mkdtempSync(path.join(os.tmpdir(), 'midwatch-start-'));
  // Chromium refuses its sandbox to root: then neither of the two has it.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const startedAt = performance.now();
  const child = spawn(program, [...args, `--user-data-dir=${userData}`, ...sandbox], {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  const ended = new Promise<void>((settle) => child.once('close', () => settle()));
  try {
    const drawnMs = await new Promise<number>((settle, reject) => {
      const limit = setTimeout(() => reject(new Error(`${program} drew no window`)), readyLimitMs);
      let text = '';
      child.stdout.on('data', (data: Buffer) => {
        text += data.toString();
        if (!text.includes('midwatch: window ready')) return;
        clearTimeout(limit);
        settle(performance.now() - startedAt);
      });
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`${program} ended with code ${code} before its window was drawn`)));
    });
    if (!atRest) return { drawnMs, memory: null };
    await wait(settleMs);
    return { drawnMs, memory: readFamilyPss(child.pid ?? 0) };
  } finally {
    endGroup(child.pid, 'SIGTERM');
    await Promise.race([ended, wait(3000)]);
    endGroup(child.pid, 'SIGKILL');
    fs.rmSync(userData, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Its whole group: helpers of Electron outlive a main process that was killed. */
function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // all of it has ended
  }
}
