import type { LogPart } from './log-window';
import type { TextCodec } from './text-codec';

/** Who sent a statement, as `# User@Host:` says. Latin-1, as the log. */
export interface SessionName {
  readonly user: string;
  /** Its name, else its address; empty for the server's own threads. */
  readonly host: string;
}

/** Slots of the table; two sessions of one slot are read anew each time. */
const tableSize = 16_384;
const openBracket = 91;
const closeBracket = 93;
const atSign = 64;

interface KnownSession {
  /** The line up to the address's bracket. */
  readonly line: string;
  readonly session: SessionName;
}

/**
 * Reads `# User@Host: root[root] @ localhost [127.0.0.1]  Id: 12`. The first name is the account that the server matched,
 * the one in brackets who logged in (LOGGER::slow_log_print); a replica's applier has only the second: `[SQL_SLAVE]`.
 * The same few come again and again, so they are kept: in a table by a hash of the line, and compared.
 */
export class SessionNames {
  readonly #known: (KnownSession | undefined)[] = Array.from({ length: tableSize });
  readonly #codec: TextCodec;

  constructor(codec: TextCodec) {
    this.#codec = codec;
  }

  /** @param from of the first character after `# User@Host:`; null when the line has not that shape */
  read({ bytes, text }: LogPart, from: number, to: number): SessionName | null {
    let hash = 0;
    let at = from;
    // ` @ `, then the brackets of the address.
    let isPlace = false;
    let isAddress = false;
    for (; at < to; at++) {
      const code = bytes[at] as number;
      hash = Math.imul(hash ^ code, 0x01000193);
      if (code === atSign && bytes[at - 1] === 32 && bytes[at + 1] === 32) isPlace = true;
      else if (isPlace && code === openBracket) isAddress = true;
      else if (isAddress && code === closeBracket) break;
    }
    if (at >= to) return null;
    const slot = (hash ^ (hash >>> 15)) & (tableSize - 1);
    const known = this.#known[slot];
    if (known !== undefined && known.line.length === at - from && text.startsWith(known.line, from))
      return known.session;
    const line = this.#codec.latin1(bytes.subarray(from, at));
    const session = split(line);
    this.#known[slot] = { line, session };
    return session;
  }
}

function split(line: string): SessionName {
  const at = line.indexOf(' @ ');
  const account = line.slice(0, at).trim();
  const open = account.indexOf('[');
  const matched = open < 0 ? account : account.slice(0, open);
  const place = line.slice(at + 3);
  const address = place.slice(place.indexOf('[') + 1);
  const host = place.slice(0, place.indexOf('[')).trim();
  return { user: matched || account.slice(open + 1).replace(/\]$/, ''), host: host || address };
}
