import { randomUUID } from 'node:crypto';
import type { RunningFleet } from '../../../e2e/fleet';
import { Mysql2Connector } from '../../adapters/mysql/mysql2-connector';
import { Ssh2Tunnels } from '../../adapters/ssh/ssh2-tunnels';
import { ActivityLog } from '../fleet/activity-log';
import { Connections } from '../fleet/connections';
import { discover } from '../fleet/discovery';
import { InstanceService } from '../fleet/instance-service';
import { InventoryService } from '../fleet/inventory-service';
import { Unlocks } from '../fleet/unlocks';
import { FleetMonitor } from '../monitor/fleet-monitor';
import type { OperationKindCode } from '../operations/operation-kind';
import { OperationService } from '../operations/operation-service';
import { switchoverKind } from '../operations/switchover/plan';
import { FakeStore } from './memory-store';
import { memorySecrets } from './memory-secrets';
import { realClock } from './real-clock';

export interface LabConsole {
  readonly clusterId: string;
  readonly inventory: InventoryService;
  readonly monitor: FleetMonitor;
  readonly connections: Connections;
  readonly operations: OperationService;
  readonly unlocks: Unlocks;
  readonly instances: InstanceService;
  readonly store: FakeStore;
  /** A second service on the same journal, as the next process makes it after a crash. */
  reopenOperations(): OperationService;
  close(): Promise<void>;
}

/** The console's core on a real fleet of the lab, with the store in memory: for tests on real servers. */
export async function openLabConsole(
  fleet: RunningFleet,
  options: {
    readonly user?: string;
    readonly store?: FakeStore;
    /** Changes the switchover's code, to break or repeat it. */
    readonly wrapKind?: (kind: OperationKindCode) => OperationKindCode;
  } = {},
): Promise<LabConsole> {
  const store = options.store ?? new FakeStore();
  const clock = realClock;
  const secrets = memorySecrets();
  const newId = (): string => randomUUID();
  const activity = new ActivityLog(store.activity, clock);
  const user = 'tester';
  const inventory = new InventoryService({ store: store.inventory, secrets, activity, user, newId });
  const tunnels = new Ssh2Tunnels({
    hostKeys: { find: () => null, pin: () => undefined, forget: () => undefined },
    secrets,
  });
  const connector = new Mysql2Connector({ tunnels });
  const connections = new Connections({ connector, secrets, inventory: () => inventory.current });
  const unlocks = new Unlocks({ clock, activity, user });
  const account = options.user ?? 'midwatch';
  const seed = {
    host: fleet.primary.host,
    port: fleet.primary.port,
    user: account,
    password: account,
    tls: { mode: 'off' as const },
    hops: [],
  };
  let found: { host: string; port: number; name: string }[] = [];
  // Found by the account that may find replicas, watched by the one that was asked for.
  const finder = inventory.resolveTarget({ ...seed, user: 'midwatch', password: 'midwatch' });
  for await (const discovery of discover(connector, finder, new AbortController().signal)) {
    found = discovery.instances
      .filter((one) => one.reached)
      .map((one) => ({
        host: one.host,
        port: one.port,
        name: fleet.instances.find((instance) => instance.port === one.port)?.name ?? one.name,
      }));
  }
  const { clusterId } = inventory.addCluster({ name: fleet.scenario, seed, instances: found, heartbeat: false });
  secrets.set({ kind: 'replication-password', id: clusterId }, 'repl');
  const monitor = new FleetMonitor({
    inventory: () => inventory.current,
    connections,
    tunnels,
    clock,
    history: store.history,
    activity,
    unlocks,
    runningOperation: () => null,
    intervalMs: 500,
  });
  const kind = switchoverKind({
    connections,
    connector,
    inventory,
    clock,
    newId,
    interruptedRun: () => null,
    primaryHint: (id) => monitor.snapshot.clusters.find((one) => one.id === id)?.primaryId ?? null,
  });
  const openOperations = (): OperationService =>
    new OperationService({
      kinds: [options.wrapKind?.(kind) ?? kind],
      journal: store.journal,
      inventory,
      connections,
      unlocks,
      activity,
      clock,
      user,
      newId,
    });
  const operations = openOperations();
  return {
    clusterId,
    inventory,
    monitor,
    connections,
    operations,
    unlocks,
    store,
    reopenOperations: openOperations,
    instances: new InstanceService({ connections, unlocks, activity, clock, user }),
    close: async () => {
      monitor.stop();
      await tunnels.close();
    },
  };
}
