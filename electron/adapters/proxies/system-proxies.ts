import type { MysqlConnector, SqlRow } from '../../core/ports/mysql-session';
import type { AskOptions, Proxies, ProxysqlTarget, ProxyTarget, RouterApi } from '../../core/ports/proxies';
import type { StreamOpener } from '../network/stream-opener';
import { askHaproxy } from './haproxy-socket';
import { askProxysql } from './proxysql-admin';
import { askRouterApi } from './router-api';

/** {@link Proxies} from this computer, through tunnels where bastions stand between. */
export class SystemProxies implements Proxies {
  readonly #tunnels: StreamOpener;

  readonly #connector: MysqlConnector;

  constructor({ tunnels, connector }: { readonly tunnels: StreamOpener; readonly connector: MysqlConnector }) {
    this.#tunnels = tunnels;
    this.#connector = connector;
  }

  haproxy(target: ProxyTarget, command: string, options: AskOptions, signal: AbortSignal): Promise<string> {
    return askHaproxy(this.#tunnels, target, command, options, signal);
  }

  proxysql(target: ProxysqlTarget, sql: string, options: AskOptions, signal: AbortSignal): Promise<readonly SqlRow[]> {
    return askProxysql(this.#connector, target, sql, options, signal);
  }

  router(api: RouterApi, path: string, options: AskOptions, signal: AbortSignal): Promise<unknown> {
    return askRouterApi(api, path, options, signal);
  }
}
