import type { CaptureSource } from '@shared/model/query-capture';

/**
 * The three lines that a server writes when it opens the log (at its start, after `FLUSH LOGS`, after a rotation):
 * `/usr/sbin/mysqld, Version: 8.0.36 (…). started with:`, `Tcp port: 3306  Unix socket: …` (Windows: `TCP Port: 3306, Named
 * Pipe: …`), `Time                 Id Command    Argument` (MariaDB: with tabs).
 */
const openingLine =
  /(?:[A-Za-z]:\\[^\n"']*\\|\/[^\s'"`;()]*\/|)(?:mysqld|mariadbd)[\w.-]*, Version: (\S+) .*started with:$/;
const openingEnd = 'started with:';
const portLine = /^T(?:cp|CP) [pP]ort: \d+/;
const headLine = /^Time\s+Id Command\s+Argument$/;

/** True for a line of the banner, without its line end. */
export function isBannerLine(line: string): boolean {
  return headLine.test(line) || portLine.test(line) || matchOpening(line) !== null;
}

/** Which server wrote the log, from the banner's first line; null for any other line. */
export function readBanner(line: string): Pick<CaptureSource, 'dialect' | 'version'> | null {
  const version = matchOpening(line)?.[1];
  if (version === undefined) return null;
  return { dialect: /mariadb/i.test(line) ? 'mariadb' : 'mysql', version };
}

/** What follows a statement's text before the next header, when that text does not end with its semicolon. */
export interface Tail {
  /** Null: nothing does, the text is just not ended. */
  readonly rest: 'banner' | 'binary' | null;
  readonly bytes: number;
  /** First lines of banners. */
  readonly openings: readonly string[];
}

const zeros = /\0{8,}/;
/** A banner is three lines of some hundred characters; many starts follow each other in logs of test machines. */
const maxTail = 262_144;

/**
 * Finds where a statement ends that has a banner or zeros behind it. The server writes `;` and a line end after each
 * statement, so this is asked only for those that lack them.
 */
export function splitTail(sql: string): Tail {
  const from = Math.max(0, sql.length - maxTail);
  const binary = zeros.exec(sql.slice(from));
  if (binary) return { rest: 'binary', bytes: sql.length - from - binary.index, openings: [] };
  let end = sql.length;
  const openings: string[] = [];
  while (end > from) {
    // lastIndexOf takes a place before the text for its first character.
    const start = end < 2 ? 0 : sql.lastIndexOf('\n', end - 2) + 1;
    const line = sql.slice(start, end).replace(/\r?\n?$/, '');
    if (line !== '' && !isBannerLine(line)) break;
    const opening = matchOpening(line);
    if (opening) openings.unshift(line);
    // A server that died in the middle of a line: the next one's banner follows on the same line.
    if (opening && opening.index > 0) {
      end = start + opening.index;
      break;
    }
    end = start;
  }
  // Empty lines alone are no banner.
  const isBanner = /\S/.test(sql.slice(end));
  return { rest: isBanner ? 'banner' : null, bytes: isBanner ? sql.length - end : 0, openings };
}

/** Its end first: the expression may go back and forth on a long line. */
function matchOpening(line: string): RegExpExecArray | null {
  return line.endsWith(openingEnd) && line.length < 4_096 ? openingLine.exec(line) : null;
}
