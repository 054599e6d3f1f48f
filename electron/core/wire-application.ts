import { toAppError } from '@shared/errors';
import type { Application } from './application';
import { ActivityLog } from './fleet/activity-log';
import type { BorrowedSecrets } from './fleet/borrowed-secrets';
import { Connections } from './fleet/connections';
import { InstanceService } from './fleet/instance-service';
import { InventoryService } from './fleet/inventory-service';
import type { TextFormat } from './fleet/inventory-file';
import { QuarantineGuard } from './fleet/quarantine-guard';
import { Unlocks } from './fleet/unlocks';
import { FleetMonitor } from './monitor/fleet-monitor';
import { HeartbeatWriter } from './monitor/heartbeat-writer';
import { LastWordsKeeper } from './monitor/last-words';
import { createOperations, type CreateOperationsParts } from './operations/create-operations';
import { DrillService } from './operations/drill/drill-service';
import { tryTraffic } from './operations/traffic/try-traffic';
import type { OperationService } from './operations/operation-service';
import { annotationsOf } from './queries/annotations';
import { createQueries, type QueryPorts } from './queries/create-queries';
import { valuesKeptDays } from './queries/review/review-service';
import type { Clock } from './ports/clock';
import type { HostKeys } from './ports/host-keys';
import type { EvidenceFiles } from './ports/evidence-files';
import type { Hooks } from './ports/hooks';
import type { Names } from './ports/names';
import type { LocalFiles } from './ports/local-files';
import type { MysqlConnector } from './ports/mysql-session';
import type { PathTester } from './ports/path-tester';
import type { Proxies } from './ports/proxies';
import type { Processes } from './ports/processes';
import type { RemoteHost } from './ports/remote-host';
import type { Store } from './ports/store';
import type { Tunnels } from './ports/tunnels';

/** The outside world as the core knows it: every port, already made. */
export interface Ports {
  readonly store: Store;
  readonly secrets: BorrowedSecrets;
  readonly clock: Clock;
  readonly connector: MysqlConnector;
  readonly tunnels: Tunnels;
  readonly hosts: RemoteHost;
  readonly hooks: Hooks;
  readonly proxies: Proxies;
  readonly hostKeys: HostKeys;
  readonly pathTester: PathTester;
  readonly localFiles: LocalFiles;
  readonly processes: Processes;
  readonly evidence: EvidenceFiles;
  readonly names: Names;
  readonly textFormat: TextFormat;
  readonly queries: QueryPorts;
}

export interface WireOptions {
  readonly user: string;
  readonly newId: () => string;
  /** ms between polls of one instance. */
  readonly pollMs: number;
  readonly wrapKind?: CreateOperationsParts['wrapKind'];
}

const pruneEveryMs = 600_000;

/** Puts the core together from its ports. Every console is made here: the window's, the command line's, and those of tests. */
export function wireApplication(
  ports: Ports,
  options: WireOptions,
): Application & { reopenOperations(): OperationService } {
  const { store, secrets, clock, connector, tunnels } = ports;
  const { user, newId } = options;
  const activity = new ActivityLog(store.activity, clock);
  const inventory = new InventoryService({ store: store.inventory, secrets, activity, user, newId });
  const quarantine = new QuarantineGuard({ store: store.quarantine, activity });
  const connections = new Connections({ connector, secrets, inventory: () => inventory.current, first: quarantine });
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
    intervalMs: options.pollMs,
  });
  const openOperations = (): OperationService =>
    createOperations({
      inventory,
      monitor,
      connector,
      connections,
      hosts: ports.hosts,
      hooks: ports.hooks,
      proxies: ports.proxies,
      journal: store.journal,
      quarantine: store.quarantine,
      lastWords: store.lastWords,
      clock,
      unlocks,
      activity,
      processes: ports.processes,
      evidence: ports.evidence,
      names: ports.names,
      user,
      newId,
      ...(options.wrapKind ? { wrapKind: options.wrapKind } : {}),
    });
  const operations = openOperations();
  started = operations;
  const drills = new DrillService({
    operations,
    store: store.drills,
    inventory,
    connections,
    unlocks,
    clock,
    user,
    newId,
    isPrimaryLost: (clusterId) => {
      const primaryId = monitor.snapshot.clusters.find((one) => one.id === clusterId)?.primaryId;
      return monitor.observations(clusterId).some((one) => one.instance.id === primaryId && one.error !== null);
    },
  });
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
  const words = new LastWordsKeeper(store.lastWords);
  monitor.onSnapshot((snapshot) => {
    quarantine.review(snapshot, (clusterId) => operations.running(clusterId) !== null);
    // Opening a session is enough: its first statement is the fence.
    for (const id of quarantine.writable(snapshot))
      void connections.use(id, 'fence', new AbortController().signal, async () => undefined).catch(() => undefined);
    words.note(
      snapshot.clusters.flatMap((one) => monitor.observations(one.id)),
      clock.nowMs(),
    );
  });
  const queries = createQueries({
    ...ports.queries,
    connections,
    hosts: ports.hosts,
    unlocks,
    activity,
    annotations: (clusterId, fromMs, toMs) => annotationsOf(operations.list(clusterId ?? undefined), fromMs, toMs),
    clock,
    user,
    newId,
  });
  inventory.onChange(() => monitor.reload());
  const noteValues = (severity: 'note' | 'watch', text: string): void => {
    activity.note({ kind: 'store', severity, clusterId: null, instanceId: null, by: 'midwatch', text });
  };
  // Tried again at every turn; told once, or Activity would hold nothing else.
  const told = new Set<string>();
  const tellOnce = (text: string): void => {
    if (!told.has(text)) noteValues('watch', text);
    told.add(text);
  };
  const forgetOldValues = (): void =>
    void queries.reviews.forgetOldValues().then(
      ({ forgotten, failed }) => {
        for (const title of forgotten)
          noteValues('note', `Review ${title}: the values of its statements were removed after ${valuesKeptDays} days`);
        for (const { title, reason } of failed)
          tellOnce(`Review ${title} still holds values of statements after ${valuesKeptDays} days: ${reason}`);
      },
      (thrown: unknown) => tellOnce(`Old values of statements could not be looked for: ${toAppError(thrown).message}`),
    );
  const pruning = setInterval(() => {
    store.history.prune(clock.nowMs());
    forgetOldValues();
  }, pruneEveryMs);
  forgetOldValues();
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
    hostKeys: ports.hostKeys,
    pathTester: ports.pathTester,
    localFiles: ports.localFiles,
    instances: new InstanceService({ connections, unlocks, activity, clock, user }),
    operations,
    drills,
    queries,
    tryTraffic: (cluster, signal) =>
      tryTraffic(
        cluster,
        {
          connections,
          proxies: ports.proxies,
          names: ports.names,
          hosts: ports.hosts,
          nowMs: () => clock.nowMs(),
          primaryId: (id) => monitor.snapshot.clusters.find((one) => one.id === id)?.primaryId ?? null,
        },
        signal,
      ),
    unlocks,
    activity,
    store,
    secrets,
    clock,
    textFormat: ports.textFormat,
    user,
    reopenOperations: openOperations,
    close: async () => {
      clearInterval(pruning);
      heartbeat.stop();
      monitor.stop();
      await queries.close();
      await tunnels.close();
      store.close();
    },
  };
}
