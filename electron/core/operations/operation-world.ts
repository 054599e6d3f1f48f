import type { SqlRow } from '../ports/mysql-session';

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
