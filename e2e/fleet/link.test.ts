import net from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { clearConditions, drawTransitMs, Link } from './link';

describe('drawTransitMs', () => {
  it('is the delay, with up to the jitter', () => {
    const conditions = { ...clearConditions, delayMs: 40, jitterMs: 10 };
    expect(drawTransitMs(conditions, () => 0.999)).toBeCloseTo(49.99);
  });

  it('adds retransmissions that double', () => {
    const draws = [0, 0, 0, 0.9];
    const conditions = { ...clearConditions, delayMs: 1, lossPercent: 50 };
    expect(drawTransitMs(conditions, () => draws.shift() ?? 1)).toBe(1 + 200 + 400);
  });

  it('ends even when everything is lost', () => {
    expect(drawTransitMs({ ...clearConditions, lossPercent: 100 }, () => 0)).toBeLessThan(20_000);
  });
});

describe('Link', () => {
  const closers: (() => void)[] = [];
  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });

  async function connectToEcho() {
    const server = net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.pipe(socket);
    });
    await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
    const link = new Link((server.address() as net.AddressInfo).port);
    const port = await link.listen();
    const socket = net.connect(port, '127.0.0.1');
    let received = '';
    let isClosed = false;
    socket.on('data', (data) => (received += String(data)));
    socket.on('error', () => undefined);
    socket.on('close', () => (isClosed = true));
    closers.push(
      () => socket.destroy(),
      () => link.close(),
      () => server.close(),
    );
    return { link, port, socket, received: () => received, isClosed: () => isClosed };
  }

  it('carries bytes in order under jitter', async () => {
    const { link, socket, received } = await connectToEcho();
    link.set({ delayMs: 1, jitterMs: 20 });
    const sent = Array.from({ length: 50 }, (_, index) => `${index},`);
    for (const piece of sent) {
      socket.write(piece);
      await wait(1);
    }
    await expect.poll(received, { timeout: 5_000 }).toBe(sent.join(''));
  });

  it('stalls without a word and goes on when healed', async () => {
    const { link, socket, received, isClosed } = await connectToEcho();
    link.set({ state: 'stalled' });
    socket.write('late');
    await wait(100);
    expect([received(), isClosed()]).toEqual(['', false]);
    link.set({ state: 'open' });
    await expect.poll(received).toBe('late');
  });

  it('resets what is open and refuses what comes', async () => {
    const { link, port, isClosed } = await connectToEcho();
    await wait(20);
    link.set({ state: 'refusing' });
    await expect.poll(isClosed).toBe(true);
    const second = net.connect(port, '127.0.0.1');
    second.on('error', () => undefined);
    await new Promise((settle) => second.on('close', settle));
  });
});
