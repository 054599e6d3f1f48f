import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { PinnedHostKeys } from '../adapters/files/pinned-host-keys';
import { SshConfigHosts } from '../adapters/files/ssh-config-hosts';
import { SystemClock } from '../adapters/files/system-clock';
import { Mysql2Connector } from '../adapters/mysql/mysql2-connector';
import { FreshPathTester } from '../adapters/path/path-tester';
import { openSecrets, type SafeStorageLike } from '../adapters/secrets/open-secrets';
import { Ssh2Tunnels } from '../adapters/ssh/ssh2-tunnels';
import { openSqliteStore } from '../adapters/storage/sqlite-store';
import type { Application } from '../core/application';
import { ActivityLog } from '../core/fleet/activity-log';
import { BorrowedSecrets } from '../core/fleet/borrowed-secrets';
import { Connections } from '../core/fleet/connections';
import { InstanceService } from '../core/fleet/instance-service';
import { InventoryService } from '../core/fleet/inventory-service';
import { Unlocks } from '../core/fleet/unlocks';
import { HeartbeatWriter } from '../core/monitor/heartbeat-writer';
import { FleetMonitor } from '../core/monitor/fleet-monitor';
import { OperationService } from '../core/operations/operation-service';
import { switchoverKind } from '../core/operations/switchover/plan';

interface ComposeInput {
  /** Folder of this person's data; made when absent. */
  readonly dataFolder: string;
  readonly user: string;
  /** Electron's safeStorage; null headless: then secrets live in memory. */
  readonly safeStorage: SafeStorageLike | null;
  readonly pollMs: number;
}

const pruneEveryMs = 600_000;

/** The composition root: the only place that knows every part. Knows nothing of Electron, so that the command line uses it too. */
export function compose({ dataFolder, user, safeStorage, pollMs }: ComposeInput): Application {
  fs.mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const clock = new SystemClock();
  const newId = (): string => randomUUID();
  const store = openSqliteStore({ folder: dataFolder, clock });
  const secrets = new BorrowedSecrets(openSecrets({ file: path.join(dataFolder, 'secrets.json'), safeStorage }));
  const hostKeys = new PinnedHostKeys(path.join(dataFolder, 'host-keys.json'));
  const activity = new ActivityLog(store.activity, clock);
  const inventory = new InventoryService({ store: store.inventory, secrets, activity, user, newId });
  const tunnels = new Ssh2Tunnels({ hostKeys, secrets });
  const connector = new Mysql2Connector({ tunnels });
  const connections = new Connections({ connector, secrets, inventory: () => inventory.current });
  const unlocks = new Unlocks({ clock, activity, user });
  let started: OperationService | null = null;
  const monitor = new FleetMonitor({
    inventory: () => inventory.current,
    connections,
    tunnels,
    clock,
    history: store.history,
    activity,
    unlocks,
    runningOperation: (clusterId) => started?.running(clusterId) ?? null,
    intervalMs: pollMs,
  });
  const operations = new OperationService({
    kinds: [
      switchoverKind({
        connections,
        connector,
        inventory,
        clock,
        newId,
        interruptedRun: (clusterId) => started?.interrupted(clusterId) ?? null,
        primaryHint: (clusterId) => monitor.snapshot.clusters.find((one) => one.id === clusterId)?.primaryId ?? null,
      }),
    ],
    journal: store.journal,
    inventory,
    connections,
    unlocks,
    activity,
    clock,
    user,
    newId,
  });
  started = operations;
  const heartbeat = new HeartbeatWriter({
    clusters: () => inventory.current.clusters,
    target: (clusterId) => {
      const cluster = monitor.snapshot.clusters.find((one) => one.id === clusterId);
      const primary = cluster?.instances.find((one) => one.id === cluster.primaryId);
      return primary?.reach === 'answering' && primary.readOnly === false && operations.running(clusterId) === null
        ? primary.id
        : null;
    },
    connections,
    activity,
    clock,
  });
  inventory.onChange(() => monitor.reload());
  const pruning = setInterval(() => store.history.prune(clock.nowMs()), pruneEveryMs);
  for (const notice of store.notices)
    activity.note({
      kind: 'store',
      severity: notice.severity,
      clusterId: null,
      instanceId: null,
      by: 'midwatch',
      text: notice.text,
    });
  return {
    inventory,
    monitor,
    connections,
    connector,
    tunnels,
    hostKeys,
    pathTester: new FreshPathTester({ hostKeys }),
    localFiles: new SshConfigHosts(),
    instances: new InstanceService({ connections, unlocks, activity, clock, user }),
    operations,
    unlocks,
    activity,
    store,
    secrets,
    clock,
    textFormat: { parse: (text) => parse(text) as unknown, print: (value) => stringify(value) },
    user,
    close: async () => {
      clearInterval(pruning);
      heartbeat.stop();
      monitor.stop();
      await tunnels.close();
      store.close();
    },
  };
}
