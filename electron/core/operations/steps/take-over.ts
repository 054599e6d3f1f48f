import type { Plan } from '@shared/model/plan';
import { numberOf } from '../../dialect/rows';
import { switchoverSql } from '../../dialect/switchover-sql';
import type { Connections } from '../../fleet/connections';
import type { ClusterReading } from '../cluster-reading';
import type { OperationWorld } from '../operation-world';

/** Instances that answer and are not the server that the plan saw: a rebuilt one holds other data under the same name. */
export function otherServers(plan: Plan, reading: ClusterReading): readonly string[] {
  return reading.readings.flatMap((one) => {
    const was = plan.basis.facts[`${one.instance.name}: server`]?.split(',')[0];
    return one.reached && was !== undefined && was !== one.facts.serverUuid
      ? [`${one.instance.name} was ${was}, is ${one.facts.serverUuid}`]
      : [];
  });
}

/**
 * Ends what a console that died still has at work on an instance: a statement sent before its death may otherwise take
 * effect after we looked. Asked only while the advisory lock is held, so that no living console's work is ended.
 */
export async function endLeftovers(
  instanceId: string,
  world: OperationWorld,
  connections: Connections,
  signal: AbortSignal,
): Promise<number> {
  const dialect = await connections.use(instanceId, 'look', signal, async (open) => open.dialect.name);
  const rows = await world.send(instanceId, switchoverSql[dialect].leftovers, { session: 'second', timeoutMs: 3000 });
  for (const row of rows)
    await world
      .send(instanceId, `KILL CONNECTION ${numberOf(row, 'id') ?? 0}`, { session: 'second', timeoutMs: 3000 })
      .catch(() => undefined);
  return rows.length;
}
