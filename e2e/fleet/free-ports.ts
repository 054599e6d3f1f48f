import { randomInt } from 'node:crypto';
import net from 'node:net';

/**
 * Below the range from which systems take ports for outgoing connections (from 32768 on Linux): one of those could be taken
 * in the moment between finding it and starting the server on it.
 */
const range = { from: 15_000, to: 32_000 };
const tries = 200;

/** `count` different ports that are free on 127.0.0.1 at this moment. @throws Error when none is found */
export async function findFreePorts(count: number): Promise<number[]> {
  // All are held until the last is found, so that none is handed out twice.
  const servers: net.Server[] = [];
  try {
    while (servers.length < count) servers.push(await listenSomewhere());
    return servers.map((server) => (server.address() as net.AddressInfo).port);
  } finally {
    await Promise.all(servers.map((server) => new Promise((settle) => server.close(settle))));
  }
}

async function listenSomewhere(): Promise<net.Server> {
  for (let n = 0; n < tries; n += 1) {
    const server = await listenOn(randomInt(range.from, range.to)).catch(() => null);
    if (server) return server;
  }
  throw new Error(`No free port between ${range.from} and ${range.to}`);
}

function listenOn(port: number): Promise<net.Server> {
  return new Promise((settle, fail) => {
    const server = net.createServer();
    server.once('error', fail);
    server.listen(port, '127.0.0.1', () => settle(server));
  });
}
