import type { Cluster } from '@shared/model/inventory';
import type { TrafficTry } from '@shared/model/traffic';
import type { ActivityLog } from './fleet/activity-log';
import type { Connections } from './fleet/connections';
import type { InstanceService } from './fleet/instance-service';
import type { InventoryService } from './fleet/inventory-service';
import type { TextFormat } from './fleet/inventory-file';
import type { Unlocks } from './fleet/unlocks';
import type { FleetMonitor } from './monitor/fleet-monitor';
import type { DrillService } from './operations/drill/drill-service';
import type { OperationService } from './operations/operation-service';
import type { QueryService } from './queries/query-service';
import type { Clock } from './ports/clock';
import type { HostKeys } from './ports/host-keys';
import type { LocalFiles } from './ports/local-files';
import type { MysqlConnector } from './ports/mysql-session';
import type { PathTester } from './ports/path-tester';
import type { BorrowedSecrets } from './fleet/borrowed-secrets';
import type { Store } from './ports/store';
import type { Tunnels } from './ports/tunnels';

/** Everything that handlers and the command line may use, put together once by the composition root. */
export interface Application {
  readonly inventory: InventoryService;
  readonly monitor: FleetMonitor;
  readonly connections: Connections;
  readonly connector: MysqlConnector;
  readonly tunnels: Tunnels;
  readonly hostKeys: HostKeys;
  readonly pathTester: PathTester;
  readonly localFiles: LocalFiles;
  readonly instances: InstanceService;
  readonly operations: OperationService;
  readonly drills: DrillService;
  readonly queries: QueryService;
  readonly unlocks: Unlocks;
  /** Asks the proxies of a cluster's traffic settings, stored or not; reads only. */
  readonly tryTraffic: (cluster: Cluster, signal: AbortSignal) => Promise<TrafficTry>;
  readonly activity: ActivityLog;
  readonly store: Store;
  readonly secrets: BorrowedSecrets;
  readonly clock: Clock;
  readonly textFormat: TextFormat;
  readonly user: string;
  /** Ends every session, tunnel and file. */
  close(): Promise<void>;
}
