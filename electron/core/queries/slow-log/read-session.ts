/** Who sent a statement, as `# User@Host:` says. Latin-1, as the log. */
export interface SessionName {
  readonly user: string;
  /** Its name, else its address; empty for the server's own threads. */
  readonly host: string;
}

const maxKept = 10_000;

/**
 * Reads `# User@Host: root[root] @ localhost [127.0.0.1]  Id: 12`. The first name is the account that the server matched,
 * the one in brackets who logged in (LOGGER::slow_log_print); a replica's applier has only the second: `[SQL_SLAVE]`.
 * The same few come again and again, so they are kept.
 */
export class SessionNames {
  readonly #known = new Map<string, SessionName>();
  readonly #copy: (text: string) => string;

  constructor(copy: (text: string) => string) {
    this.#copy = copy;
  }

  /** @param from of the first character after `# User@Host:`; null when the line has not that shape */
  read(text: string, from: number, to: number): SessionName | null {
    const whole = text.slice(from, to);
    const at = whole.indexOf(' @ ');
    const open = at < 0 ? -1 : whole.indexOf('[', at);
    const close = open < 0 ? -1 : whole.indexOf(']', open);
    if (close < 0) return null;
    const line = whole.slice(0, close);
    const known = this.#known.get(line);
    if (known) return known;
    const session = split(this.#copy(line));
    if (this.#known.size < maxKept) this.#known.set(this.#copy(line), session);
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
