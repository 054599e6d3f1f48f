import { createHash, randomUUID } from 'node:crypto';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import type { RunningFleet } from '../../../e2e/fleet';
import { EvidenceFolder } from '../../adapters/files/evidence-folder';
import { SystemHooks } from '../../adapters/hooks/system-hooks';
import { Mysql2Connector } from '../../adapters/mysql/mysql2-connector';
import { SystemNames } from '../../adapters/network/system-names';
import { SystemProcesses } from '../../adapters/processes/system-processes';
import { SystemProxies } from '../../adapters/proxies/system-proxies';
import { ReviewFolder } from '../../adapters/reviews/review-folder';
import { LogPositionsFile } from '../../adapters/slow-logs/log-positions-file';
import { SystemSlowLogs } from '../../adapters/slow-logs/system-slow-logs';
import { WorkerDigester } from '../../adapters/slow-logs/worker-digester';
import { Ssh2Hosts } from '../../adapters/ssh/ssh2-hosts';
import { Ssh2Tunnels } from '../../adapters/ssh/ssh2-tunnels';
import type { Application } from '../application';
import type { Instance, Traffic } from '@shared/model/inventory';
import { BorrowedSecrets } from '../fleet/borrowed-secrets';
import { discover } from '../fleet/discovery';
import type { OperationKindCode } from '../operations/operation-kind';
import type { OperationService } from '../operations/operation-service';
import type { HostKeys } from '../ports/host-keys';
import type { Processes } from '../ports/processes';
import type { Store } from '../ports/store';
import { wireApplication } from '../wire-application';
import { memorySecrets } from './memory-secrets';
import { FakeStore } from './memory-store';
import { realClock } from './real-clock';

export interface LabConsole<S extends Store = FakeStore> extends Omit<Application, 'store'> {
  readonly clusterId: string;
  readonly store: S;
  /** A second service on the same journal, as the next process makes it after a crash. */
  reopenOperations(): OperationService;
}

export interface LabConsoleOptions {
  /** Account of the lab. Default: midwatch, which may do everything. */
  readonly user?: string;
  /** Name of the person at the console. */
  readonly person?: string;
  /** Changes the code of each kind, to break or repeat it. */
  readonly wrapKind?: (kind: OperationKindCode) => OperationKindCode;
  /** The hosts of a fleet that was brought up with `hosts: true` are known as "Host by SSH". Default true. */
  readonly knowsHosts?: boolean;
  readonly endpoint?: { readonly host: string; readonly port: number };
  readonly repointCommand?: string;
  readonly repointUrl?: string;
  /** Instead of the endpoint and the commands above. */
  readonly traffic?: Traffic;
  readonly processes?: Processes;
  readonly pollMs?: number;
  /** These are reached through a link `console>NAME`, so that the console can be cut off from them. */
  readonly linked?: readonly string[];
}

const noHostKeys = (fleet: RunningFleet): HostKeys => ({
  find: (host, port) => {
    const server = [...fleet.instances.map((one) => one.sshHost), ...fleet.bastions].find((one) => one?.port === port);
    return server ? { host, port, fingerprint: server.hostKeyFingerprint, pinnedAtMs: 0 } : null;
  },
  pin: () => undefined,
  forget: () => undefined,
});

