import type { Readable } from 'node:stream';
import { abortReason } from './dial-tcp';

/** What came before the reader knew enough, or before the other side ended. */
export interface Peeked {
  readonly bytes: Buffer;
  readonly ended: boolean;
}

/**
 * Reads the first bytes of a stream until `isEnough` and puts them back, so that whoever speaks the protocol reads them
 * again.
 * @throws the stream's own error, or the signal's reason.
 */
export function peekStream(
  stream: Readable,
  isEnough: (bytes: Buffer) => boolean,
  signal: AbortSignal,
): Promise<Peeked> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const settle = (done: () => void) => {
      stream.removeListener('readable', onReadable);
      stream.removeListener('end', onEnd);
      stream.removeListener('close', onEnd);
      stream.removeListener('error', onError);
      signal.removeEventListener('abort', onAbort);
      done();
    };
    const onReadable = () => {
      for (let chunk: unknown = stream.read(); Buffer.isBuffer(chunk); chunk = stream.read()) {
        bytes = Buffer.concat([bytes, chunk]);
      }
      if (!isEnough(bytes)) return;
      settle(() => {
        stream.unshift(bytes);
        resolve({ bytes, ended: false });
      });
    };
    const onEnd = () => settle(() => resolve({ bytes, ended: true }));
    const onError = (error: Error) => settle(() => reject(error));
    const onAbort = () => settle(() => reject(abortReason(signal)));
    if (signal.aborted) {
      reject(abortReason(signal));
      return;
    }
    stream.on('readable', onReadable);
    stream.on('end', onEnd);
    stream.on('close', onEnd);
    stream.on('error', onError);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
