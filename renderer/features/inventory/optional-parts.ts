import type { Hook } from '@shared/model/hook';
import type { HostAccess, Instance, Traffic } from '@shared/model/inventory';
import { hookRefusal } from './hook-drafts';

/** The instance with its way to the host; an empty chain is no way at all. */
export function withHostAccess(instance: Instance, access: HostAccess): Instance {
  const { hostAccess: _before, ...rest } = instance;
  return access.via.length === 0 ? rest : { ...rest, hostAccess: access };
}

/** The way with its systemd unit; empty text is no unit: then the process is ended by its id. */
export function withService(access: HostAccess, service: string): HostAccess {
  const { service: _before, ...rest } = access;
  return service === '' ? rest : { ...rest, service };
}

/** The way with what starts mysqld where no unit does; empty text is nothing: then a person starts it. */
export function withStartCommand(access: HostAccess, startCommand: string): HostAccess {
  const { startCommand: _before, ...rest } = access;
  return startCommand.trim() === '' ? rest : { ...rest, startCommand };
}

/** Traffic with its endpoint; an empty host is no endpoint. */
export function withEndpoint(traffic: Traffic, endpoint: NonNullable<Traffic['endpoint']>): Traffic {
  const { endpoint: _before, ...rest } = traffic;
  return endpoint.host === '' ? rest : { ...rest, endpoint };
}

/** Traffic with one of its hooks, or without it. */
export function withHook(traffic: Traffic, which: 'repoint' | 'fence', hook: Hook | undefined): Traffic {
  const { [which]: _before, ...rest } = traffic;
  return hook === undefined ? rest : ({ ...rest, [which]: hook } as Traffic);
}

/** Traffic of which nothing is set is no traffic: the key is left out. */
export const setTraffic = <T extends { traffic?: Traffic | undefined }>(cluster: T, traffic: Traffic): T => {
  const { traffic: _before, ...rest } = cluster;
  return (Object.keys(traffic).length === 0 ? rest : { ...rest, traffic }) as T;
};

/** What is missing before traffic can be kept; null when nothing is. */
export const trafficRefusal = (traffic: Traffic | undefined): string | null =>
  hookRefusal(traffic?.repoint, 'repoint') ?? hookRefusal(traffic?.fence, 'fence');
