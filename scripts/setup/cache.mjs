import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** The project's cache folder: `$XDG_CACHE_HOME/midwatch`, else `~/.cache/midwatch`. */
export const cacheFolder = path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'midwatch');

/** What set-up found or made for the lab; read by e2e/fleet. */
export const toolchainFile = path.join(cacheFolder, 'toolchain.json');

/**
 * Builds a folder aside (under a name without a dot: InnoDB skips hidden folders) and moves it into place in one step, so that an interrupted run never leaves half of it.
 * @param {string} target absolute path of the finished folder; when it exists at the end, it is kept and ours dropped
 * @param {(workFolder: string) => Promise<void>} build fills `workFolder`
 */
export async function buildFolder(target, build) {
  const parent = path.dirname(target);
  fs.mkdirSync(parent, { recursive: true });
  sweepAbandoned(parent);
  const workFolder = path.join(parent, `building-${process.pid}-${randomBytes(3).toString('hex')}`);
  fs.mkdirSync(workFolder);
  try {
    await build(workFolder);
    fs.chmodSync(workFolder, 0o755);
    // Another set-up may have finished meanwhile: its folder is as good and may be in use.
    if (!fs.existsSync(target)) fs.renameSync(workFolder, target);
  } finally {
    fs.rmSync(workFolder, { recursive: true, force: true });
  }
}

/** Removes work folders whose builder is gone (a set-up that was killed). */
function sweepAbandoned(parent) {
  for (const name of fs.readdirSync(parent)) {
    const pid = /^building-(\d+)-/.exec(name)?.[1];
    if (!pid || isAlive(Number(pid))) continue;
    const folder = path.join(parent, name);
    for (const server of findProcessesIn(folder)) process.kill(server, 'SIGKILL');
    try {
      fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
    } catch {
      // something still writes into it; the next set-up removes it
    }
  }
}

/** A server works in its data folder, so its working directory tells whose it is. Linux only. */
function findProcessesIn(folder) {
  if (!fs.existsSync('/proc/self')) return [];
  const pids = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      return fs.readlinkSync(`/proc/${pid}/cwd`) === folder;
    } catch {
      return false;
    }
  });
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Writes a file in one step. @param {string} file @param {string} text */
export function writeFileAtomically(file, text) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const aside = `${file}.${process.pid}`;
  fs.writeFileSync(aside, text);
  fs.renameSync(aside, file);
}

/** @param {...string} parts @returns {string} 12 hex digits that change with any part */
export function shortHash(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').slice(0, 12);
}
