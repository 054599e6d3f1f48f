import type { HeaderLayouts } from './header-layouts';
import { timeMark, userMark, userText } from './line-kind';
import { LogTime } from './log-time';
import type { LogWindow } from './log-window';
import { HeaderReader } from './read-header';
import { SessionNames } from './read-session';
import type { FilledEvent } from './slow-log-event';
import type { TextCodec } from './text-codec';

/** A line with a time alone is shorter. */
const shortTime = 48;

/** Reads the lines of one statement's header after another; all begin with `#`. */
export class EventHeader {
  readonly #sessions = new SessionNames();
  readonly attributes: HeaderReader;
  readonly time = new LogTime();

  constructor(layouts: HeaderLayouts, codec: TextCodec) {
    this.attributes = new HeaderReader(layouts, codec);
  }

  /** A line of attributes; of any other nothing is taken: `#`, `# No InnoDB statistics available for this query`. */
  readAttributes(window: LogWindow, at: number, event: FilledEvent): number {
    return this.attributes.readLine(window, at + 1, event);
  }

  /** Old servers wrote the session on the same line. @param to of the line, without its end */
  readTime(window: LogWindow, at: number, to: number, event: FilledEvent): void {
    this.time.readLine(window.bytes, at + timeMark.length, to);
    const second = to - at < shortTime ? -1 : window.textOf(at, to).indexOf(userText);
    if (second > 0) this.readUser(window, at + second, to, event);
  }

  /** @param to of the line, without its end */
  readUser(window: LogWindow, at: number, to: number, event: FilledEvent): void {
    const session = this.#sessions.read(window, at + userMark.length, to);
    event.hasUser = true;
    if (session === null) return;
    event.user = session.user;
    event.host = session.host;
    event.session = session.number;
  }
}
