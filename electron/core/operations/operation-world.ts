import type { SqlRow } from '../ports/mysql-session';

/**
 * Name of the advisory lock, the same for every console: cluster ids are made by each console for itself, so a name made
 * of them would let two consoles pass each other. A server belongs to one cluster, so its own lock is enough.
 */
export const operationLockName = 'midwatch.operation';

/** The servers as a run reaches them: three kinds of session on each instance, and the advisory locks. */
export interface OperationWorld {
  /** @throws MidwatchError of the session port */
  send(
    instanceId: string,
    sql: string,
    options: { readonly session: 'worker' | 'fresh'; readonly timeoutMs: number },
  ): Promise<readonly SqlRow[]>;
  /** KILL QUERY on the worker, from the watchdog connection. No effect when nothing runs. */
  interrupt(instanceId: string): Promise<void>;
  /** Takes the advisory lock on every instance or on none. @throws MidwatchError `operation-lock-held` naming the holder */
  lock(instanceIds: readonly string[], name: string): Promise<void>;
  /** Instances on which the lock is no longer held, by asking. */
  lostLocks(): Promise<readonly string[]>;
  /** Drops the worker of an instance, so that the next statement has a fresh one. */
  renewWorker(instanceId: string): void;
  close(): Promise<void>;
}
