import type { Cluster } from '@shared/model/inventory';
import type { ProxyReading, TrafficTry } from '@shared/model/traffic';
import { haproxyMoves } from './haproxy-plan';
import { lookAtTraffic, type HookLook, type LookParts, type TrafficLook } from './look';
import { isAt, placeOf, type Located, type Place } from './place';
import type { ProxysqlLook } from './proxysql-look';
import { stateOf } from './proxysql-words';
import { routerVerdict } from './router-verdict';
import { trafficPlanOf } from './traffic-plan';

export interface TryParts extends LookParts {
  readonly nowMs: () => number;
  /** The primary as the monitor sees it; null is not known. */
  readonly primaryId: (clusterId: string) => string | null;
}

/**
 * Tries traffic settings before anything depends on them: asks every proxy, and says what a move from the primary to the
 * first of the others would send. Reads only. `cluster` may hold settings that are not stored yet.
 */
export async function tryTraffic(cluster: Cluster, parts: TryParts, signal: AbortSignal): Promise<TrafficTry> {
  const look = await lookAtTraffic(cluster, parts, signal);
  const primaryId = parts.primaryId(cluster.id);
  const old = cluster.instances.find((one) => one.id === primaryId) ?? cluster.instances[0];
  const next = cluster.instances.find((one) => one !== old);
  const place = (one: Cluster['instances'][number]): Place => placeOf(one, null, look.resolved);
  const move = old && next ? { old: place(old), next: place(next) } : null;
  const direct =
    old && next && move
      ? trafficPlanOf(cluster, look, { kind: 'switchover', from: old, to: next, ...move }).direct
      : null;
  return {
    atMs: parts.nowMs(),
    proxies: proxiesOf(cluster, look, move),
    move: direct && old && next ? `${old.name} to ${next.name}` : '',
    wouldSend: (direct?.lines ?? [])
      .filter(([, phase]) => phase === 'run')
      .map(([, , to, text]) => `${to.name}: ${text}`),
    notes: [...notesOf(look), ...(look.router && move ? [routerVerdict(look.router, move).slice(1).join('. ')] : [])],
  };
}

function proxiesOf(
  cluster: Cluster,
  look: TrafficLook,
  move: { readonly old: Place; readonly next: Place } | null,
): readonly ProxyReading[] {
  const nameAt = (server: Parameters<typeof isAt>[0]): string =>
    cluster.instances.find((one) => isAt(server, placeOf(one, null, look.resolved)))?.name ?? '';
  const read = (hook: HookLook, withMove: boolean): readonly ProxyReading[] => {
    if (hook.kind === 'proxysql')
      return hook.proxies.map((one) => proxysqlReading(one, hook.hook.writerHostgroup, nameAt));
    if (hook.kind !== 'haproxy') return [];
    const moves = move && withMove ? haproxyMoves(hook, move.old, move.next) : [];
    return hook.proxies.map(({ address, servers, problem }) => {
      const stands = problem || (moves.find((one) => one.address === address)?.problem ?? '');
      return {
        proxy: address,
        servers: servers.map(({ otherHost: _name, ...one }) => ({
          ...one,
          instance: nameAt({ ...one, otherHost: _name }),
        })),
        problems: stands === '' ? [] : [stands],
      };
    });
  };
  const led = read(look.repoint, true);
  // The same proxies usually serve both: shown once.
  return [
    ...led,
    ...read(look.fence, false).filter((one) =>
      led.every((each) => each.proxy !== one.proxy || one.problems.length > 0),
    ),
  ];
}

/** Its hostgroups stand in the place of server names: a server there has no other. */
function proxysqlReading(
  { address, runtime, used, problem }: ProxysqlLook,
  writer: number,
  nameAt: (server: Located) => string,
): ProxyReading {
  return {
    proxy: address,
    servers: runtime.map((one) => ({
      name: `hostgroup ${one.hostgroup}`,
      host: one.host,
      port: one.port,
      state: stateOf(one.status),
      up: one.status !== 'SHUNNED',
      sessions: one.hostgroup === writer ? (used.get(`${one.host}:${one.port}`) ?? 0) : null,
      instance: nameAt(one),
    })),
    problems: problem === '' ? [] : [problem],
  };
}

const notesOf = ({ repoint, fence, router }: TrafficLook): readonly string[] =>
  repoint.kind === 'virtual-address'
    ? repoint.hosts.map((one) =>
        one.problem === ''
          ? `Host of ${one.name}: ${one.holds ? 'has' : 'does not have'} ${repoint.hook.address}`
          : `Host of ${one.name}: ${one.problem}`,
      )
    : repoint.kind === 'program' && fence.kind === 'program' && router === null
      ? ['A shell or HTTP hook can only be called, not asked: try it by hand, then in a drill']
      : [];
