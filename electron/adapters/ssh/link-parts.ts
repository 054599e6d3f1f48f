import type { ErrorCode, MidwatchError } from '@shared/errors';
import type { Bastion } from '@shared/model/inventory';
import type { HostKeys } from '../../core/ports/host-keys';
import type { HopSecrets } from './ssh-credentials';

/** What a link needs from its surroundings. */
export interface LinkParts {
  readonly hostKeys: HostKeys;
  readonly secretsOf: (hop: Bastion) => HopSecrets;
  readonly agentSocket: () => string | undefined;
  readonly limits: LinkLimits;
  readonly onChange: () => void;
}

/** In ms. */
export interface LinkLimits {
  readonly connectMs: number;
  readonly keepaliveMs: number;
  readonly keepaliveMisses: number;
  /** How long an answer may take when a check was asked for, e.g. after a sleep. */
  readonly checkMs: number;
  /** Without a stream and without a request for this long, the connection is given back. */
  readonly idleMs: number;
  /** How long a refused sign-in rests before it is tried again by itself. */
  readonly refusedMs: number;
}

const personal: readonly ErrorCode[] = [
  'host-key-unknown',
  'host-key-changed',
  'ssh-auth-failed',
  'ssh-passphrase-wrong',
  'secret-missing',
];

/** Failures that only a person can end; all others are tried again. */
export function needsPerson(error: MidwatchError): boolean {
  return personal.includes(error.code);
}
