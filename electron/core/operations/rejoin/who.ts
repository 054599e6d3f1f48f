import { toAppError } from '@shared/errors';
import { textOf } from '../../dialect/rows';
import type { SqlRow } from '../../ports/mysql-session';
import { channelKey } from '../../fleet/topology';
import type { ClusterReading, InstanceReading, ReachedInstance } from '../cluster-reading';
import type { Ask } from '../divergence/log-reach';

/** Who returns and whom it shall follow; null where nobody can be named. */
export interface RejoinParties {
  readonly instance: InstanceReading | null;
  readonly primary: ReachedInstance | null;
}

/**
 * The primary is who others follow; where nobody follows anybody (two servers), the one that takes writes and is not in
 * quarantine. A record alone never makes an instance the one that returns while others follow it.
 */
export function rejoinParties(
  reading: ClusterReading,
  { instanceId, quarantined }: { readonly instanceId: string | undefined; readonly quarantined: readonly string[] },
): RejoinParties {
  const { readings, topology } = reading;
  const reached = readings.filter((one) => one.reached);
  const alone = reached.filter((one) => one.sample.channels.length === 0);
  const open = alone.filter(
    (one) => !one.sample.readOnly && one.instance.id !== instanceId && !quarantined.includes(one.instance.id),
  );
  const primary =
    topology.primaryId === null
      ? open.length === 1
        ? open[0]
        : undefined
      : reached.find((one) => one.instance.id === topology.primaryId);
  const others = readings.filter((one) => one.instance.id !== primary?.instance.id);
  const isQuarantined = (one: InstanceReading): boolean => quarantined.includes(one.instance.id);
  const instance =
    instanceId === undefined
      ? (others.find((one) => one.reached && isQuarantined(one)) ??
        others.find(isQuarantined) ??
        others.find((one) => one.reached && one.sample.channels.length === 0))
      : readings.find((one) => one.instance.id === instanceId);
  return { instance: instance ?? null, primary: primary ?? null };
}

/** Instances whose receiver reads from this one now. */
export const followersOf = (id: string, { readings, topology }: ClusterReading): readonly string[] =>
  readings
    .filter((one) => one.reached)
    .filter((one) =>
      one.sample.channels.some(
        (channel) =>
          channel.receiver === 'running' && topology.sources.get(channelKey(one.instance.id, channel)) === id,
      ),
    )
    .map((one) => one.instance.name);

/** True when it follows the primary, read-only, with both threads at work. */
export function isHealthyReplica(
  { instance, sample }: ReachedInstance,
  primaryId: string,
  { topology }: ClusterReading,
): boolean {
  const channel = sample.channels[0];
  return (
    sample.readOnly &&
    channel?.receiver === 'running' &&
    channel.applier === 'running' &&
    topology.sources.get(channelKey(instance.id, channel)) === primaryId
  );
}

const newestMarkerSql =
  'SELECT run_id AS run, new_primary AS name, written_at AS at FROM midwatch.operation_marker ORDER BY written_at DESC LIMIT 1';
const hasMarkerSql = 'SELECT COUNT(*) AS present FROM midwatch.operation_marker WHERE run_id = ?';

/** No such table or schema is an answer: the marker never came there. */
function noTable(thrown: unknown): readonly SqlRow[] {
  if (['1049', '1146'].includes(String(toAppError(thrown).details['errno'] ?? ''))) return [{ present: 0 }];
  throw thrown;
}

/**
 * Each promotion writes a marker on the new primary. One that the instance holds and the primary never received says that
 * the instance was promoted after the two parted: it is the newer of the two. '' when there is none; null: not known.
 */
export async function promotedLater(askInstance: Ask, askPrimary: Ask): Promise<string | null> {
  const newest = await askInstance(newestMarkerSql).catch(() => null);
  // Without the table nobody was ever promoted here by this console.
  if (newest === null || newest.length === 0) return '';
  try {
    const [row] = await askPrimary(hasMarkerSql, [textOf(newest[0], 'run')]).catch(noTable);
    if (Number(textOf(row, 'present')) > 0) return '';
    return `it was opened as ${textOf(newest[0], 'name')} at ${textOf(newest[0], 'at')} UTC`;
  } catch {
    return null;
  }
}
