import type { RunningFleet } from './fleet';
import { fillDisk, freeDisk, makeDiskReadOnly, makeDiskWritable, slowDisk, speedUpDisk } from './disk-faults';
import { openLongTransaction, pileUpLocks } from './held-faults';
import { breakApplier, mendApplier, switchReplicaThread, writeErrantTransaction } from './replica-faults';

/** What a fault may be told. */
export interface FaultOptions {
  /** `delay`: one way. */
  readonly delayMs?: number;
  /** `lose`: share of pieces that need a retransmission. */
  readonly lossPercent?: number;
  /** `lock-pile-up`: how many sessions wait. Default 10. */
  readonly waiters?: number;
}

/** What came of it. `release` undoes a fault that this process holds open (sessions, files); others have a fault of their own that undoes them. */
export type FaultOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'held'; readonly release: () => Promise<void> }
  | { readonly kind: 'skipped'; readonly reason: string };

interface Fault {
  /** What the name on the command line refers to. */
  readonly target: 'instance' | 'replica' | 'bastion' | 'link';
  readonly summary: string;
  readonly apply: (fleet: RunningFleet, target: string, options: FaultOptions) => Promise<FaultOutcome | void>;
}

/** Every fault by its name. */
export const faults = {
  crash: { target: 'instance', summary: 'kill -9 of the server', apply: (fleet, name) => fleet.instance(name).kill() },
  start: { target: 'instance', summary: 'starts it again', apply: (fleet, name) => fleet.instance(name).start() },
  stop: { target: 'instance', summary: 'ordered shutdown', apply: (fleet, name) => fleet.instance(name).stop() },
  restart: {
    target: 'instance',
    summary: 'ordered shutdown and start',
    apply: async (fleet, name) => {
      await fleet.instance(name).stop();
      await fleet.instance(name).start();
    },
  },
  'host-loss': {
    target: 'instance',
    summary: 'the server and its SSH host (--hosts) at once',
    apply: async (fleet, name) => {
      await Promise.all([fleet.instance(name).kill(), fleet.instance(name).sshHost?.lose()]);
    },
  },
  'host-return': {
    target: 'instance',
    summary: 'both again, same ports, same host key',
    apply: async (fleet, name) => {
      await Promise.all([fleet.instance(name).start(), fleet.instance(name).sshHost?.start()]);
    },
  },
  hang: {
    target: 'instance',
    summary: 'SIGSTOP: alive and mute',
    apply: async (fleet, name) => fleet.instance(name).pause(),
  },
  resume: { target: 'instance', summary: 'SIGCONT', apply: async (fleet, name) => fleet.instance(name).resume() },
  'stop-receiver': {
    target: 'replica',
    summary: 'stops reading from the source',
    apply: (fleet, name) => switchReplicaThread(fleet, name, 'STOP', 'IO_THREAD'),
  },
  'start-receiver': {
    target: 'replica',
    summary: 'reads again',
    apply: (fleet, name) => switchReplicaThread(fleet, name, 'START', 'IO_THREAD'),
  },
  'stop-applier': {
    target: 'replica',
    summary: 'receives, but applies nothing',
    apply: (fleet, name) => switchReplicaThread(fleet, name, 'STOP', 'SQL_THREAD'),
  },
  'start-applier': {
    target: 'replica',
    summary: 'applies again',
    apply: (fleet, name) => switchReplicaThread(fleet, name, 'START', 'SQL_THREAD'),
  },
  'break-applier': { target: 'replica', summary: 'a duplicate key stops the applier (1062)', apply: breakApplier },
  'mend-applier': { target: 'replica', summary: 'removes the duplicate and applies on', apply: mendApplier },
  'errant-transaction': {
    target: 'instance',
    summary: 'one transaction of its own',
    apply: writeErrantTransaction,
  },
  'long-transaction': { target: 'instance', summary: 'open, with changed rows; held', apply: openLongTransaction },
  'lock-pile-up': { target: 'instance', summary: 'sessions that wait for one row; held', apply: pileUpLocks },
  'disk-full': { target: 'instance', summary: 'on a small volume of its own (root)', apply: fillDisk },
  'disk-free': { target: 'instance', summary: 'gives the space back', apply: freeDisk },
  'disk-slow': { target: 'instance', summary: '30 writes a second (root, cgroup v1)', apply: slowDisk },
  'disk-fast': { target: 'instance', summary: 'full speed again', apply: speedUpDisk },
  'disk-read-only': { target: 'instance', summary: 'as after a file system error (root)', apply: makeDiskReadOnly },
  'disk-writable': { target: 'instance', summary: 'repaired, server started', apply: makeDiskWritable },
  'bastion-loss': {
    target: 'bastion',
    summary: 'ends it with all it carries',
    apply: (fleet, name) => fleet.bastion(name).lose(),
  },
  'bastion-return': {
    target: 'bastion',
    summary: 'same port, same key',
    apply: (fleet, name) => fleet.bastion(name).start(),
  },
  partition: {
    target: 'link',
    summary: 'nothing passes, nobody is told',
    apply: (fleet, link) => fleet.partition(link),
  },
  refuse: {
    target: 'link',
    summary: 'resets and refuses',
    apply: (fleet, link) => fleet.setLink(link, { state: 'refusing' }),
  },
  heal: { target: 'link', summary: 'passes again', apply: (fleet, link) => fleet.heal(link) },
  delay: {
    target: 'link',
    summary: '--delay-ms N, one way',
    apply: (fleet, link, { delayMs = 100 }) => fleet.setLink(link, { delayMs }),
  },
  lose: {
    target: 'link',
    summary: '--loss-percent N, as retransmissions',
    apply: (fleet, link, { lossPercent = 5 }) => fleet.setLink(link, { lossPercent }),
  },
} satisfies Record<string, Fault>;

/** The names that `fleet fault` takes. */
export type FaultName = keyof typeof faults;

/** Applies one fault. @throws Error when the target does not exist or is of the wrong kind */
export async function applyFault(
  fleet: RunningFleet,
  name: FaultName,
  target: string,
  options: FaultOptions,
): Promise<FaultOutcome> {
  const fault: Fault = faults[name];
  if (fault.target === 'replica' && fleet.instance(target).role === 'primary') {
    throw new Error(`${name} needs a replica; ${target} was started as a primary`);
  }
  return (await fault.apply(fleet, target, options)) ?? { kind: 'done' };
}
