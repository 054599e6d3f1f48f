import { MidwatchError, type ErrorCode } from '@shared/errors';
import { describeNetworkError, isNetworkError } from '../network/network-errors';
import { mysqlErrorRules, type MysqlErrorRule } from './mysql-error-rules';

/** Who was talking to whom: what every message of this adapter names. */
export interface MysqlParty {
  readonly host: string;
  readonly port: number;
  readonly user: string;
}

/** Where an error arose: before the sign-in was over, or in a statement. */
export type MysqlPhase = 'connect' | 'query';

/** What is known of a failed statement: `unknown` when the connection broke or the wait ended before the answer. */
export type StatementOutcome = 'unknown' | 'failed' | 'not-sent';

/**
 * Any error of mysql2, of its socket or of the server as a {@link MidwatchError}; one that already is passes through.
 * The server's own words stay in `details.cause`, the SQL text never enters: it may hold a password.
 */
export function describeMysqlError(
  error: unknown,
  party: MysqlParty,
  phase: MysqlPhase,
  extra: { readonly tlsAuthorizationError?: string; readonly secrets?: readonly string[] } = {},
): MidwatchError {
  if (error instanceof MidwatchError) return phase === 'query' ? withOutcome(error) : error;
  const facts = readFacts(error, extra.tlsAuthorizationError);
  const rule = mysqlErrorRules.find((candidate) => matches(candidate, facts, phase));
  const details = detailsOf(facts, party, phase, extra.secrets ?? []);
  if (!rule && isNetworkError(error)) return describeNetworkError(error, party, details);
  const at = `${party.host}:${party.port}`;
  if (!rule) {
    const fallback = fallbacks[phase === 'query' ? 'statement' : facts.errno > 0 ? 'refused' : 'protocol'];
    return new MidwatchError(fallback.code, `${at} ${fallback.says}: ${details.cause}`, {
      nextStep: fallback.nextStep,
      details,
      cause: error,
    });
  }
  const message = rule.message({ at, user: party.user, cause: details.cause });
  return new MidwatchError(rule.code, message, { nextStep: rule.nextStep, details, cause: error });
}

interface Fallback {
  readonly code: ErrorCode;
  readonly says: string;
  readonly nextStep: string;
}

/** For what stands in no rule. */
const fallbacks: Readonly<Record<'statement' | 'refused' | 'protocol', Fallback>> = {
  statement: {
    code: 'statement-failed',
    says: 'refused the statement',
    nextStep: 'Read the server’s answer; nothing was retried',
  },
  refused: {
    code: 'access-denied',
    says: 'refused the sign-in',
    nextStep: 'Read the server’s answer, and its error log',
  },
  protocol: {
    code: 'not-mysql',
    says: 'broke the MySQL protocol while signing in',
    nextStep: 'Check that host and port belong to a MySQL or MariaDB server',
  },
};

/** Thrown when the limit of this computer passed before the server answered: the session is gone, the outcome unknown. */
export function statementTimedOut(party: MysqlParty, timeoutMs: number): MidwatchError {
  return new MidwatchError(
    'statement-timeout',
    `${party.host}:${party.port} did not answer a statement within ${timeoutMs} ms; the session was dropped`,
    {
      nextStep: 'Look at the server before repeating it: the statement may still run or may have finished',
      details: { ...partyDetails(party), timeoutMs, outcome: 'unknown' },
    },
  );
}

/** Thrown by a statement whose session is gone. `outcome` says whether the server may have got it. */
export function sessionGone(party: MysqlParty, outcome: StatementOutcome, causeText: string): MidwatchError {
  return new MidwatchError('connection-lost', `The connection to ${party.host}:${party.port} was lost`, {
    nextStep:
      outcome === 'unknown'
        ? 'Look at the server before repeating the statement: it may have been carried out'
        : 'Connect again; the statement was not sent',
    details: { ...partyDetails(party), outcome, cause: causeText },
  });
}

/** A hop that dropped explains itself, and knows nothing of the statement that was under way. */
function withOutcome(error: MidwatchError): MidwatchError {
  if ('outcome' in error.details) return error;
  const { nextStep, details, cause } = error;
  return new MidwatchError(error.code, error.message, { nextStep, details: { ...details, outcome: 'unknown' }, cause });
}

interface ErrorFacts {
  readonly errno: number;
  readonly code: string;
  readonly sqlState: string;
  readonly text: string;
}

function readFacts(error: unknown, tlsAuthorizationError: string | undefined): ErrorFacts {
  const record: Readonly<Record<string, unknown>> = typeof error === 'object' && error !== null ? { ...error } : {};
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof AggregateError && text === '') return readFacts(error.errors[0], tlsAuthorizationError);
  const code = tlsAuthorizationError || (typeof record.code === 'string' ? record.code : '');
  return {
    // libuv puts negative numbers in errno; only the server's are positive.
    errno: typeof record.errno === 'number' && record.errno > 0 ? record.errno : 0,
    code,
    sqlState: typeof record.sqlState === 'string' ? record.sqlState : '',
    text: text || code,
  };
}

function matches(rule: MysqlErrorRule, facts: ErrorFacts, phase: MysqlPhase): boolean {
  if (rule.phase !== undefined && rule.phase !== phase) return false;
  if (rule.errnos && !rule.errnos.includes(facts.errno)) return false;
  if (rule.codes && !rule.codes.includes(facts.code)) return false;
  if (rule.text && !rule.text.test(facts.text)) return false;
  return true;
}

type Details = Readonly<Record<string, string | number | boolean>> & { readonly cause: string };

function detailsOf(facts: ErrorFacts, party: MysqlParty, phase: MysqlPhase, secrets: readonly string[]): Details {
  // A parse error quotes the statement; a value that was put into it may be a password.
  const cause = facts.errno === parseError ? withoutValues(facts.text, secrets) : facts.text;
  const outcome: StatementOutcome = facts.errno > 0 && !connectionEnders.includes(facts.errno) ? 'failed' : 'unknown';
  const details: Record<string, string | number | boolean> = { ...partyDetails(party) };
  if (facts.errno > 0) Object.assign(details, { errno: facts.errno, sqlState: facts.sqlState });
  if (phase === 'query') details.outcome = outcome;
  return { ...details, cause };
}

const parseError = 1064;
/** ER_SERVER_SHUTDOWN, CR_SERVER_LOST, ER_CONNECTION_KILLED (MariaDB), ER_CLIENT_INTERACTION_TIMEOUT. */
const connectionEnders: readonly number[] = [1053, 2006, 2013, 1927, 4031];

function withoutValues(text: string, values: readonly string[]): string {
  return values.filter((value) => value.length > 2).reduce((rest, value) => rest.replaceAll(value, '•••'), text);
}

function partyDetails(party: MysqlParty) {
  return { host: party.host, port: party.port, user: party.user };
}
