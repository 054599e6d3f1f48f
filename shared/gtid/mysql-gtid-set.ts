/**
 * MySQL GTID sets: `uuid:1-5:7,uuid2:1-3` and, since 8.3, `uuid:1-5:tag:1-2`.
 * Source: MySQL 9.x manual, "GTID Format and Storage". Numbers are bigint: gno reaches 2^63-2.
 */

/** Inclusive. Sorted, not touching. */
export type Interval = readonly [from: bigint, to: bigint];

/** Key: lower-case uuid, or `uuid:tag`. No key holds an empty list. */
export type MysqlGtidSet = ReadonlyMap<string, readonly Interval[]>;

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const intervalPattern = /^(\d+)(?:-(\d+))?$/;
const tagPattern = /^[a-z_][a-z0-9_]{0,31}$/;

/** Parses what a server prints (line breaks allowed). @throws Error that names the part which is no GTID set. */
export function parseMysqlGtidSet(text: string): MysqlGtidSet {
  const found = new Map<string, Interval[]>();
  for (const part of text.toLowerCase().split(',')) {
    const clean = part.replace(/\s+/g, '');
    if (clean === '') continue;
    const [uuid = '', ...rest] = clean.split(':');
    if (!uuidPattern.test(uuid) || rest.length === 0) throw new Error(`Not a GTID set: ${JSON.stringify(part.trim())}`);
    let key = uuid;
    for (const piece of rest) {
      const interval = intervalPattern.exec(piece);
      if (interval) {
        const from = BigInt(interval[1] ?? '0');
        const to = BigInt(interval[2] ?? interval[1] ?? '0');
        if (from < 1n) throw new Error(`Not a GTID set: ${JSON.stringify(part.trim())}`);
        if (to >= from) found.set(key, [...(found.get(key) ?? []), [from, to]]);
      } else if (tagPattern.test(piece)) {
        key = `${uuid}:${piece}`;
      } else {
        throw new Error(`Not a GTID set: ${JSON.stringify(part.trim())}`);
      }
    }
  }
  return new Map([...found].map(([key, intervals]) => [key, joined(intervals)]));
}

/** As a server prints it, on one line, uuids sorted. */
export function formatMysqlGtidSet(set: MysqlGtidSet): string {
  return [...set.keys()]
    .sort()
    .map((key) =>
      [key, ...(set.get(key) ?? []).map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`))].join(':'),
    )
    .join(',');
}

/** Number of transactions in the set. */
export function countMysqlGtidSet(set: MysqlGtidSet): bigint {
  let count = 0n;
  for (const intervals of set.values()) for (const [from, to] of intervals) count += to - from + 1n;
  return count;
}

/** Everything of `left` that is not in `right`: GTID_SUBTRACT. */
export function subtractMysqlGtidSet(left: MysqlGtidSet, right: MysqlGtidSet): MysqlGtidSet {
  const result = new Map<string, readonly Interval[]>();
  for (const [key, intervals] of left) {
    const remaining = intervals.flatMap((interval) => cut(interval, right.get(key) ?? []));
    if (remaining.length > 0) result.set(key, remaining);
  }
  return result;
}

export function unionMysqlGtidSet(left: MysqlGtidSet, right: MysqlGtidSet): MysqlGtidSet {
  const result = new Map(left);
  for (const [key, intervals] of right) result.set(key, joined([...(result.get(key) ?? []), ...intervals]));
  return result;
}

/** True when every transaction of `inner` is in `outer`: GTID_SUBSET. */
export const isMysqlGtidSubset = (inner: MysqlGtidSet, outer: MysqlGtidSet): boolean =>
  subtractMysqlGtidSet(inner, outer).size === 0;

function joined(intervals: readonly Interval[]): readonly Interval[] {
  const sorted = [...intervals].sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  const result: [bigint, bigint][] = [];
  for (const [from, to] of sorted) {
    const last = result.at(-1);
    if (last && from <= last[1] + 1n) last[1] = to > last[1] ? to : last[1];
    else result.push([from, to]);
  }
  return result;
}

function cut([from, to]: Interval, holes: readonly Interval[]): Interval[] {
  const result: Interval[] = [];
  let start = from;
  for (const [holeFrom, holeTo] of holes) {
    if (holeTo < start) continue;
    if (holeFrom > to) break;
    if (holeFrom > start) result.push([start, holeFrom - 1n]);
    start = holeTo + 1n;
  }
  if (start <= to) result.push([start, to]);
  return result;
}
