/** All codes of expected failures. A message says what happened; the code is what programs and tests compare. */
export const errorCodes = [
  // reaching a host
  'name-not-found',
  'connection-refused',
  'connection-timeout',
  'connection-lost',
  'host-unreachable',
  // SSH
  'ssh-protocol',
  'host-key-unknown',
  'host-key-changed',
  'ssh-auth-failed',
  'ssh-key-unreadable',
  'ssh-passphrase-wrong',
  'ssh-agent-missing',
  'ssh-forward-refused',
  // TLS
  'tls-not-offered',
  'tls-ca-rejected',
  'tls-identity-mismatch',
  'tls-file-unreadable',
  // MySQL and MariaDB
  'not-mysql',
  'too-many-connections',
  'access-denied',
  'auth-plugin-unsupported',
  'missing-privilege',
  'version-too-old',
  'statement-timeout',
  'statement-failed',
  'lock-wait-timeout',
  'read-only-server',
  'unknown-session',
  'connection-budget',
  // hosts and hooks
  'host-command-failed',
  'hook-failed',
  'hook-timeout',
  // local files and store
  'inventory-corrupt',
  'inventory-newer',
  'inventory-conflict',
  'store-corrupt',
  'disk-full',
  'file-unreadable',
  // rules of the console
  'secret-missing',
  'cluster-locked',
  'not-found',
  'invalid-input',
  'plan-expired',
  'plan-not-applyable',
  'operation-running',
  'operation-lock-held',
  'confirmation-mismatch',
  'no-failover-needed',
  'unsupported',
  'cancelled',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** One clear message: what happened (the server's own words kept in `details.cause`), and the next step. */
export interface AppError {
  readonly code: ErrorCode;
  /** One sentence: the thing, what is wrong. */
  readonly message: string;
  /** One sentence: what the person can do now. */
  readonly nextStep: string;
  readonly details: Readonly<Record<string, string | number | boolean>>;
}

/** The one base class of expected failures inside a process; adapters throw it, IPC and CLI turn it into {@link AppError}. */
export class MidwatchError extends Error {
  readonly code: ErrorCode;
  readonly nextStep: string;
  readonly details: Readonly<Record<string, string | number | boolean>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      nextStep?: string;
      details?: Readonly<Record<string, string | number | boolean>>;
      cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'MidwatchError';
    this.code = code;
    this.nextStep = options.nextStep ?? '';
    this.details = options.details ?? {};
  }

  toAppError(): AppError {
    return { code: this.code, message: this.message, nextStep: this.nextStep, details: this.details };
  }
}

/** Any thrown value as an {@link AppError}: an abort becomes `cancelled`, a bug becomes `internal` and keeps its message. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof MidwatchError) return thrown.toAppError();
  if (thrown instanceof Error && thrown.name === 'AbortError') {
    return { code: 'cancelled', message: 'Cancelled', nextStep: '', details: {} };
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return {
    code: 'internal',
    message,
    nextStep: 'This is a defect of Midwatch: export the log and report it',
    details: {},
  };
}
