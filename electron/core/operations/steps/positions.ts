import {
  formatMysqlGtidSet,
  isMysqlGtidSubset,
  parseMysqlGtidSet,
  subtractMysqlGtidSet,
  unionMysqlGtidSet,
} from '@shared/gtid/mysql-gtid-set';
import { formatMariadbPosition, parseMariadbPosition, sameMariadbPosition } from '@shared/gtid/mariadb-gtid';
import { numberOf, textOf } from '../../dialect/rows';
import type { SqlRow } from '../../ports/mysql-session';
import type { SessionUse, StepContext } from '../operation-kind';

/** Names under which a run remembers positions. */
export const frozen = 'frozen';
export const markerPosition = 'marker';
/** Set once it is proven that this instance follows the new primary; one without it was left behind. */
export const followsNow = (instance: string): string => `follows ${instance}`;

/** Column `position` of one row, in one line. */
export const positionOf = (rows: readonly SqlRow[]): string => textOf(rows[0], 'position').replaceAll('\n', '');

const isMariadb = (position: string): boolean => /^\d+-\d+-\d+/.test(position.trim());

/** True when `outer` holds every transaction of `inner`. MariaDB: no domain is behind. */
export function covers(outer: string, inner: string): boolean {
  if (inner.trim() === '') return true;
  if (!isMariadb(inner)) return isMysqlGtidSubset(parseMysqlGtidSet(inner), parseMysqlGtidSet(outer));
  const held = parseMariadbPosition(outer);
  return [...parseMariadbPosition(inner)].every(
    ([domain, gtid]) => (held.get(domain)?.sequence ?? 0n) >= gtid.sequence,
  );
}

export const samePosition = (left: string, right: string): boolean =>
  isMariadb(left)
    ? sameMariadbPosition(parseMariadbPosition(left), parseMariadbPosition(right))
    : covers(left, right) && covers(right, left);

/** Everything that either holds. */
export function union(left: string, right: string): string {
  if (left.trim() === '') return right;
  if (right.trim() === '') return left;
  return isMariadb(left)
    ? formatMariadbPosition(parseMariadbPosition(`${left},${right}`))
    : formatMysqlGtidSet(unionMysqlGtidSet(parseMysqlGtidSet(left), parseMysqlGtidSet(right)));
}

/** A set without another; of a MariaDB position, which cannot leave one out, the whole. */
export const without = (position: string, part: string): string =>
  part === '' || isMariadb(position)
    ? position
    : formatMysqlGtidSet(subtractMysqlGtidSet(parseMysqlGtidSet(position), parseMysqlGtidSet(part)));

/** For people: a server's UUID by its first group. */
export const shortPosition = (position: string): string =>
  position.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, (uuid) => `${uuid.slice(0, 8)}…`) || 'no transaction';

/** Waits on the server for a position, at most `seconds`; a cancel ends the wait at once, because writers may be waiting too. */
export async function waitFor(
  context: StepContext,
  key: string,
  position: string,
  seconds: number,
  session: SessionUse = 'worker',
): Promise<boolean> {
  const waitingOn = context.step.statements.find((one) => one.key === key)?.instanceId ?? '';
  const interrupt = (): void => void context.interrupt(waitingOn).catch(() => undefined);
  context.signal.addEventListener('abort', interrupt);
  try {
    const [row] = await context.send(key, { position, seconds }, { session, timeoutMs: seconds * 1000 + 3000 });
    return numberOf(row, 'outcome') === 0;
  } finally {
    context.signal.removeEventListener('abort', interrupt);
  }
}
