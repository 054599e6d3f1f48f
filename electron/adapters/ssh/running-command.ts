import type { ClientChannel } from 'ssh2';
import type { Bastion } from '@shared/model/inventory';
import { abortReason } from '../network/dial-tcp';
import type { BoundedText } from '../network/bounded-text';
import { commandLost } from './ssh-errors';

/** What a command is made of, apart from its channel. */
interface CommandParts {
  readonly hop: Bastion;
  /** Gets what the command says on standard error, without the line that {@link withProcessId} put before it. */
  readonly stderr: BoundedText;
  /** Ends a process group on the same host, by another channel of the same connection. Never throws. */
  readonly kill: (processId: number) => void;
}

/**
 * The command, saying its process id first: closing its channel alone would leave it at work, and sshd hands signals on
 * only since 7.9, only where it separated its privileges (not for root), and never once standard input is closed (ssh2).
 * It leads its own process group, because sshd starts each command by setsid(2).
 */
export function withProcessId(command: string): string {
  return `exec /bin/sh -c '${`echo midwatch:$$ >&2; ${command}`.replaceAll("'", String.raw`'\''`)}'`;
}

const processIdLine = /^midwatch:(\d+)\n/;
/** Before this much came without the line, it will not come: the account has a command of its own (ForceCommand). */
const processIdBytes = 30;
const processIdWaitMs = 2_000;

/**
 * One command at work on a host. Made in the turn in which the host said that it began: a short one sends its exit code
 * in the same packet.
 */
export class RunningCommand {
  readonly hop: Bastion;
  readonly channel: ClientChannel;
  readonly #parts: CommandParts;
  readonly #exitListeners = new Set<() => void>();
  /** undefined: still at work. null: ended by a signal. */
  #exitCode: number | null | undefined;
  /** What came on standard error while the line is awaited; null: it came, or never will. */
  #head: Buffer | null = Buffer.alloc(0);
  #processId: number | null = null;
  #endWhenKnown: NodeJS.Timeout | null = null;

  constructor(channel: ClientChannel, parts: CommandParts) {
    this.hop = parts.hop;
    this.channel = channel;
    this.#parts = parts;
    channel.on('exit', (code: number | null) => {
      this.#exitCode = code;
      for (const listener of this.#exitListeners) listener();
    });
    channel.stderr.on('data', (piece: Buffer) => this.#hear(piece));
    // Heard even before somebody waits for the end: an error that nobody hears would end the process.
    channel.on('error', () => undefined);
  }

  /**
   * The exit code, null after a signal. When the signal fires, the command is ended and the signal's reason thrown.
   * @param options.silentAfterExitMs how long output may stay away after the command itself ended: a child in the
   *   background can hold it open for ever. null waits for the end of output.
   * @throws MidwatchError `host-command-failed` (`outcome: unknown`) when the connection broke.
   */
  async ended(options: { readonly silentAfterExitMs: number | null }, signal: AbortSignal): Promise<number | null> {
    const { channel, hop } = this;
    let stop = (): void => undefined;
    try {
      return await new Promise<number | null>((resolve, reject) => {
        let silence: NodeJS.Timeout | undefined;
        const onAbort = (): void => {
          this.end();
          reject(abortReason(signal));
        };
        const onSign = (): void => {
          clearTimeout(silence);
          const exitCode = this.#exitCode;
          if (exitCode === undefined || options.silentAfterExitMs === null) return;
          silence = setTimeout(() => {
            channel.close();
            resolve(exitCode);
          }, options.silentAfterExitMs);
        };
        // Standard error is read to its end in the same turn as the close, not before it.
        const onClose = (): void => {
          setImmediate(() => {
            if (this.#exitCode === undefined) reject(commandLost(hop, 'closed without an exit code'));
            else resolve(this.#exitCode);
          });
        };
        const onError = (error: Error): void => reject(commandLost(hop, error.message));
        stop = () => {
          clearTimeout(silence);
          signal.removeEventListener('abort', onAbort);
          channel.off('data', onSign).off('close', onClose).off('error', onError);
          this.#exitListeners.delete(onSign);
        };
        channel.on('data', onSign).on('close', onClose).on('error', onError);
        this.#exitListeners.add(onSign);
        onSign();
        if (signal.aborted) onAbort();
        else signal.addEventListener('abort', onAbort, { once: true });
      });
    } finally {
      stop();
      this.#hearRest();
    }
  }

  /** Ends the command with its children, as far as its account may, and its channel. */
  end(): void {
    // Without a reader the channel would never close.
    this.channel.resume();
    if (this.#exitCode !== undefined || this.#processId !== null || this.#head === null) this.#endNow();
    else this.#endWhenKnown ??= setTimeout(() => this.#endNow(), processIdWaitMs);
  }

  #endNow(): void {
    clearTimeout(this.#endWhenKnown ?? undefined);
    if (this.#exitCode === undefined && this.#processId !== null) this.#parts.kill(this.#processId);
    try {
      this.channel.close();
    } catch {
      // The connection is gone; there is nothing left to end it by.
    }
  }

  #hear(piece: Buffer): void {
    if (this.#head === null) {
      this.#parts.stderr.add(piece);
      return;
    }
    this.#head = Buffer.concat([this.#head, piece]);
    const line = processIdLine.exec(this.#head.toString('latin1'));
    if (line) {
      this.#head = this.#head.subarray(line[0].length);
      this.#processId = Number(line[1]);
    }
    if (!line && this.#head.length < processIdBytes) return;
    this.#hearRest();
    if (this.#endWhenKnown) this.#endNow();
  }

  #hearRest(): void {
    if (this.#head && this.#head.length > 0) this.#parts.stderr.add(this.#head);
    this.#head = null;
  }
}
