import { MidwatchError } from '@shared/errors';
import type { Bastion } from '@shared/model/inventory';
import type { RemoteHost } from '../../core/ports/remote-host';
import type { OpenSlowLog, SlowLogPosition } from '../../core/ports/slow-logs';
import { compressionOf } from './decompress';
import { findStart } from './log-start';
import { openLog } from './open-log';

const lookTimeoutMs = 20_000;
/** Of the whole log: it comes through a tunnel, perhaps from far. */
const readTimeoutMs = 4 * 3_600_000;

export interface RemoteLogRequest {
  readonly via: readonly Bastion[];
  readonly path: string;
  readonly from?: SlowLogPosition;
  readonly maxBytes?: number;
}

/**
 * Opens a slow log on its host: only what is new since `from` is read there and sent, compressed on the way where the host
 * has gzip. It reads up to the size that the log has now, so it ends although the server goes on writing.
 *
 * @throws MidwatchError `invalid-input` (the path), `file-unreadable`, or of the connection
 */
export async function openRemoteSlowLog(
  hosts: RemoteHost,
  { via, path, from, maxBytes }: RemoteLogRequest,
  signal: AbortSignal,
): Promise<OpenSlowLog> {
  const log = await look(hosts, via, path, signal);
  const compression = compressionOf(log.magic);
  const isPlain = compression === 'none';
  const start = isPlain ? findStart({ path, ...log }, from) : { startByte: 0, notes: [] };
  const wanted = log.sizeBytes - start.startByte;
  const bytes = isPlain && maxBytes !== undefined ? Math.min(wanted, maxBytes) : wanted;
  const isPacked = isPlain && log.hasGzip;
  const command = readCommand(quotePath(path), { from: start.startByte, bytes, isPacked });
  const notes =
    bytes < wanted ? [`Only ${bytes.toLocaleString('en')} bytes were read, as asked: the log is longer.`] : [];
  return openLog({
    name: path,
    compression: isPacked ? 'gzip' : compression,
    isPlain,
    inode: log.inode,
    startByte: start.startByte,
    notes: [...start.notes, ...notes],
    // What gzip makes of it is not known before.
    storedBytes: isPacked ? null : bytes,
    stored: bytes === 0 ? nothing() : hosts.stream(via, command, { timeoutMs: readTimeoutMs }, signal),
    maxBytes: isPlain ? undefined : maxBytes,
    wantedBytes: isPlain ? bytes : null,
    isGrowing: isPlain,
  });
}

interface LogOnHost {
  readonly inode: string;
  readonly sizeBytes: number;
  readonly magic: Uint8Array;
  readonly hasGzip: boolean;
}

/** Inode, size, first bytes; `stat` of GNU and busybox, else that of the BSDs. */
async function look(hosts: RemoteHost, via: readonly Bastion[], path: string, signal: AbortSignal): Promise<LogOnHost> {
  const word = quotePath(path);
  const command = [
    `[ -f ${word} ] || { echo missing; exit 0; }`,
    `[ -r ${word} ] || { echo forbidden; exit 0; }`,
    `stat -L -c '%i %s' -- ${word} 2>/dev/null || stat -L -f '%i %z' -- ${word}`,
    `head -c 4 -- ${word} | od -An -tx1`,
    'command -v gzip >/dev/null 2>&1 && echo gzip',
    'exit 0',
  ].join('\n');
  const { exitCode, stdout, stderr } = await hosts.run(via, command, { timeoutMs: lookTimeoutMs }, signal);
  const [first = '', magic = '', gzip = ''] = stdout.split('\n').map((line) => line.trim());
  const found = /^(\d+) (\d+)$/.exec(first);
  if (exitCode !== 0 || !found) throw unreadable(path, first, stderr);
  return {
    inode: found[1] ?? '',
    sizeBytes: Number(found[2]),
    magic: Uint8Array.from(magic === '' ? [] : magic.split(/\s+/), (byte) => parseInt(byte, 16)),
    hasGzip: gzip === 'gzip' || magic === 'gzip',
  };
}

function readCommand(
  path: string,
  part: { readonly from: number; readonly bytes: number; readonly isPacked: boolean },
): string {
  const plain = `tail -c +${part.from + 1} -- ${path} | head -c ${part.bytes}`;
  return part.isPacked ? `${plain} | gzip -1 -c` : plain;
}

/** The path for a shell, as one word. @throws MidwatchError `invalid-input` */
function quotePath(path: string): string {
  if (!path.startsWith('/') || /[\0\n\r]/.test(path) || path.length > 4_096)
    throw new MidwatchError('invalid-input', `"${path}" is not the path of a log on a host`, {
      nextStep: 'Give the whole path, from / on',
    });
  return `'${path.replaceAll("'", `'\\''`)}'`;
}

function unreadable(path: string, said: string, stderr: string): MidwatchError {
  const why = said === 'missing' ? 'is not there' : said === 'forbidden' ? 'may not be read' : 'cannot be read';
  return new MidwatchError('file-unreadable', `The slow log ${path} ${why}`, {
    nextStep: 'Check slow_query_log_file, and that the SSH user may read it',
    details: { cause: stderr.trim() || said },
  });
}

async function* nothing(): AsyncIterable<Uint8Array> {
  // The log has nothing new.
}
