import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';

/** The shape of {@link ProcessRef} in state files. */
export const processRef = z.object({ pid: z.number().int(), startTicks: z.number(), bootId: z.string() });

/**
 * A process that cannot be mistaken for a later one with the same id: its start time in clock ticks after boot
 * (proc(5), /proc/pid/stat field 22) and the boot it belongs to.
 */
export type ProcessRef = Readonly<z.infer<typeof processRef>>;

interface ProcessStat {
  readonly pid: number;
  readonly state: string;
  readonly parentPid: number;
  readonly groupId: number;
  readonly startTicks: number;
}

/**
 * Starts a program that outlives this process, as the leader of its own session and process group.
 * @throws Error when the program does not exist
 */
export async function startDetached(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv; readonly outputFile?: string } = {},
): Promise<ProcessRef> {
  const output = options.outputFile ? fs.openSync(options.outputFile, 'a') : 'ignore';
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    detached: true,
    stdio: ['ignore', output, output],
  });
  if (typeof output === 'number') fs.closeSync(output);
  await new Promise<void>((settle, fail) => {
    child.once('spawn', settle);
    child.once('error', fail);
  });
  child.unref();
  const ref = identifyProcess(child.pid ?? -1);
  if (!ref) throw new Error(`${program} ended at once`);
  return ref;
}

/** @returns undefined when there is no such process, or only its remains that nobody has collected */
export function identifyProcess(pid: number): ProcessRef | undefined {
  const stat = readStat(pid);
  return stat && { pid, startTicks: stat.startTicks, bootId: readBootId() };
}

/** Whether exactly this process still runs. */
export function isRunning(ref: ProcessRef): boolean {
  return ref.bootId === readBootId() && readStat(ref.pid)?.startTicks === ref.startTicks;
}

/**
 * Lists the living processes that came from `ref`: itself, its descendants, and its process group also after it has died.
 * A process id is not given out again while a group bears it, so a group whose leader is gone is still ours.
 */
export function listFamily(ref: ProcessRef): number[] {
  if (ref.bootId !== readBootId()) return [];
  const leader = readStat(ref.pid);
  if (leader && leader.startTicks !== ref.startTicks) return [];
  const all = listProcesses().filter((process) => process.startTicks >= ref.startTicks);
  const family = new Set(
    all.filter(({ pid, groupId }) => pid === ref.pid || groupId === ref.pid).map(({ pid }) => pid),
  );
  for (let grew = true; grew;) {
    grew = false;
    for (const { pid, parentPid } of all) {
      if (family.has(pid) || !family.has(parentPid)) continue;
      family.add(pid);
      grew = true;
    }
  }
  return [...family];
}

/**
 * Ends a process and everything that came from it, and waits until all are gone.
 * @returns how many were ended; 0 when it was gone already
 */
export async function endFamily(ref: ProcessRef, limitMs = 10_000): Promise<number> {
  const ended = new Set<number>();
  for (const limit = Date.now() + limitMs; ; await wait(10)) {
    const family = listFamily(ref);
    if (family.length === 0) return ended.size;
    if (Date.now() > limit) throw new Error(`The processes ${family.join(', ')} did not end within ${limitMs} ms`);
    for (const pid of family) {
      ended.add(pid);
      signalIfThere(pid, 'SIGKILL');
    }
  }
}

/** Sends a signal; a process that has gone meanwhile is no error. */
export function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The process group that a living process belongs to. */
export function readGroupId(pid: number): number | undefined {
  return readStat(pid)?.groupId;
}

function listProcesses(): ProcessStat[] {
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readStat(Number(name)) ?? []);
}

function readStat(pid: number): ProcessStat | undefined {
  try {
    return parseProcessStat(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Parses /proc/pid/stat (proc(5)); the name in parentheses may itself hold spaces and parentheses. Dead ones give undefined. */
export function parseProcessStat(text: string): ProcessStat | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const state = fields[0] ?? '';
  if (state === 'Z' || state === 'X') return undefined;
  return {
    pid: Number.parseInt(text, 10),
    state,
    parentPid: Number(fields[1]),
    groupId: Number(fields[2]),
    startTicks: Number(fields[19]),
  };
}

let bootId: string | undefined;

function readBootId(): string {
  bootId ??= fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return bootId;
}
