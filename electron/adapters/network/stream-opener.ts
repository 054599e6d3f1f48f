import type { Duplex } from 'node:stream';
import type { Bastion } from '@shared/model/inventory';

/** Opens a byte stream to a server behind a chain of bastions: the one thing the MySQL adapter wants from SSH. */
export interface StreamOpener {
  /**
   * @param via outermost first, at least one.
   * @throws MidwatchError of the hop that failed, or `connection-refused`, `name-not-found`, `ssh-forward-refused` … of the
   *   last leg; the signal's reason when it fires. A stream that is open fails with `connection-lost` when a hop drops.
   */
  openStream(via: readonly Bastion[], host: string, port: number, signal: AbortSignal): Promise<Duplex>;
}
