import { toAppError } from '@shared/errors';
import { isProgram, type HaproxyHook, type Hook, type ProxysqlHook, type VirtualAddressHook } from '@shared/model/hook';
import type { Cluster } from '@shared/model/inventory';
import { bastionsOf, type Connections } from '../../fleet/connections';
import type { Names } from '../../ports/names';
import type { Proxies, ProxysqlTarget, ProxyTarget } from '../../ports/proxies';
import type { RemoteHost } from '../../ports/remote-host';
import { lookAtAddress, type AddressAt } from './address-look';
import { lookAtProxysql, type ProxysqlLook } from './proxysql-look';
import { lookAtRouter, type RouterLook } from './router-look';
import { levelCommand, readServers, stateCommand, statCommand, type HaproxyServer } from './haproxy-words';

/** What one HAProxy said; `problem`: why it cannot be used, '' when it can. */
export interface HaproxyLook {
  readonly address: string;
  readonly servers: readonly HaproxyServer[];
  readonly problem: string;
}

/** What stands behind a hook, as far as it can be asked without changing anything. */
export type HookLook =
  /** None, a program of the user's, which can only be called, or a Router, which cannot be moved. */
  | { readonly kind: 'program' }
  | { readonly kind: 'haproxy'; readonly hook: HaproxyHook; readonly proxies: readonly HaproxyLook[] }
  | { readonly kind: 'proxysql'; readonly hook: ProxysqlHook; readonly proxies: readonly ProxysqlLook[] }
  | { readonly kind: 'virtual-address'; readonly hook: VirtualAddressHook; readonly hosts: readonly AddressAt[] };

/** Both hooks of a cluster as they were seen, and the addresses of its hosts' names. */
export interface TrafficLook {
  readonly repoint: HookLook;
  readonly fence: HookLook;
  /** The endpoint is a MySQL Router; null: not recognised, or something else leads applications over. */
  readonly router: RouterLook | null;
  readonly resolved: ReadonlyMap<string, readonly string[]>;
}

export interface LookParts {
  readonly connections: Connections;
  readonly proxies: Proxies;
  readonly names: Names;
  readonly hosts: RemoteHost;
}

/** A plan must not wait long for a proxy that is gone, least of all in an outage. */
const longestMs = 2500;

/** Asks every proxy of the cluster's hooks, side by side. Reads only; never throws: what cannot be asked says why. */
export async function lookAtTraffic(cluster: Cluster, parts: LookParts, signal: AbortSignal): Promise<TrafficLook> {
  const { repoint, fence } = cluster.traffic ?? {};
  const needsNames = [repoint, fence].some((hook) => hook !== undefined && !isProgram(hook));
  const asRouter = repoint?.kind === 'mysql-router' ? repoint : undefined;
  const [repointLook, fenceLook, router, resolved] = await Promise.all([
    lookAtHook(repoint, cluster, parts, signal),
    lookAtHook(fence, cluster, parts, signal),
    asRouter || repoint === undefined ? lookAtRouter(asRouter, cluster, parts, { timeoutMs: longestMs, signal }) : null,
    needsNames ? resolveHosts(cluster, parts.names, signal) : new Map<string, readonly string[]>(),
  ]);
  return { repoint: repointLook, fence: fenceLook, router, resolved };
}

async function lookAtHook(
  hook: Hook | undefined,
  cluster: Cluster,
  parts: LookParts,
  signal: AbortSignal,
): Promise<HookLook> {
  switch (hook?.kind) {
    case 'haproxy':
      return {
        kind: 'haproxy',
        hook,
        proxies: await Promise.all(
          hook.proxies.map(async (address) =>
            lookAtHaproxy(hook, { address, via: wayToProxies(cluster, parts.connections) }, parts.proxies, signal),
          ),
        ),
      };
    case 'proxysql':
      return {
        kind: 'proxysql',
        hook,
        proxies: await Promise.all(
          hook.admins.map(async (address) =>
            lookAtProxysql(hook, proxysqlTarget(hook, address, cluster, parts.connections), parts.proxies, {
              timeoutMs: Math.min(hook.timeoutSeconds * 1000, longestMs),
              signal,
            }),
          ),
        ),
      };
    case 'virtual-address':
      return {
        kind: 'virtual-address',
        hook,
        hosts: await lookAtAddress(hook, cluster, parts, { timeoutMs: longestMs, signal }),
      };
    case undefined:
    case 'shell':
    case 'http':
    case 'mysql-router':
      return { kind: 'program' };
  }
}

/** A proxy stands in the network of the instances, so behind the same bastions. */
export function wayToProxies(cluster: Cluster, connections: Connections): ProxyTarget['via'] {
  return bastionsOf(connections.inventory(), cluster.instances[0]?.via ?? []);
}

/** With the account and the stored password; without one it is tried empty, and refused in words. */
export function proxysqlTarget(
  hook: ProxysqlHook,
  address: string,
  cluster: Cluster,
  connections: Connections,
): ProxysqlTarget {
  const password = connections.secret({ kind: 'traffic-password', id: cluster.id }) ?? '';
  return { address, via: wayToProxies(cluster, connections), user: hook.user, password };
}

async function lookAtHaproxy(
  { backend, timeoutSeconds }: HaproxyHook,
  target: ProxyTarget,
  proxies: Proxies,
  signal: AbortSignal,
): Promise<HaproxyLook> {
  const options = { timeoutMs: Math.min(timeoutSeconds * 1000, longestMs) };
  const ask = (command: string): Promise<string> => proxies.haproxy(target, command, options, signal);
  const { address } = target;
  try {
    const [level, state, stat] = await Promise.all([
      ask(levelCommand),
      ask(stateCommand(backend)),
      ask(statCommand(backend)),
    ]);
    const servers = readServers(state, stat, backend);
    if (typeof servers === 'string') return { address, servers: [], problem: servers };
    return {
      address,
      servers,
      problem: level.trim() === 'admin' ? '' : `its socket is of level ${level.trim().slice(0, 40)}, not admin`,
    };
  } catch (thrown) {
    return { address, servers: [], problem: toAppError(thrown).message };
  }
}

async function resolveHosts(
  cluster: Cluster,
  names: Names,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const hosts = [...new Set(cluster.instances.map((one) => one.host))];
  return new Map(
    await Promise.all(hosts.map(async (host) => [host, await names.addresses(host, signal).catch(() => [])] as const)),
  );
}
