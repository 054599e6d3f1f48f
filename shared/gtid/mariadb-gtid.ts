/**
 * MariaDB GTID positions: `domain-server-sequence`, one for each domain, joined by commas.
 * A position says "all up to here in this domain"; a gap cannot be expressed. Source: MariaDB documentation, "Global Transaction ID".
 */
export interface MariadbGtid {
  readonly domain: number;
  readonly server: number;
  readonly sequence: bigint;
}

/** Key: domain. */
export type MariadbPosition = ReadonlyMap<number, MariadbGtid>;

/** Parses `0-1-5,1-2-9`; of several in one domain the highest sequence counts. @throws Error that names the part. */
export function parseMariadbPosition(text: string): MariadbPosition {
  const position = new Map<number, MariadbGtid>();
  for (const part of text.split(',')) {
    const clean = part.trim();
    if (clean === '') continue;
    const match = /^(\d+)-(\d+)-(\d+)$/.exec(clean);
    if (!match) throw new Error(`Not a MariaDB GTID: ${JSON.stringify(clean)}`);
    const gtid = { domain: Number(match[1]), server: Number(match[2]), sequence: BigInt(match[3] ?? '0') };
    const known = position.get(gtid.domain);
    if (!known || known.sequence < gtid.sequence) position.set(gtid.domain, gtid);
  }
  return position;
}

export const formatMariadbPosition = (position: MariadbPosition): string =>
  [...position.values()]
    .sort((a, b) => a.domain - b.domain)
    .map((gtid) => `${gtid.domain}-${gtid.server}-${gtid.sequence}`)
    .join(',');

/** Transactions that `ahead` has and `behind` lacks, by sequence numbers, summed over domains. */
export function mariadbTransactionsBehind(behind: MariadbPosition, ahead: MariadbPosition): bigint {
  let missing = 0n;
  for (const [domain, gtid] of ahead) {
    const have = behind.get(domain)?.sequence ?? 0n;
    if (gtid.sequence > have) missing += gtid.sequence - have;
  }
  return missing;
}

/** Same sequence in every domain of either. The server part may differ only when one of them never wrote: it is compared too. */
export function sameMariadbPosition(left: MariadbPosition, right: MariadbPosition): boolean {
  return (
    left.size === right.size &&
    [...left].every(([domain, gtid]) => {
      const other = right.get(domain);
      return other !== undefined && other.sequence === gtid.sequence && other.server === gtid.server;
    })
  );
}
