import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { MidwatchError } from '@shared/errors';
import { parseSocketAddress } from '@shared/model/address';
import type { AskOptions, ProxyTarget } from '../../core/ports/proxies';
import { BoundedText } from '../network/bounded-text';
import { startDeadline } from '../network/deadline';
import { abortReason, dialTcp } from '../network/dial-tcp';
import { describeNetworkError } from '../network/network-errors';
import type { StreamOpener } from '../network/stream-opener';

/** A backend of a thousand servers says some 100 KB. */
const answerBytes = 1024 * 1024;

/**
 * One command to HAProxy's runtime API, on a connection of its own: without the word "prompt" HAProxy answers and closes.
 * A command that holds `;` or a line break would be two: it is refused.
 * @throws MidwatchError as of the port Proxies
 */
export async function askHaproxy(
  tunnels: StreamOpener,
  target: ProxyTarget,
  command: string,
  options: AskOptions,
  outer: AbortSignal,
): Promise<string> {
  if (/[;\r\n\0]/.test(command)) throw new Error(`Not one command: ${command}`);
  let sent = false;
  const deadline = startDeadline(outer, options.timeoutMs, () => late(target.address, options.timeoutMs, sent));
  try {
    const stream = await open(tunnels, target, deadline.signal);
    sent = true;
    return await answerOf(stream, command, target.address, deadline.signal);
  } finally {
    deadline.clear();
  }
}

async function open(tunnels: StreamOpener, { address, via }: ProxyTarget, signal: AbortSignal): Promise<Duplex> {
  const at = parseSocketAddress(address);
  if (!at) throw new MidwatchError('invalid-input', `${address} is no address of a proxy`);
  if (at.kind === 'path') return dialPath(at.path, signal);
  return via.length === 0 ? dialTcp(at, signal) : tunnels.openStream(via, at.host, at.port, signal);
}

function dialPath(path: string, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    const onAbort = (): void => {
      socket.destroy();
      reject(abortReason(signal));
    };
    socket.once('connect', () => {
      signal.removeEventListener('abort', onAbort);
      socket.removeAllListeners('error');
      resolve(socket);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      signal.removeEventListener('abort', onAbort);
      reject(pathFailure(path, error));
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

function pathFailure(path: string, error: NodeJS.ErrnoException): MidwatchError {
  const why =
    error.code === 'ENOENT'
      ? 'there is no such socket on this computer'
      : error.code === 'EACCES'
        ? 'you may not open it'
        : 'nothing listens there';
  return new MidwatchError('connection-refused', `${path}: ${why}`, {
    nextStep: 'Check the path and the mode of "stats socket" in its configuration, or use host:port',
    details: { cause: error.code ?? error.message },
    cause: error,
  });
}

function answerOf(stream: Duplex, command: string, address: string, signal: AbortSignal): Promise<string> {
  const answer = new BoundedText(answerBytes, 'first');
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      signal.removeEventListener('abort', onAbort);
      stream.removeAllListeners();
      stream.on('error', () => undefined);
      stream.destroy();
    };
    const onAbort = (): void => {
      settle();
      reject(abortReason(signal));
    };
    stream.on('data', (piece: Buffer) => answer.add(piece));
    stream.once('end', () => {
      settle();
      const text = answer.toString().trimEnd();
      // HAProxy ends every answer with an empty line: nothing at all is a connection that was cut.
      if (answer.toString() === '') reject(lost(address));
      else resolve(text);
    });
    stream.once('error', (error) => {
      settle();
      reject(lost(address, error));
    });
    stream.once('close', () => {
      settle();
      reject(lost(address));
    });
    signal.addEventListener('abort', onAbort, { once: true });
    stream.write(`${command}\n`);
  });
}

const lost = (address: string, cause?: unknown): MidwatchError =>
  new MidwatchError('connection-lost', `${address} closed the connection without an answer`, {
    nextStep: 'Check that this is the runtime API of HAProxy ("stats socket"), not its front end',
    ...(cause === undefined ? {} : { cause: describeNetworkError(cause, { host: address, port: 0 }) }),
  });

const late = (address: string, timeoutMs: number, sent: boolean): MidwatchError =>
  new MidwatchError(
    sent ? 'statement-timeout' : 'connection-timeout',
    `${address} did not answer within ${timeoutMs / 1000} s`,
    {
      nextStep:
        'Check that this is the runtime API of HAProxy ("stats socket"), and that a firewall lets this way through',
    },
  );
