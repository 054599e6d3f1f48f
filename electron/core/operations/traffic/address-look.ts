import { toAppError } from '@shared/errors';
import type { VirtualAddressHook } from '@shared/model/hook';
import type { Cluster } from '@shared/model/inventory';
import { bastionsOf, type Connections } from '../../fleet/connections';
import type { RemoteHost } from '../../ports/remote-host';
import { holdingOf, holdsCommand } from './address-words';

/** What the host of one instance says of the address; `problem`: why it could not be asked, '' when it could. */
export interface AddressAt {
  readonly instanceId: string;
  readonly name: string;
  readonly holds: boolean;
  readonly problem: string;
}

/** Asks the host of every instance, side by side, who has the address. Reads only, never throws. */
export function lookAtAddress(
  hook: VirtualAddressHook,
  cluster: Cluster,
  parts: { readonly connections: Connections; readonly hosts: RemoteHost },
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<readonly AddressAt[]> {
  const late = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]);
  return Promise.all(
    cluster.instances.map(async ({ id, name, hostAccess }): Promise<AddressAt> => {
      const cannot = (problem: string): AddressAt => ({ instanceId: id, name, holds: false, problem });
      if (!hostAccess) return cannot('no "Host by SSH" is set');
      try {
        const via = bastionsOf(parts.connections.inventory(), hostAccess.via);
        const outcome = await parts.hosts.run(via, holdsCommand(hook.address), { timeoutMs: options.timeoutMs }, late);
        const holding = holdingOf(outcome);
        if (holding) return { instanceId: id, name, holds: holding.holds, problem: '' };
        return cannot(`it cannot say: ${(outcome.stderr || outcome.stdout).trim().slice(0, 200)}`);
      } catch (thrown) {
        return cannot(late.aborted ? `no answer within ${options.timeoutMs / 1000} s` : toAppError(thrown).message);
      }
    }),
  );
}
