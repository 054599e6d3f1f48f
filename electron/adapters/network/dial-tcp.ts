import { connect, type Socket } from 'node:net';
import { describeNetworkError } from './network-errors';

/** Where a socket goes, with the words for a message: "instance db-1:3306" is better than an address alone. */
export interface DialTarget {
  readonly host: string;
  readonly port: number;
}

/**
 * Opens a TCP connection from this computer: no delay, keep-alive after 15 s of silence.
 * The signal ends the attempt with its own reason; the caller owns every time limit.
 * @throws MidwatchError `name-not-found`, `connection-refused`, `connection-timeout`, `host-unreachable`.
 */
export function dialTcp(target: DialTarget, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(abortReason(signal));
      return;
    }
    // Node gives each of several addresses 250 ms, too little for another continent.
    const socket = connect({
      host: target.host,
      port: target.port,
      noDelay: true,
      autoSelectFamilyAttemptTimeout: 2_000,
    });
    const settle = () => {
      signal.removeEventListener('abort', onAbort);
      socket.removeListener('connect', onConnect);
      socket.removeListener('error', onError);
    };
    const onAbort = () => {
      settle();
      socket.on('error', () => undefined);
      socket.destroy();
      reject(abortReason(signal));
    };
    const onConnect = () => {
      settle();
      socket.setKeepAlive(true, 15_000);
      resolve(socket);
    };
    const onError = (error: Error) => {
      settle();
      socket.destroy();
      reject(describeNetworkError(error, target));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('connect', onConnect);
    socket.once('error', onError);
  });
}

/** What an aborted signal carries, always an Error: an AbortError when the caller gave no reason. */
export function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new DOMException('Cancelled', 'AbortError');
}
