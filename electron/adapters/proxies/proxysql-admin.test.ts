import { createServer } from 'mysql2';
import type { AddressInfo, Server } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Mysql2Connector } from '../mysql/mysql2-connector';
import { SystemProxies } from './system-proxies';

/** As much of mysql2's server as a replay needs; its types leave it out. */
interface ServerSide {
  /** Of the next packet: an answer begins with 1. */
  sequenceId: number;
  serverHandshake(options: object): void;
  writeTextResult(rows: readonly object[], columns: readonly object[]): void;
  writeOk(): void;
  writeError(error: { readonly code: number; readonly message: string }): void;
  on(event: 'query', listener: (sql: string) => void): void;
  on(event: 'error', listener: () => void): void;
}

const column = (name: string): object => ({
  catalog: 'def',
  schema: '',
  table: '',
  orgTable: '',
  name,
  orgName: name,
  characterSet: 33,
  columnLength: 255,
  columnType: 253,
  flags: 0,
  decimals: 0,
});

describe('the admin interface of ProxySQL, against replayed exchanges: never tried on a real one', () => {
  const sent: string[] = [];
  const server = createServer((plain: unknown) => {
    const connection = plain as ServerSide;
    connection.serverHandshake({
      protocolVersion: 10,
      serverVersion: '8.0.11 (ProxySQL Admin Module)',
      connectionId: 1,
      statusFlags: 2,
      characterSet: 33,
      capabilityFlags: 0xffffff ^ 0x0800,
    });
    connection.on('error', () => undefined);
    connection.on('query', (sql) => {
      sent.push(sql);
      connection.sequenceId = 1;
      if (sql.startsWith('SELECT'))
        connection.writeTextResult([{ hostname: '10.0.0.1', port: '3306' }], [column('hostname'), column('port')]);
      else if (sql.startsWith('LOAD')) connection.writeOk();
      else connection.writeError({ code: 1045, message: 'ProxySQL Admin Error: near "x": syntax error' });
    });
  });
  let port = 0;
  const tunnels = { openStream: () => Promise.reject(new Error('unused')) };
  const proxies = new SystemProxies({ tunnels, connector: new Mysql2Connector({ tunnels }) });
  const ask = (sql: string) =>
    proxies.proxysql(
      { address: `127.0.0.1:${port}`, via: [], user: 'radmin', password: 'x' },
      sql,
      { timeoutMs: 2000 },
      new AbortController().signal,
    );
  const inner = (): Server => (server as unknown as { readonly _server: Server })._server;
  beforeAll(async () => {
    await new Promise<void>((ready) => inner().listen(0, '127.0.0.1', ready));
    port = (inner().address() as AddressInfo).port;
  });
  afterAll(() => void inner().close());

  it('sends the statement and nothing else: no session variable that it would not understand', async () => {
    expect(await ask('SELECT hostname, port FROM runtime_mysql_servers')).toEqual([
      { hostname: '10.0.0.1', port: '3306' },
    ]);
    await ask('LOAD MYSQL SERVERS TO RUNTIME');
    expect(sent).toEqual(['SELECT hostname, port FROM runtime_mysql_servers', 'LOAD MYSQL SERVERS TO RUNTIME']);
  });

  it('names the proxy before what it refused', async () => {
    await expect(ask('UPDATE x')).rejects.toMatchObject({
      message: expect.stringMatching(new RegExp(`^127.0.0.1:${port}: .*`)) as string,
    });
  });
});
