import { toAppError } from '@shared/errors';
import { bastionsOf, type Connections } from '../../fleet/connections';
import type { MysqlConnector } from '../../ports/mysql-session';
import type { ClusterReading, ReachedInstance } from '../cluster-reading';

export interface ReplicationLogin {
  readonly ok: boolean;
  readonly evidence: string;
}

/**
 * Signs in to `source` as the replication account: proves account and password before anything is touched.
 * @param user as a channel of this cluster names it; '' is not known.
 */
export async function replicationLogin(
  parts: { readonly connections: Connections; readonly connector: MysqlConnector },
  { cluster }: Pick<ClusterReading, 'cluster'>,
  { source, user }: { readonly source: ReachedInstance; readonly user: string },
  signal: AbortSignal,
): Promise<ReplicationLogin> {
  if (user === '') return { ok: false, evidence: 'the replication account cannot be read' };
  const password = parts.connections.secret({ kind: 'replication-password', id: cluster.id });
  if (password === null) return { ok: false, evidence: `the password of ${user} is not known` };
  // It has to stand in CHANGE REPLICATION SOURCE, where a backslash means what the server's sql_mode says.
  if (/[\\\0]/.test(password))
    return { ok: false, evidence: `the password of ${user} holds a backslash, which cannot be sent safely` };
  try {
    const session = await parts.connector.connect(
      {
        host: source.instance.host,
        port: source.instance.port,
        user,
        password,
        tls: cluster.tls,
        via: bastionsOf(parts.connections.inventory(), source.instance.via),
        programName: 'midwatch plan',
        connectTimeoutMs: 5000,
      },
      signal,
    );
    try {
      const grants = await session.query('SHOW GRANTS', { timeoutMs: 3000 });
      const may = grants.some((row) => /REPLICATION SLAVE|ALL PRIVILEGES/i.test(String(Object.values(row)[0])));
      return may
        ? { ok: true, evidence: `${user} signs in to ${source.instance.name} and may replicate` }
        : { ok: false, evidence: `${user} lacks REPLICATION SLAVE on ${source.instance.name}` };
    } finally {
      void session.close();
    }
  } catch (thrown) {
    return { ok: false, evidence: `${user} on ${source.instance.name}: ${toAppError(thrown).message}` };
  }
}
