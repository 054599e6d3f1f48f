import type { VirtualAddressHook } from '@shared/model/hook';
import type { Cluster, Instance } from '@shared/model/inventory';
import type { DirectTraffic } from '../steps/step-data';
import { holdsCommand, wordedCommand } from './address-words';

/** The commands that move an address; null where the host of one of both cannot be reached by SSH at all. */
export function addressTraffic(
  hook: VirtualAddressHook,
  cluster: Pick<Cluster, 'name'>,
  old: Instance,
  next: Instance,
): DirectTraffic | null {
  if (!next.hostAccess) return null;
  const words = { cluster: cluster.name, old, next };
  return {
    action: 'traffic-address',
    target: hook.address,
    lines: [
      ...(old.hostAccess
        ? ([
            ['release', 'run', old, wordedCommand('release', hook, old.hostAccess, words), 'ssh'],
            ['held', 'verify', old, holdsCommand(hook.address), 'ssh'],
          ] as const)
        : []),
      ['take', 'run', next, wordedCommand('take', hook, next.hostAccess, words), 'ssh'],
      ['holds', 'verify', next, holdsCommand(hook.address), 'ssh'],
    ],
    verify: `The host of ${next.name} has ${hook.address}, the host of ${old.name} has it no more`,
    ifUnknown: 'Ask both hosts who has the address: each command may be sent twice',
    params: { address: hook.address, timeoutMs: String(hook.timeoutSeconds * 1000) },
    timeoutMs: 2 * hook.timeoutSeconds * 1000 + 30_000,
  };
}
