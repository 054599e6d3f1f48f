import type { BaseAgent } from 'ssh2';
import { createAgent } from './ssh2-library';
import { MidwatchError } from '@shared/errors';

/** Where the person's SSH agent listens: `SSH_AUTH_SOCK`, on Windows also the OpenSSH service's pipe. */
export function defaultAgentSocket(): string | undefined {
  const named = process.env.SSH_AUTH_SOCK;
  if (named) return named;
  return process.platform === 'win32' ? '\\\\.\\pipe\\openssh-ssh-agent' : undefined;
}

/**
 * Asks the agent for its keys before any server is reached, so that a missing agent is not mistaken for a refused key.
 * @throws MidwatchError `ssh-agent-missing` (none, not answering, or empty).
 */
export function openAgent(socket: string | undefined): Promise<BaseAgent> {
  if (!socket) {
    return Promise.reject(missing('There is no SSH agent: SSH_AUTH_SOCK is not set', 'not set', undefined));
  }
  return new Promise((resolve, reject) => {
    const agent = createAgent(socket);
    const timer = setTimeout(
      () => reject(missing(`The SSH agent at ${socket} does not answer`, 'no answer in 5 s', undefined)),
      5_000,
    );
    agent.getIdentities((error, keys) => {
      clearTimeout(timer);
      if (error) reject(missing(`The SSH agent at ${socket} cannot be asked: ${error.message}`, error.message, error));
      else if (!keys || keys.length === 0)
        reject(missing(`The SSH agent at ${socket} holds no key`, 'no key', undefined));
      else resolve(agent);
    });
  });
}

function missing(message: string, causeText: string, cause: unknown): MidwatchError {
  return new MidwatchError('ssh-agent-missing', message, {
    nextStep: 'Start the agent and add the key with ssh-add, or choose a key file',
    details: { cause: causeText },
    cause,
  });
}
