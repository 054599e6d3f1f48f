import type { AnyAuthMethod } from 'ssh2';
import { MidwatchError } from '@shared/errors';
import type { Bastion } from '@shared/model/inventory';
import { openAgent } from './ssh-agent';
import { readPrivateKey } from './ssh-key-file';

/** Secrets of one hop; null: none is known. */
export interface HopSecrets {
  readonly password: string | null;
  readonly passphrase: string | null;
}

/** What a hop can be signed in with. `second` is offered only after the server took the first proof and wants another. */
export interface HopCredentials {
  readonly first: readonly AnyAuthMethod[];
  readonly second: readonly AnyAuthMethod[];
}

/**
 * Collects what a hop needs before the server is reached: every local mistake is told without a sign-in attempt.
 * @throws MidwatchError `ssh-agent-missing`, `ssh-key-unreadable`, `ssh-passphrase-wrong`, `secret-missing`.
 */
export async function prepareCredentials(
  hop: Bastion,
  secrets: HopSecrets,
  agentSocket: string | undefined,
): Promise<HopCredentials> {
  const username = hop.user;
  const byPassword = secrets.password === null ? [] : passwordMethods(username, secrets.password);
  switch (hop.auth.method) {
    case 'agent':
      return { first: [{ type: 'agent', username, agent: await openAgent(agentSocket) }], second: byPassword };
    case 'key': {
      const key = await readPrivateKey(hop.auth.keyFile, secrets.passphrase);
      return { first: [{ type: 'publickey', username, key }], second: byPassword };
    }
    case 'password':
      if (byPassword.length === 0) throw passwordMissing(hop);
      return { first: byPassword, second: [] };
    case 'keyboard-interactive':
      if (byPassword.length === 0) throw passwordMissing(hop);
      return { first: byPassword.filter((method) => method.type === 'keyboard-interactive'), second: [] };
  }
}

/** Servers with PAM often take passwords only as keyboard-interactive, so both are tried, in this order. */
function passwordMethods(username: string, password: string): readonly AnyAuthMethod[] {
  return [
    { type: 'password', username, password },
    {
      type: 'keyboard-interactive',
      username,
      prompt: (_name, _instructions, _lang, prompts, finish) => finish(prompts.map(() => password)),
    },
  ];
}

function passwordMissing(hop: Bastion): MidwatchError {
  return new MidwatchError('secret-missing', `No password is known for ${hop.user} at the bastion ${hop.name}`, {
    nextStep: 'Enter the password of the bastion',
    details: { bastionId: hop.id },
  });
}
