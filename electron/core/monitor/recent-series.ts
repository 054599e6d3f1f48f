import type { JudgedCluster } from './judge-cluster';

const keep = 60;
const everyMs = 15_000;

interface Series {
  readonly lag: (number | null)[];
  readonly commits: (number | null)[];
  bucketAtMs: number;
}

/** The last quarter of an hour in 60 points a cluster, for trends in rows; and the slope of each replica's lag over the last 20 s. */
export class RecentSeries {
  readonly #clusters = new Map<string, Series>();
  readonly #lags = new Map<string, { atMs: number; seconds: number }[]>();

  note(cluster: JudgedCluster, nowMs: number): void {
    const series = this.#clusters.get(cluster.id) ?? { lag: [], commits: [], bucketAtMs: 0 };
    this.#clusters.set(cluster.id, series);
    if (nowMs - series.bucketAtMs >= everyMs || series.lag.length === 0) {
      series.lag.push(cluster.worstLagSeconds);
      series.commits.push(cluster.commitsPerSecond);
      series.bucketAtMs = nowMs;
      if (series.lag.length > keep) series.lag.shift();
      if (series.commits.length > keep) series.commits.shift();
    } else {
      series.lag[series.lag.length - 1] = worse(series.lag.at(-1) ?? null, cluster.worstLagSeconds);
      series.commits[series.commits.length - 1] = cluster.commitsPerSecond;
    }
    for (const instance of cluster.instances) {
      const seconds = instance.lag?.seconds;
      if (seconds === null || seconds === undefined) {
        this.#lags.delete(instance.id);
        continue;
      }
      this.#lags.set(instance.id, [
        ...(this.#lags.get(instance.id) ?? []).filter((one) => nowMs - one.atMs < 20_000),
        { atMs: nowMs, seconds },
      ]);
    }
  }

  worstLag(clusterId: string): readonly (number | null)[] {
    return [...(this.#clusters.get(clusterId)?.lag ?? [])];
  }

  commits(clusterId: string): readonly (number | null)[] {
    return [...(this.#clusters.get(clusterId)?.commits ?? [])];
  }

  /** Seconds of lag gained in a minute; null with less than 5 s of readings. */
  slopePerMinute(instanceId: string): number | null {
    const readings = this.#lags.get(instanceId) ?? [];
    const [first, last] = [readings[0], readings.at(-1)];
    if (!first || !last || last.atMs - first.atMs < 5000) return null;
    return ((last.seconds - first.seconds) / (last.atMs - first.atMs)) * 60_000;
  }
}

const worse = (left: number | null, right: number | null): number | null =>
  left === null ? right : right === null ? left : Math.max(left, right);
