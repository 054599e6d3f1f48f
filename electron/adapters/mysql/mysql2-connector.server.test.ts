import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TlsPolicy } from '@shared/model/inventory';
import { openTemporaryLab } from '../../../e2e/fleet/lab';
import type { Instance } from '../../../e2e/fleet/instance';
import type { RunningFleet } from '../../../e2e/fleet/fleet';
import { readToolchain } from '../../../e2e/fleet/toolchain';
import type { MysqlTarget } from '../../core/ports/mysql-session';
import { Mysql2Connector } from './mysql2-connector';

const never = new AbortController().signal;
const connector = new Mysql2Connector({ tunnels: { openStream: () => Promise.reject(new Error('no tunnel here')) } });
const lab = openTemporaryLab();
let wallet: RunningFleet;
let shop: RunningFleet;

beforeAll(async () => {
  wallet = await lab.up('shards:1');
  shop = await lab.up('shop');
});
afterAll(() => lab.close());

const tlsFile = (name: string) => path.join(readToolchain().tlsFolder, name);

function target(instance: Instance, changes: Partial<MysqlTarget> = {}): MysqlTarget {
  return {
    host: instance.host,
    port: instance.port,
    user: 'midwatch_read',
    password: 'midwatch_read',
    tls: { mode: 'off' },
    via: [],
    programName: 'midwatch',
    connectTimeoutMs: 5_000,
    ...changes,
  };
}

