import { toAppError } from '@shared/errors';
import type { MysqlRouterHook } from '@shared/model/hook';
import type { Cluster } from '@shared/model/inventory';
import type { SessionLimits } from '../../dialect/dialect';
import type { Connections } from '../../fleet/connections';
import type { Proxies, RouterApi } from '../../ports/proxies';

/** One route of a Router: where it may lead. */
export interface RouterRoute {
  readonly name: string;
  readonly strategy: string;
  readonly destinations: readonly { readonly host: string; readonly port: number }[];
}

/** A MySQL Router before the cluster. */
export interface RouterLook {
  /** By what it was recognised, in words. */
  readonly by: string;
  /** What its REST API said; null when none is set. */
  readonly api: RouterApiLook | null;
}

export type RouterApiLook =
  | { readonly kind: 'answered'; readonly routes: readonly RouterRoute[]; readonly followsMetadata: boolean }
  | { readonly kind: 'silent'; readonly why: string };

const limits: SessionLimits = { statementMs: 2000, lockWaitSeconds: 1, idleSeconds: 10 };

/**
 * Router ends the version of its own greeting with "-router" (client_ssl_mode DISABLED, PREFERRED or REQUIRED); where it
 * passes the server's greeting through, it adds the connection attribute _client_ip, which clients do not send. Both
 * measured on 9.7.4; before MariaDB the second is not to be seen.
 */
const routedSql =
  "SELECT COUNT(*) AS routed FROM performance_schema.session_account_connect_attrs WHERE PROCESSLIST_ID = CONNECTION_ID() AND ATTR_NAME = '_client_ip'";

/**
 * Whether applications go through a MySQL Router: because the inventory says so, or by what the endpoint shows. Reads
 * only; never throws. null: not recognised.
 */
export async function lookAtRouter(
  hook: MysqlRouterHook | undefined,
  cluster: Cluster,
  parts: { readonly connections: Connections; readonly proxies: Proxies },
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<RouterLook | null> {
  if (!hook) {
    const by = await recognise(cluster, parts.connections, options);
    return by === null ? null : { by, api: null };
  }
  if (hook.api === undefined) return { by: 'the inventory says so', api: null };
  const password = parts.connections.secret({ kind: 'traffic-password', id: cluster.id });
  const api = { url: hook.api, user: hook.user ?? '', password: password ?? '' };
  return {
    by: 'the inventory says so',
    api: await askApi(api, parts.proxies, options).catch((thrown: unknown): RouterApiLook => ({
      kind: 'silent',
      why: toAppError(thrown).message,
    })),
  };
}

async function recognise(
  cluster: Cluster,
  connections: Connections,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<string | null> {
  if (!cluster.traffic?.endpoint) return null;
  const late = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  try {
    const session = await connections.openEndpoint(cluster.id, 'operation plan', late, limits);
    try {
      if (/-router$/.test(session.greetingVersion)) return `the endpoint greets as ${session.greetingVersion}`;
      if (/mariadb/i.test(session.greetingVersion)) return null;
      const [row] = await session.query(routedSql, { timeoutMs });
      return Number(row?.['routed']) > 0 ? 'the endpoint adds the attribute _client_ip' : null;
    } finally {
      void session.close();
    }
  } catch {
    // It does not answer now, or the server has no such table: nothing is known, and nothing is said.
    return null;
  }
}

async function askApi(
  api: RouterApi,
  proxies: Proxies,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<RouterApiLook> {
  const ask = (path: string): Promise<unknown> => proxies.router(api, path, options, options.signal);
  const names = itemsOf(await ask('/routes')).map((one) => textIn(one, 'name'));
  const metadata = await ask('/metadata').then(itemsOf, () => []);
  const routes = await Promise.all(
    names.map(async (name): Promise<RouterRoute> => {
      const path = `/routes/${encodeURIComponent(name)}`;
      const [config, destinations] = await Promise.all([ask(`${path}/config`), ask(`${path}/destinations`)]);
      return {
        name,
        strategy: textIn(config, 'routingStrategy'),
        destinations: itemsOf(destinations).map((one) => ({
          host: textIn(one, 'address'),
          port: Number(textIn(one, 'port')),
        })),
      };
    }),
  );
  return { kind: 'answered', routes, followsMetadata: metadata.length > 0 };
}

const itemsOf = (answer: unknown): readonly unknown[] => {
  const items = typeof answer === 'object' && answer !== null && 'items' in answer ? answer.items : [];
  return Array.isArray(items) ? (items as unknown[]) : [];
};

const textIn = (answer: unknown, key: string): string => {
  const value = typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>)[key] : '';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
};
