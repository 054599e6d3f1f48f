import type { HostAccess } from '@shared/model/inventory';
import type { ReachedInstance } from '../cluster-reading';
import type { ServerFiles } from '../failover/host-commands';
import type { Outage } from '../failover/outage';
import type { Verdict } from '../switchover/preflight';

/** A server that a drill ends, and how. */
export interface Victim {
  readonly reading: ReachedInstance;
  readonly access: HostAccess;
  readonly files: ServerFiles;
}

/** Whom a drill ends. Empty `victims` where it cannot. */
export interface Doom {
  /** The primary first. */
  readonly victims: readonly Victim[];
  /** Region that is ended as a whole; '' where it is the primary alone. */
  readonly region: string;
  /** Names of those in it that do not answer: their death could not be told from their silence. */
  readonly silent: readonly string[];
  /** Whether each process can be ended on its host. */
  readonly host: Verdict;
}

/** The primary alone; or, where another region shall take over, every server of the primary's region. Pure. */
export function victimsOf({ reading, primary, files, verdict }: Outage, toRegion: string): Doom {
  const home = primary?.instance.region ?? '';
  const region = toRegion !== '' && home !== '' && toRegion !== home ? home : '';
  const others = reading.readings.filter((one) => one !== primary && region !== '' && one.instance.region === region);
  const all = [...(primary ? [primary] : []), ...others];
  const silent = all.filter((one) => !one.reached).map((one) => one.instance.name);
  const found = all
    .filter((one) => one.reached)
    .map((one): Victim | string => {
      const access = one.instance.hostAccess;
      const known = one.instance.id === primary?.instance.id ? files : filesOf(one);
      if (!access) return `no SSH access to the host of ${one.instance.name} is set`;
      return known
        ? { reading: one, access, files: known }
        : `where the data folder of ${one.instance.name} is, is not known`;
    });
  const victims = found.filter((one) => typeof one !== 'string');
  const lacking = found.filter((one) => typeof one === 'string');
  const host = verdict.viewpoints.find((one) => one.kind === 'host');
  const can = lacking.length === 0 && silent.length === 0 && victims.length > 0 && host?.saw === 'answers';
  const why = lacking.length > 0 ? lacking.join('; ') : (host?.evidence ?? 'its host was not asked');
  return {
    victims: can ? victims : [],
    region,
    silent,
    host: can
      ? ['pass', victims.length > 1 ? `${victims.map((one) => one.reading.instance.name).join(', ')}: ${why}` : why]
      : ['fail', why, 'Set "Host by SSH" of each in Inventory'],
  };
}

/** Where its files lie, as it says now. */
function filesOf({ facts }: ReachedInstance): ServerFiles | null {
  const of = (name: string): string => facts.variables.get(name) ?? '';
  const pidFile = of('pid_file');
  return of('datadir') === ''
    ? null
    : {
        dataFolder: of('datadir'),
        binaryLogBase: of('log_bin_basename'),
        pidFile: pidFile.startsWith('/') ? pidFile : '',
      };
}
