import { MidwatchError, type ErrorCode } from '@shared/errors';
import type { DialTarget } from './dial-tcp';

interface NetworkRule {
  readonly code: ErrorCode;
  readonly message: (at: string, host: string) => string;
  readonly nextStep: string;
}

const refused: NetworkRule = {
  code: 'connection-refused',
  message: (at) => `${at} refused the connection: nothing listens there, or a firewall rejects it`,
  nextStep: 'Check the port, and that the server is running and listens on this address',
};
const timedOut: NetworkRule = {
  code: 'connection-timeout',
  message: (at) => `${at} did not answer in time`,
  nextStep: 'Check the address, and that a firewall lets this way through',
};
const unknownName: NetworkRule = {
  code: 'name-not-found',
  message: (_at, host) => `No address is known for the name ${host}`,
  nextStep: 'Check the spelling, and the name servers of the computer that was asked',
};
const unreachable: NetworkRule = {
  code: 'host-unreachable',
  message: (at) => `There is no route to ${at}`,
  nextStep: 'Check the network, the VPN, and whether a bastion is needed to get there',
};
const lost: NetworkRule = {
  code: 'connection-lost',
  message: (at) => `The connection to ${at} was lost`,
  nextStep: 'Check whether the server or something on the way restarted',
};

/** Codes of Node's sockets and of getaddrinfo (Node errors documentation, "Common system errors"). */
const byCode: Readonly<Record<string, NetworkRule>> = {
  ECONNREFUSED: refused,
  ETIMEDOUT: timedOut,
  ENOTFOUND: unknownName,
  EAI_AGAIN: unknownName,
  EAI_NODATA: unknownName,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  EADDRNOTAVAIL: unreachable,
  EHOSTDOWN: unreachable,
  ENETDOWN: unreachable,
  ECONNRESET: lost,
  ECONNABORTED: lost,
  EPIPE: lost,
  ENOTCONN: lost,
};

/** True when {@link describeNetworkError} has a rule for this error. */
export function isNetworkError(error: unknown): boolean {
  return errorCode(error) in byCode;
}

/** A socket's error in the words of this console. An unknown code counts as `host-unreachable` and keeps the cause's text. */
export function describeNetworkError(
  error: unknown,
  target: DialTarget,
  extra: Readonly<Record<string, string | number | boolean>> = {},
): MidwatchError {
  const rule = byCode[errorCode(error)] ?? unreachable;
  return failure(
    rule,
    target,
    error instanceof Error ? error.message || errorCode(error) : String(error),
    error,
    extra,
  );
}

/**
 * Why an SSH server could not open a forward, from its own sentence (OpenSSH sends strerror and gai_strerror texts in
 * SSH_MSG_CHANNEL_OPEN_FAILURE, RFC 4254 section 5.1). null: the sentence names no network failure.
 */
export function describeRemoteDialFailure(text: string, target: DialTarget, askedOn: string): MidwatchError | null {
  const rule = remoteRules.find(([pattern]) => pattern.test(text))?.[1];
  return rule ? failure(rule, target, text, undefined, { askedOn }) : null;
}

const remoteRules: readonly (readonly [RegExp, NetworkRule])[] = [
  [/refused/i, refused],
  [/timed out|timeout/i, timedOut],
  [/not known|unknown host|no address|name resolution|nodename/i, unknownName],
  [/no route|unreachable|host is down/i, unreachable],
];

function failure(
  rule: NetworkRule,
  target: DialTarget,
  causeText: string,
  cause: unknown,
  extra: Readonly<Record<string, string | number | boolean>>,
): MidwatchError {
  const at = `${target.host}:${target.port}`;
  const askedOn = typeof extra.askedOn === 'string' ? ` (seen from ${extra.askedOn})` : '';
  return new MidwatchError(rule.code, rule.message(at, target.host) + askedOn, {
    nextStep: rule.nextStep,
    details: { host: target.host, port: target.port, cause: causeText, ...extra },
    cause,
  });
}

function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  // Node tries several addresses of one name and wraps the failures.
  if (error instanceof AggregateError) return errorCode(error.errors[0]);
  return '';
}
