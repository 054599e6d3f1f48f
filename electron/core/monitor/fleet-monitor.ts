import type { ClusterState, FleetSnapshot } from '@shared/model/fleet';
import { severityRank } from '@shared/model/health';
import type { Cluster, Inventory } from '@shared/model/inventory';
import type { ActivityLog } from '../fleet/activity-log';
import { bastionsOf, type Connections } from '../fleet/connections';
import type { Unlocks } from '../fleet/unlocks';
import type { Clock } from '../ports/clock';
import type { HistoryStore } from '../ports/store';
import { tunnelId, type Tunnels } from '../ports/tunnels';
import { PrimaryPositions } from '../replication/primary-positions';
import { FindingMemory } from './finding-memory';
import { InstanceMonitor } from './instance-monitor';
import { judgeCluster, type JudgedCluster } from './judge-cluster';
import { RecentSeries } from './recent-series';

interface FleetMonitorParts {
  readonly inventory: () => Inventory;
  readonly connections: Connections;
  readonly tunnels: Tunnels;
  readonly clock: Clock;
  readonly history: HistoryStore;
  readonly activity: ActivityLog;
  readonly unlocks: Unlocks;
  readonly runningOperation: (clusterId: string) => ClusterState['runningOperation'];
  /** ms between polls of one instance. */
  readonly intervalMs: number;
}

interface WatchedCluster {
  readonly cluster: Cluster;
  readonly monitors: readonly InstanceMonitor[];
  readonly positions: PrimaryPositions;
  primaryId: string | null;
  judged: JudgedCluster | null;
}

/** Watches every instance of the inventory and holds the one snapshot that everything draws from. */
export class FleetMonitor {
  readonly #parts: FleetMonitorParts;
  readonly #watched = new Map<string, WatchedCluster>();
  readonly #findings: FindingMemory;
  readonly #recent = new RecentSeries();
  readonly #listeners = new Set<(snapshot: FleetSnapshot) => void>();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #endTunnels: () => void;
  readonly #operatedAtMs = new Map<string, number>();
  #lastPollAtMs: number | null = null;
  #snapshot: FleetSnapshot;

