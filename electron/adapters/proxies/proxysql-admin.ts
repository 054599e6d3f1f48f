import { MidwatchError } from '@shared/errors';
import { parseSocketAddress } from '@shared/model/address';
import type { MysqlConnector, SqlRow } from '../../core/ports/mysql-session';
import type { AskOptions, ProxysqlTarget } from '../../core/ports/proxies';

/**
 * One statement to ProxySQL's admin interface, on a session of its own. It speaks the MySQL protocol and SQLite's SQL: no
 * prepared statements, no session variables, so the connector is right, which sets none. TLS is not used: the admin
 * interface has no certificate of its own in most set-ups; lead it through a bastion where the network is not trusted.
 * @throws MidwatchError as of the port Proxies
 */
export async function askProxysql(
  connector: MysqlConnector,
  target: ProxysqlTarget,
  sql: string,
  { timeoutMs }: AskOptions,
  signal: AbortSignal,
): Promise<readonly SqlRow[]> {
  const at = parseSocketAddress(target.address);
  if (at?.kind !== 'tcp') throw new MidwatchError('invalid-input', `${target.address} is no host:port`);
  try {
    const session = await connector.connect(
      {
        host: at.host,
        port: at.port,
        user: target.user,
        password: target.password,
        tls: { mode: 'off' },
        via: target.via,
        programName: 'midwatch traffic',
        connectTimeoutMs: timeoutMs,
      },
      signal,
    );
    try {
      return await session.query(sql, { timeoutMs });
    } finally {
      session.destroy();
    }
  } catch (thrown) {
    if (!(thrown instanceof MidwatchError)) throw thrown;
    throw new MidwatchError(thrown.code, `${target.address}: ${thrown.message}`, {
      nextStep:
        thrown.code === 'access-denied' || thrown.code === 'too-many-connections'
          ? 'Check the account in admin-admin_credentials: one named "admin" may connect only from its own host'
          : thrown.nextStep,
      details: thrown.details,
      cause: thrown,
    });
  }
}
