/** Figures, times and ages as the design prescribes (SCREENS.md, section 7). All clocks are UTC. */

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

/** Not applicable, or the server gave nothing to show. */
export const dash = '–';

/** 48,210,377. Rates under ten keep one decimal, so that a trickle is not shown as nothing. */
export function formatCount(value: number | null): string {
  if (value === null) return dash;
  if (value !== 0 && Math.abs(value) < 10 && !Number.isInteger(value)) return value.toFixed(1).replace('.0', '');
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** 1.9 M from a million on, for tight places. */
export const formatCompact = (value: number | null): string =>
  value !== null && Math.abs(value) >= 1e6 ? `${(value / 1e6).toFixed(1)} M` : formatCount(value);

/** A figure apart from its unit, for places that draw the unit smaller. */
export interface Figure {
  readonly value: string;
  readonly unit: string;
}

/** 0.08 s, 48.2 s, 14 min 02 s, 5 h, 9 d. */
export function secondsFigure(seconds: number | null): Figure {
  if (seconds === null) return { value: dash, unit: '' };
  const size = Math.abs(seconds);
  if (size < 0.995) return { value: seconds.toFixed(size === 0 ? 0 : 2), unit: 's' };
  if (size < 59.95) return { value: seconds.toFixed(1), unit: 's' };
  const whole = Math.round(seconds);
  if (whole < 3_600) return { value: `${Math.floor(whole / 60)} min ${pad(whole % 60)}`, unit: 's' };
  if (whole < 48 * 3_600) return { value: String(Math.floor(whole / 3_600)), unit: 'h' };
  return { value: String(Math.floor(whole / 86_400)), unit: 'd' };
}

export function formatSeconds(seconds: number | null): string {
  const { value, unit } = secondsFigure(seconds);
  return unit === '' ? value : `${value} ${unit}`;
}

/** Seconds in a column whose head carries the unit: 0.3, 48.2, 3,600. */
export function formatBareSeconds(seconds: number | null): string {
  if (seconds === null) return dash;
  if (seconds === 0) return '0';
  if (seconds < 0.095) return seconds.toFixed(2);
  return seconds < 100 ? seconds.toFixed(1) : formatCount(seconds);
}

/** 3.4 ms, 412 ms, then 1.31 s. For statements, steps and round trips. */
export function formatMs(ms: number | null): string {
  if (ms === null) return dash;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${(ms / 1_000).toFixed(2)} s` : formatSeconds(ms / 1_000);
}

/** Microseconds to minutes, with three figures: 42 µs, 3.40 ms, 88 ms, 1.31 s. */
export function formatTime(seconds: number | null): string {
  if (seconds === null) return dash;
  if (seconds === 0) return '0 s';
  if (seconds < 0.000_999_5)
    return `${(seconds * 1e6).toPrecision(seconds < 9.995e-6 ? 2 : 3).replace(/\.0+$/, '')} µs`;
  if (seconds < 0.009_995) return `${(seconds * 1e3).toFixed(2)} ms`;
  if (seconds < 0.099_95) return `${(seconds * 1e3).toFixed(1)} ms`;
  if (seconds < 0.999_5) return `${Math.round(seconds * 1e3)} ms`;
  return seconds < 59.95 ? `${seconds.toFixed(2)} s` : formatSeconds(seconds);
}

/** Decimal bytes: 112 kB, 6.3 MB, 412 GB. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return dash;
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let size = bytes;
  let index = 0;
  while (size >= 999.5 && index < units.length - 1) {
    size /= 1_000;
    index += 1;
  }
  const digits = index > 1 && size < 9.95 ? 1 : 0;
  return `${size.toFixed(digits)} ${units[index] ?? 'B'}`;
}

/** 03:09:41 */
export function formatClock(atMs: number): string {
  const at = new Date(atMs);
  return `${pad(at.getUTCHours())}:${pad(at.getUTCMinutes())}:${pad(at.getUTCSeconds())}`;
}

/** 03:09:41.652, in evidence and journal only. */
export const formatExactClock = (atMs: number): string =>
  `${formatClock(atMs)}.${pad(new Date(atMs).getUTCMilliseconds(), 3)}`;

/** 03:09, for axes. */
export const formatMinute = (atMs: number): string => formatClock(atMs).slice(0, 5);

/** Sun 22 Nov */
export function formatDay(atMs: number): string {
  const at = new Date(atMs);
  return `${weekdays[at.getUTCDay()] ?? ''} ${at.getUTCDate()} ${months[at.getUTCMonth()] ?? ''}`;
}

/** Today `03:09:41`; within a week `Sat 14:20`; earlier `10 Nov`. */
export function formatMoment(atMs: number, nowMs: number): string {
  const at = new Date(atMs);
  if (Math.floor(atMs / dayMs) === Math.floor(nowMs / dayMs)) return formatClock(atMs);
  if (Math.abs(nowMs - atMs) < 6 * dayMs) return `${weekdays[at.getUTCDay()] ?? ''} ${formatMinute(atMs)}`;
  return `${at.getUTCDate()} ${months[at.getUTCMonth()] ?? ''}`;
}

/** Age in one whole unit: 0 s, 48 s, 12 min, 5 h, 9 d. Never negative: clocks may differ by a moment. */
export function formatAge(ageMs: number | null): string {
  if (ageMs === null) return dash;
  const age = Math.max(0, ageMs);
  if (age < minuteMs) return `${Math.floor(age / 1_000)} s`;
  if (age < hourMs) return `${Math.floor(age / minuteMs)} min`;
  if (age < 2 * dayMs) return `${Math.floor(age / hourMs)} h`;
  return `${Math.floor(age / dayMs)} d`;
}

/** Time that remains, to the second: 26 s, 4 min 02 s. */
export function formatRemaining(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${pad(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

/** `3e11fa47-…:1-48210377` for each source of a set: the whole goes to the clipboard, not to the screen. */
export const shortGtid = (gtid: string): string =>
  gtid.replace(/([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '$1-…').replace(/\s+/g, ' ');

/** `1 replica`, `3 replicas`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;
