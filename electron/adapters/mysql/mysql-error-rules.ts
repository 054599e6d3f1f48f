import type { ErrorCode } from '@shared/errors';

/** One line of the table: which error (every given field must match), what it is called, what a person does now. */
export interface MysqlErrorRule {
  readonly phase?: 'connect' | 'query';
  /** Numbers of the server: MySQL "Server Error Message Reference", MariaDB "Error Codes". */
  readonly errnos?: readonly number[];
  /** Codes of mysql2 or of Node's sockets and TLS. */
  readonly codes?: readonly string[];
  readonly text?: RegExp;
  readonly code: ErrorCode;
  readonly message: (facts: { readonly at: string; readonly user: string; readonly cause: string }) => string;
  readonly nextStep: string;
}

/** Certificate errors of OpenSSL as Node names them (Node tls documentation, "X509 certificate error codes"). */
const certificateCodes = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
  'CERT_NOT_YET_VALID',
  'CERT_HAS_EXPIRED',
  'CERT_CHAIN_TOO_LONG',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
];

const tooMany: Pick<MysqlErrorRule, 'code' | 'nextStep'> = {
  code: 'too-many-connections',
  nextStep:
    'Wait, or end idle sessions from an account that still gets in (the extra or admin port); then raise the limit',
};

/** First match wins. */
export const mysqlErrorRules: readonly MysqlErrorRule[] = [
  // TLS
  {
    codes: ['ERR_TLS_CERT_ALTNAME_INVALID'],
    code: 'tls-identity-mismatch',
    message: ({ at, cause }) => `The certificate of ${at} names another server: ${cause}`,
    nextStep: 'Connect by a name that stands in the certificate, or verify the CA only',
  },
  {
    codes: certificateCodes,
    code: 'tls-ca-rejected',
    message: ({ at, cause }) => `The certificate of ${at} is not signed by the given CA: ${cause}`,
    nextStep: 'Choose the CA file that signed this server’s certificate, and check that neither has expired',
  },
  {
    codes: ['HANDSHAKE_NO_SSL_SUPPORT'],
    code: 'tls-not-offered',
    message: ({ at }) => `${at} offers no TLS, and this cluster asks for it`,
    nextStep: 'Turn TLS on at the server, or set TLS to off when the way there is already protected',
  },
  {
    errnos: [3159],
    code: 'tls-not-offered',
    message: ({ at }) => `${at} accepts only encrypted connections, and this cluster has TLS off`,
    nextStep: 'Set TLS to required, or better to verify the CA',
  },
  {
    codes: ['HANDSHAKE_SSL_ERROR'],
    code: 'tls-ca-rejected',
    message: ({ at, cause }) => `The TLS handshake with ${at} failed: ${cause}`,
    nextStep: 'Check CA, client certificate and key, and that the server speaks TLS 1.2 or later',
  },
  // Signing in
  {
    errnos: [1040],
    ...tooMany,
    message: ({ at }) => `${at} has no connection left: max_connections is reached`,
  },
  {
    errnos: [1203, 1226],
    ...tooMany,
    message: ({ at, user, cause }) => `${at} allows the account ${user} no further connection: ${cause}`,
    nextStep: 'End other sessions of this account, or raise its limit',
  },
  {
    errnos: [1129],
    code: 'access-denied',
    message: ({ at, cause }) => `${at} has blocked this computer after too many failed connections: ${cause}`,
    nextStep: 'Find what keeps failing, then TRUNCATE TABLE performance_schema.host_cache or FLUSH HOSTS on the server',
  },
  {
    errnos: [1130],
    code: 'access-denied',
    message: ({ at, cause }) => `${at} lets no account in from here: ${cause}`,
    nextStep: 'Create the account for the address the server sees: with a tunnel that is the bastion’s',
  },
  {
    phase: 'connect',
    errnos: [1045, 1698],
    code: 'access-denied',
    message: ({ at, user, cause }) => `${at} refused the account ${user}: ${cause}`,
    nextStep: 'Check user and password, and that the account exists for the address named here',
  },
  {
    errnos: [1820, 1862],
    code: 'access-denied',
    message: ({ at, user }) => `The password of ${user} at ${at} has expired`,
    nextStep: 'Set a new password for the account, then enter it here',
  },
  {
    errnos: [3118, 4151],
    code: 'access-denied',
    message: ({ at, user }) => `The account ${user} at ${at} is locked`,
    nextStep: 'ALTER USER … ACCOUNT UNLOCK from an administrative account',
  },
  {
    errnos: [1251, 1524, 2059],
    code: 'auth-plugin-unsupported',
    message: ({ at, user, cause }) => `${at} wants a sign-in method for ${user} that is not available: ${cause}`,
    nextStep: 'Give the account caching_sha2_password, mysql_native_password or ed25519',
  },
  {
    codes: ['AUTH_SWITCH_PLUGIN_ERROR', 'MYSQL_CLEAR_PASSWORD_NOT_ENABLED'],
    code: 'auth-plugin-unsupported',
    message: ({ at, user, cause }) =>
      `${at} wants a sign-in method for ${user} that is not supported: ${pluginIn(cause)}`,
    nextStep:
      'Give the account caching_sha2_password, mysql_native_password or ed25519; PAM and LDAP need verified TLS',
  },
  // Statements
  {
    phase: 'query',
    errnos: [1044, 1045, 1142, 1143, 1227, 1370, 1401, 1410],
    code: 'missing-privilege',
    message: ({ at, user, cause }) => `The account ${user} at ${at} lacks a privilege: ${cause}`,
    nextStep: 'Grant what the documentation lists for this capability',
  },
  {
    errnos: [1044],
    code: 'missing-privilege',
    message: ({ at, user, cause }) => `The account ${user} at ${at} lacks a privilege: ${cause}`,
    nextStep: 'Grant what the documentation lists for this capability',
  },
  {
    // KILL of a session whose account holds SYSTEM_USER (MySQL manual, "Account Categories").
    errnos: [1095],
    code: 'missing-privilege',
    message: ({ at, user, cause }) => `The account ${user} at ${at} may not end this session: ${cause}`,
    nextStep: 'That account may hold SYSTEM_USER: only an account with SYSTEM_USER can end it',
  },
  {
    errnos: [1205],
    code: 'lock-wait-timeout',
    message: ({ at }) => `A statement at ${at} waited too long for a lock and was given up by the server`,
    nextStep: 'Find the session that holds the lock, then try again',
  },
  {
    errnos: [1290],
    text: /read[-_]only/i,
    code: 'read-only-server',
    message: ({ at, cause }) => `${at} is read-only: ${cause}`,
    nextStep: 'Check that this is the primary',
  },
  {
    errnos: [1836],
    code: 'read-only-server',
    message: ({ at, cause }) => `${at} is read-only: ${cause}`,
    nextStep: 'Check that this is the primary',
  },
  {
    errnos: [3024, 1969],
    code: 'statement-timeout',
    message: ({ at }) => `${at} ended a statement at its time limit`,
    nextStep: 'Look at what loads the server; the statement had no effect',
  },
  {
    errnos: [1317],
    code: 'statement-timeout',
    message: ({ at }) => `A statement at ${at} was interrupted`,
    nextStep: 'Someone ended it with KILL QUERY, or the server stopped it; look before repeating',
  },
  {
    errnos: [1094],
    code: 'unknown-session',
    message: ({ at }) => `The session no longer exists at ${at}`,
    nextStep: 'It ended by itself: refresh the list',
  },
  {
    errnos: [1053],
    code: 'connection-lost',
    message: ({ at }) => `${at} is shutting down`,
    nextStep: 'Find out who stops it; Midwatch connects again when it is back',
  },
  {
    errnos: [2006, 2013, 1927, 4031],
    code: 'connection-lost',
    message: ({ at, cause }) => `The connection to ${at} was ended by the server: ${cause}`,
    nextStep: 'Connect again; look before repeating a statement that was under way',
  },
  {
    phase: 'connect',
    codes: ['PROTOCOL_CONNECTION_LOST', 'ECONNRESET', 'EPIPE'],
    code: 'connection-lost',
    message: ({ at }) => `${at} closed the connection while signing in`,
    nextStep: 'Check the server’s error log; a proxy without a live server behind it does this too',
  },
  {
    codes: ['PROTOCOL_CONNECTION_LOST', 'ECONNRESET', 'EPIPE', 'ECONNABORTED'],
    code: 'connection-lost',
    message: ({ at }) => `The connection to ${at} was lost`,
    nextStep: 'Look at the server before repeating a statement that was under way',
  },
];

function pluginIn(cause: string): string {
  return (
    /unknown plugin (\w+)/.exec(cause)?.[1] ?? (/mysql_clear_password/.test(cause) ? 'mysql_clear_password' : cause)
  );
}
