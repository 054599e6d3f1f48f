import type { Client, ClientChannel } from 'ssh2';
import type { Bastion } from '@shared/model/inventory';
import { abortReason } from '../network/dial-tcp';
import { describeForwardError } from './ssh-errors';

/**
 * Opens a way from a hop onwards (direct-tcpip, RFC 4254 section 7.2). The name is resolved on the hop.
 * @throws MidwatchError `connection-refused`, `name-not-found`, `host-unreachable`, `connection-timeout` as the hop saw it,
 *   `ssh-forward-refused`, `connection-lost`; the signal's reason when it fires, and a late channel is closed then.
 */
export function openForward(
  client: Client,
  hop: Bastion,
  target: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(abortReason(signal));
      return;
    }
    const onAbort = () => {
      client.removeListener('close', onClose);
      reject(abortReason(signal));
    };
    const onClose = () => {
      signal.removeEventListener('abort', onAbort);
      reject(describeForwardError(new Error('the bastion went away'), hop, target));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    client.once('close', onClose);
    try {
      client.forwardOut('127.0.0.1', 0, target.host, target.port, (error, channel) => {
        signal.removeEventListener('abort', onAbort);
        client.removeListener('close', onClose);
        if (error) reject(describeForwardError(error, hop, target));
        else if (signal.aborted) channel.close();
        else {
          // Neither SSH nor MySQL has a use for a half-open connection; left alone, a statement would wait for its limit.
          channel.once('end', () => channel.destroy());
          resolve(channel);
        }
      });
    } catch (error) {
      signal.removeEventListener('abort', onAbort);
      client.removeListener('close', onClose);
      reject(describeForwardError(error, hop, target));
    }
  });
}
