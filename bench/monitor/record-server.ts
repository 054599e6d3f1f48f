import net from 'node:net';
import { openWatchedSession, samplesPerFacts } from './watched-session';
import type { RecordedServer } from './recorded-server';

const comQuery = 0x03;

/** Lets the console's own code ask a real server everything that a monitor asks, and keeps what passes. */
export async function recordServer(port: number): Promise<RecordedServer> {
  const atMs = Date.now();
  const replies = new Map<string, Buffer[]>();
  const greeting: Buffer[] = [];
  let current = greeting;
  const listener = net.createServer((client) => {
    const server = net.connect(port, '127.0.0.1');
    client.on('data', (data) => {
      // The console sends one command at a time, and waits: a chunk is a command, or belongs to the sign-in.
      if (data[3] === 0 && data[4] === comQuery) {
        current = [];
        replies.set(data.toString('utf8', 5), current);
      } else current = [];
      server.write(data);
    });
    server.on('data', (data) => {
      current.push(data);
      client.write(data);
    });
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => undefined);
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((settle) => listener.listen(0, '127.0.0.1', settle));
  const address = listener.address();
  const session = await openWatchedSession(address !== null && typeof address === 'object' ? address.port : 0);
  try {
    for (let index = 0; index <= samplesPerFacts; index++) await session.sample(index);
  } finally {
    await session.close();
    listener.close();
  }
  const base64 = (parts: readonly Buffer[]): string => Buffer.concat(parts).toString('base64');
  return {
    greeting: base64(greeting),
    replies: Object.fromEntries([...replies].map(([sql, parts]) => [sql, base64(parts)])),
    atMs,
  };
}
