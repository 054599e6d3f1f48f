import { PassThrough, type Readable } from 'node:stream';
import type { Bastion } from '@shared/model/inventory';
import type { CommandOutcome, PipeEnd, PipeOptions, PipeOutcome, RemoteHost } from '../../core/ports/remote-host';
import { startDeadline, type Deadline } from '../network/deadline';
import { BoundedText } from '../network/bounded-text';
import type { CommandToStart } from './open-command';
import { pipeCommands, type PipedCommand } from './pipe-commands';
import type { RunningCommand } from './running-command';
import { commandFailed, commandStalled, commandTimedOut, sshTimedOut } from './ssh-errors';

/** Starts commands at the end of a chain; the tunnels do, on the connections that they keep. */
export interface CommandOpener {
  openCommand(via: readonly Bastion[], command: CommandToStart, signal: AbortSignal): Promise<RunningCommand>;
}

const defaultMaxBytes = 1024 * 1024;
const silentAfterExitMs = 2_000;
const pipeStderrBytes = 4_096;

/** {@link RemoteHost} on the SSH connections that the tunnels keep. The time limit counts from the call, connecting included. */
export class Ssh2Hosts implements RemoteHost {
  readonly #opener: CommandOpener;

  constructor(opener: CommandOpener) {
    this.#opener = opener;
  }

  async run(
    via: readonly Bastion[],
    command: string,
    options: { readonly timeoutMs: number; readonly maxBytes?: number },
    signal: AbortSignal,
  ): Promise<CommandOutcome> {
    const maxBytes = options.maxBytes ?? defaultMaxBytes;
    const stdout = new BoundedText(maxBytes, 'first');
    const stderr = new BoundedText(maxBytes, 'first');
    const { running, deadline } = await this.#start({ via, command, stderr, timeoutMs: options.timeoutMs }, signal);
    try {
      running.channel.on('data', (piece: Buffer) => stdout.add(piece));
      const exitCode = await running.ended({ silentAfterExitMs }, deadline.signal);
      return {
        exitCode,
        stdout: stdout.toString(),
        stderr: stderr.toString(),
        truncated: stdout.truncated || stderr.truncated,
      };
    } finally {
      deadline.clear();
    }
  }

  async *stream(
    via: readonly Bastion[],
    command: string,
    options: { readonly timeoutMs: number },
    signal: AbortSignal,
  ): AsyncIterable<Uint8Array> {
    const stderr = new BoundedText(2_000, 'last');
    const { running, deadline } = await this.#start({ via, command, stderr, timeoutMs: options.timeoutMs }, signal);
    let isOver = false;
    try {
      // A slow reader holds the host back through this: SSH's window closes when it is full.
      const pieces: Readable = running.channel.pipe(new PassThrough());
      const ended = running.ended({ silentAfterExitMs: null }, deadline.signal).finally(() => (isOver = true));
      ended.catch((error: unknown) => pieces.destroy(error as Error));
      for await (const piece of pieces) yield piece as Buffer;
      const exitCode = await ended;
      if (exitCode !== 0) throw commandFailed(running.hop, exitCode, stderr.toString());
    } finally {
      deadline.clear();
      // The reader left early: what still runs is ended.
      if (!isOver) running.end();
    }
  }

  async pipe(from: PipeEnd, to: PipeEnd, options: PipeOptions, signal: AbortSignal): Promise<PipeOutcome> {
    const { timeoutMs, stallMs } = options;
    const hop = lastHop(from.via);
    const whole = startDeadline(signal, timeoutMs, () => commandTimedOut(hop, timeoutMs));
    const flow = startDeadline(whole.signal, stallMs, () => commandStalled(hop, stallMs));
    try {
      // The reader first: what the writer sends is taken from its first byte on.
      const reader = await this.#startPiped(to, flow.signal);
      const writer = await this.#startPiped(from, flow.signal).catch((error: unknown) => {
        reader.running.end();
        throw error;
      });
      const parts = { input: options.input ?? '', onBytes: options.onBytes, onFlow: () => flow.restart() };
      return await pipeCommands({ from: writer, to: reader }, parts, flow.signal);
    } finally {
      flow.clear();
      whole.clear();
    }
  }

  async #startPiped({ via, command }: PipeEnd, signal: AbortSignal): Promise<PipedCommand> {
    const stderr = new BoundedText(pipeStderrBytes, 'last');
    const toStart = { command, stderr, onSent: () => undefined, opensInput: true };
    return { running: await this.#opener.openCommand(via, toStart, signal), stderr };
  }

  async #start(
    wanted: {
      readonly via: readonly Bastion[];
      readonly command: string;
      readonly stderr: BoundedText;
      readonly timeoutMs: number;
    },
    signal: AbortSignal,
  ): Promise<{ readonly running: RunningCommand; readonly deadline: Deadline }> {
    const { via, command, stderr, timeoutMs } = wanted;
    const hop = lastHop(via);
    let sent = false;
    const deadline = startDeadline(signal, timeoutMs, () =>
      sent ? commandTimedOut(hop, timeoutMs) : sshTimedOut(hop, timeoutMs),
    );
    try {
      const toStart = { command, stderr, onSent: () => (sent = true) };
      return { running: await this.#opener.openCommand(via, toStart, deadline.signal), deadline };
    } catch (error) {
      deadline.clear();
      throw error;
    }
  }
}

function lastHop(via: readonly Bastion[]): Bastion {
  const hop = via.at(-1);
  if (!hop) throw new Error('A command needs the host that runs it');
  return hop;
}
