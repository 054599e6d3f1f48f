import {
  formatMysqlGtidSet,
  parseMysqlGtidSet,
  subtractMysqlGtidSet,
  type MysqlGtidSet,
} from '@shared/gtid/mysql-gtid-set';
import type { ClusterReading, ReachedInstance } from './cluster-reading';
import { union } from './steps/positions';

/**
 * Writes of a replica that the reference lacks; '' is none. MySQL compares sets. A MariaDB position names only the newest
 * transaction of a domain, and hides an errant one behind the next of the primary: there the binary log's state is compared,
 * which keeps the newest of each writer.
 */
export function errantAgainst(replica: ReachedInstance, primary: ReachedInstance): string {
  const byPosition = replica.dialect.errant(replica.sample.gtidExecuted, primary.sample.gtidExecuted);
  return byPosition !== '' ? byPosition : stateBeyond(replica.binlogState, [primary.binlogState]);
}

/**
 * What a replica alone wrote, by its own identity, and nobody else that answers holds. For when the primary cannot be asked.
 * @param known position that the lost primary last said: what it held was not written by the replica alone; '' is none
 */
export function errantAlone(replica: ReachedInstance, reading: Pick<ClusterReading, 'readings'>, known = ''): string {
  // Also those below an intermediate: one that was a primary before has its old writes with everybody.
  const others = reading.readings.filter((one) => one.reached).filter((one) => one.instance.id !== replica.instance.id);
  if (replica.dialect.name === 'mariadb') {
    const own = entries(replica.binlogState).filter((one) => one.server === String(replica.facts.serverId));
    const states = others.map((one) => one.binlogState).filter((one) => one !== '');
    // A position alone names only the newest of a domain: nothing to compare an old writer's transactions with.
    return states.length === 0 ? '' : stateBeyond(own.map((one) => one.text).join(','), [...states, known]);
  }
  const own = parseMysqlGtidSet(replica.sample.gtidExecuted);
  const written: MysqlGtidSet = new Map([...own].filter(([source]) => source.startsWith(replica.facts.serverUuid)));
  const elsewhere = others.reduce((sum, one) => union(sum, union(one.sample.gtidExecuted, received(one))), known);
  return formatMysqlGtidSet(subtractMysqlGtidSet(written, parseMysqlGtidSet(elsewhere)));
}

const received = ({ sample }: ReachedInstance): string => sample.channels[0]?.receivedGtid ?? '';

interface StateEntry {
  readonly domain: string;
  readonly server: string;
  readonly sequence: bigint;
  readonly text: string;
}

const entries = (state: string): readonly StateEntry[] =>
  state.split(',').flatMap((part) => {
    const match = /^\s*(\d+)-(\d+)-(\d+)\s*$/.exec(part);
    return match
      ? [{ domain: match[1] ?? '', server: match[2] ?? '', sequence: BigInt(match[3] ?? 0), text: part.trim() }]
      : [];
  });

/** Entries that no reference holds as far. */
function stateBeyond(state: string, references: readonly string[]): string {
  const held = references.flatMap((one) => entries(one));
  if (held.length === 0) return '';
  return entries(state)
    .filter(
      (one) =>
        !held.some(
          (other) => other.domain === one.domain && other.server === one.server && other.sequence >= one.sequence,
        ),
    )
    .map((one) => one.text)
    .join(',');
}
