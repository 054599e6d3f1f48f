// Plays recorded servers, each on ports of its own: started by stand-ins.ts with a channel, told what to play, ends with it.
import net from 'node:net';
import { moveTimes, type RecordedServer, type StandInCluster } from './recorded-server';

const comQuery = 0x03;
const comPing = 0x0e;
const comQuit = 0x01;
/** "You are in by the cached password" and OK (Client/Server Protocol, caching_sha2_password). */
const welcome = Buffer.from([2, 0, 0, 2, 1, 3, 7, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0]);
const okay = Buffer.from([7, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0]);

interface Part {
  readonly greeting: Buffer;
  readonly replies: ReadonlyMap<string, Buffer>;
  readonly atMs: number;
}

function play({ greeting, replies, atMs }: Part): net.Server {
  return net.createServer((client) => {
    client.setNoDelay(true);
    client.on('error', () => undefined);
    client.write(greeting);
    let isIn = false;
    let rest: Buffer = Buffer.alloc(0);
    client.on('data', (data) => {
      rest = rest.length === 0 ? data : Buffer.concat([rest, data]);
      while (rest.length >= 4) {
        const end = 4 + rest.readUIntLE(0, 3);
        if (rest.length < end) return;
        const packet = rest.subarray(4, end);
        rest = rest.subarray(end);
        if (!isIn) {
          isIn = true;
          client.write(welcome);
        } else if (packet[0] === comQuery) {
          const sql = packet.toString('utf8', 1);
          const reply = replies.get(sql);
          client.write(reply ? moveTimes(reply, Date.now() - atMs) : refuse(sql));
        } else if (packet[0] === comPing) client.write(okay);
        else if (packet[0] === comQuit) client.end();
      }
    });
  });
}

function refuse(sql: string): Buffer {
  const body = Buffer.from(`\xff\x28\x04#42000was not recorded: ${sql.slice(0, 200)}`, 'latin1');
  return Buffer.concat([Buffer.from([body.length & 0xff, body.length >> 8, 0, 1]), body]);
}

const toPart = ({ greeting, replies, atMs }: RecordedServer): Part => ({
  greeting: Buffer.from(greeting, 'base64'),
  replies: new Map(Object.entries(replies).map(([sql, reply]) => [sql, Buffer.from(reply, 'base64')])),
  atMs,
});

process.on('disconnect', () => process.exit(0));
process.on('message', ({ recorded, clusters }: { recorded: readonly RecordedServer[]; clusters: number }) => {
  void (async () => {
    const parts = recorded.map(toPart);
    const listening: StandInCluster[] = [];
    for (let cluster = 0; cluster < clusters; cluster++) {
      const ports: number[] = [];
      for (const part of parts) {
        const server = play(part);
        await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
        const address = server.address();
        ports.push(address !== null && typeof address === 'object' ? address.port : 0);
      }
      listening.push(ports);
    }
    process.send?.(listening);
  })();
});
