import { MidwatchError } from '@shared/errors';
import type { Bastion } from '@shared/model/inventory';
import { describeNetworkError, describeRemoteDialFailure, isNetworkError } from '../network/network-errors';

/** What a person is told of a key that is not the pinned one. */
export function hostKeyFailure(hop: Bastion, offered: string, pinned: string | null): MidwatchError {
  const at = `${hop.host}:${hop.port}`;
  const details = { host: hop.host, port: hop.port, bastionId: hop.id, fingerprint: offered };
  if (pinned === null) {
    return new MidwatchError(
      'host-key-unknown',
      `The bastion ${hop.name} (${at}) shows a host key not seen before: ${offered}`,
      {
        nextStep: 'Compare the fingerprint with the one your administrator gives you, then trust it',
        details,
      },
    );
  }
  return new MidwatchError(
    'host-key-changed',
    `The host key of the bastion ${hop.name} (${at}) has changed: ${pinned} was trusted, ${offered} is shown now`,
    {
      nextStep: 'Stop: ask the administrator whether the server was rebuilt. Trust the new key only after comparing it',
      details: { ...details, pinned, offered },
    },
  );
}

/** The server took none of the proofs. `offered`: the methods it would take, as it names them. */
export function authFailed(hop: Bastion, offered: readonly string[], causeText: string): MidwatchError {
  const accepts = offered.length > 0 ? `; it accepts ${offered.join(', ')}` : '';
  return new MidwatchError(
    'ssh-auth-failed',
    `The bastion ${hop.name} (${hop.host}:${hop.port}) refused ${hop.user} by ${hop.auth.method}${accepts}`,
    {
      nextStep: nextStepFor(hop, offered),
      details: {
        host: hop.host,
        port: hop.port,
        user: hop.user,
        bastionId: hop.id,
        offered: offered.join(','),
        cause: causeText,
      },
    },
  );
}

function nextStepFor(hop: Bastion, offered: readonly string[]): string {
  switch (hop.auth.method) {
    case 'agent':
      return 'Check the user name, and that one of the agent’s keys (ssh-add -l) is authorised there';
    case 'key':
      return 'Check the user name, and that this key is authorised there';
    case 'password':
    case 'keyboard-interactive':
      return offered.length > 0 && !offered.includes('password') && !offered.includes('keyboard-interactive')
        ? 'This bastion takes no password: sign in with a key or the agent'
        : 'Check user name and password';
  }
}

