import { patternOfText, type LogPattern } from './log-pattern';
import type { LogWindow } from './log-window';

/** Who sent a statement, as `# User@Host:` says. Latin-1, as the log. */
export interface SessionName {
  readonly user: string;
  /** Its name, else its address; empty for the server's own threads. */
  readonly host: string;
  /** From 1: those of one number have the same names. */
  readonly number: number;
}

/** Slots of the table; two sessions of one slot are read anew each time. */
const tableSize = 16_384;
const closeBracket = 93;

interface KnownSession {
  /** Up to the address's bracket. */
  readonly line: LogPattern;
  readonly session: SessionName;
}

/**
 * Reads `# User@Host: root[root] @ localhost [127.0.0.1]  Id: 12`. The first name is the account that the server matched,
 * the one in brackets who logged in (LOGGER::slow_log_print); a replica's applier has only the second: `[SQL_SLAVE]`.
 * The same few come again and again, so they are kept: in a table by a hash of the line, and compared.
 */
export class SessionNames {
  readonly #known: (KnownSession | undefined)[] = Array.from({ length: tableSize });
  #count = 0;

  /** @param from of the first character after `# User@Host:`; null when the line has not that shape */
  read(window: LogWindow, from: number, to: number): SessionName | null {
    // Behind the address stands nothing but the session's id.
    let at = to - 1;
    while (at > from && window.bytes[at] !== closeBracket) at--;
    if (at <= from) return null;
    const slot = window.hashOf(from, at) & (tableSize - 1);
    const known = this.#known[slot];
    if (known !== undefined && known.line.length === at - from && window.startsWith(known.line, from))
      return known.session;
    const line = window.textOf(from, at);
    const session = split(line, ++this.#count);
    if (session !== null) this.#known[slot] = { line: patternOfText(line), session };
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
