import type { Bastion } from '@shared/model/inventory';
import type { TunnelState } from '@shared/model/fleet';

/** What the tunnels show: without the instances, which core adds. */
export type TunnelView = Omit<TunnelState, 'instanceIds'>;

/** Keeps one SSH connection for each distinct chain of bastions; opens them on demand, reconnects with back-off. */
export interface Tunnels {
  /** Current state of every chain in use or wanted, in a stable order. `id` is {@link tunnelId} of the chain. */
  list(): readonly TunnelView[];
  /** Tries now instead of waiting for the back-off; also after a laptop's sleep. */
  reconnect(tunnelId: string): void;
  /** Called when anything in `list()` changed; returns the function that ends it. */
  onChange(listener: () => void): () => void;
  /** Ends and forgets every chain that contains this bastion (it was edited or removed). */
  forget(bastionId: string): void;
  close(): Promise<void>;
}

/** Identity of a chain: the same bastions in the same order share one tunnel. */
export const tunnelId = (via: readonly Pick<Bastion, 'id'>[]): string => via.map((hop) => hop.id).join('>');