export function openLabConsole(fleet: RunningFleet, options?: LabConsoleOptions): Promise<LabConsole>;
export function openLabConsole<S extends Store>(
  fleet: RunningFleet,
  options: LabConsoleOptions & { readonly store: S },
): Promise<LabConsole<S>>;
/** The console's core on a real fleet of the lab, with the store in memory unless one is given: for tests on real servers. */
export async function openLabConsole(
  fleet: RunningFleet,
  options: LabConsoleOptions & { readonly store?: Store } = {},
): Promise<LabConsole<Store>> {
  const store = options.store ?? new FakeStore();
  const secrets = new BorrowedSecrets(memorySecrets());
  const hostKeys = noHostKeys(fleet);
  const tunnels = new Ssh2Tunnels({ hostKeys, secrets });
  const connector = new Mysql2Connector({ tunnels });
  const hosts = new Ssh2Hosts(tunnels);
  const app = wireApplication(
    {
      store,
      secrets,
      clock: realClock,
      connector,
      tunnels,
      hosts,
      hooks: new SystemHooks(),
      proxies: new SystemProxies({ tunnels, connector }),
      hostKeys,
      pathTester: { test: () => Promise.reject(new Error('not in the lab console')) } as never,
      localFiles: {} as never,
      names: new SystemNames(),
      processes: options.processes ?? new SystemProcesses(),
      evidence: new EvidenceFolder(path.join(fleet.folder, 'evidence')),
      queries: {
        reviews: new ReviewFolder(path.join(fleet.folder, 'reviews')),
        digester: new WorkerDigester(new SystemSlowLogs(hosts), realClock),
        positions: new LogPositionsFile(path.join(fleet.folder, 'log-positions.json')),
        md5Hex: (text) => createHash('md5').update(text, 'utf8').digest('hex'),
      },
      textFormat: { parse: (text) => parse(text) as unknown, print: (value) => stringify(value) },
    },
    {
      user: options.person ?? 'tester',
      newId: () => randomUUID(),
      pollMs: options.pollMs ?? 500,
      ...(options.wrapKind ? { wrapKind: options.wrapKind } : {}),
    },
  );
  const known = app.inventory.current.clusters.find((one) => one.name === fleet.scenario);
  const clusterId = known?.id ?? (await addCluster(app, fleet, options));
  app.secrets.set({ kind: 'cluster-password', id: clusterId }, options.user ?? 'midwatch');
  app.secrets.set({ kind: 'replication-password', id: clusterId }, 'repl');
  app.monitor.wakeAll();
  return Object.assign(app, { clusterId, store });
}

async function addCluster(app: Application, fleet: RunningFleet, options: LabConsoleOptions): Promise<string> {
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
  const finder = app.inventory.resolveTarget({ ...seed, user: 'midwatch', password: 'midwatch' });
  // A receiver behind a slow link registers at its source seconds after it says that it runs.
  for (let tries = 0; tries < 20 && found.length < fleet.instances.length; tries += 1) {
    if (tries > 0) await realClock.sleep(500);
    for await (const discovery of discover(app.connector, finder, new AbortController().signal)) {
      found = discovery.instances
        .filter((one) => one.reached)
        .map((one) => {
          // One that announces the near end of a link is reached by its own port: the console stands beside every server.
          const announced = fleet.links.find((link) => link.port === one.port)?.targetPort ?? one.port;
          const instance = fleet.instances.find((each) => each.port === announced);
          return { host: one.host, port: announced, name: instance?.name ?? one.name };
        })
        .filter((one, index, all) => all.findIndex((each) => each.port === one.port) === index);
    }
  }
  for (const name of options.linked ?? []) {
    const { port } = await fleet.openLink('console', name);
    found = found.map((one) => (one.name === name ? { ...one, port } : one));
  }
  const { clusterId } = app.inventory.addCluster({ name: fleet.scenario, seed, instances: found, heartbeat: false });
  const hosts = options.knowsHosts === false ? [] : fleet.instances.filter((one) => one.sshHost !== undefined);
  for (const { name, sshHost } of hosts)
    if (sshHost)
      app.inventory.saveBastion({
        id: `host-${name}`,
        name: `host-${name}`,
        host: sshHost.host,
        port: sshHost.port,
        user: sshHost.user,
        auth: { method: 'key', keyFile: sshHost.privateKeyPath },
      });
  const cluster = app.inventory.cluster(clusterId);
  const repoint = options.repointCommand
    ? { kind: 'shell' as const, command: options.repointCommand, timeoutSeconds: 10 }
    : options.repointUrl
      ? { kind: 'http' as const, url: options.repointUrl, timeoutSeconds: 10 }
      : undefined;
  app.inventory.saveCluster({
    ...cluster,
    instances: cluster.instances.map(withRegion(fleet)).map((one) =>
      hosts.some((host) => host.name === one.name)
        ? {
            ...one,
            hostAccess: { via: [`host-${one.name}`], sudo: false, startCommand: `start-server ${one.name}` },
          }
        : one,
    ),
    ...(options.traffic ? { traffic: options.traffic } : {}),
    ...(options.endpoint || repoint
      ? { traffic: { ...(options.endpoint ? { endpoint: options.endpoint } : {}), ...(repoint ? { repoint } : {}) } }
      : {}),
  });
  return clusterId;
}

const withRegion =
  (fleet: RunningFleet) =>
  (one: Instance): Instance => {
    const region = fleet.instances.find((each) => each.name === one.name)?.region;
    return region === undefined ? one : { ...one, region };
  };
