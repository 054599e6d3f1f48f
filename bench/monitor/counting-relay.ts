import net from 'node:net';

/** A TCP relay in front of one server that counts what passes. It adds nothing to the server's work. */
export class CountingRelay {
  /** Payload bytes that the server sent since the start. */
  fromServer = 0;
  /** Payload bytes that were sent to the server. */
  toServer = 0;
  readonly #listener: net.Server;
  readonly #sockets = new Set<net.Socket>();

  private constructor(targetPort: number) {
    this.#listener = net.createServer((client) => {
      const server = net.connect(targetPort, '127.0.0.1');
      for (const socket of [client, server]) {
        socket.setNoDelay(true);
        this.#sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          this.#sockets.delete(socket);
          client.destroy();
          server.destroy();
        });
      }
      client.on('data', (data) => {
        this.toServer += data.length;
        server.write(data);
      });
      server.on('data', (data) => {
        this.fromServer += data.length;
        client.write(data);
      });
    });
  }

  static async start(targetPort: number): Promise<CountingRelay> {
    const relay = new CountingRelay(targetPort);
    await new Promise<void>((settle) => relay.#listener.listen(0, '127.0.0.1', settle));
    return relay;
  }

  get port(): number {
    const address = this.#listener.address();
    if (address === null || typeof address === 'string') throw new Error('the relay does not listen');
    return address.port;
  }

  stop(): void {
    this.#listener.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