/** Any error of ssh2 or of the socket below it while a hop is being opened. */
export function describeSshError(error: unknown, hop: Bastion): MidwatchError {
  if (error instanceof MidwatchError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const at = `${hop.host}:${hop.port}`;
  const details = { host: hop.host, port: hop.port, bastionId: hop.id, cause: text };
  if (isNetworkError(error)) return describeNetworkError(error, hop, { bastionId: hop.id });
  if (/before handshake|closed before/i.test(text)) {
    return new MidwatchError('ssh-protocol', `${at} closed the connection before the SSH handshake was over`, {
      nextStep:
        'Check that this is the SSH port; the server may also limit new connections (MaxStartups) or block this address',
      details,
    });
  }
  return new MidwatchError('ssh-protocol', `The SSH handshake with the bastion ${hop.name} (${at}) failed: ${text}`, {
    nextStep: 'Check that host and port belong to an SSH server that speaks SSH 2 with current algorithms',
    details,
    cause: error,
  });
}

/** A hop that accepted and then did not finish its handshake in time. */
export function sshTimedOut(hop: Bastion, timeoutMs: number): MidwatchError {
  return new MidwatchError(
    'connection-timeout',
    `The bastion ${hop.name} (${hop.host}:${hop.port}) did not answer in time`,
    {
      nextStep: 'Check the address and the port, and that a firewall lets this way through',
      details: { host: hop.host, port: hop.port, bastionId: hop.id, timeoutMs },
    },
  );
}

/** Why a hop did not open a way onwards. `reason` as in RFC 4254 section 5.1: 1 is "administratively prohibited". */
export function describeForwardError(
  error: unknown,
  hop: Bastion,
  target: { host: string; port: number },
): MidwatchError {
  if (error instanceof MidwatchError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const reason = typeof error === 'object' && error !== null && 'reason' in error ? Number(error.reason) : 0;
  if (reason === 2) {
    const known = describeRemoteDialFailure(text, target, hop.name);
    if (known) return known;
  }
  if (reason === 0) return hopLost(hop, text);
  const details = { host: target.host, port: target.port, bastionId: hop.id, cause: text };
  if (reason === 2) {
    return new MidwatchError(
      'host-unreachable',
      `${hop.name} could not connect to ${target.host}:${target.port}: ${text}`,
      {
        nextStep: 'Check the address as the bastion sees it',
        details,
      },
    );
  }
  return new MidwatchError(
    'ssh-forward-refused',
    `${hop.name} does not forward to ${target.host}:${target.port}: ${text}`,
    {
      nextStep: 'Ask the administrator to allow TCP forwarding for this account (AllowTcpForwarding, PermitOpen)',
      details,
    },
  );
}

/** What every stream through a hop fails with when the hop drops. */
export function hopLost(hop: Bastion, causeText: string): MidwatchError {
  return new MidwatchError('connection-lost', `The connection to the bastion ${hop.name} was lost`, {
    nextStep: 'Midwatch connects again by itself; check the bastion when it does not come back',
    details: { host: hop.host, port: hop.port, bastionId: hop.id, cause: causeText },
  });
}

const unknownCommand = 'Look at the host before you send it again: nobody knows what it did';

/** The connection broke after a command was sent: it may have run to its end, in part, or not at all. */
export function commandLost(hop: Bastion, causeText: string): MidwatchError {
  return new MidwatchError(
    'host-command-failed',
    `The connection to ${hop.name} broke while a command ran there: nobody knows what it did`,
    { nextStep: unknownCommand, details: { ...placeOf(hop), outcome: 'unknown', cause: causeText } },
  );
}

/** A command that did not end in time. It was told to end, and whether it obeyed is not known. */
export function commandTimedOut(hop: Bastion, timeoutMs: number): MidwatchError {
  return new MidwatchError(
    'host-command-failed',
    `A command on ${hop.name} did not end within ${timeoutMs} ms: nobody knows what it did`,
    { nextStep: unknownCommand, details: { ...placeOf(hop), outcome: 'unknown', timeoutMs } },
  );
}

/** A pipe between two hosts in which nothing flowed any more: both commands were told to end. */
export function commandStalled(hop: Bastion, stallMs: number): MidwatchError {
  return new MidwatchError(
    'host-command-failed',
    `Nothing came from the command on ${hop.name} for ${Math.round(stallMs / 1000)} s: it was ended`,
    {
      nextStep: 'Check the network between this computer and both hosts, then try again',
      details: { ...placeOf(hop), outcome: 'unknown', stallMs },
    },
  );
}

/** The host took the connection and refused to run anything: nothing happened there. */
export function commandNotStarted(hop: Bastion, causeText: string): MidwatchError {
  return new MidwatchError('host-command-failed', `${hop.name} did not start the command: ${causeText}`, {
    nextStep:
      'Check that this account may run commands there (ForceCommand, PermitTTY no, a login shell), and MaxSessions of its sshd',
    details: { ...placeOf(hop), outcome: 'not-started', cause: causeText },
  });
}

/** A command whose output was wanted whole ended otherwise than with 0. */
export function commandFailed(hop: Bastion, exitCode: number | null, stderr: string): MidwatchError {
  const how = exitCode === null ? 'was ended by a signal' : `ended with ${exitCode}`;
  const words = stderr.trim();
  return new MidwatchError(
    'host-command-failed',
    `A command on ${hop.name} ${how}${words === '' ? '' : `: ${words.slice(-300)}`}`,
    {
      nextStep: 'Read what the host said, and check the account’s rights there',
      details: { ...placeOf(hop), outcome: 'ended', exitCode: exitCode ?? -1, stderr: words.slice(-2000) },
    },
  );
}

function placeOf(hop: Bastion): { readonly host: string; readonly port: number; readonly bastionId: string } {
  return { host: hop.host, port: hop.port, bastionId: hop.id };
}
