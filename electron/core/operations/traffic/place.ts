import type { Instance } from '@shared/model/inventory';

/** An instance as a proxy may know it: by any of these names and addresses, at any of these ports. */
export interface Place {
  readonly name: string;
  readonly at: readonly { readonly host: string; readonly port: number }[];
}

/** A server as a proxy names it. `otherHost`: the name that its address came from; '' is none. */
export interface Located {
  readonly host: string;
  readonly otherHost: string;
  readonly port: number;
}

/**
 * An instance with every address under which a proxy may know it: as the inventory says, as it announces itself
 * (report_host), and what these names resolve to on this computer.
 */
export function placeOf(
  instance: Pick<Instance, 'name' | 'host' | 'port'>,
  announced: { readonly host: string; readonly port: number } | null,
  resolved: ReadonlyMap<string, readonly string[]>,
): Place {
  const ends = [instance, ...(announced ? [announced] : [])];
  return {
    name: instance.name,
    at: ends.flatMap(({ host, port }) =>
      [host, ...(resolved.get(host) ?? [])].map((each) => ({ host: plain(each), port })),
    ),
  };
}

/** Whether a proxy's server is this instance. */
export const isAt = (server: Located, place: Place): boolean =>
  place.at.some(
    ({ host, port }) => port === server.port && (host === plain(server.host) || host === plain(server.otherHost)),
  );

const plain = (host: string): string => host.replace(/^\[|\]$/g, '').toLowerCase();
