import type { AskOptions, Proxies, ProxyTarget, RouterApi } from '../../core/ports/proxies';
import type { StreamOpener } from '../network/stream-opener';
import { askHaproxy } from './haproxy-socket';
import { askRouterApi } from './router-api';

/** {@link Proxies} from this computer, through tunnels where bastions stand between. */
export class SystemProxies implements Proxies {
  readonly #tunnels: StreamOpener;

  constructor({ tunnels }: { readonly tunnels: StreamOpener }) {
    this.#tunnels = tunnels;
  }

  haproxy(target: ProxyTarget, command: string, options: AskOptions, signal: AbortSignal): Promise<string> {
    return askHaproxy(this.#tunnels, target, command, options, signal);
  }

  router(api: RouterApi, path: string, options: AskOptions, signal: AbortSignal): Promise<unknown> {
    return askRouterApi(api, path, options, signal);
  }
}
