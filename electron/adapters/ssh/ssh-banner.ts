import type { Duplex } from 'node:stream';
import { MidwatchError } from '@shared/errors';
import type { Bastion } from '@shared/model/inventory';
import { peekStream } from '../network/peek-stream';
import { describeSshError } from './ssh-errors';

/**
 * Waits until the other side introduces itself as SSH (RFC 4253 section 4.2) and puts the bytes back. Without this look a
 * database answers our own introduction with a reset, which reads like a broken network.
 * @throws MidwatchError `ssh-protocol` naming what is there instead; silence ends with the signal's reason.
 */
export async function readSshBanner(stream: Duplex, hop: Bastion, signal: AbortSignal): Promise<void> {
  const { bytes, ended } = await peekStream(stream, (some) => some.length >= 5, signal).catch((error: unknown) => {
    throw signal.aborted ? error : describeSshError(error, hop);
  });
  if (ended) throw describeSshError(new Error('closed before handshake'), hop);
  const what = foreigner(bytes);
  if (what === null) return;
  throw new MidwatchError('ssh-protocol', `${hop.host}:${hop.port} is ${what}, not an SSH server`, {
    nextStep: 'Enter the SSH port of the bastion, usually 22',
    details: { host: hop.host, port: hop.port, bastionId: hop.id, cause: printable(bytes) },
  });
}

/** null: SSH, or lines of text that a server may send before it. */
function foreigner(bytes: Buffer): string | null {
  const text = bytes.toString('latin1');
  if (text.startsWith('SSH-')) return null;
  // Third byte of a length below 64 KiB, sequence number 0, protocol version 10 or an error.
  if (bytes[2] === 0 && bytes[3] === 0 && (bytes[4] === 10 || bytes[4] === 255)) return 'a MySQL or MariaDB server';
  if (/^(220|\+OK|-ERR|HTTP)/.test(text)) return 'a mail, FTP or web server';
  return /^[\x20-\x7e\r\n\t]/.test(text) ? null : 'something else';
}

function printable(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, 60);
}
