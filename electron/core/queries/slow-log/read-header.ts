import type { HeaderLayouts, Layout } from './header-layouts';
import { maxAttributes, type FilledEvent } from './slow-log-event';

const space = 32;
const dot = 46;
const zero = 48;
/** A time of 300 years: MySQL wrote a negative one as unsigned microseconds (18446744073708.79). */
const impossibleSeconds = 1e10;

/** Reads `# Key: value  Key: value` lines into the event in hand. */
export class HeaderReader {
  readonly #layouts: HeaderLayouts;
  /** Where the number read last ended. */
  #end = 0;
  /** Of so many statements or sessions the source logged one. */
  rateLimit = 1;
  /** Statements with a time that cannot be. */
  impossibleTimes = 0;

  constructor(layouts: HeaderLayouts) {
    this.#layouts = layouts;
  }

  /**
   * @param from of the first character after `#`
   * @returns false when it is no such line: then nothing of it was taken
   */
  readLine(text: string, from: number, to: number, event: FilledEvent): boolean {
    let at = skipSpaces(text, from, to);
    let isRead = false;
    while (at < to) {
      const layout = this.#follow(text, at, to, event);
      if (layout === null) return isRead;
      isRead = true;
      at = this.#readValue(text, at + layout.prefix.length, to, layout, event);
      at = skipSpaces(text, at, to);
    }
    return isRead;
  }

  #follow(text: string, at: number, to: number, event: FilledEvent): Layout | null {
    const expected = event.layout.next;
    // A value may be missing at the end of a line, and the space after its colon then too.
    if (expected !== null && text.startsWith(expected.prefix, at)) return (event.layout = expected);
    let colon = at;
    while (colon < to && isNameChar(text.charCodeAt(colon))) colon++;
    if (colon === at || text[colon] !== ':' || (colon + 1 < to && text[colon + 1] !== ' ')) return null;
    return (event.layout = this.#layouts.follow(event.layout, text.slice(at, colon)));
  }

  #readValue(text: string, at: number, to: number, layout: Layout, event: FilledEvent): number {
    if (layout.role === 'schema') {
      const end = endOfText(text, at, to);
      event.schema = text.slice(at, end).trimEnd();
      event.hasSchema = true;
      return end;
    }
    const first = text.charCodeAt(at);
    if ((first >= zero && first <= zero + 9) || first === dot) {
      const value = this.#readNumber(text, at, to);
      // Letters after the digits: an id in hexadecimal, a time, an address.
      if (this.#end >= to || text.charCodeAt(this.#end) === space) {
        this.#take(value, layout, event);
        return this.#end;
      }
    } else if (first === 89 && text.startsWith('Yes', at)) {
      this.#layouts.markFlag(layout.attribute);
      if (layout.attribute >= 0 && event.yesCount < maxAttributes) event.yesIds[event.yesCount++] = layout.attribute;
      return at + 3;
    } else if (first === 78 && text.startsWith('No', at)) {
      this.#layouts.markFlag(layout.attribute);
      return at + 2;
    }
    const end = endOfWord(text, at, to);
    if (layout.role === 'client' && event.host === '') event.host = text.slice(at, end).replace(/:\d+$/, '');
    return end;
  }

  #take(value: number, layout: Layout, event: FilledEvent): void {
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
  #readNumber(text: string, from: number, to: number): number {
    let at = from;
    let whole = 0;
    let code = text.charCodeAt(at) - zero;
    while (at < to && code >= 0 && code <= 9) {
      whole = whole * 10 + code;
      code = text.charCodeAt(++at) - zero;
    }
    let scale = 1;
    if (at < to && code === dot - zero) {
      code = text.charCodeAt(++at) - zero;
      while (at < to && code >= 0 && code <= 9) {
        whole = whole * 10 + code;
        scale *= 10;
        code = text.charCodeAt(++at) - zero;
      }
    }
    const isExponent = at < to && (code === 101 - zero || code === 69 - zero);
    if (isExponent || at - from > 16) {
      const end = isExponent ? endOfWord(text, at, to) : at;
      this.#end = end;
      const value = Number(text.slice(from, end));
      if (Number.isNaN(value)) this.#end = from;
      return value;
    }
    this.#end = at;
    return whole / scale;
  }
}

function skipSpaces(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && text.charCodeAt(at) === space) at++;
  return at;
}

function isNameChar(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || (code >= 48 && code <= 57);
}

function endOfWord(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && text.charCodeAt(at) !== space) at++;
  return at;
}

/** A text that may hold single spaces ends at two of them. */
function endOfText(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && !(text.charCodeAt(at) === space && (at + 1 === to || text.charCodeAt(at + 1) === space))) at++;
  return at;
}
