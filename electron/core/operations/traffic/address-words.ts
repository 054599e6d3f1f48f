import type { VirtualAddressHook } from '@shared/model/hook';
import type { HostAccess, Instance } from '@shared/model/inventory';
import type { CommandOutcome } from '../../ports/remote-host';
import { shellQuoted } from '../bind-statement';

/** What a host says of an address. `machine`: the same for two instances on one host. */
export interface Holding {
  readonly holds: boolean;
  readonly machine: string;
}

/** Prints a line for each interface that has the address, then the machine and `end` (ip-address(8), "show to"). */
export const holdsCommand = (address: string): string =>
  `ip -${address.includes(':') ? '6' : '4'} -o address show to ${shellQuoted(address)} && cat /proc/sys/kernel/random/boot_id && echo end`;

/** null: the host could not say. */
export function holdingOf(outcome: CommandOutcome): Holding | null {
  const lines = outcome.stdout.trim().split('\n');
  if (outcome.exitCode !== 0 || lines.at(-1) !== 'end') return null;
  return { holds: lines.length > 2, machine: lines.at(-2) ?? '' };
}

/** A command of the user's with the words of docs/hooks.md; `:runId` is filled when it runs. */
export function wordedCommand(
  action: 'release' | 'take',
  hook: VirtualAddressHook,
  access: HostAccess,
  words: { readonly cluster: string; readonly old: Address; readonly next: Address },
): string {
  const { cluster, old, next } = words;
  const environment = [
    `MIDWATCH_ACTION=${action}`,
    `MIDWATCH_CLUSTER=${shellQuoted(cluster)}`,
    'MIDWATCH_RUN_ID=:runId',
    `MIDWATCH_OLD_HOST=${shellQuoted(old.host)}`,
    `MIDWATCH_OLD_PORT=${old.port}`,
    `MIDWATCH_NEW_HOST=${shellQuoted(next.host)}`,
    `MIDWATCH_NEW_PORT=${next.port}`,
    `MIDWATCH_ADDRESS=${hook.address}`,
  ].join(' ');
  // Before sudo they would be dropped with the rest of the environment.
  return `${access.sudo ? 'sudo -n ' : ''}env ${environment} /bin/sh -c ${shellQuoted(hook[action])}`;
}

type Address = Pick<Instance, 'host' | 'port'>;
