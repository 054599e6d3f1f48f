const msOfDay = 86_400_000;
const digitZero = 48;
const space = 32;
const plus = 43;
const minus = 45;
const point = 46;
const colon = 58;

/** Of `2024-05-01T12:00:00`. */
const secondLength = 19;

/**
 * Reads the times of `# Time:` lines: `2024-05-01T12:00:00.123456Z` (MySQL since 5.7; `log_timestamps=SYSTEM` writes the
 * zone as `+02:00`) or `071218 11:48:27` in the server's local time.
 */
export class TimeLines {
  /** The second that was read last: a server writes many statements in one. */
  readonly #second = new Uint8Array(secondLength);
  #secondMs = NaN;
  /** Of the latest line with a time: ms since the epoch; NaN before the first. A local time is given as if it were UTC. */
  ms = NaN;
  /** True: it is the server's local time, without a zone (MariaDB, and MySQL before 5.7). */
  isLocal = false;

  /** Of a line without a time nothing is taken. @param from of the first character after `# Time:` */
  read(bytes: Uint8Array, from: number, to: number): void {
    let at = from;
    while (at < to && bytes[at] === space) at++;
    const isLocal = bytes[at + 4] !== minus;
    const ms = isLocal ? readLocal(bytes, at, to) : this.#readZoned(bytes, at, to);
    if (Number.isNaN(ms)) return;
    this.ms = ms;
    this.isLocal = isLocal;
  }

  #readZoned(bytes: Uint8Array, at: number, to: number): number {
    if (to - at < secondLength) return NaN;
    let end = at + secondLength;
    const second = this.#secondOf(bytes, at);
    let fraction = 0;
    if (bytes[end] === point) {
      let unit = 100;
      for (end++; end < to && isDigit(bytes, end); end++) {
        fraction += ((bytes[end] as number) - digitZero) * unit;
        unit /= 10;
      }
    }
    const sign = bytes[end] === minus ? -1 : 1;
    const isShifted = bytes[end] === plus || bytes[end] === minus;
    const zone = isShifted ? (digits(bytes, end + 1, 2) * 60 + digits(bytes, end + 4, 2)) * 60_000 * sign : 0;
    return second + fraction - zone;
  }

  #secondOf(bytes: Uint8Array, at: number): number {
    const known = this.#second;
    let same = 0;
    while (same < secondLength && bytes[at + same] === known[same]) same++;
    if (same === secondLength) return this.#secondMs;
    known.set(bytes.subarray(at, at + secondLength));
    const day = daysOf(digits(bytes, at, 4), digits(bytes, at + 5, 2), digits(bytes, at + 8, 2));
    return (this.#secondMs = day * msOfDay + readClock(bytes, at + 11));
  }
}

function readLocal(bytes: Uint8Array, at: number, to: number): number {
  const year = digits(bytes, at, 2);
  const day = daysOf(2000 + year, digits(bytes, at + 2, 2), digits(bytes, at + 4, 2));
  let clock = at + 6;
  while (clock < to && bytes[clock] === space) clock++;
  // Hours before ten come as ` 1:05:31`.
  const ofDay =
    bytes[clock + 1] === colon ? readClockFrom(digits(bytes, clock, 1), bytes, clock + 2) : readClock(bytes, clock);
  return to - at < 14 ? NaN : day * msOfDay + ofDay;
}

function readClock(bytes: Uint8Array, at: number): number {
  return readClockFrom(digits(bytes, at, 2), bytes, at + 3);
}

function readClockFrom(hours: number, bytes: Uint8Array, at: number): number {
  return ((hours * 60 + digits(bytes, at, 2)) * 60 + digits(bytes, at + 3, 2)) * 1000;
}

function isDigit(bytes: Uint8Array, at: number): boolean {
  const code = (bytes[at] as number) - digitZero;
  return code >= 0 && code <= 9;
}

/** @returns NaN where one of them is no digit */
function digits(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count; index++) {
    const digit = (bytes[index] as number) - digitZero;
    if (!(digit >= 0 && digit <= 9)) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** Days from 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms", days_from_civil). */
function daysOf(year: number, month: number, day: number): number {
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 31)) return NaN;
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const ofEra = y - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
}
