import type { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import type { MidwatchError } from '@shared/errors';
import type { Bastion } from '@shared/model/inventory';
import { tunnelId, type TunnelView } from '../../core/ports/tunnels';
import { startDeadline } from '../network/deadline';
import { dialTcp } from '../network/dial-tcp';
import { orAborted } from '../network/or-aborted';
import { backoffMs } from './backoff';
import { needsPerson, type LinkParts } from './link-parts';
import { measureRoundTrip } from './measure-round-trip';
import { openCommand, type CommandToStart } from './open-command';
import type { RunningCommand } from './running-command';
import { openForward } from './open-forward';
import { openSshClient } from './open-ssh-client';
import { prepareCredentials, type HopCredentials, type HopSecrets } from './ssh-credentials';
import { commandLost, describeSshError, hopLost, sshTimedOut } from './ssh-errors';

/** One SSH connection at the end of a chain; the link before it carries it. Opens on demand, comes back while wanted. */
export class SshLink {
  readonly id: string;
  readonly hop: Bastion;
  readonly #via: readonly Bastion[];
  readonly #parent: SshLink | null;
  readonly #parts: LinkParts;
  readonly #children = new Set<SshLink>();
  readonly #channels = new Set<ClientChannel>();
  readonly #ending = new AbortController();
  #client: Client | null = null;
  #attempt: Promise<Client> | null = null;
  #state: TunnelView['state'] = 'idle';
  #since = Date.now();
  #failures = 0;
  #error: MidwatchError | null = null;
  #secretsAtFailure: HopSecrets | null = null;
  #credentials: { readonly secrets: HopSecrets; readonly value: HopCredentials } | null = null;
  #nextTryAtMs: number | null = null;
  #retryTimer: NodeJS.Timeout | undefined;
  #keepalive: NodeJS.Timeout | undefined;
  #misses = 0;
  #roundTripMs: number | null = null;
  #fingerprint = '';
  #askedAtMs = 0;

  constructor(via: readonly Bastion[], parent: SshLink | null, parts: LinkParts) {
    const hop = via.at(-1);
    if (!hop) throw new Error('A link needs at least one bastion');
    this.hop = hop;
    this.id = tunnelId(via);
    this.#via = via;
    this.#parent = parent;
    this.#parts = parts;
    if (parent) parent.#children.add(this);
  }

  view(): TunnelView {
    return {
      id: this.id,
      name: this.#via.map((hop) => hop.name).join(' › '),
      chain: this.#via.map((hop) => hop.id),
      state: this.#state,
      roundTripMs: this.#roundTripMs,
      attempt: this.#failures,
      nextTryAtMs: this.#nextTryAtMs,
      error: this.#error?.toAppError() ?? null,
      since: this.#since,
      channels: this.#channels.size,
      hostKeyFingerprint: this.#fingerprint,
    };
  }

  /** True when the chain is made of the same bastions with the same settings. */
  leadsThrough(via: readonly Bastion[]): boolean {
    return JSON.stringify(via) === JSON.stringify(this.#via);
  }

  /** @throws what {@link StreamOpener.openStream} promises; at once with the last failure while a back-off runs. */
  async openStream(host: string, port: number, signal: AbortSignal): Promise<Duplex> {
    this.#askedAtMs = Date.now();
    const client = await this.#ready(signal);
    const channel = await openForward(client, this.hop, { host, port }, signal);
    if (client !== this.#client) {
      channel.close();
      throw hopLost(this.hop, 'lost while the way onwards was opened');
    }
    return this.#keep(channel);
  }

  /** @throws what {@link openStream} throws on the way to the host, then what {@link openCommand} does. */
  async openCommand(command: CommandToStart, signal: AbortSignal): Promise<RunningCommand> {
    this.#askedAtMs = Date.now();
    const client = await this.#ready(signal);
    const running = await openCommand(client, this.hop, command, signal);
    if (client !== this.#client) throw commandLost(this.hop, 'lost while the command was started');
    this.#keep(running.channel);
    return running;
  }

  /** While a channel is open the connection is in use, and who holds it is told why when it drops. */
  #keep(channel: ClientChannel): ClientChannel {
    this.#channels.add(channel);
    channel.once('close', () => {
      this.#channels.delete(channel);
      this.#parts.onChange();
    });
    this.#parts.onChange();
    return channel;
  }

  /** Tries now: a waiting link connects, one that is up proves that it still is. */
  tryNow(): void {
    this.#askedAtMs = Date.now();
    this.#proveOrStart();
  }

  #proveOrStart(): void {
    if (this.#client) void this.#check(this.#parts.limits.checkMs);
    else this.#start().catch(() => undefined);
  }

  /** After a sleep, or when the link before is up again: as {@link tryNow}, but only where something was wanted. */
  wake(): void {
    const waits = this.#state === 'reconnecting' || (this.#state === 'blocked' && this.#causeIsGone());
    if (this.#client || waits) this.#proveOrStart();
  }

  /** Ends the link for good; its streams fail. */
  end(causeText: string): void {
    this.#ending.abort(hopLost(this.hop, causeText));
    if (this.#parent) this.#parent.#children.delete(this);
    this.#drop(hopLost(this.hop, causeText));
    this.#rest('idle', null);
  }

  #ready(signal: AbortSignal): Promise<Client> {
    if (this.#client) return Promise.resolve(this.#client);
    if (!this.#attempt && this.#error && this.#retryWaits()) return Promise.reject(this.#error);
    return orAborted(this.#start(), signal);
  }

  #retryWaits(): boolean {
    return this.#state === 'blocked' ? !this.#causeIsGone() : this.#nextTryAtMs !== null;
  }

  /** What blocked the link may have been put right meanwhile: the key trusted, the password entered. */
  #causeIsGone(): boolean {
    const error = this.#error;
    if (!error) return true;
    if (error.details.bastionId !== this.hop.id && this.#parent) return !this.#parent.#isBlocked();
    if (error.code === 'host-key-unknown' || error.code === 'host-key-changed') {
      return this.#parts.hostKeys.find(this.hop.host, this.hop.port)?.fingerprint === error.details.fingerprint;
    }
    return JSON.stringify(this.#parts.secretsOf(this.hop)) !== JSON.stringify(this.#secretsAtFailure);
  }

  #isBlocked(): boolean {
    return this.#state === 'blocked' && !this.#causeIsGone();
  }

  #start(): Promise<Client> {
    if (this.#attempt) return this.#attempt;
    this.#clearRetry();
    this.#become(this.#failures > 0 || this.#state === 'reconnecting' ? 'reconnecting' : 'connecting');
    const attempt = this.#connect().then(
      (client) => {
        this.#attempt = null;
        return client;
      },
      (error: unknown) => {
        this.#attempt = null;
        this.#failed(describeSshError(error, this.hop));
        throw this.#error ?? error;
      },
    );
    this.#attempt = attempt;
    return attempt;
  }

  async #connect(): Promise<Client> {
    const { hop } = this;
    const { connectMs } = this.#parts.limits;
    const deadline = startDeadline(this.#ending.signal, connectMs, () => sshTimedOut(hop, connectMs));
    try {
      const credentials = await this.#prepare();
      const socket = this.#parent
        ? await this.#parent.openStream(hop.host, hop.port, deadline.signal)
        : await dialTcp(hop, deadline.signal);
      const { hostKeys } = this.#parts;
      const { client, fingerprint } = await openSshClient({ hop, socket, credentials, hostKeys }, deadline.signal);
      this.#fingerprint = fingerprint;
      this.#up(client);
      return client;
    } finally {
      deadline.clear();
    }
  }

  /** A decrypted key is kept while its passphrase stays: decrypting blocks the process for a fifth of a second. */
  async #prepare(): Promise<HopCredentials> {
    const secrets = this.#parts.secretsOf(this.hop);
    this.#secretsAtFailure = secrets;
    const kept = this.#credentials;
    if (kept && JSON.stringify(kept.secrets) === JSON.stringify(secrets)) return kept.value;
    const value = await prepareCredentials(this.hop, secrets, this.#parts.agentSocket());
    if (this.hop.auth.method === 'key') this.#credentials = { secrets, value };
    return value;
  }

  #up(client: Client): void {
    this.#client = client;
    this.#failures = 0;
    this.#error = null;
    this.#misses = 0;
    client.on('error', (error: Error) => this.#lost(client, error.message));
    const onClosed = () => this.#lost(client, 'the bastion closed the connection');
    client.on('end', onClosed).on('close', onClosed);
    this.#keepalive = setInterval(() => this.#beat(), this.#parts.limits.keepaliveMs);
    this.#become('up');
    void this.#check(this.#parts.limits.keepaliveMs);
    for (const child of this.#children) child.wake();
  }

  #beat(): void {
    if (this.#channels.size === 0 && Date.now() - this.#askedAtMs > this.#parts.limits.idleMs) {
      this.#drop(hopLost(this.hop, 'given back: nothing used it'));
      this.#rest('idle', null);
      return;
    }
    void this.#check(this.#parts.limits.keepaliveMs * this.#parts.limits.keepaliveMisses, true);
  }

  /** Measures the round trip. Counts misses of the keep-alive; any other check drops the link when its limit passes. */
  async #check(limitMs: number, counts = false): Promise<void> {
    const client = this.#client;
    if (!client) return;
    if (counts) {
      this.#misses += 1;
      if (this.#misses > this.#parts.limits.keepaliveMisses) {
        this.#lost(client, `no answer to ${this.#parts.limits.keepaliveMisses} keep-alives`);
        return;
      }
    }
    const roundTripMs = await measureRoundTrip(client, limitMs);
    if (client !== this.#client) return;
    if (roundTripMs === null) {
      if (!counts) this.#lost(client, `no answer within ${limitMs} ms`);
      return;
    }
    this.#misses = 0;
    this.#roundTripMs = roundTripMs;
    this.#parts.onChange();
  }

  #lost(client: Client, causeText: string): void {
    if (client !== this.#client) return;
    const error = hopLost(this.hop, causeText);
    this.#drop(error);
    this.#failed(error);
  }

  #failed(error: MidwatchError): void {
    if (this.#ending.signal.aborted) return;
    this.#failures += 1;
    if (error.code === 'ssh-auth-failed') this.#credentials = null;
    if (needsPerson(error)) {
      this.#rest('blocked', error);
      if (error.code === 'ssh-auth-failed') this.#retryIn(this.#parts.limits.refusedMs);
      return;
    }
    this.#rest('reconnecting', error);
    this.#retryIn(backoffMs(this.#failures, Math.random()));
  }

  #retryIn(waitMs: number): void {
    this.#nextTryAtMs = Date.now() + waitMs;
    this.#retryTimer = setTimeout(() => {
      this.#nextTryAtMs = null;
      if (Date.now() - this.#askedAtMs > this.#parts.limits.idleMs) this.#rest('idle', this.#error);
      else this.#start().catch(() => undefined);
    }, waitMs);
    this.#retryTimer.unref();
    this.#parts.onChange();
  }

  #clearRetry(): void {
    clearTimeout(this.#retryTimer);
    this.#nextTryAtMs = null;
  }

  #drop(error: MidwatchError): void {
    const client = this.#client;
    this.#client = null;
    this.#roundTripMs = null;
    clearInterval(this.#keepalive);
    for (const channel of [...this.#channels]) {
      // ssh2 would only close it; whoever uses it wants to know why.
      if (channel.listenerCount('error') > 0) channel.emit('error', error);
    }
    this.#channels.clear();
    client?.removeAllListeners('error').on('error', () => undefined);
    client?.destroy();
  }

  #rest(state: TunnelView['state'], error: MidwatchError | null): void {
    this.#clearRetry();
    this.#error = error;
    if (state === 'idle') this.#failures = 0;
    this.#become(state);
  }

  #become(state: TunnelView['state']): void {
    if (this.#state !== state) this.#since = Date.now();
    this.#state = state;
    this.#parts.onChange();
  }
}
