import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { AnyAuthMethod, AuthHandlerMiddleware, Client as SshClient } from 'ssh2';
import { Client } from './ssh2-library';
import type { Bastion } from '@shared/model/inventory';
import type { HostKeys } from '../../core/ports/host-keys';
import { abortReason } from '../network/dial-tcp';
import { readSshBanner } from './ssh-banner';
import type { HopCredentials } from './ssh-credentials';
import { authFailed, describeSshError, hostKeyFailure } from './ssh-errors';

export interface SshOpening {
  readonly hop: Bastion;
  /** The connection to the hop's SSH port, direct or through the hop before. Destroyed when the opening fails. */
  readonly socket: Duplex;
  readonly credentials: HopCredentials;
  readonly hostKeys: HostKeys;
  /** Called once the host key was compared and found to be the pinned one. */
  readonly onHostKey?: (fingerprint: string) => void;
}

export interface OpenSshClient {
  readonly client: SshClient;
  readonly fingerprint: string;
}

/** `SHA256:` and base64 without padding, as ssh-keygen -l prints it. */
export function fingerprintOf(hostKey: Buffer): string {
  return `SHA256:${createHash('sha256').update(hostKey).digest('base64').replace(/=+$/, '')}`;
}

/**
 * Shakes hands with a hop, compares its host key with the pinned one, and only then signs in.
 * @throws MidwatchError `host-key-unknown`, `host-key-changed`, `ssh-auth-failed`, `ssh-protocol`, `connection-lost`; the
 *   signal's reason when it fires.
 */
export async function openSshClient(opening: SshOpening, signal: AbortSignal): Promise<OpenSshClient> {
  try {
    await readSshBanner(opening.socket, opening.hop, signal);
  } catch (error) {
    opening.socket.on('error', () => undefined).destroy();
    throw error;
  }
  return shakeHands(opening, signal);
}

function shakeHands(opening: SshOpening, signal: AbortSignal): Promise<OpenSshClient> {
  const { hop, socket, hostKeys } = opening;
  return new Promise((resolve, reject) => {
    const client = new Client();
    // Every way onwards that is being opened listens for its end: with many instances behind a bastion, many do.
    client.setMaxListeners(0);
    let fingerprint = '';
    let agentText = '';
    const settle = (done: () => void) => {
      signal.removeEventListener('abort', onAbort);
      for (const event of ['ready', 'end', 'close', 'error']) client.removeAllListeners(event);
      done();
    };
    const fail = (error: Error) =>
      settle(() => {
        client.on('error', () => undefined);
        socket.on('error', () => undefined);
        client.destroy();
        socket.destroy();
        reject(error);
      });
    const onAbort = () => fail(abortReason(signal));
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    client.on('ready', () => settle(() => resolve({ client, fingerprint })));
    const onClosed = () => fail(describeSshError(new Error('closed before handshake'), hop));
    client.on('close', onClosed).on('end', onClosed);
    client.on('error', (error) => {
      // A key that the agent cannot use is passed over; the next one may do.
      if ('level' in error && error.level === 'agent') agentText = error.message;
      else fail(describeSshError(error, hop));
    });
    const hostVerifier = (key: Buffer): boolean => {
      fingerprint = fingerprintOf(key);
      const pinned = hostKeys.find(hop.host, hop.port);
      if (pinned?.fingerprint === fingerprint) {
        opening.onHostKey?.(fingerprint);
        return true;
      }
      fail(hostKeyFailure(hop, fingerprint, pinned?.fingerprint ?? null));
      return false;
    };
    const authHandler = chooseProof(hop, opening.credentials, (offered) => fail(authFailed(hop, offered, agentText)));
    try {
      client.connect({
        sock: socket,
        username: hop.user,
        hostVerifier,
        authHandler,
        readyTimeout: 0,
        keepaliveInterval: 0,
      });
    } catch (error) {
      fail(describeSshError(error, hop));
    }
  });
}

const wireNames = { publickey: 'publickey', agent: 'publickey', password: 'password' } as const;

/** Asks the server what it takes (the `none` method, RFC 4252 section 5.2), then gives each fitting proof once. */
function chooseProof(
  hop: Bastion,
  credentials: HopCredentials,
  onExhausted: (offered: readonly string[]) => void,
): AuthHandlerMiddleware {
  const given = new Set<AnyAuthMethod>();
  let offered: readonly string[] = [];
  return (left: readonly string[] | null, partialSuccess, next) => {
    if (left === null) {
      next({ type: 'none', username: hop.user });
      return;
    }
    offered = left;
    const candidates = partialSuccess ? [...credentials.second, ...credentials.first] : credentials.first;
    const proof = candidates.find((method) => !given.has(method) && offered.includes(wireName(method)));
    if (!proof) {
      onExhausted(offered);
      return;
    }
    given.add(proof);
    next(proof);
  };
}

function wireName(method: AnyAuthMethod): string {
  return method.type in wireNames ? wireNames[method.type as keyof typeof wireNames] : method.type;
}
