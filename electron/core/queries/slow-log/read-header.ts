import type { HeaderLayouts, Layout } from './header-layouts';
import type { LogWindow } from './log-window';
import { maxAttributes, type FilledEvent } from './slow-log-event';
import type { TextCodec } from './text-codec';

const newline = 10;
const carriageReturn = 13;
const space = 32;
const dot = 46;
const zero = 48;
const colon = 58;
const upperN = 78;
const upperY = 89;
const keptSchemas = 8;
/** A time of 300 years: MySQL wrote a negative one as unsigned microseconds (18446744073708.79). */
const impossibleSeconds = 1e10;

/** Reads `# Key: value  Key: value` lines into the event in hand: from bytes, which is twice as fast as from text. */
export class HeaderReader {
  readonly #layouts: HeaderLayouts;
  readonly #codec: TextCodec;
  /** The latest first. */
  readonly #schemas: string[] = [];
  /** Where the number read last ended. */
  #end = 0;
  /** Of so many statements or sessions the source logged one. */
  rateLimit = 1;
  /** Statements with a time that cannot be. */
  impossibleTimes = 0;

  constructor(layouts: HeaderLayouts, codec: TextCodec) {
    this.#layouts = layouts;
    this.#codec = codec;
  }

  /**
   * @param from of the first character after `#`; the line is here to its end
   * @returns up to where it was read: of the line's end, or of what is no attribute
   */
  readLine(window: LogWindow, from: number, event: FilledEvent): number {
    const { bytes } = window;
    let at = skipSpaces(bytes, from);
    while (!isLineEnd(bytes, at)) {
      const layout = this.#follow(window, at, event);
      if (layout === null) return at;
      at = skipSpaces(bytes, this.#readValue(bytes, this.#end, layout, event));
    }
    return at;
  }

  /** The attribute that stands here; its value begins at `#end`. */
  #follow(window: LogWindow, at: number, event: FilledEvent): Layout | null {
    const { following } = event.layout;
    for (let index = 0; index < following.length; index++) {
      const expected = following[index] as Layout;
      if (!window.startsWith(expected.prefix, at)) continue;
      this.#end = at + expected.prefix.length;
      return (event.layout = expected);
    }
    const { bytes } = window;
    let end = at;
    while (isNameChar(bytes[end] as number)) end++;
    if (end === at || bytes[end] !== colon) return null;
    // A value may be missing at the end of a line, and the space after its colon then too.
    if (bytes[end + 1] !== space && !isLineEnd(bytes, end + 1)) return null;
    this.#end = bytes[end + 1] === space ? end + 2 : end + 1;
    return (event.layout = this.#layouts.follow(event.layout, this.#textOf(bytes, at, end)));
  }

  #readValue(bytes: Uint8Array, at: number, layout: Layout, event: FilledEvent): number {
    if (layout.role === 'schema') {
      const end = endOfText(bytes, at);
      event.schema = this.#schemaOf(bytes, at, end);
      event.hasSchema = true;
      return end;
    }
    const first = bytes[at] ?? space;
    if ((first >= zero && first <= zero + 9) || first === dot) {
      const value = this.#readNumber(bytes, at);
      // Letters after the digits: an id in hexadecimal, a time, an address.
      if (bytes[this.#end] === space || isLineEnd(bytes, this.#end)) {
        this.#take(value, layout, event);
        return this.#end;
      }
    } else if (first === upperY && bytes[at + 1] === 101 && bytes[at + 2] === 115) {
      this.#layouts.markFlag(layout.attribute);
      if (layout.attribute >= 0 && event.yesCount < maxAttributes) event.yesIds[event.yesCount++] = layout.attribute;
      return at + 3;
    } else if (first === upperN && bytes[at + 1] === 111) {
      this.#layouts.markFlag(layout.attribute);
      return at + 2;
    }
    const end = endOfWord(bytes, at);
    if (layout.role === 'client' && event.host === '') {
      event.host = this.#textOf(bytes, at, end).replace(/:\d+$/, '');
      event.session = 0;
    }
    return end;
  }

  /** The same few schemas come again and again: their texts are made once. */
  #schemaOf(bytes: Uint8Array, from: number, to: number): string {
    let end = to;
    while (end > from && bytes[end - 1] === space) end--;
    for (const known of this.#schemas)
      if (known.length === end - from && startsWithText(bytes, from, known)) return known;
    const schema = this.#textOf(bytes, from, end);
    if (this.#schemas.length >= keptSchemas) this.#schemas.pop();
    this.#schemas.unshift(schema);
    return schema;
  }

  #textOf(bytes: Uint8Array, from: number, to: number): string {
    return this.#codec.latin1(bytes.subarray(from, to));
  }

  #take(value: number, layout: Layout, event: FilledEvent): void {
    // That it is zero stands in the layout.
    if (value === 0 && layout.role === 'metric' && !this.#layouts.isFull) return;
    switch (layout.role) {
      case 'query-time':
        event.hasQueryTime = true;
        if (value >= impossibleSeconds) {
          this.impossibleTimes++;
          return;
        }
        event.seconds = value;
        break;
      case 'rows-examined':
        event.rowsExamined = value;
        break;
      case 'error':
        event.hasError = value !== 0;
        return;
      case 'killed':
        if (value !== 0 && event.yesCount < maxAttributes) event.yesIds[event.yesCount++] = layout.attribute;
        return;
      case 'rate-limit':
        this.rateLimit = Math.max(this.rateLimit, value);
        return;
      case 'metric':
        break;
      default:
        return;
    }
    if ((value === 0 && !this.#layouts.isFull) || layout.attribute < 0 || event.metricCount >= maxAttributes) return;
    event.metricIds[event.metricCount] = layout.attribute;
    event.metricValues[event.metricCount++] = value;
  }

  /** Digits, a point, digits, perhaps an exponent. Up to 15 digits are exact: two whole numbers and one division. */
  #readNumber(bytes: Uint8Array, from: number): number {
    let at = from;
    let whole = 0;
    let code = digitAt(bytes, at);
    while (code <= 9) {
      whole = whole * 10 + code;
      code = digitAt(bytes, ++at);
    }
    let scale = 1;
    if (bytes[at] === dot) {
      code = digitAt(bytes, ++at);
      while (code <= 9) {
        whole = whole * 10 + code;
        scale *= 10;
        code = digitAt(bytes, ++at);
      }
    }
    const isExponent = bytes[at] === 101 || bytes[at] === 69;
    if (isExponent || at - from > 16) {
      const end = isExponent ? endOfWord(bytes, at) : at;
      this.#end = end;
      const value = Number(this.#textOf(bytes, from, end));
      if (Number.isNaN(value)) this.#end = from;
      return value;
    }
    this.#end = at;
    return whole / scale;
  }
}

/** From 0 to 9; more for what is no digit. */
function digitAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) - zero) & 255;
}

/** True at a line feed and at the carriage return before it. Behind the last byte stand line feeds (LogWindow). */
function isLineEnd(bytes: Uint8Array, at: number): boolean {
  const code = bytes[at];
  return code === newline || (code === carriageReturn && bytes[at + 1] === newline);
}

function skipSpaces(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === space) at++;
  return at;
}

function isNameChar(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || (code >= 48 && code <= 57);
}

function endOfWord(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] !== space && !isLineEnd(bytes, at)) at++;
  return at;
}

/** A text that may hold single spaces ends at two of them. */
function endOfText(bytes: Uint8Array, from: number): number {
  let at = from;
  while (!isLineEnd(bytes, at) && !(bytes[at] === space && (bytes[at + 1] === space || isLineEnd(bytes, at + 1)))) at++;
  return at;
}

function startsWithText(bytes: Uint8Array, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) if (bytes[at + index] !== text.charCodeAt(index)) return false;
  return true;
}
