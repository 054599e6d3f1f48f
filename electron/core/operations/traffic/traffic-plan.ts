import { isProgram, type Hook } from '@shared/model/hook';
import type { Cluster, Instance } from '@shared/model/inventory';
import type { ReachedInstance } from '../cluster-reading';
import type { DirectTraffic, Line, TrafficPlan } from '../steps/step-data';
import { addressTraffic } from './address-plan';
import { haproxyFence, haproxyFenceProblem, haproxyTraffic } from './haproxy-plan';
import type { HookLook, TrafficLook } from './look';
import { proxysqlFence, proxysqlFenceProblem, proxysqlTraffic, type MoveKind } from './proxysql-plan';
import { placeOf, type Place } from './place';

/** From where to where applications are led. */
export interface TrafficMove {
  readonly kind: MoveKind;
  readonly from: Instance;
  readonly to: Instance;
  readonly old: Place;
  readonly next: Place;
}

/** The pair as proxies may know it. `old` may be an instance that does not answer. */
export function trafficMove(
  old: ReachedInstance['instance'],
  next: ReachedInstance,
  look: TrafficLook,
  oldFacts: ReachedInstance['facts'] | null,
  kind: MoveKind,
): TrafficMove {
  return {
    kind,
    from: old,
    to: next.instance,
    old: placeOf(old, oldFacts && announcedBy(oldFacts, old.port), look.resolved),
    next: placeOf(next.instance, announcedBy(next.facts, next.instance.port), look.resolved),
  };
}

function announcedBy(
  { variables }: ReachedInstance['facts'],
  port: number,
): { readonly host: string; readonly port: number } | null {
  const host = variables.get('report_host') ?? '';
  return host === '' ? null : { host, port: Number(variables.get('report_port') ?? 0) || port };
}

/** The hook in words for people; its token never stands here. null: none, or what Midwatch sends itself. */
const programText = (hook: Hook | undefined): string | null =>
  hook === undefined || !isProgram(hook) ? null : hook.kind === 'shell' ? hook.command : `POST ${hook.url}`;

/** How applications are led over: by a program of the user's, or by what is sent to each proxy. */
export function trafficPlanOf(cluster: Cluster, look: TrafficLook, move: TrafficMove): TrafficPlan {
  const { traffic } = cluster;
  return {
    hook: programText(traffic?.repoint),
    endpoint: traffic?.endpoint ? `${traffic.endpoint.host}:${traffic.endpoint.port}` : null,
    direct: directOf(cluster, look.repoint, move),
  };
}

function directOf(cluster: Cluster, look: HookLook, { kind, from, to, old, next }: TrafficMove): DirectTraffic | null {
  switch (look.kind) {
    case 'haproxy':
      return haproxyTraffic(look, old, next);
    case 'proxysql':
      return proxysqlTraffic(look, old, next, kind);
    case 'virtual-address':
      return addressTraffic(look.hook, cluster, from, to);
    case 'program':
      return null;
  }
}

/** What the fence hook is, as a rung of the ladder. `why`: in words; why not where it is not usable. */
export interface FenceByHook {
  readonly usable: boolean;
  readonly why: string;
  /** A program of the user's, as shown; null is none. */
  readonly program: string | null;
  readonly lines: readonly Line[];
  readonly params: Readonly<Record<string, string>>;
}

/** The fence hook of a cluster, as it was seen. */
export function fenceByHook({ traffic }: Cluster, { fence, resolved }: TrafficLook, old: Instance | null): FenceByHook {
  const none = { program: null, lines: [], params: {} };
  if (traffic?.fence === undefined) return { ...none, usable: false, why: 'no fence hook is set' };
  if (fence.kind === 'proxysql') {
    const direct = old ? proxysqlFence(fence, placeOf(old, null, resolved)) : null;
    return direct
      ? {
          ...none,
          ...direct,
          usable: true,
          why: `hostgroup ${fence.hook.writerHostgroup} is closed at ${fence.hook.admins.join(', ')}, and the server answers nobody`,
        }
      : { ...none, usable: false, why: proxysqlFenceProblem(fence) || 'no primary is known' };
  }
  if (fence.kind === 'haproxy') {
    const direct = haproxyFence(fence);
    return direct
      ? {
          ...none,
          ...direct,
          usable: true,
          why: `backend ${fence.hook.backend} is closed at ${fence.proxies.map((one) => one.address).join(', ')}, and the server answers nobody`,
        }
      : { ...none, usable: false, why: haproxyFenceProblem(fence) };
  }
  return {
    ...none,
    usable: true,
    why: 'it does its work, and the server answers nobody',
    program: programText(traffic.fence),
  };
}
