const firstMs = 1_000;
const longestMs = 30_000;

/**
 * How long to wait before try number `attempt` (from 1): up to 1 s, doubling to 30 s, each drawn from its upper half, so that
 * many consoles do not come back to a bastion at the same moment.
 * @param random 0 to 1.
 */
export function backoffMs(attempt: number, random: number): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(attempt - 1, 10));
  return Math.round(full / 2 + (full / 2) * random);
}
