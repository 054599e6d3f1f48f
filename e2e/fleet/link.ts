import net from 'node:net';

/** How a link treats what passes through it; both directions alike. */
export interface LinkConditions {
  /** One-way delay. */
  readonly delayMs: number;
  /** Added to the delay at random, 0 to this much. */
  readonly jitterMs: number;
  /** Share of pieces that arrive only after a retransmission: what lost packets look like to TCP. */
  readonly lossPercent: number;
  /** `stalled`: nothing passes and nobody is told, as in a partition. `refusing`: connections are reset and refused. */
  readonly state: 'open' | 'stalled' | 'refusing';
}

/** A link that does nothing. */
export const clearConditions: LinkConditions = { delayMs: 0, jitterMs: 0, lossPercent: 0, state: 'open' };

/** The least retransmission time of Linux (TCP_RTO_MIN, 200 ms), doubled for each further loss of the same piece. */
const retransmissionMs = 200;

/** How long a piece takes. Pure but for `random` (0 to 1). */
export function drawTransitMs(conditions: LinkConditions, random: () => number): number {
  let transitMs = conditions.delayMs + conditions.jitterMs * random();
  for (
    let timeoutMs = retransmissionMs;
    random() * 100 < conditions.lossPercent && timeoutMs < 10_000;
    timeoutMs *= 2
  ) {
    transitMs += timeoutMs;
  }
  return transitMs;
}

interface Piece {
  readonly dueMs: number;
  readonly data: Buffer | 'end';
}

/** A TCP proxy on 127.0.0.1 whose conditions change while connections are open. */
export class Link {
  private conditions: LinkConditions = clearConditions;
  private readonly server = net.createServer({ allowHalfOpen: true }, (near) => this.accept(near));
  private readonly channels = new Set<Channel>();

  constructor(readonly targetPort: number) {
    this.server.on('error', () => undefined);
  }

  /** Listens on `port`, 0 for any free one. @returns the port */
  listen(port = 0): Promise<number> {
    return new Promise((settle, fail) => {
      this.server.once('error', fail);
      this.server.listen(port, '127.0.0.1', () => settle((this.server.address() as net.AddressInfo).port));
    });
  }

  /** Changes the conditions at once, also for what is under way. */
  set(changes: Partial<LinkConditions>): LinkConditions {
    this.conditions = { ...this.conditions, ...changes };
    if (this.conditions.state === 'refusing') for (const channel of this.channels) channel.reset();
    for (const channel of this.channels) channel.pump();
    return this.conditions;
  }

  /** Stops listening and drops what is open. */
  close(): void {
    this.server.close();
    for (const channel of this.channels) channel.reset();
  }

  get current(): LinkConditions {
    return this.conditions;
  }

  private accept(near: net.Socket): void {
    if (this.conditions.state === 'refusing') {
      near.resetAndDestroy();
      return;
    }
    const far = net.connect({ port: this.targetPort, host: '127.0.0.1', allowHalfOpen: true });
    const pair = [new Channel(near, far, () => this.conditions), new Channel(far, near, () => this.conditions)];
    for (const channel of pair) this.channels.add(channel);
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        for (const channel of pair) this.channels.delete(channel);
        // An end that vanished is told to the other side in its time, unless the link carries nothing.
        const other = socket === near ? far : near;
        if (socket.errored || this.conditions.state === 'open')
          setTimeout(() => other.destroy(), this.conditions.delayMs);
      });
    }
  }
}

/** One direction of one connection: pieces leave in order, each not before its time. */
class Channel {
  private readonly queue: Piece[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly from: net.Socket,
    private readonly to: net.Socket,
    private readonly conditions: () => LinkConditions,
  ) {
    from.on('data', (data) => this.push(data));
    from.on('end', () => this.push('end'));
  }

  reset(): void {
    this.queue.length = 0;
    this.from.resetAndDestroy();
  }

  /** Sends what is due and sets the clock for the next piece. */
  pump(): void {
    clearTimeout(this.timer);
    if (this.conditions().state !== 'open') return;
    for (let first = this.queue[0]; first; first = this.queue[0]) {
      const restMs = first.dueMs - performance.now();
      if (restMs > 0) {
        this.timer = setTimeout(() => this.pump(), restMs);
        return;
      }
      this.queue.shift();
      if (first.data === 'end') this.to.end();
      else if (!this.to.destroyed) this.to.write(first.data);
    }
    this.from.resume();
  }

  private push(data: Buffer | 'end'): void {
    const previousMs = this.queue.at(-1)?.dueMs ?? 0;
    const dueMs = Math.max(previousMs, performance.now() + drawTransitMs(this.conditions(), Math.random));
    this.queue.push({ dueMs, data });
    if (this.queue.length > 256) this.from.pause();
    if (this.queue.length === 1) this.pump();
  }
}
