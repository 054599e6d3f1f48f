import type { RemoteHost } from '../../core/ports/remote-host';
import type { OpenSlowLog, SlowLogRequest, SlowLogSource } from '../../core/ports/slow-logs';
import { openLocalSlowLog } from './local-slow-log';
import { openRemoteSlowLog } from './remote-slow-log';

/** {@link SlowLogSource} of files on this computer and on hosts. */
export class SystemSlowLogs implements SlowLogSource {
  readonly #hosts: RemoteHost;

  constructor(hosts: RemoteHost) {
    this.#hosts = hosts;
  }

  open({ place, ...request }: SlowLogRequest, signal: AbortSignal): Promise<OpenSlowLog> {
    signal.throwIfAborted();
    return place.kind === 'file'
      ? openLocalSlowLog({ ...request, path: place.path })
      : openRemoteSlowLog(this.#hosts, { ...request, path: place.path, via: place.via }, signal);
  }
}