  constructor(parts: FleetMonitorParts) {
    this.#parts = parts;
    this.#findings = new FindingMemory(parts.activity);
    this.#snapshot = {
      atMs: parts.clock.nowMs(),
      lastPollAtMs: null,
      clusters: [],
      tunnels: [],
      answered: 0,
      total: 0,
    };
    this.reload();
    // One judgement a second for the whole fleet: between polls nothing new is known.
    this.#timer = setInterval(() => this.#judgeAll(), 1000);
    this.#endTunnels = parts.tunnels.onChange(() => this.#wakeBehindTunnels());
  }

  get snapshot(): FleetSnapshot {
    return this.#snapshot;
  }

  /** @returns the function that ends it. Called at most once a second, and soon after a change that a person made. */
  onSnapshot(listener: (snapshot: FleetSnapshot) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The inventory changed: starts and stops monitors; untouched clusters go on undisturbed. */
  reload(): void {
    const wanted = new Map(this.#parts.inventory().clusters.map((cluster) => [cluster.id, cluster]));
    for (const [id, watched] of this.#watched) {
      const cluster = wanted.get(id);
      if (cluster && samePaths(watched.cluster, cluster)) {
        this.#watched.set(id, { ...watched, cluster });
        wanted.delete(id);
        continue;
      }
      for (const monitor of watched.monitors) monitor.stop();
      this.#watched.delete(id);
    }
    for (const cluster of wanted.values()) this.#watch(cluster);
    this.refresh();
  }

  /** A person did something whose effect should show at once. */
  refresh(): void {
    this.#judgeAll();
  }

  /** After sleep, or when asked: everything is tried at once. */
  wakeAll(): void {
    for (const watched of this.#watched.values()) for (const monitor of watched.monitors) monitor.wake();
  }

  /** The raw observations of one cluster, for planners: newest first-hand facts. */
  observations(clusterId: string): readonly InstanceMonitor['observation'][] {
    return this.#watched.get(clusterId)?.monitors.map((monitor) => monitor.observation) ?? [];
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#endTunnels();
    for (const watched of this.#watched.values()) for (const monitor of watched.monitors) monitor.stop();
    this.#watched.clear();
    this.#listeners.clear();
  }

  #watch(cluster: Cluster): void {
    const watched: WatchedCluster = {
      cluster,
      positions: new PrimaryPositions(),
      primaryId: null,
      judged: null,
      monitors: cluster.instances.map(
        (instance) =>
          new InstanceMonitor({
            clusterId: cluster.id,
            instance,
            heartbeat: () =>
              this.#parts.inventory().clusters.find((one) => one.id === cluster.id)?.heartbeat ?? { kind: 'none' },
            connections: this.#parts.connections,
            clock: this.#parts.clock,
            intervalMs: this.#parts.intervalMs,
            onChange: (observation) => {
              if (observation.error !== null) return;
              this.#lastPollAtMs = observation.sampledAtMs;
              const current = this.#watched.get(cluster.id);
              if (
                current &&
                current.primaryId === instance.id &&
                observation.sample &&
                observation.sampledAtMs !== null
              ) {
                current.positions.note(observation.sampledAtMs, observation.sample.gtidExecuted);
              }
            },
          }),
      ),
    };
    this.#watched.set(cluster.id, watched);
  }

  #judgeAll(): void {
    const nowMs = this.#parts.clock.nowMs();
    const clusters = [...this.#watched.values()].map((watched) => this.#judge(watched, nowMs));
    this.#findings.endRound(nowMs);
    clusters.sort(
      (a, b) =>
        severityRank(a.severity) - severityRank(b.severity) || a.name.localeCompare(b.name, 'en', { numeric: true }),
    );
    this.#snapshot = {
      atMs: nowMs,
      lastPollAtMs: this.#lastPollAtMs,
      clusters,
      tunnels: this.#tunnels(),
      answered: clusters.reduce((sum, cluster) => sum + cluster.answered, 0),
      total: clusters.reduce((sum, cluster) => sum + cluster.instances.length, 0),
    };
    for (const listener of this.#listeners) listener(this.#snapshot);
  }

  #judge(watched: WatchedCluster, nowMs: number): ClusterState {
    const { cluster } = watched;
    const judged = judgeCluster({
      cluster,
      observations: watched.monitors.map((monitor) => monitor.observation),
      positions: watched.positions,
      nowMs,
      isOperating: this.#isOperating(cluster.id, nowMs),
      held: (instanceId) => this.#parts.connections.held(instanceId),
      lagSlopePerMinute: (instanceId) => this.#recent.slopePerMinute(instanceId),
      since: (key) => this.#findings.since(key, nowMs),
    });
    this.#findings.note(judged.findings, cluster.id);
    if (judged.primaryId !== watched.primaryId) {
      watched.primaryId = judged.primaryId;
      watched.positions.clear();
    }
    watched.judged = judged;
    this.#record(judged, nowMs);
    return {
      ...judged,
      sparkline: this.#recent.worstLag(cluster.id),
      commitsSparkline: this.#recent.commits(cluster.id),
      unlock: this.#parts.unlocks.current(cluster.id),
      runningOperation: this.#parts.runningOperation(cluster.id),
    };
  }

  /** Also for a few polls after the end: samples taken in the middle of it are still the newest. */
  #isOperating(clusterId: string, nowMs: number): boolean {
    if (this.#parts.runningOperation(clusterId) !== null) this.#operatedAtMs.set(clusterId, nowMs);
    return nowMs - (this.#operatedAtMs.get(clusterId) ?? 0) < 5000;
  }

  #record(judged: JudgedCluster, nowMs: number): void {
    this.#recent.note(judged, nowMs);
    const samples = judged.instances
      .filter((one) => one.reach === 'answering')
      .map((one) => ({
        instanceId: one.id,
        atMs: nowMs,
        serverLag: one.lag?.serverSeconds ?? null,
        workerLag: one.lag?.workerSeconds ?? null,
        heartbeatLag: one.lag?.heartbeatSeconds ?? null,
        positionLag: one.lag?.positionSeconds ?? null,
        commitsPerSecond: one.metrics.commitsPerSecond,
      }));
    if (samples.length > 0) this.#parts.history.append(samples);
  }

  #tunnels(): FleetSnapshot['tunnels'] {
    const inventory = this.#parts.inventory();
    const users = new Map<string, string[]>();
    for (const cluster of inventory.clusters) {
      for (const instance of cluster.instances) {
        if (instance.via.length === 0) continue;
        const id = tunnelId(bastionsOf(inventory, instance.via));
        users.set(id, [...(users.get(id) ?? []), instance.id]);
      }
    }
    return this.#parts.tunnels.list().map((tunnel) => ({ ...tunnel, instanceIds: users.get(tunnel.id) ?? [] }));
  }

  /** A tunnel that came up again: whoever waits behind it tries at once. */
  #wakeBehindTunnels(): void {
    const up = new Set(
      this.#tunnels()
        .filter((tunnel) => tunnel.state === 'up')
        .flatMap((tunnel) => tunnel.instanceIds),
    );
    for (const watched of this.#watched.values()) {
      for (const monitor of watched.monitors) {
        if (monitor.observation.error !== null && up.has(monitor.observation.instance.id)) monitor.wake();
      }
    }
  }
}

/** True when a change of the inventory does not concern how the instances are reached. */
function samePaths(before: Cluster, after: Cluster): boolean {
  const path = (cluster: Cluster): string =>
    JSON.stringify([
      cluster.user,
      cluster.tls,
      cluster.connectionBudget,
      cluster.instances.map(({ id, host, port, via, name, region }) => [id, host, port, via, name, region]),
    ]);
  return path(before) === path(after);
}