describe('signing in', () => {
  it('names the program and returns the greeting’s version and connection id', async () => {
    const session = await connector.connect(target(wallet.primary), never);
    expect(session.greetingVersion).toMatch(/^9\./);
    const [row] = await session.query(
      `SELECT CONNECTION_ID() AS id, (SELECT attr_value FROM performance_schema.session_connect_attrs
       WHERE processlist_id = CONNECTION_ID() AND attr_name = 'program_name') AS program`,
    );
    expect(row).toEqual({ id: session.connectionId, program: 'midwatch' });
    await session.close();
    expect(session.closed).toBe(true);
  });

  it.each<[string, TlsPolicy['mode']]>([
    ['caching_sha2_password without TLS, by the server’s public key', 'off'],
    ['caching_sha2_password over TLS', 'required'],
  ])('%s, with an empty cache on the server', async (_name, mode) => {
    await wallet.primary.execute(
      "CREATE USER IF NOT EXISTS 'fresh'@'%' IDENTIFIED WITH caching_sha2_password BY 'pässwörd'",
      'FLUSH PRIVILEGES',
    );
    const fresh = target(wallet.primary, { user: 'fresh', password: 'pässwörd', tls: { mode } });
    for (const session of [await connector.connect(fresh, never), await connector.connect(fresh, never)]) {
      expect(await session.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await session.close();
    }
  });

  it('MariaDB native password and ed25519', async () => {
    const native = await connector.connect(target(shop.primary), never);
    expect(native.greetingVersion).toMatch(/^10\.11\..*MariaDB/);
    await native.close();
    const ed25519 = await connector.connect(target(shop.primary, { user: 'ed25519', password: 'ed25519' }), never);
    expect(await ed25519.query('SELECT CURRENT_USER() AS who')).toEqual([{ who: 'ed25519@%' }]);
    await ed25519.close();
  });

  it.each(['wrong', ''])('MariaDB refuses a wrong ed25519 password: %j', async (password) => {
    const wrong = target(shop.primary, { user: 'ed25519', password });
    await expect(connector.connect(wrong, never)).rejects.toMatchObject({ code: 'access-denied' });
  });

  it('refuses a wrong password and an unknown account by name', async () => {
    await expect(connector.connect(target(wallet.primary, { password: 'wrong' }), never)).rejects.toMatchObject({
      code: 'access-denied',
      message: expect.stringContaining('midwatch_read') as string,
      details: { errno: 1045, host: '127.0.0.1', port: wallet.primary.port },
    });
    const unknown = target(shop.primary, { user: 'nobody' });
    await expect(connector.connect(unknown, never)).rejects.toMatchObject({ code: 'access-denied' });
  });

  it('names a sign-in method that it does not know', async () => {
    await shop.primary.execute("CREATE OR REPLACE USER 'gss'@'%' IDENTIFIED VIA unix_socket");
    const account = target(shop.primary, { user: 'gss' });
    await expect(connector.connect(account, never)).rejects.toMatchObject({
      code: expect.stringMatching(/^(auth-plugin-unsupported|access-denied)$/) as string,
    });
  });

  it('says when max_connections is reached', async () => {
    const replica = wallet.replicas[0] ?? wallet.primary;
    // Accounts with CONNECTION_ADMIN have one connection more; midwatch_read has not.
    await replica.execute('SET GLOBAL max_connections = 1');
    const first = await connector.connect(target(replica), never).catch(() => null);
    await expect(connector.connect(target(replica), never)).rejects.toMatchObject({
      code: 'too-many-connections',
      nextStep: expect.stringMatching(/\w/) as string,
    });
    await first?.close();
    await replica.execute('SET GLOBAL max_connections = 150');
  });
});

describe('TLS', () => {
  it.each<[string, TlsPolicy]>([
    ['required', { mode: 'required' }],
    ['verify-ca', { mode: 'verify-ca', caFile: 'ca.pem' }],
    ['verify-identity by address', { mode: 'verify-identity', caFile: 'ca.pem' }],
  ])('%s is encrypted', async (_name, policy) => {
    for (const server of [wallet.primary, shop.primary]) {
      const tls = policy.caFile ? { ...policy, caFile: tlsFile(policy.caFile) } : policy;
      const session = await connector.connect(target(server, { tls }), never);
      const [row] = await session.query("SHOW SESSION STATUS LIKE 'Ssl_cipher'");
      expect(row?.Value).not.toBe('');
      await session.close();
    }
  });

  it('verifies a name, and refuses one that the certificate does not hold', async () => {
    const tls: TlsPolicy = { mode: 'verify-identity', caFile: tlsFile('ca.pem') };
    await (await connector.connect(target(wallet.primary, { tls, host: 'localhost' }), never)).close();
    // Another spelling of 127.0.0.1 that is a name to TLS.
    const other = target(wallet.primary, { tls, host: '127.1' });
    await expect(connector.connect(other, never)).rejects.toMatchObject({ code: 'tls-identity-mismatch' });
    const caOnly = target(wallet.primary, { tls: { ...tls, mode: 'verify-ca' }, host: '127.1' });
    await (await connector.connect(caOnly, never)).close();
  });

  it.each(['other-ca.pem', undefined])('refuses a certificate that the CA did not sign: %s', async (ca) => {
    const tls: TlsPolicy = { mode: 'verify-ca', ...(ca ? { caFile: tlsFile(ca) } : {}) };
    await expect(connector.connect(target(wallet.primary, { tls }), never)).rejects.toMatchObject({
      code: 'tls-ca-rejected',
      nextStep: expect.stringContaining('CA') as string,
    });
  });

  it('presents a client certificate', async () => {
    await wallet.primary.execute("CREATE USER IF NOT EXISTS 'cert'@'%' IDENTIFIED BY 'cert' REQUIRE X509");
    const certified: TlsPolicy = {
      mode: 'verify-ca',
      caFile: tlsFile('ca.pem'),
      certFile: tlsFile('client-cert.pem'),
      keyFile: tlsFile('client-key.pem'),
    };
    const account = { user: 'cert', password: 'cert' };
    await (await connector.connect(target(wallet.primary, { ...account, tls: certified }), never)).close();
    const bare = target(wallet.primary, { ...account, tls: { mode: 'required' } });
    await expect(connector.connect(bare, never)).rejects.toMatchObject({ code: 'access-denied' });
  });

  it.each([
    ['a missing file', { caFile: '/nowhere/ca.pem' }],
    ['a file without a certificate', { caFile: '/etc/hostname' }],
    ['a key that is none', { caFile: 'ca.pem', keyFile: 'ca.pem' }],
  ])('names the file: %s', async (_name, files) => {
    const resolved = Object.fromEntries(
      Object.entries(files).map(([key, file]) => [key, file.startsWith('/') ? file : tlsFile(file)]),
    );
    const tls: TlsPolicy = { mode: 'verify-ca', ...resolved };
    await expect(connector.connect(target(wallet.primary, { tls }), never)).rejects.toMatchObject({
      code: 'tls-file-unreadable',
    });
  });

  it('says when the server accepts only TLS', async () => {
    await wallet.primary.execute('SET GLOBAL require_secure_transport = ON');
    await expect(connector.connect(target(wallet.primary), never)).rejects.toMatchObject({ code: 'tls-not-offered' });
    await wallet.primary.execute('SET GLOBAL require_secure_transport = OFF');
  });
});

describe('statements', () => {
  it('returns plain values: numbers while exact, everything else as text', async () => {
    const session = await connector.connect(target(wallet.primary), never);
    const [row] = await session.query(
      `SELECT 42 AS small, CAST(18446744073709551615 AS UNSIGNED) AS big, CAST(1.50 AS DECIMAL(5,2)) AS dec2, 1.5e0 AS dbl,
       TIMESTAMP('2026-01-02 03:04:05.678901') AS at, CAST('[1]' AS JSON) AS js, X'00ff' AS raw, CAST('é😀' AS BINARY) AS utf,
       NULL AS nothing, b'101' AS bits, POINT(1, 2) AS place, 'é😀' AS text`,
    );
    expect(row).toEqual({
      small: 42,
      big: '18446744073709551615',
      dec2: '1.50',
      dbl: 1.5,
      at: '2026-01-02 03:04:05.678901',
      js: '[1]',
      raw: '0x00ff',
      utf: 'é😀',
      nothing: null,
      bits: '0x05',
      place: '{"x":1,"y":2}',
      text: 'é😀',
    });
    await session.close();
  });

  it('places values safely in both readings of the backslash', async () => {
    for (const mode of ['', 'NO_BACKSLASH_ESCAPES']) {
      const session = await connector.connect(target(shop.primary), never);
      await session.query(`SET SESSION sql_mode = '${mode}'`);
      const nasty = "a'b\\'c\\\\\"\n? é😀 \0 \x1a";
      expect(await session.query('SELECT ? AS v, ? AS n', { values: [nasty, 5] })).toEqual([{ v: nasty, n: 5 }]);
      await session.close();
    }
  });

  it('returns no rows for a statement without a result, and the first set of a procedure', async () => {
    const session = await connector.connect(target(shop.primary, { user: 'admin', password: 'admin' }), never);
    expect(await session.query('DO 1')).toEqual([]);
    await session.query('CREATE OR REPLACE PROCEDURE app.two() BEGIN SELECT 1 AS a; SELECT 2 AS b; END');
    expect(await session.query('CALL app.two()')).toEqual([{ a: 1 }]);
    await session.query('CREATE OR REPLACE PROCEDURE app.none() DO 1');
    expect(await session.query('CALL app.none()')).toEqual([]);
    await session.close();
  });

  it('sends no second statement in one, and no local file', async () => {
    const session = await connector.connect(target(shop.primary, { user: 'admin', password: 'admin' }), never);
    await expect(session.query('SELECT 1; SELECT 2')).rejects.toMatchObject({ code: 'statement-failed' });
    await session.query('CREATE TEMPORARY TABLE app.t (x TEXT)');
    await expect(session.query("LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE app.t")).rejects.toMatchObject({
      code: 'statement-failed',
    });
    await session.close();
  });

  it('names a missing privilege', async () => {
    const session = await connector.connect(target(wallet.primary, { user: 'bare', password: 'bare' }), never);
    await expect(session.query('SHOW REPLICA STATUS')).rejects.toMatchObject({ code: 'missing-privilege' });
    await expect(session.query('SELECT * FROM app.account')).rejects.toMatchObject({ code: 'missing-privilege' });
    expect(await session.query('SELECT 1 AS still')).toEqual([{ still: 1 }]);
    await session.close();
  });

  it.each(['mysql', 'mariadb'])('reads the server’s own limits on %s', async (dialect) => {
    const [fleet, limit] =
      dialect === 'mysql'
        ? [wallet, 'SELECT /*+ MAX_EXECUTION_TIME(50) */ SLEEP(2) FROM app.account LIMIT 3']
        : [shop, 'SET STATEMENT max_statement_time=0.05 FOR SELECT SLEEP(2) FROM app.account LIMIT 3'];
    const session = await connector.connect(target(fleet.primary), never);
    const outcome = await session.query(limit).catch((error: unknown) => error);
    // MySQL's SLEEP returns 1 when interrupted (manual, "Miscellaneous Functions"); a plain scan throws.
    if (!Array.isArray(outcome)) expect(outcome).toMatchObject({ code: 'statement-timeout' });
    await expect(session.query('KILL 4294967295')).rejects.toMatchObject({ code: 'unknown-session' });
    await session.close();
    const writer = await connector.connect(
      target(fleet.replicas[0] ?? fleet.primary, { user: 'app', password: 'app' }),
      never,
    );
    await expect(writer.query('DELETE FROM app.account LIMIT 1')).rejects.toMatchObject({ code: 'read-only-server' });
    await writer.close();
  });

  it('drops the session at its time limit; the outcome is unknown, the next statement is not sent', async () => {
    const session = await connector.connect(target(wallet.primary), never);
    const late = session.query('SELECT SLEEP(5)', { timeoutMs: 100 });
    const queued = session.query('SELECT 1');
    await expect(late).rejects.toMatchObject({ code: 'statement-timeout', details: { outcome: 'unknown' } });
    await expect(queued).rejects.toMatchObject({ code: 'connection-lost', details: { outcome: 'not-sent' } });
    expect(session.closed).toBe(true);
  });

  it('fails with connection-lost when the session is killed, in a statement and idle', async () => {
    const busy = await connector.connect(target(wallet.primary), never);
    const waiting = busy.query('SELECT SLEEP(5)');
    await wallet.primary.execute('DO SLEEP(0.1)', `KILL ${busy.connectionId}`);
    await expect(waiting).rejects.toMatchObject({ code: 'connection-lost', details: { outcome: 'unknown' } });
    const idle = await connector.connect(target(wallet.primary), never);
    await wallet.primary.execute(`KILL ${idle.connectionId}`);
    await expect.poll(() => idle.closed).toBe(true);
    await expect(idle.query('SELECT 1')).rejects.toMatchObject({ code: 'connection-lost' });
  });
});

describe('a wrong address', () => {
  const servers: Server[] = [];
  afterAll(() => servers.forEach((server) => server.close()));

  const listen = (greet: string) =>
    new Promise<number>((resolve) => {
      const server = createServer((socket) => socket.on('error', () => undefined).write(greet));
      servers.push(server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)));
    });

  it('wrong host', async () => {
    const nowhere = target(wallet.primary, { host: 'no-such-host.invalid' });
    await expect(connector.connect(nowhere, never)).rejects.toMatchObject({ code: 'name-not-found' });
  });

  it('wrong port', async () => {
    const closed = target(wallet.primary, { port: 1 });
    await expect(connector.connect(closed, never)).rejects.toMatchObject({ code: 'connection-refused' });
  });

  it('a port that is not MySQL, by banner or by silence', async () => {
    const ssh = target(wallet.primary, { port: await listen('SSH-2.0-OpenSSH_9.2\r\n') });
    await expect(connector.connect(ssh, never)).rejects.toMatchObject({ code: 'not-mysql' });
    const silent = target(wallet.primary, { port: await listen(''), connectTimeoutMs: 300 });
    await expect(connector.connect(silent, never)).rejects.toMatchObject({ code: 'not-mysql' });
  });

  it('a server that hangs is a timeout within its limit', async () => {
    shop.primary.pause();
    const started = performance.now();
    const failure = connector.connect(target(shop.primary, { connectTimeoutMs: 300 }), never);
    await expect(failure).rejects.toMatchObject({ code: 'not-mysql' });
    expect(performance.now() - started).toBeLessThan(2_000);
    shop.primary.resume();
  });

  it('an abort ends the attempt with its own reason', async () => {
    const controller = new AbortController();
    const attempt = connector.connect(target(wallet.primary, { port: await listen('') }), controller.signal);
    controller.abort();
    await expect(attempt).rejects.toMatchObject({ name: 'AbortError' });
  });
});
