import type { HeaderLayouts } from './header-layouts';
import { LogTime } from './log-time';
import { HeaderReader } from './read-header';
import { SessionNames } from './read-session';
import type { FilledEvent } from './slow-log-event';
import type { TextCodec } from './text-codec';

/** Lines with which a statement's header begins. */
export const timeMark = '# Time:';
export const userMark = '# User@Host:';
const explainMark = '# explain: ';
const maxPlan = 65_536;

/** Reads the lines of one statement's header after another; all begin with `#`. */
export class EventHeader {
  readonly #sessions: SessionNames;
  readonly attributes: HeaderReader;
  readonly time = new LogTime();

  constructor(layouts: HeaderLayouts, codec: TextCodec) {
    this.attributes = new HeaderReader(layouts);
    this.#sessions = new SessionNames((text) => codec.copy(text));
  }

  /** @param to of the line, without its end */
  readLine(text: string, at: number, to: number, event: FilledEvent): void {
    if (text.startsWith(timeMark, at)) this.#readTime(text, at, to, event);
    else if (text.startsWith(userMark, at)) this.#readUser(text, at + userMark.length, to, event);
    else if (text.startsWith(explainMark, at)) addPlanRow(event, text.slice(at + explainMark.length, to));
    // Whatever else: `#`, `# No InnoDB statistics available for this query`.
    else this.attributes.readLine(text, at + 1, to, event);
  }

  /** Old servers wrote the session on the same line. */
  #readTime(text: string, at: number, to: number, event: FilledEvent): void {
    this.time.readLine(text, at + timeMark.length, to);
    const second = text.slice(at, to).indexOf(userMark);
    if (second > 0) this.#readUser(text, at + second + userMark.length, to, event);
  }

  #readUser(text: string, from: number, to: number, event: FilledEvent): void {
    const session = this.#sessions.read(text, from, to);
    event.hasUser = true;
    if (session === null) return;
    event.user = session.user;
    event.host = session.host;
  }
}

function addPlanRow(event: FilledEvent, row: string): void {
  if (event.plan.length < maxPlan) event.plan += event.plan === '' ? row : `\n${row}`;
}
