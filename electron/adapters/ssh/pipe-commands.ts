import { Transform } from 'node:stream';
import type { PipeOutcome } from '../../core/ports/remote-host';
import type { BoundedText } from '../network/bounded-text';
import type { RunningCommand } from './running-command';

/** A command at work, and what it says on standard error. */
export interface PipedCommand {
  readonly running: RunningCommand;
  readonly stderr: BoundedText;
}

const tellEveryMs = 500;
/** A writer closes its output a moment before it ends: so long it may still have something to say. */
const lastWordsMs = 10_000;

/**
 * Joins two commands that have started, both with their standard input open. Resolves when both ended.
 * @throws MidwatchError when a connection broke; the signal's reason when it fires: both are ended then
 */
export async function pipeCommands(
  { from, to }: { readonly from: PipedCommand; readonly to: PipedCommand },
  parts: {
    readonly input: string;
    readonly onBytes: ((bytes: number) => void) | undefined;
    /** Called with each piece, so that a pipe in which nothing flows is noticed. */
    readonly onFlow: () => void;
  },
  signal: AbortSignal,
): Promise<PipeOutcome> {
  const { count, bytes } = counter(parts);
  // Before anything flows: an end that comes early must not be missed.
  const writerEnds = from.running.ended({ silentAfterExitMs: null }, signal);
  const readerEnds = to.running.ended({ silentAfterExitMs: null }, signal);
  // It says nothing on its standard output; unread, its channel would never close.
  to.running.channel.resume();
  // SSH's window closes when the reader is slow, and so holds the writer back.
  from.running.channel.pipe(count).pipe(to.running.channel);
  from.running.channel.end(parts.input);
  const endWriter = (): void => {
    // What it has sent and nobody took would keep its channel open.
    from.running.channel.unpipe(count);
    from.running.end();
  };
  let writerIsOver = false;
  let readerFailed = false;
  let patience: NodeJS.Timeout | undefined;
  const writer = writerEnds.then(
    (exitCode) => {
      writerIsOver = true;
      return exitCode;
    },
    (thrown: unknown) => {
      writerIsOver = true;
      // Ended by us, because nobody read any more: that is no broken connection.
      if (readerFailed) return null;
      to.running.end();
      throw thrown;
    },
  );
  const reader = readerEnds.then(
    (exitCode) => {
      readerFailed = exitCode !== 0;
      if (!writerIsOver) patience = setTimeout(endWriter, readerFailed ? 0 : lastWordsMs);
      return exitCode;
    },
    (thrown: unknown) => {
      endWriter();
      throw thrown;
    },
  );
  try {
    const [fromCode, toCode] = await Promise.all([writer, reader]);
    parts.onBytes?.(bytes());
    return {
      from: { exitCode: fromCode, stderr: from.stderr.toString() },
      to: { exitCode: toCode, stderr: to.stderr.toString() },
      bytes: bytes(),
    };
  } finally {
    clearTimeout(patience);
    await Promise.allSettled([writer, reader]);
  }
}

function counter({ onBytes, onFlow }: Pick<Parameters<typeof pipeCommands>[1], 'onBytes' | 'onFlow'>): {
  readonly count: Transform;
  readonly bytes: () => number;
} {
  let bytes = 0;
  let toldAtMs = 0;
  const count = new Transform({
    transform(piece: Buffer, _encoding, done) {
      bytes += piece.length;
      onFlow();
      const nowMs = Date.now();
      if (nowMs - toldAtMs >= tellEveryMs) {
        toldAtMs = nowMs;
        onBytes?.(bytes);
      }
      done(null, piece);
    },
  });
  return { count, bytes: () => bytes };
}
