import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import type { MidwatchError } from '@shared/errors';
import type { HopInput, PathStageName } from '@shared/model/path-test';
import type { HostKeys } from '../../core/ports/host-keys';
import { startDeadline } from '../network/deadline';
import { openSshClient } from '../ssh/open-ssh-client';
import { prepareCredentials, type HopCredentials } from '../ssh/ssh-credentials';
import { describeSshError, sshTimedOut } from '../ssh/ssh-errors';
import type { PathRecorder } from './path-recorder';

export interface HopWalk {
  readonly recorder: PathRecorder;
  readonly leg: number;
  readonly hop: HopInput;
  readonly socket: Duplex;
  readonly hostKeys: HostKeys;
  readonly agentSocket: string | undefined;
  readonly limitMs: number;
}

/**
 * The stages `host-key` and `sign-in` of a hop. A mistake in the person's own files counts to `sign-in`, and the host
 * key is looked at before it is told.
 */
export async function walkHop(walk: HopWalk, signal: AbortSignal): Promise<Client> {
  const { recorder, leg, hop, socket, hostKeys, limitMs } = walk;
  recorder.begin(leg, 'host-key');
  const local = await prepareOrKeep(walk);
  const at: { stage: PathStageName } = { stage: 'host-key' };
  const deadline = startDeadline(signal, limitMs, () => sshTimedOut(hop, limitMs));
  const onHostKey = (fingerprint: string) => {
    recorder.pass(leg, 'host-key', `${fingerprint}, as trusted`);
    at.stage = 'sign-in';
    recorder.begin(leg, 'sign-in');
    deadline.restart();
  };
  try {
    const credentials = local.credentials ?? nothing;
    const { client } = await openSshClient({ hop, socket, credentials, hostKeys, onHostKey }, deadline.signal);
    recorder.pass(leg, 'sign-in', `as ${hop.user} by ${hop.auth.method}`);
    return client;
  } catch (error) {
    if (signal.aborted) throw error;
    const told = at.stage === 'sign-in' ? (local.error ?? error) : error;
    return recorder.fail(leg, at.stage, describeSshError(told, hop));
  } finally {
    deadline.clear();
  }
}

const nothing: HopCredentials = { first: [], second: [] };

async function prepareOrKeep({
  hop,
  agentSocket,
}: HopWalk): Promise<{ readonly credentials: HopCredentials | null; readonly error: MidwatchError | null }> {
  const secrets = { password: hop.password || null, passphrase: hop.passphrase || null };
  try {
    return { credentials: await prepareCredentials(hop, secrets, agentSocket), error: null };
  } catch (error) {
    return { credentials: null, error: describeSshError(error, hop) };
  }
}
