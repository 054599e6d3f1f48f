import type { HistoryPoint } from '@shared/model/fleet';
import type { Row } from './sqlite-file';

const nice = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400];

/** The shortest even step, in seconds, that brings a span into at most `points` buckets. */
export function chooseStepSeconds(spanMs: number, points: number, leastSeconds: number): number {
  const wanted = spanMs / 1_000 / Math.max(1, points);
  return nice.find((step) => step >= wanted && step >= leastSeconds) ?? Math.ceil(wanted / 86_400) * 86_400;
}

/** Rows of the store (integers) as points of the model (seconds, commits a second). */
export function toPoint(row: Row): HistoryPoint {
  return {
    atMs: Number(row.at_s) * 1_000,
    serverLag: scaled(row.server_lag, 1_000),
    workerLag: scaled(row.worker_lag, 1_000),
    heartbeatLag: scaled(row.heartbeat_lag, 1_000),
    positionLag: scaled(row.position_lag, 1_000),
    commitsPerSecond: scaled(row.commits, 10),
  };
}

/** The reverse of {@link toPoint}, in the order of the table's columns. */
export function toCells(point: HistoryPoint): readonly (number | null)[] {
  return [
    Math.floor(point.atMs / 1_000),
    whole(point.serverLag, 1_000),
    whole(point.workerLag, 1_000),
    whole(point.heartbeatLag, 1_000),
    whole(point.positionLag, 1_000),
    whole(point.commitsPerSecond, 10),
  ];
}

/** Puts one empty point into each hole longer than `holeMs`, so that a line drawn through the points breaks there. */
export function markHoles(points: readonly HistoryPoint[], stepMs: number, holeMs: number): readonly HistoryPoint[] {
  return points.flatMap((point, index) => {
    const before = points[index - 1];
    return before && point.atMs - before.atMs > holeMs ? [emptyPoint(before.atMs + stepMs), point] : [point];
  });
}

function emptyPoint(atMs: number): HistoryPoint {
  return { atMs, serverLag: null, workerLag: null, heartbeatLag: null, positionLag: null, commitsPerSecond: null };
}

function scaled(cell: Row[string] | undefined, unit: number): number | null {
  return cell === null || cell === undefined ? null : Number(cell) / unit;
}

function whole(value: number | null, unit: number): number | null {
  return value === null || !Number.isFinite(value) ? null : Math.round(value * unit);
}
