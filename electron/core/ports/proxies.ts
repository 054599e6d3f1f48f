import type { Bastion } from '@shared/model/inventory';
import type { SqlRow } from './mysql-session';

/** A proxy as it is reached. `via`: bastions of a TCP address, outermost first; a unix socket is on this computer. */
export interface ProxyTarget {
  /** `host:port`, `[v6]:port`, or the path of a unix socket. */
  readonly address: string;
  readonly via: readonly Bastion[];
}

/** ProxySQL's admin interface, at `host:port`. */
export interface ProxysqlTarget extends ProxyTarget {
  readonly user: string;
  readonly password: string;
}

/** MySQL Router's REST API. `user` '' sends no credentials. */
export interface RouterApi {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

export interface AskOptions {
  readonly timeoutMs: number;
}

/** The control channels of proxies that Midwatch speaks to itself. One call is one connection. */
export interface Proxies {
  /**
   * Sends one command to HAProxy's runtime API and returns its whole answer, without the empty lines at its end
   * (management guide, section 9.3).
   * @throws MidwatchError `connection-refused`, `connection-timeout` and others of the way; `connection-lost` and
   *   `statement-timeout` after the command was sent: then nobody knows whether it took effect
   */
  haproxy(target: ProxyTarget, command: string, options: AskOptions, signal: AbortSignal): Promise<string>;
  /**
   * One statement to ProxySQL's admin interface, on a session of its own.
   * @throws MidwatchError as a MySQL session does, the address before its words; `connection-lost` and `statement-timeout`
   *   leave open whether it took effect
   */
  proxysql(target: ProxysqlTarget, sql: string, options: AskOptions, signal: AbortSignal): Promise<readonly SqlRow[]>;
  /**
   * One GET of MySQL Router's REST API; `path` begins with a slash. Reads only.
   * @returns its JSON. @throws MidwatchError `connection-refused`, `connection-timeout`, `access-denied`, `not-found`
   */
  router(api: RouterApi, path: string, options: AskOptions, signal: AbortSignal): Promise<unknown>;
}
