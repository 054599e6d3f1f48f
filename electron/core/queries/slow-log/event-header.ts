import type { HeaderLayouts } from './header-layouts';
import { explainMark, timeMark, userMark } from './line-kind';
import { LogTime } from './log-time';
import type { LogWindow } from './log-window';
import { HeaderReader } from './read-header';
import { SessionNames } from './read-session';
import type { FilledEvent } from './slow-log-event';
import type { TextCodec } from './text-codec';

/** A line with a time alone is shorter. */
const shortTime = 48;
const maxPlan = 65_536;

/** Reads the lines of one statement's header after another; all begin with `#`. */
export class EventHeader {
  readonly #sessions: SessionNames;
  readonly attributes: HeaderReader;
  readonly time = new LogTime();

  constructor(layouts: HeaderLayouts, codec: TextCodec) {
    this.attributes = new HeaderReader(layouts, codec);
    this.#sessions = new SessionNames(codec);
  }

  /** @param to of the line, without its end */
  readLine(window: LogWindow, at: number, to: number, kind: 'time' | 'user' | 'plan', event: FilledEvent): void {
    switch (kind) {
      case 'time':
        return this.#readTime(window, at, to, event);
      case 'user':
        return this.#readUser(window, at + userMark.length, to, event);
      case 'plan':
        return addPlanRow(event, window.text.slice(at + explainMark.length, to));
    }
  }

  /** A line of attributes; of any other nothing is taken: `#`, `# No InnoDB statistics available for this query`. */
  readAttributes(window: LogWindow, at: number, to: number, event: FilledEvent): void {
    this.attributes.readLine(window, at + 1, to, event);
  }

  /** Old servers wrote the session on the same line. */
  #readTime(window: LogWindow, at: number, to: number, event: FilledEvent): void {
    const { text } = window;
    this.time.readLine(text, at + timeMark.length, to);
    const second = to - at < shortTime ? -1 : text.slice(at, to).indexOf(userMark);
    if (second > 0) this.#readUser(window, at + second + userMark.length, to, event);
  }

  #readUser(window: LogWindow, from: number, to: number, event: FilledEvent): void {
    const session = this.#sessions.read(window, from, to);
    event.hasUser = true;
    if (session === null) return;
    event.user = session.user;
    event.host = session.host;
    event.session = session.number;
  }
}

function addPlanRow(event: FilledEvent, row: string): void {
  if (event.plan.length < maxPlan) event.plan += event.plan === '' ? row : `\n${row}`;
}
