import type { CaptureSource, SkippedBytes } from '@shared/model/query-capture';
import { isBannerLine, readBanner } from './banner';
import { EventHeader } from './event-header';
import { adminMark, isHeaderStart, lineKindOf, type LineKind } from './line-kind';
import { bytesOfText } from './log-pattern';
import { HeaderLayouts } from './header-layouts';
import { LogWindow } from './log-window';
import { OtherText } from './other-text';
import { mayBePreamble, Preamble } from './read-preamble';
import type { SlowLogParserOptions } from './parser-options';
import { SkippedPlaces } from './skipped-places';
import { FilledEvent, type SlowLogEvent } from './slow-log-event';
import { StatementText } from './statement-text';
import type { TextCodec } from './text-codec';

const newline = 10;
const carriageReturn = 13;
const hash = 35;
const semicolon = 59;
/** A longer line is no header, and is not waited for. */
const maxHeaderLine = 65_536;
const needsMore = -1;

/** Where the reader stands: between statements, in a header, before the text of a statement, in the text. */
type Place = 'outside' | 'header' | 'preamble' | 'text';

/**
 * Reads a slow log of any dialect from pieces of any size: MySQL plain and `log_slow_extra`, Percona Server, MariaDB. It keeps
 * the statement in hand and a few kilobytes besides. Every byte is either in a statement or in `skipped`, with its reason:
 * `eventBytes` and the skipped add up to `bytesRead`, always.
 *
 * A statement begins at `# Time:` or `# User@Host:` at the start of a line, where the text before ends with the semicolon that
 * the server writes, or where the line has the full shape of a header. (A statement that holds a copy of a slow log
 * cannot be told from that log: the server does not escape it.)
 */
export class SlowLogParser {
  readonly layouts: HeaderLayouts;
  /** What the headers told: rate limit, zone, odd times. */
  readonly header: EventHeader;
  readonly #codec: TextCodec;
  readonly #onEvent: (event: SlowLogEvent) => void;
  readonly #skipped = new SkippedPlaces();
  readonly #other: OtherText;
  readonly #statement: StatementText;
  readonly #event: FilledEvent;
  #place: Place = 'outside';
  readonly #startByte: number;
  readonly #window: LogWindow;
  readonly #preamble: Preamble;
  #blank = 0;
  #isGrowing = false;
  #leftAt: number | null = null;
  #source: Pick<CaptureSource, 'dialect' | 'version'> = { dialect: null, version: null };
  /** Bytes of statements, their headers and the empty lines before them. */
  eventBytes = 0;
  events = 0;
  /** After the end: from where a later reading of a growing log goes on, so that it takes what this one could not. */
  resumeAt: number;
  /** Statements that are counted to the schema of one before: the log names it only when it changes. */
  inheritedSchemas = 0;

  constructor(options: SlowLogParserOptions) {
    this.#codec = options.codec;
    this.#startByte = options.startByte ?? 0;
    this.#window = new LogWindow(options.codec, this.#startByte);
    this.resumeAt = this.#startByte;
    this.#onEvent = options.onEvent;
    this.layouts = options.layouts ?? new HeaderLayouts();
    this.header = new EventHeader(this.layouts, options.codec);
    this.#other = new OtherText(this.#skipped);
    this.#statement = new StatementText(options.codec, options.maxStatementBytes);
    this.#preamble = new Preamble(options.codec, options.schema);
    this.#event = new FilledEvent(this.layouts.root);
  }

  /** Takes the next bytes; they may be reused afterwards. */
  push(chunk: Uint8Array): void {
    this.#take(chunk, false);
  }

  /**
   * Takes what is still in hand as the last statement. Call once.
   *
   * @param isGrowing the server still writes: a last statement without its semicolon is left to the next reading
   */
  end(isGrowing = false): void {
    this.#isGrowing = isGrowing;
    this.#take(new Uint8Array(0), true);
  }

  /** That the log named last; Latin-1. */
  get schema(): string {
    return this.#preamble.schema;
  }

  get bytesRead(): number {
    return this.#window.base + this.#window.length - this.#startByte;
  }

  get skipped(): readonly SkippedBytes[] {
    return this.#skipped.toList();
  }

  /** What the log says about the server that wrote it. */
  get source(): Pick<CaptureSource, 'dialect' | 'version'> {
    return this.#source;
  }

  #take(chunk: Uint8Array, isEnd: boolean): void {
    this.#window.add(chunk);
    const used = this.#read(isEnd);
    if (this.#place !== 'outside') this.#event.keepPlan();
    this.#window.leave(used);
  }

