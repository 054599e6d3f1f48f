import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { createConnection, type AuthPlugin, type Connection } from 'mysql2';
import { abortReason } from '../network/dial-tcp';
import { signEd25519Challenge } from './client-ed25519';
import { describeMysqlError, type MysqlParty } from './mysql-errors';
import type { Mysql2Tls } from './tls-options';

export interface SignIn extends MysqlParty {
  readonly password: string;
  readonly programName: string;
  /** undefined: no TLS. */
  readonly tls: Mysql2Tls | undefined;
  /** Called when the TLS handshake is over, before the account's proof is sent. */
  readonly onSecure?: (socket: TLSSocket) => void;
}

/**
 * Signs in over a stream on which the greeting waits (see readGreeting).
 *
 * Plugins: mysql_native_password, caching_sha2_password and sha256_password (without TLS the password is encrypted with
 * the server's RSA key, which the server itself hands over: sound inside an SSH tunnel, open to a man in the middle on a
 * bare network), MariaDB's client_ed25519; mysql_clear_password (PAM, LDAP) only when the server's certificate is verified.
 * LOAD DATA LOCAL, several statements at once and compression are never offered.
 *
 * @throws MidwatchError `tls-*`, `access-denied`, `auth-plugin-unsupported`, `too-many-connections`, `connection-lost`; the
 *   signal's reason when it fires. The stream is destroyed then.
 */
export function signIn(stream: Duplex, options: SignIn, signal: AbortSignal): Promise<Connection> {
  return new Promise((resolve, reject) => {
    if (options.tls?.verifyIdentity && isIP(options.host)) {
      // For an address mysql2 names no server, and Node then compares the certificate with `socket._host` or "localhost".
      Object.assign(stream, { _host: options.host });
    }
    const connection = createConnection({
      stream,
      host: options.host,
      port: options.port,
      user: options.user,
      password: options.password,
      ...(options.tls ? { ssl: options.tls } : {}),
      enableCleartextPlugin: options.tls?.rejectUnauthorized ?? false,
      authPlugins: { client_ed25519: ed25519Plugin(options.password) },
      connectAttributes: { program_name: options.programName },
      charset: 'utf8mb4',
      flags: ['-LOCAL_FILES'],
      multipleStatements: false,
      // Numbers while exact, text beyond 2^53; DECIMAL, dates and JSON as text: the promise of SqlValue.
      supportBigNumbers: true,
      bigNumberStrings: false,
      dateStrings: true,
      jsonStrings: true,
      connectTimeout: 0,
      trace: false,
    });
    // mysql2 has replaced the stream by a TLS socket when its own listener for the greeting returns.
    stream.once('data', () => {
      const secure = currentStream(connection);
      if (secure instanceof TLSSocket) secure.once('secureConnect', () => options.onSecure?.(secure));
    });
    const settle = (done: () => void) => {
      signal.removeEventListener('abort', onAbort);
      connection.removeListener('connect', onConnect);
      connection.removeListener('error', onError);
      done();
    };
    const fail = (error: Error) =>
      settle(() => {
        // mysql2 may report once more on its way down; nobody waits for that.
        connection.on('error', () => undefined);
        stream.on('error', () => undefined);
        connection.destroy();
        stream.destroy();
        reject(error);
      });
    const onConnect = () => settle(() => resolve(connection));
    const onError = (error: Error) =>
      fail(
        describeMysqlError(error, options, 'connect', { tlsAuthorizationError: authorizationError(connection, error) }),
      );
    const onAbort = () => fail(abortReason(signal));
    connection.on('connect', onConnect);
    connection.on('error', onError);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

function ed25519Plugin(password: string): AuthPlugin {
  return () => (data) => (password === '' ? Buffer.alloc(0) : signEd25519Challenge(password, data.subarray(0, 32)));
}

/** mysql2 does not type it, and hides a certificate's error code behind its own; the socket keeps it. */
function currentStream(connection: Connection): unknown {
  return 'stream' in connection ? connection.stream : undefined;
}

function authorizationError(connection: Connection, failure: Error): string {
  // Unverified connections carry it too, where it explains nothing.
  if (!('code' in failure) || failure.code !== 'HANDSHAKE_SSL_ERROR') return '';
  const socket = currentStream(connection);
  if (!(socket instanceof TLSSocket)) return '';
  const error: unknown = socket.authorizationError;
  return typeof error === 'string' ? error : '';
}
