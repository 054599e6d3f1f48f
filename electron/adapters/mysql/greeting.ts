import type { Duplex } from 'node:stream';
import { MidwatchError } from '@shared/errors';
import { peekStream } from '../network/peek-stream';
import { describeMysqlError, type MysqlParty } from './mysql-errors';

/** First bytes of a MySQL or MariaDB server. */
export interface Greeting {
  /** Without the `5.5.5-` that MariaDB before 11 puts in front for old replicas. */
  readonly version: string;
}

/**
 * Waits for the server's greeting and puts the bytes back, so that mysql2 reads them again: an SSH or HTTP server is
 * told apart from MySQL before a user name is sent. Protocol: MySQL internals, "Protocol::HandshakeV10".
 * @throws MidwatchError `not-mysql`, `too-many-connections`, `access-denied` (host blocked), `connection-lost`;
 *   silence ends with the signal's reason.
 */
export async function readGreeting(stream: Duplex, party: MysqlParty, signal: AbortSignal): Promise<Greeting> {
  const { bytes, ended } = await peekStream(stream, (some) => judgeFirstBytes(some) !== 'short', signal).catch(
    (error: unknown) => {
      throw signal.aborted ? error : describeMysqlError(error, party, 'connect');
    },
  );
  if (bytes.length === 0) throw describeMysqlError(hangUp(), party, 'connect');
  if (ended || judgeFirstBytes(bytes) !== 'whole') throw foreignProtocol(bytes, party);
  const payload = bytes.subarray(4);
  if (payload[0] === errorPacket) throw refusal(payload, party);
  const end = payload.indexOf(0, 1);
  return { version: payload.toString('latin1', 1, end).replace(/^5\.5\.5-(?=\d+\.)/, '') };
}

/** The error for a port that accepts and then stays silent: a load balancer, a hung server, or something else. */
export function silentPort(party: MysqlParty, timeoutMs: number): MidwatchError {
  return new MidwatchError(
    'not-mysql',
    `${party.host}:${party.port} accepted the connection and sent no MySQL greeting in ${Math.round(timeoutMs / 100) / 10} s`,
    {
      nextStep: 'Check the port; when it is right, the server hangs or is overloaded',
      details: { host: party.host, port: party.port, timeoutMs },
    },
  );
}

const errorPacket = 0xff;
const protocolVersion10 = 10;
const maxGreetingBytes = 1024;

/** What mysql2 says of a connection that ends without a word. */
function hangUp(): Error {
  return Object.assign(new Error('closed before the greeting'), { code: 'PROTOCOL_CONNECTION_LOST' });
}

function judgeFirstBytes(bytes: Buffer): 'short' | 'foreign' | 'whole' {
  if (bytes.length < 5) return 'short';
  const length = bytes.readUIntLE(0, 3);
  const marker = bytes[4];
  if (length > maxGreetingBytes || (marker !== protocolVersion10 && marker !== errorPacket)) return 'foreign';
  return bytes.length >= length + 4 ? 'whole' : 'short';
}

function refusal(payload: Buffer, party: MysqlParty): MidwatchError {
  const text = payload.toString('utf8', 3).replace(/^#.{5}/, '');
  return describeMysqlError(Object.assign(new Error(text), { errno: payload.readUInt16LE(1) }), party, 'connect');
}

function foreignProtocol(bytes: Buffer, party: MysqlParty): MidwatchError {
  const banner = bytes
    .toString('latin1')
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, 60);
  const known = [
    [/^SSH-/, 'an SSH server'],
    [/^HTTP\//, 'a web server'],
    [/^-ERR|^\+/, 'a Redis or mail server'],
    [/^220[ -]/, 'a mail or FTP server'],
  ] as const;
  const what = known.find(([pattern]) => pattern.test(banner))?.[1] ?? 'something that is not MySQL';
  return new MidwatchError('not-mysql', `${party.host}:${party.port} is ${what}: it answered “${banner}”`, {
    nextStep: 'Enter the port of the MySQL or MariaDB server, usually 3306',
    details: { host: party.host, port: party.port, cause: banner },
  });
}
