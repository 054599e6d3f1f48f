import { spawn, type ChildProcess } from 'node:child_process';
import type { ProgramHook } from '@shared/model/hook';
import type { HookCall } from '../../core/ports/hooks';
import { BoundedText } from '../network/bounded-text';
import { startDeadline } from '../network/deadline';
import { abortReason } from '../network/dial-tcp';
import { hookFailed, hookTimedOut } from './hook-errors';
import { oneLine, withoutToken } from './one-line';

const outputBytes = 64 * 1024;
/** How long output may stay open after the shell itself ended: a child in the background can hold it for ever. */
const openAfterExitMs = 1_000;

type ShellHook = Extract<ProgramHook, { readonly kind: 'shell' }>;

/**
 * Runs a command by /bin/sh in a process group of its own, which is ended by SIGKILL at the time limit and at a cancel.
 * Its environment is this process's own with the words of docs/hooks.md. Standard input is closed.
 * @throws MidwatchError `hook-failed` (details: exitCode, output), `hook-timeout`, `unsupported` on Windows.
 */
export async function callShellHook(
  hook: ShellHook,
  call: HookCall,
  token: string | null,
  signal: AbortSignal,
): Promise<string> {
  const environment = hookEnvironment(call, token);
  if (signal.aborted) throw abortReason(signal);
  const output = new BoundedText(outputBytes, 'last');
  const said = (): string => withoutToken(output.toString(), token);
  const deadline = startDeadline(signal, hook.timeoutSeconds * 1000, () => hookTimedOut(call, hook, said()));
  try {
    const child = spawn('/bin/sh', ['-c', hook.command], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    child.stdout.on('data', (piece: Buffer) => output.add(piece));
    child.stderr.on('data', (piece: Buffer) => output.add(piece));
    const { exitCode, signalName } = await ended(child, deadline.signal, (error) =>
      hookFailed(call, `could not be started: ${error.message}`, { exitCode: -1 }, 'Check that /bin/sh is there'),
    );
    if (exitCode === 0) return oneLine(said());
    throw hookFailed(call, exitCode === null ? `was ended by ${signalName ?? 'a signal'}` : `ended with ${exitCode}`, {
      exitCode: exitCode ?? -1,
      output: said(),
    });
  } finally {
    deadline.clear();
  }
}

/** What a hook finds in its environment. @throws MidwatchError `hook-failed` for a value that no environment can hold. */
export function hookEnvironment(call: HookCall, token: string | null): Readonly<Record<string, string>> {
  const environment = {
    MIDWATCH_ACTION: call.action,
    MIDWATCH_CLUSTER: call.cluster,
    MIDWATCH_RUN_ID: call.runId,
    MIDWATCH_OLD_HOST: call.oldHost,
    MIDWATCH_OLD_PORT: String(call.oldPort),
    MIDWATCH_NEW_HOST: call.newHost,
    MIDWATCH_NEW_PORT: String(call.newPort),
    MIDWATCH_HOOK_TOKEN: token ?? '',
  };
  for (const [name, value] of Object.entries(environment)) {
    // A script that reads line by line must not be given a second line to believe.
    if (/[\0\r\n]/.test(value))
      throw hookFailed(call, `was not called: ${name} holds a line break or NUL`, {}, 'Correct the value in Inventory');
  }
  return environment;
}

function ended(
  child: ChildProcess,
  signal: AbortSignal,
  describe: (error: Error) => Error,
): Promise<{ readonly exitCode: number | null; readonly signalName: string | null }> {
  return new Promise((resolve, reject) => {
    let closing: NodeJS.Timeout | undefined;
    const settle = (): void => {
      clearTimeout(closing);
      signal.removeEventListener('abort', onAbort);
      // What the background holds open would keep this process from ending.
      child.stdout?.destroy();
      child.stderr?.destroy();
    };
    const onAbort = (): void => {
      killGroup(child);
      settle();
      reject(abortReason(signal));
    };
    child.on('error', (error) => {
      settle();
      reject(describe(error));
    });
    child.on('exit', (exitCode, signalName) => {
      const done = (): void => {
        settle();
        resolve({ exitCode, signalName });
      };
      child.once('close', done);
      closing = setTimeout(done, openAfterExitMs);
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** The shell leads its group, so its negative id names the shell and all that it started and that did not leave the group. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (thrown) {
    // ESRCH: all of them ended by themselves in this moment.
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown;
  }
}
