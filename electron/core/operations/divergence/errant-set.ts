import {
  countMysqlGtidSet,
  formatMysqlGtidSet,
  parseMysqlGtidSet,
  subtractMysqlGtidSet,
} from '@shared/gtid/mysql-gtid-set';

/**
 * Transactions that one server holds and another never had. `text`: a GTID set, or on MariaDB a list of `0-1-500` and
 * `0-1-500 to 0-1-502`, from which it can be read again; '' is none. `count` null: it cannot be told from positions alone.
 */
export interface Errant {
  readonly text: string;
  readonly count: number | null;
}

/** Transactions of one writer in one domain, both ends included. */
export interface MariadbRange {
  readonly domain: number;
  readonly server: number;
  readonly from: bigint;
  readonly to: bigint;
}

/** What a MySQL server executed and the reference did not. @throws Error for what is no GTID set */
export function mysqlErrant(executed: string, reference: string): Errant {
  const set = subtractMysqlGtidSet(parseMysqlGtidSet(executed), parseMysqlGtidSet(reference));
  return { text: formatMysqlGtidSet(set), count: Number(countMysqlGtidSet(set)) };
}

/**
 * What a MariaDB server's binary log holds and the reference never had, writer by writer: a position alone hides an errant
 * 0-1-500 behind the 0-2-600 that came after it. `reference`: the binary log's state joined with gtid_slave_pos, which
 * names what came with a backup and stands in no log.
 */
export function mariadbErrant(binlogState: string, reference: string): Errant {
  const held = newestOfEach(reference);
  const own = [...newestOfEach(binlogState).values()];
  const ranges = own.flatMap(({ domain, server, to }): MariadbRange[] => {
    const common = held.get(`${domain}-${server}`)?.to ?? 0n;
    return to > common ? [{ domain, server, from: common + 1n, to }] : [];
  });
  return { text: formatRanges(ranges), count: countRanges(ranges, own) };
}

/** True when the errant transactions hold this one. */
export function holdsGtid(errant: string, gtid: string): boolean {
  const parts = mariadbParts(gtid);
  if (!parts) return errant !== '' && !isMariadbList(errant) && mysqlErrant(gtid, errant).text === '';
  return parseRanges(errant).some(
    (range) =>
      range.domain === parts.domain &&
      range.server === parts.server &&
      range.from <= parts.sequence &&
      parts.sequence <= range.to,
  );
}

/** Errant transactions of `after` that `before` did not name; '' is none. */
export function grownBy(before: string, after: string): string {
  if (after === '' || before === after) return '';
  if (!isMariadbList(after)) return mysqlErrant(after, before).text;
  const known = parseRanges(before);
  return formatRanges(
    parseRanges(after).flatMap((range): MariadbRange[] => {
      const same = known.find((one) => one.domain === range.domain && one.server === range.server);
      if (!same || range.from < same.from) return [range];
      return range.to > same.to ? [{ ...range, from: same.to + 1n }] : [];
    }),
  );
}

/**
 * Those of the errant transactions that are not among `gtids`, in words; '' when all are there. On MariaDB, where numbers
 * may be left out, `count` of each list decides, and its newest must be there.
 */
export function missingFrom(errant: Errant, gtids: readonly string[]): string {
  if (!isMariadbList(errant.text)) return mysqlErrant(errant.text, gtids.join(',')).text;
  const found = new Set(gtids.filter((one) => holdsGtid(errant.text, one)));
  const newest = parseRanges(errant.text)
    .map((range) => `${range.domain}-${range.server}-${range.to}`)
    .filter((one) => !found.has(one));
  if (newest.length > 0) return newest.join(', ');
  return errant.count !== null && found.size < errant.count ? `${errant.count - found.size} of ${errant.text}` : '';
}

/** Reads the list of {@link Errant.text} on MariaDB. @throws Error for a part that is none */
export function parseRanges(text: string): readonly MariadbRange[] {
  return text
    .split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const match = /^\s*(\d+)-(\d+)-(\d+)(?: to \1-\2-(\d+))?\s*$/.exec(part);
      if (!match) throw new Error(`Not a list of MariaDB transactions: ${JSON.stringify(part)}`);
      const from = BigInt(match[3] ?? 0);
      return {
        domain: Number(match[1]),
        server: Number(match[2]),
        from,
        to: match[4] === undefined ? from : BigInt(match[4]),
      };
    });
}

export const isMariadbList = (text: string): boolean => /^\s*\d+-\d+-\d+/.test(text);

const formatRanges = (ranges: readonly MariadbRange[]): string =>
  ranges
    .map(({ domain, server, from, to }) => {
      const first = `${domain}-${server}-${from}`;
      return from === to ? first : `${first} to ${domain}-${server}-${to}`;
    })
    .join(',');

/**
 * Sequence numbers of a domain are shared by its writers. Only where nobody else wrote in the domain behind the last common
 * transaction of this writer do all numbers between belong to it.
 */
function countRanges(ranges: readonly MariadbRange[], own: readonly Omit<MariadbRange, 'from'>[]): number | null {
  let count = 0n;
  for (const range of ranges) {
    const others = own.filter((one) => one.domain === range.domain && one.server !== range.server);
    if (others.some((one) => one.to >= range.from)) return null;
    count += range.to - range.from + 1n;
  }
  return Number(count);
}

function mariadbParts(gtid: string): { domain: number; server: number; sequence: bigint } | null {
  const match = /^\s*(\d+)-(\d+)-(\d+)\s*$/.exec(gtid);
  return match ? { domain: Number(match[1]), server: Number(match[2]), sequence: BigInt(match[3] ?? 0) } : null;
}

/** Of each domain and writer the newest, by `domain-server`. */
export function newestOfEach(state: string): ReadonlyMap<string, Omit<MariadbRange, 'from'>> {
  const newest = new Map<string, Omit<MariadbRange, 'from'>>();
  for (const part of state.replaceAll(/[[\]]/g, '').split(',')) {
    const parts = mariadbParts(part);
    if (!parts) continue;
    const key = `${parts.domain}-${parts.server}`;
    if ((newest.get(key)?.to ?? -1n) < parts.sequence)
      newest.set(key, { domain: parts.domain, server: parts.server, to: parts.sequence });
  }
  return newest;
}
