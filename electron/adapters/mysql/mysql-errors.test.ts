import { describe, expect, it } from 'vitest';
import { MidwatchError, type ErrorCode } from '@shared/errors';
import { describeMysqlError, type MysqlPhase } from './mysql-errors';

const party = { host: 'db-1', port: 3306, user: 'midwatch' };

function serverError(errno: number, text = 'the server’s words'): Error {
  return Object.assign(new Error(text), { errno, sqlState: 'HY000', code: `ER_${errno}` });
}

function codedError(code: string, text = 'the driver’s words'): Error {
  return Object.assign(new Error(text), { code, errno: -111 });
}

const table: readonly (readonly [string, MysqlPhase, Error, ErrorCode])[] = [
  ['refused', 'connect', codedError('ECONNREFUSED'), 'connection-refused'],
  ['no answer', 'connect', codedError('ETIMEDOUT'), 'connection-timeout'],
  ['unknown name', 'connect', codedError('ENOTFOUND'), 'name-not-found'],
  ['name server silent', 'connect', codedError('EAI_AGAIN'), 'name-not-found'],
  ['no route', 'connect', codedError('EHOSTUNREACH'), 'host-unreachable'],
  ['several addresses refused', 'connect', new AggregateError([codedError('ECONNREFUSED')]), 'connection-refused'],
  ['too many connections', 'connect', serverError(1040), 'too-many-connections'],
  ['too many of one account', 'connect', serverError(1203), 'too-many-connections'],
  ['wrong password', 'connect', serverError(1045), 'access-denied'],
  ['unix_socket only', 'connect', serverError(1698), 'access-denied'],
  ['host not allowed', 'connect', serverError(1130), 'access-denied'],
  ['host blocked', 'connect', serverError(1129), 'access-denied'],
  ['locked account', 'connect', serverError(3118), 'access-denied'],
  ['expired password', 'connect', serverError(1862), 'access-denied'],
  ['schema denied', 'query', serverError(1044), 'missing-privilege'],
  ['table denied', 'query', serverError(1142), 'missing-privilege'],
  ['column denied', 'query', serverError(1143), 'missing-privilege'],
  ['specific access', 'query', serverError(1227), 'missing-privilege'],
  ['procedure denied', 'query', serverError(1370), 'missing-privilege'],
  ['plain 1401', 'query', serverError(1401), 'missing-privilege'],
  ['not owner of thread', 'query', serverError(1095, 'You are not owner of thread 7'), 'missing-privilege'],
  ['lock wait', 'query', serverError(1205), 'lock-wait-timeout'],
  ['read-only option', 'query', serverError(1290, 'running with the --super-read-only option'), 'read-only-server'],
  ['another option', 'query', serverError(1290, 'running with the --secure-file-priv option'), 'statement-failed'],
  ['read-only mode', 'query', serverError(1836), 'read-only-server'],
  ['interrupted', 'query', serverError(1317), 'statement-timeout'],
  ['time limit of MySQL', 'query', serverError(3024), 'statement-timeout'],
  ['time limit of MariaDB', 'query', serverError(1969), 'statement-timeout'],
  ['no such session', 'query', serverError(1094), 'unknown-session'],
  ['killed', 'query', serverError(1927), 'connection-lost'],
  ['lost', 'query', codedError('PROTOCOL_CONNECTION_LOST'), 'connection-lost'],
  ['reset', 'query', codedError('ECONNRESET'), 'connection-lost'],
  ['syntax', 'query', serverError(1064), 'statement-failed'],
  ['duplicate key', 'query', serverError(1062), 'statement-failed'],
  ['no TLS offered', 'connect', codedError('HANDSHAKE_NO_SSL_SUPPORT'), 'tls-not-offered'],
  ['only TLS accepted', 'connect', serverError(3159), 'tls-not-offered'],
  ['handshake failed', 'connect', codedError('HANDSHAKE_SSL_ERROR'), 'tls-ca-rejected'],
  [
    'unknown plugin',
    'connect',
    codedError('AUTH_SWITCH_PLUGIN_ERROR', 'unknown plugin parsec'),
    'auth-plugin-unsupported',
  ],
  ['plugin not loaded', 'connect', serverError(1524), 'auth-plugin-unsupported'],
  ['an error of no rule', 'connect', serverError(1105), 'access-denied'],
  ['nonsense', 'connect', new Error('Unexpected packet'), 'not-mysql'],
];

describe('describeMysqlError', () => {
  it.each(table)('%s (%s)', (_name, phase, error, code) => {
    const described = describeMysqlError(error, party, phase);
    expect(described.code).toBe(code);
    expect(described.message).toMatch(/db-1/);
    expect(described.nextStep).not.toBe('');
    expect(described.details).toMatchObject({ host: 'db-1', port: 3306 });
    expect(described.details.cause).not.toBe('');
  });

  it('takes the certificate’s own code, which mysql2 hides', () => {
    const hidden = codedError('HANDSHAKE_SSL_ERROR', 'self-signed certificate');
    const at = (tlsAuthorizationError: string) =>
      describeMysqlError(hidden, party, 'connect', { tlsAuthorizationError }).code;
    expect(at('SELF_SIGNED_CERT_IN_CHAIN')).toBe('tls-ca-rejected');
    expect(at('ERR_TLS_CERT_ALTNAME_INVALID')).toBe('tls-identity-mismatch');
  });

  it('says the outcome: failed when the server answered, unknown when the connection broke', () => {
    expect(describeMysqlError(serverError(1205), party, 'query').details.outcome).toBe('failed');
    expect(describeMysqlError(codedError('ECONNRESET'), party, 'query').details.outcome).toBe('unknown');
    expect(describeMysqlError(serverError(1053), party, 'query').details.outcome).toBe('unknown');
  });

  it('removes values from a parse error, which quotes the statement', () => {
    const error = serverError(1064, "near 'hunter2' at line 1");
    const described = describeMysqlError(error, party, 'query', { secrets: ['hunter2'] });
    expect(JSON.stringify(described.toAppError())).not.toContain('hunter2');
  });

  it('leaves an error that is already described alone', () => {
    const known = new MidwatchError('host-key-changed', 'x');
    expect(describeMysqlError(known, party, 'connect')).toBe(known);
  });
});
