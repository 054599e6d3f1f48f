import type { Duplex } from 'node:stream';
import type { Bastion } from '@shared/model/inventory';
import type { HostKeys } from '../../core/ports/host-keys';
import type { Secrets } from '../../core/ports/secrets';
import { tunnelId, type Tunnels, type TunnelView } from '../../core/ports/tunnels';
import type { StreamOpener } from '../network/stream-opener';
import { defaultAgentSocket } from './ssh-agent';
import type { LinkLimits, LinkParts } from './link-parts';
import type { CommandToStart } from './open-command';
import type { RunningCommand } from './running-command';
import type { CommandOpener } from './ssh2-hosts';
import { SshLink } from './ssh-link';

export interface Ssh2TunnelsParts {
  readonly hostKeys: HostKeys;
  /** Asked at every connect, for `bastion-password` and `bastion-passphrase`. */
  readonly secrets: Pick<Secrets, 'get'>;
  /** Default: `SSH_AUTH_SOCK`, read at every connect. */
  readonly agentSocket?: () => string | undefined;
  readonly limits?: Partial<LinkLimits>;
}

const defaultLimits: LinkLimits = {
  connectMs: 20_000,
  keepaliveMs: 10_000,
  keepaliveMisses: 3,
  checkMs: 4_000,
  idleMs: 180_000,
  refusedMs: 300_000,
};

const tickMs = 1_000;
const sleptMs = 5_000;

/**
 * One SSH connection for each distinct chain of bastions, made of links: a longer chain goes through the link of the
 * shorter one, so equal beginnings are shared. A timer that comes late by 5 s means that this computer slept (wall clock:
 * the monotonic one stands still meanwhile), and every link proves at once that it is alive.
 */
export class Ssh2Tunnels implements Tunnels, StreamOpener, CommandOpener {
  readonly #links = new Map<string, SshLink>();
  /** Chains that somebody asked for; a link that only carries others is not shown. */
  readonly #wanted = new Set<string>();
  readonly #listeners = new Set<() => void>();
  readonly #parts: LinkParts;
  readonly #ticker: NodeJS.Timeout;
  #tickedAtMs = Date.now();

  constructor(parts: Ssh2TunnelsParts) {
    this.#parts = {
      hostKeys: parts.hostKeys,
      secretsOf: (hop) => ({
        password: parts.secrets.get({ kind: 'bastion-password', id: hop.id }) || null,
        passphrase: parts.secrets.get({ kind: 'bastion-passphrase', id: hop.id }) || null,
      }),
      agentSocket: parts.agentSocket ?? defaultAgentSocket,
      limits: { ...defaultLimits, ...parts.limits },
      onChange: () => this.#changed(),
    };
    this.#ticker = setInterval(() => this.#tick(), tickMs);
    this.#ticker.unref();
  }

  openStream(via: readonly Bastion[], host: string, port: number, signal: AbortSignal): Promise<Duplex> {
    const link = this.#link(via);
    this.#wanted.add(link.id);
    return link.openStream(host, port, signal);
  }

  openCommand(via: readonly Bastion[], command: CommandToStart, signal: AbortSignal): Promise<RunningCommand> {
    const link = this.#link(via);
    this.#wanted.add(link.id);
    return link.openCommand(command, signal);
  }

  list(): readonly TunnelView[] {
    const shown = [...this.#links.values()].filter((link) => this.#wanted.has(link.id));
    return shown.map((link) => link.view()).sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  reconnect(id: string): void {
    const chain = this.#links.get(id)?.view().chain ?? [];
    chain.forEach((_hop, index) => {
      const prefix = tunnelId(chain.slice(0, index + 1).map((hopId) => ({ id: hopId })));
      this.#links.get(prefix)?.tryNow();
    });
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  forget(bastionId: string): void {
    for (const [id, link] of [...this.#links].reverse()) {
      if (link.view().chain.includes(bastionId)) this.#end(id, link, 'the bastion was edited or removed');
    }
    this.#changed();
  }

  close(): Promise<void> {
    clearInterval(this.#ticker);
    // The longest chains first: they go through the others.
    for (const [id, link] of [...this.#links].reverse()) this.#end(id, link, 'Midwatch is closing');
    this.#listeners.clear();
    return Promise.resolve();
  }

  #link(via: readonly Bastion[]): SshLink {
    const id = tunnelId(via);
    const known = this.#links.get(id);
    if (known?.leadsThrough(via)) return known;
    if (known) this.#endWithFollowers(id);
    const parent = via.length > 1 ? this.#link(via.slice(0, -1)) : null;
    const link = new SshLink(via, parent, this.#parts);
    this.#links.set(id, link);
    return link;
  }

  /** A chain whose bastions were changed without a word: it and all that goes through it start anew. */
  #endWithFollowers(id: string): void {
    for (const [otherId, link] of [...this.#links].reverse()) {
      if (otherId === id || otherId.startsWith(`${id}>`)) this.#end(otherId, link, 'the bastion was edited');
    }
  }

  #end(id: string, link: SshLink, causeText: string): void {
    this.#links.delete(id);
    this.#wanted.delete(id);
    link.end(causeText);
  }

  #tick(): void {
    const nowMs = Date.now();
    const slept = nowMs - this.#tickedAtMs > sleptMs;
    this.#tickedAtMs = nowMs;
    if (slept) for (const link of this.#links.values()) link.wake();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
