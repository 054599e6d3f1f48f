const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
/** Ends of scales in seconds, each of which can be halved and still be read. */
// prettier-ignore
const ends = [1, 2, 4, 6, 10, 20, 30, 60, 2 * minute, 4 * minute, 6 * minute, 10 * minute, 20 * minute, 30 * minute, hour, 2 * hour, 4 * hour, 6 * hour, 12 * hour, day, 2 * day, 4 * day, 10 * day, 30 * day];

/** A round upper end, in seconds, for a scale that starts at 0 and holds `largest`: three ticks, 0, half and whole. */
export const niceMax = (largest: number): number =>
  ends.find((end) => end >= largest) ?? Math.ceil(largest / day) * day;

/** A tick of such a scale: 0.5 s, 30 s, 15 min, 6 h, 2 d. */
export function secondsTick(seconds: number): string {
  if (seconds < minute) return `${seconds} s`;
  if (seconds < hour) return `${seconds / minute} min`;
  return seconds < day ? `${seconds / hour} h` : `${seconds / day} d`;
}

/** At most `most` round moments (whole minutes where possible) between two times, for the axis. */
export function timeTicks(fromMs: number, toMs: number, most = 4): readonly number[] {
  const steps = [10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400, 172_800, 604_800];
  const span = (toMs - fromMs) / 1_000;
  const step = (steps.find((each) => span / each <= most) ?? 604_800) * 1_000;
  const first = Math.ceil(fromMs / step) * step;
  const ticks = [];
  for (let at = first; at < toMs - step * 0.15 && ticks.length < most; at += step) {
    if (at > fromMs + step * 0.15) ticks.push(at);
  }
  return ticks;
}

/** Stretches without any data, longer than `leastMs`: drawn as a grey band, never as a line. */
export function gapsOf(
  points: readonly { readonly atMs: number; readonly values: readonly (number | null)[] }[],
  leastMs: number,
): readonly { readonly fromMs: number; readonly toMs: number }[] {
  const gaps: { fromMs: number; toMs: number }[] = [];
  let open: number | null = null;
  for (const point of points) {
    const empty = point.values.every((value) => value === null);
    if (empty) open ??= point.atMs;
    else if (open !== null) {
      if (point.atMs - open >= leastMs) gaps.push({ fromMs: open, toMs: point.atMs });
      open = null;
    }
  }
  const last = points.at(-1);
  if (open !== null && last && last.atMs - open >= leastMs) gaps.push({ fromMs: open, toMs: last.atMs });
  return gaps;
}
