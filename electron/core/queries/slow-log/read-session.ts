import type { LogWindow } from './log-window';
import type { TextCodec } from './text-codec';

/** Who sent a statement, as `# User@Host:` says. Latin-1, as the log. */
export interface SessionName {
  readonly user: string;
  /** Its name, else its address; empty for the server's own threads. */
  readonly host: string;
  /** Place in a table of 16,384: sessions of one number are mostly, not always, of the same names. */
  readonly number: number;
}

/** Slots of the table; two sessions of one slot are read anew each time. */
const tableSize = 16_384;
const closeBracket = 93;

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
  read({ text, bytes, view }: LogWindow, from: number, to: number): SessionName | null {
    // Behind the address stands nothing but the session's id.
    let at = to - 1;
    while (at > from && bytes[at] !== closeBracket) at--;
    if (at <= from) return null;
    let hash = 0;
    let word = from;
    for (; word + 4 <= at; word += 4) hash = Math.imul(hash ^ view.getInt32(word, true), 0x01000193);
    for (; word < at; word++) hash = Math.imul(hash ^ (bytes[word] as number), 0x01000193);
    const slot = (hash ^ (hash >>> 15)) & (tableSize - 1);
    const known = this.#known[slot];
    if (known !== undefined && known.line.length === at - from && text.startsWith(known.line, from))
      return known.session;
    const line = this.#codec.copy(text.slice(from, at));
    const session = split(line, slot);
    if (session === null) return null;
    this.#known[slot] = { line, session };
    return session;
  }
}

function split(line: string, number: number): SessionName | null {
  const at = line.indexOf(' @ ');
  if (at < 0 || !line.includes('[', at)) return null;
  const account = line.slice(0, at).trim();
  const open = account.indexOf('[');
  const matched = open < 0 ? account : account.slice(0, open);
  const place = line.slice(at + 3);
  const address = place.slice(place.indexOf('[') + 1);
  const host = place.slice(0, place.indexOf('[')).trim();
  return { user: matched || account.slice(open + 1).replace(/\]$/, ''), host: host || address, number };
}
