import type { Client } from 'ssh2';
import type { Bastion } from '@shared/model/inventory';
import type { BoundedText } from '../network/bounded-text';
import { abortReason } from '../network/dial-tcp';
import { RunningCommand, withProcessId } from './running-command';
import { commandLost, commandNotStarted } from './ssh-errors';

/** What to run. `onSent` is called in the moment from which on it may be at work; `stderr` gets what it says there. */
export interface CommandToStart {
  readonly command: string;
  readonly stderr: BoundedText;
  readonly onSent: () => void;
  /** Whoever started it writes its standard input, and ends it. Default: closed at once. */
  readonly opensInput?: boolean;
}

/**
 * Starts one shell command on a hop: by /bin/sh, no terminal, its standard input closed unless asked for (RFC 4254 section 6.5).
 * @throws MidwatchError `host-command-failed`: refused (`outcome: not-started`), or lost before the host said that it began
 *   (`outcome: unknown`); the signal's reason when it fires, and a late command is ended then.
 */
export function openCommand(
  client: Client,
  hop: Bastion,
  { command, stderr, onSent, opensInput = false }: CommandToStart,
  signal: AbortSignal,
): Promise<RunningCommand> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(abortReason(signal));
      return;
    }
    const settle = () => {
      signal.removeEventListener('abort', onAbort);
      client.removeListener('close', onClose);
    };
    const onAbort = () => {
      settle();
      reject(abortReason(signal));
    };
    const onClose = () => {
      settle();
      reject(commandLost(hop, 'the connection to the host was lost'));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    client.once('close', onClose);
    try {
      onSent();
      client.exec(withProcessId(command), { pty: false }, (error, channel) => {
        settle();
        if (error) {
          reject(commandNotStarted(hop, error.message));
          return;
        }
        const running = new RunningCommand(channel, { hop, stderr, kill: (id) => killGroup(client, id) });
        if (!opensInput) channel.end();
        if (signal.aborted) running.end();
        else resolve(running);
      });
    } catch (error) {
      settle();
      reject(commandLost(hop, error instanceof Error ? error.message : String(error)));
    }
  });
}

function killGroup(client: Client, processId: number): void {
  try {
    client.exec(`/bin/sh -c 'kill -s KILL -- -${processId}'`, { pty: false }, (error, channel) => {
      if (error) return;
      channel.on('error', () => undefined).resume();
      channel.stderr.resume();
      channel.end();
    });
  } catch {
    // The connection is gone: whether the command is too, nobody knows, and its caller is told so.
  }
}
