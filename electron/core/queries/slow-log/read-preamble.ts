import { patternOfText } from './log-pattern';
import type { LogWindow } from './log-window';
import type { TextCodec } from './text-codec';

const assignments = /^SET (?:last_insert_id=\d+,)?(?:insert_id=\d+,)?timestamp=(\d+(?:\.\d+)?);?$/;
/** Longer lines are statements. */
const maxLine = 1_024;
const shortest = 'SET timestamp=';
const useLine = /^use (?:`((?:[^`]|``)+)`|([^;]+?));?\s*$/i;

/** ms since the epoch that the server's own SET line names; NaN when the line is none. @param line without its line end */
function readTimestampLine(line: string): number {
  if (line.startsWith(shortest)) {
    let value = 0;
    let at = shortest.length;
    let digit = line.charCodeAt(at) - 48;
    while (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digit = line.charCodeAt(++at) - 48;
    }
    if (at === line.length - 1 && line[at] === ';' && at > shortest.length) return value * 1000;
  }
  if (line.length > maxLine) return NaN;
  const seconds = assignments.exec(line)?.[1];
  return seconds === undefined ? NaN : Number(seconds) * 1000;
}

/** The schema that a `use` line names; null when the line is none. @param line without its line end */
function readUseLine(line: string): string | null {
  const found = line.length > maxLine ? null : useLine.exec(line);
  return found ? (found[1]?.replaceAll('``', '`') ?? found[2] ?? '').trim() : null;
}

/** Whether a line that begins with this character may stand before a statement: s, S, u, U. */
export function mayBePreamble(code: number): boolean {
  return code === 83 || code === 117 || code === 85 || code === 115;
}

/**
 * Lines between the header and the statement: `use db;`, then `SET timestamp=…;`, each at most once and in this order. The
 * server writes `use` only when the schema differs from that of the statement logged before (Log_to_file_event_handler), so
 * a schema stands until another one comes.
 */
export class Preamble {
  readonly #codec: TextCodec;
  #hasTimestamp = false;
  /** The timestamp's line that was read last, and what it says. */
  #latestLine = patternOfText('');
  #latestMs = NaN;
  /** Of this or an earlier statement; Latin-1. */
  schema: string;
  /** This statement's; null without. */
  useLine: string | null = null;
  /** Of this statement; NaN without. */
  timeMs = NaN;

  constructor(codec: TextCodec, schema = '') {
    this.#codec = codec;
    this.schema = schema;
  }

  begin(): void {
    this.useLine = null;
    this.timeMs = NaN;
    this.#hasTimestamp = false;
  }

  /** True: the next line is the statement, whatever it is. */
  get isOver(): boolean {
    return this.#hasTimestamp;
  }

  /** Takes the line from `at` to `to`, which is without its end. @returns false: it is the statement */
  take(window: LogWindow, at: number, to: number): boolean {
    if (this.#hasTimestamp) return false;
    // A server writes many statements a second.
    if (to - at === this.#latestLine.length && window.startsWith(this.#latestLine, at)) {
      this.#hasTimestamp = true;
      this.timeMs = this.#latestMs;
      return true;
    }
    const line = window.textOf(at, to);
    this.timeMs = readTimestampLine(line);
    this.#hasTimestamp = !Number.isNaN(this.timeMs);
    if (this.#hasTimestamp) {
      this.#latestLine = patternOfText(line);
      this.#latestMs = this.timeMs;
      return true;
    }
    const schema = this.useLine === null ? readUseLine(line) : null;
    if (schema === null) return false;
    this.useLine = this.#codec.copy(line);
    this.schema = this.#codec.copy(schema);
    return true;
  }

  /** The server started, or opened the log anew. */
  forgetSchema(): void {
    this.schema = '';
  }
}