  /** @returns characters that are done with */
  #read(isEnd: boolean): number {
    const { length } = this.#window;
    let at = 0;
    for (;;) {
      const next = at >= length ? needsMore : this.#step(at, isEnd);
      if (next === needsMore) break;
      at = next;
    }
    if (isEnd) this.#finish(at);
    return at;
  }

  /** @returns up to where it has read; {@link needsMore} where it cannot go on */
  #step(at: number, isEnd: boolean): number {
    switch (this.#place) {
      case 'outside':
        return this.#readOutside(at, isEnd);
      case 'header':
        return this.#readHeader(at, isEnd);
      case 'preamble':
        return this.#readPreamble(at, isEnd);
      case 'text':
        return this.#readText(at, isEnd);
    }
  }

  #readOutside(at: number, isEnd: boolean): number {
    const window = this.#window;
    const { bytes } = window;
    const code = bytes[at];
    if ((code === newline || code === carriageReturn) && !this.#other.isInLine) {
      this.#blank++;
      return at + 1;
    }
    const end = this.#window.lineEnd(at, isEnd);
    if (end < 0) {
      // Perhaps a header that is not all here yet; else whatever it is, it is not waited for.
      if (!this.#other.isInLine && window.length - at < maxHeaderLine) return needsMore;
      this.#other.add(window.textOf(at, window.length), this.#window.base + at, false);
      return window.length;
    }
    if (this.#isGrowing && isEnd && !this.#other.isInLine && bytes[end - 1] !== newline) {
      // The beginning of a line that is still being written.
      this.#leftAt = this.#window.base + at;
      this.#skipped.add('ends-mid-event', this.#leftAt, end - at);
      return end;
    }
    if (!this.#other.isInLine && code === hash && isHeaderStart(window, at)) {
      this.#other.settle(true);
      this.#begin(at);
      return at;
    }
    const line = window.textOf(at, window.trimLine(at, end));
    if (!this.#other.isInLine && isBannerLine(line)) {
      this.#skipped.add('banner', this.#window.base + at - this.#blank, end - at + this.#blank);
      this.#blank = 0;
      this.#noteOpening(line);
    } else {
      this.#other.add(window.textOf(at, end), this.#window.base + at, true);
    }
    return end;
  }

  #begin(at: number): void {
    this.#event.begin(this.#window.base + at - this.#blank, this.layouts.root);
    this.#blank = 0;
    this.#preamble.begin();
    this.#place = 'header';
  }

  #readHeader(at: number, isEnd: boolean): number {
    const window = this.#window;
    if (window.bytes[at] !== hash) {
      this.#place = 'preamble';
      return this.#readPreamble(at, isEnd);
    }
    if (at > window.lastLineFeed && !isEnd) {
      if (window.length - at < maxHeaderLine) return needsMore;
      return this.#beginText(at, isEnd);
    }
    const kind = lineKindOf(window, at);
    if (kind === 'other') return this.#window.lineEnd(this.header.readAttributes(window, at, this.#event), isEnd);
    const end = this.#window.lineEnd(at, isEnd);
    return this.#readMarkedLine(at, end, kind);
  }

  #readMarkedLine(at: number, end: number, kind: Exclude<LineKind, 'other'>): number {
    const event = this.#event;
    const to = this.#window.trimLine(at, end);
    switch (kind) {
      case 'administrator':
        this.#endAdministrator(at, to, end);
        return end;
      case 'plan':
        event.addPlanRow(this.#window, at, end);
        return end;
      case 'time':
      case 'user':
        if (event.hasUser || event.hasQueryTime) return this.#dropHeader(at);
        if (kind === 'time') this.header.readTime(this.#window, at, to, event);
        else this.header.readUser(this.#window, at, to, event);
        return end;
    }
  }

  /** A header without a statement, and the next one's beginning. */
  #dropHeader(at: number): number {
    this.#skip('no-query', at);
    this.#begin(at);
    return at;
  }

  #readPreamble(at: number, isEnd: boolean): number {
    const window = this.#window;
    const first = window.bytes[at] as number;
    if (first !== hash && (this.#preamble.isOver || !mayBePreamble(first))) return this.#beginText(at, isEnd);
    const end = this.#window.lineEnd(at, isEnd);
    if (end < 0) return window.length - at < maxHeaderLine ? needsMore : this.#beginText(at, isEnd);
    if (first !== hash)
      return this.#preamble.take(window, at, window.trimLine(at, end)) ? end : this.#beginText(at, isEnd);
    if (window.startsWith(adminMark, at)) {
      this.#endAdministrator(at, window.trimLine(at, end), end);
      return end;
    }
    if (!isHeaderStart(window, at)) return this.#beginText(at, isEnd);
    if (this.#preamble.useLine === null) return this.#dropHeader(at);
    this.#endUse(at);
    return at;
  }

  #beginText(at: number, isEnd: boolean): number {
    this.#place = 'text';
    this.#statement.begin();
    return this.#readText(at, isEnd);
  }

  /** `use db` is the statement itself when nothing follows it. */
  #endUse(at: number): void {
    const text = (this.#preamble.useLine ?? '').replace(/;$/, '');
    this.#event.setSql({ bytes: bytesOfText(text), textOf: (from, to) => text.slice(from, to) }, 0, text.length);
    this.#emit(at);
  }

  #endAdministrator(at: number, to: number, end: number): void {
    this.#event.setSql(this.#window, at + 2, this.#window.bytes[to - 1] === semicolon ? to - 1 : to);
    this.#emit(end);
  }

  #readText(at: number, isEnd: boolean): number {
    const end = this.#statement.findEnd(this.#window, at, isEnd);
    if (end >= 0) {
      this.#endStatement(at, end);
      return end;
    }
    const to = this.#statement.searchedTo;
    if (to === at) return needsMore;
    this.#statement.keep(this.#window, at, to, this.#window.isPlain);
    return to;
  }

  #endStatement(from: number, at: number): void {
    const event = this.#event;
    const tail = this.#statement.end(this.#window, from, at, this.#window.isPlain, event);
    const { bytesTooMany } = this.#statement;
    if (this.#isGrowing && at === this.#window.length && event.cut === 'ends' && !tail?.rest) {
      this.#leave(at);
      return;
    }
    if (tail?.rest) this.#skipped.add(tail.rest, this.#window.base + at - tail.bytes, tail.bytes);
    if (bytesTooMany > 0) this.#skipped.add('too-long', event.startByte, bytesTooMany);
    this.#emit(at, (tail?.bytes ?? 0) + bytesTooMany);
    for (const line of tail?.openings ?? []) this.#noteOpening(line);
  }

  /** Hands the statement on; it ends at `at`, and `notItsOwn` bytes before that are accounted for elsewhere. */
  #emit(at: number, notItsOwn = 0): void {
    const event = this.#event;
    this.#place = 'outside';
    if (!event.hasQueryTime) {
      this.#skip('unreadable-header', at, notItsOwn);
      return;
    }
    if (event.sqlStart === event.sqlEnd) {
      this.#skip('no-query', at, notItsOwn);
      return;
    }
    event.endByte = this.#window.base + at;
    if (this.layouts.isFull) event.layout = this.layouts.root;
    const { useLine, schema } = this.#preamble;
    if (useLine !== null || !event.hasSchema) {
      if (useLine === null && schema !== '') this.inheritedSchemas++;
      event.schema = schema;
    }
    event.timeMs = this.header.time.ofStatement(this.#preamble.timeMs, event.seconds);
    this.eventBytes += event.endByte - event.startByte - notItsOwn;
    this.events++;
    this.#onEvent(event);
  }

  #skip(reason: SkippedBytes['reason'], at: number, notItsOwn = 0): void {
    const { startByte } = this.#event;
    this.#skipped.add(reason, startByte, this.#window.base + at - startByte - notItsOwn);
    this.#place = 'outside';
  }

  /** The source ends before the statement does. */
  #leave(at: number): void {
    this.#leftAt = this.#event.startByte;
    this.#skip('ends-mid-event', at);
  }

  #noteOpening(line: string): void {
    this.#preamble.forgetSchema();
    this.header.time.forget();
    const found = readBanner(line);
    if (found) this.#source = { dialect: found.dialect, version: this.#codec.toText(found.version ?? '').text };
  }

  #finish(at: number): void {
    if (this.#place === 'text') this.#endStatement(at, at);
    else if (this.#place === 'preamble' && this.#preamble.useLine !== null && !this.#isGrowing) this.#endUse(at);
    else if (this.#place !== 'outside') this.#leave(at);
    this.#other.settle(false);
    this.resumeAt = this.#leftAt ?? this.#window.base + at;
    // Empty lines at the end belong to the last statement; without one, to nothing.
    if (this.events > 0) this.eventBytes += this.#blank;
    else this.#skipped.add('not-a-slow-log', this.#window.base + at - this.#blank, this.#blank);
    this.#blank = 0;
  }
}
