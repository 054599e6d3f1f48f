import type { InventoryService } from '../fleet/inventory-service';
import type { FleetMonitor } from '../monitor/fleet-monitor';
import type { Observation } from '../monitor/observation';
import type { MysqlConnector } from '../ports/mysql-session';
import type { Names } from '../ports/names';
import type { LastWordsStore } from '../ports/store';
import { breakKind } from './drill/break-kind';
import { failoverKind } from './failover/plan';
import type { OperationKindCode } from './operation-kind';
import { OperationService, type OperationServiceParts } from './operation-service';
import { relocateKind } from './relocate/plan';
import { rejoinKind } from './rejoin/plan';
import { reprovisionKind } from './reprovision/plan';
import { switchoverKind } from './switchover/plan';

export interface CreateOperationsParts extends Omit<OperationServiceParts, 'kinds'> {
  readonly inventory: InventoryService;
  readonly monitor: Pick<FleetMonitor, 'snapshot' | 'observations'>;
  readonly connector: MysqlConnector;
  readonly lastWords: LastWordsStore;
  readonly names: Names;
  /** Changes the code of a kind: for tests that break or repeat it. */
  readonly wrapKind?: (kind: OperationKindCode) => OperationKindCode;
}

const cooldownMinutes = 60;

/** The operations with every kind that there is: one place to add the next one. */
export function createOperations(parts: CreateOperationsParts): OperationService {
  const { monitor, clock } = parts;
  const observation = (clusterId: string, instanceId: string): Observation | null =>
    monitor.observations(clusterId).find((one) => one.instance.id === instanceId) ?? null;
  const interruptedRun = (clusterId: string): string | null => service.interrupted(clusterId);
  const primaryHint = (clusterId: string): string | null =>
    monitor.snapshot.clusters.find((one) => one.id === clusterId)?.primaryId ?? null;
  const shared = { ...parts, interruptedRun, primaryHint, lastSeen: observation };
  const kinds = [
    switchoverKind(shared),
    failoverKind({
      ...shared,
      commitsPerSecond: (clusterId, instanceId) => observation(clusterId, instanceId)?.commitsPerSecond ?? null,
      recentFailoverMinutes: (clusterId) => {
        const last = parts.journal
          .runs(clusterId)
          .find((run) => run.plan.kind === 'failover' && run.state === 'succeeded' && run.plan.drillId === null);
        const minutes = last ? Math.round((clock.nowMs() - last.startedAtMs) / 60_000) : null;
        return minutes !== null && minutes < cooldownMinutes ? minutes : null;
      },
    }),
    breakKind(shared),
    reprovisionKind(shared),
    rejoinKind(shared),
    relocateKind(shared),
  ];
  const service = new OperationService({ ...parts, kinds: kinds.map((kind) => parts.wrapKind?.(kind) ?? kind) });
  return service;
}
