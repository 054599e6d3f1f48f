import type { SlowLogPosition } from './slow-logs';

/** Up to where the slow log of each instance was read. */
export interface LogPositions {
  find(instanceId: string): SlowLogPosition | null;
  /** Durable when it returns. @throws MidwatchError `disk-full`, `file-unreadable` */
  save(instanceId: string, position: SlowLogPosition): void;
}
