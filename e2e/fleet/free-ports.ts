import net from 'node:net';

/** Asks the system for `count` different ports that are free on 127.0.0.1 at this moment. */
export async function findFreePorts(count: number): Promise<number[]> {
  // All are held until the last is found, so that none is handed out twice.
  const servers = await Promise.all(Array.from({ length: count }, listenAnywhere));
  const ports = servers.map((server) => (server.address() as net.AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((settle) => server.close(settle))));
  return ports;
}

function listenAnywhere(): Promise<net.Server> {
  return new Promise((settle, fail) => {
    const server = net.createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => settle(server));
  });
}
