import type { SqlRow } from '../ports/mysql-session';
import type { CommandOutcome, PipeOptions, PipeOutcome } from '../ports/remote-host';
import type { HookCall } from '../ports/hooks';
import type { SessionUse } from './operation-kind';

/**
 * Name of the advisory lock, the same for every console: cluster ids are made by each console for itself, so a name made
 * of them would let two consoles pass each other. A server belongs to one cluster, so its own lock is enough.
 */
export const operationLockName = 'midwatch.operation';

export interface LostLock {
  readonly instanceId: string;
  /** `taken`: it answers, and another session holds the lock or nobody does. `silent`: it does not answer. */
  readonly why: 'taken' | 'silent';
}

/** The servers as a run reaches them: several sessions on each instance, its host, the hooks, and the advisory locks. */
export interface OperationWorld {
  /** @throws MidwatchError of the session port */
  send(
    instanceId: string,
    sql: string,
    options: { readonly session: SessionUse; readonly timeoutMs: number },
  ): Promise<readonly SqlRow[]>;
  /** A shell command on the host of an instance. @throws MidwatchError of the remote host port, `unsupported` without host access */
  command(
    instanceId: string,
    text: string,
    options: { readonly timeoutMs: number; readonly maxBytes?: number },
  ): Promise<CommandOutcome>;
  /** Two shell commands on the hosts of two instances, joined; see RemoteHost. @throws MidwatchError as `command` */
  pipe(
    from: { readonly instanceId: string; readonly text: string },
    to: { readonly instanceId: string; readonly text: string },
    options: PipeOptions,
    signal: AbortSignal,
  ): Promise<PipeOutcome>;
  /** Each text in turn on one session, which ends with the last. @throws MidwatchError of the session port */
  replay(instanceId: string, texts: readonly string[]): Promise<void>;
  /** @throws MidwatchError of the hook port, `unsupported` when none is set */
  hook(call: HookCall): Promise<string>;
  /** One command to the runtime API of a HAProxy of this cluster. @throws MidwatchError of the proxies port */
  haproxy(address: string, command: string, options: { readonly timeoutMs: number }): Promise<string>;
  /** One statement to the admin interface of a ProxySQL of this cluster. @throws MidwatchError of the proxies port */
  proxysql(address: string, sql: string, options: { readonly timeoutMs: number }): Promise<readonly SqlRow[]>;
  /** KILL QUERY on the worker, from the watchdog connection. No effect when nothing runs. */
  interrupt(instanceId: string): Promise<void>;
  /**
   * Takes the advisory lock on every instance or on none; with `reachableOnly` those that do not answer are left out.
   * @returns the instances that did not answer. @throws MidwatchError `operation-lock-held` naming the holder
   */
  lock(
    instanceIds: readonly string[],
    name: string,
    options?: { readonly reachableOnly: boolean },
  ): Promise<readonly string[]>;
  /** Instances on which the lock is no longer held, by asking. */
  lostLocks(): Promise<readonly LostLock[]>;
  /** Opens the sessions of these instances now, so that a later statement need not wait for a sign-in. Never throws. */
  warmUp(instanceIds: readonly string[]): Promise<void>;
  /** Drops the worker of an instance, so that the next statement has a fresh one. */
  renewWorker(instanceId: string): void;
  close(): Promise<void>;
}
