const msOfDay = 86_400_000;
const digitZero = 48;

/** What a `# Time:` line says. */
export interface LineTime {
  /** ms since the epoch; NaN: it says nothing. A local time is given as if it were UTC. */
  readonly ms: number;
  /** True: the server's local time, without a zone (MariaDB, and MySQL before 5.7). */
  readonly isLocal: boolean;
}

const noTime: LineTime = { ms: NaN, isLocal: false };

/**
 * Reads the time of a `# Time:` line: `2024-05-01T12:00:00.123456Z` (MySQL since 5.7; `log_timestamps=SYSTEM` writes the
 * zone as `+02:00`) or `071218 11:48:27` in the server's local time.
 *
 * @param from of the first character after `# Time:`
 */
export function readLineTime(text: string, from: number, to: number): LineTime {
  let at = from;
  while (at < to && text.charCodeAt(at) === 32) at++;
  return text[at + 4] === '-' ? readZoned(text, at, to) : readLocal(text, at, to);
}

function readZoned(text: string, at: number, to: number): LineTime {
  const day = daysOf(digits(text, at, 4), digits(text, at + 5, 2), digits(text, at + 8, 2));
  const ofDay = readClock(text, at + 11);
  if (to - at < 19 || Number.isNaN(day) || Number.isNaN(ofDay)) return noTime;
  let end = at + 19;
  let fraction = 0;
  if (text[end] === '.') {
    let unit = 100;
    for (end++; end < to && isDigit(text, end); end++) {
      fraction += (text.charCodeAt(end) - digitZero) * unit;
      unit /= 10;
    }
  }
  const sign = text[end] === '-' ? -1 : 1;
  const isShifted = text[end] === '+' || text[end] === '-';
  const zone = isShifted ? (digits(text, end + 1, 2) * 60 + digits(text, end + 4, 2)) * 60_000 * sign : 0;
  return { ms: day * msOfDay + ofDay + fraction - zone, isLocal: false };
}

function readLocal(text: string, at: number, to: number): LineTime {
  const year = digits(text, at, 2);
  const day = daysOf(2000 + year, digits(text, at + 2, 2), digits(text, at + 4, 2));
  let clock = at + 6;
  while (clock < to && text.charCodeAt(clock) === 32) clock++;
  // Hours before ten come as ` 1:05:31`.
  const ofDay =
    text[clock + 1] === ':' ? readClockFrom(digits(text, clock, 1), text, clock + 2) : readClock(text, clock);
  const ms = day * msOfDay + ofDay;
  return to - at < 14 || Number.isNaN(ms) ? noTime : { ms, isLocal: true };
}

function readClock(text: string, at: number): number {
  return readClockFrom(digits(text, at, 2), text, at + 3);
}

function readClockFrom(hours: number, text: string, at: number): number {
  return ((hours * 60 + digits(text, at, 2)) * 60 + digits(text, at + 3, 2)) * 1000;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at) - digitZero;
  return code >= 0 && code <= 9;
}

/** @returns NaN where one of them is no digit */
function digits(text: string, at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count; index++) {
    const digit = text.charCodeAt(index) - digitZero;
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
