import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** Every process below carries it in its environment, however far it has detached itself. */
const marker = { name: 'OWNED_BY_MIDWATCH', value: randomUUID() };

/**
 * Starts a program in a process group of its own, so that this program decides when and in which order things end.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export function startOwned(program, args, options = {}) {
  const env = { ...process.env, ...options.env, [marker.name]: marker.value };
  return spawn(program, args, { stdio: 'inherit', ...options, env, detached: true });
}

/** @param {import('node:child_process').ChildProcess} child @returns {Promise<number>} exit code; 127 not started, 1 by a signal */
export function waitForExit(child) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode ?? 1);
  return new Promise((settle) => {
    child.once('exit', (code) => settle(code ?? 1));
    child.once('error', () => settle(127));
  });
}

/**
 * Asks a program to end, and insists after a while. Its whole group is addressed.
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} patienceMs
 */
export async function endOwned(child, patienceMs = 5_000) {
  if (!child.pid) return;
  signalGroup(child.pid, 'SIGTERM');
  await Promise.race([waitForExit(child), wait(patienceMs, undefined, { ref: false })]);
  signalGroup(child.pid, 'SIGKILL');
}

/**
 * Finds living processes that came from this run. Linux only; elsewhere none are found.
 * @returns {{ pid: number, command: string }[]}
 */
function listOwned() {
  if (process.platform !== 'linux') return [];
  const found = [];
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    try {
      const environment = fs.readFileSync(`/proc/${name}/environ`, 'utf8');
      if (!environment.split('\0').includes(`${marker.name}=${marker.value}`)) continue;
      const command = fs.readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').join(' ').slice(0, 120);
      if (command) found.push({ pid: Number(name), command });
    } catch {
      // it ended meanwhile, or belongs to somebody else
    }
  }
  return found;
}

/** Ends whatever of this run is left. @returns {Promise<{ pid: number, command: string }[]>} what had to be ended */
export async function endAllOwned() {
  const left = listOwned();
  for (let rest = left, tries = 0; rest.length > 0 && tries < 100; rest = listOwned(), tries++) {
    for (const { pid } of rest) signal(pid, 'SIGKILL');
    await wait(20);
  }
  return left;
}

function signalGroup(pid, name) {
  signal(-pid, name);
}

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
