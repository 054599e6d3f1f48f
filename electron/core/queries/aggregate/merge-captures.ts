import type { Capture, Coverage, SkippedBytes, StatementClass } from '@shared/model/query-capture';
import { mergeClasses } from './merge-classes';
import { mergeMetrics } from './merge-metrics';
import { alignSlots } from './align-slots';

/**
 * Two captures (several files of one server, several servers of one cluster) as one: calls, sums, buckets, skipped bytes
 * add up; quantiles come from the joined buckets. It has the id and moment of the first, and names a cluster or instance
 * only where both do.
 */
export function mergeCaptures(a: Capture, b: Capture): Capture {
  const slots = alignSlots(a, b);
  return {
    id: a.id,
    takenAtMs: Math.max(a.takenAtMs, b.takenAtMs),
    clusterId: a.clusterId === b.clusterId ? a.clusterId : null,
    instanceId: a.instanceId === b.instanceId ? a.instanceId : null,
    sources: [...a.sources, ...b.sources],
    fromMs: least(a.fromMs, b.fromMs),
    toMs: greatest(a.toMs, b.toMs),
    slotMs: slots.slotMs,
    slotsFromMs: slots.fromMs,
    calls: a.calls + b.calls,
    metrics: mergeMetrics(a.metrics, b.metrics),
    coverage: mergeCoverage(a.coverage, b.coverage),
    classes: mergeAll(
      a.classes.map((one) => ({ ...one, slots: slots.place(one.slots, a) })),
      b.classes.map((one) => ({ ...one, slots: slots.place(one.slots, b) })),
    ),
  };
}

function mergeAll(a: readonly StatementClass[], b: readonly StatementClass[]): readonly StatementClass[] {
  const byId = new Map(a.map((one) => [one.id, one]));
  for (const other of b) {
    const one = byId.get(other.id);
    byId.set(other.id, one ? mergeClasses(one, other) : other);
  }
  return [...byId.values()].sort((x, y) => secondsOf(y) - secondsOf(x) || y.calls - x.calls);
}

function secondsOf(one: StatementClass): number {
  return one.metrics['Query_time']?.total ?? 0;
}

function mergeCoverage(a: Coverage, b: Coverage): Coverage {
  return {
    bytesRead: a.bytesRead === null && b.bytesRead === null ? null : (a.bytesRead ?? 0) + (b.bytesRead ?? 0),
    skipped: mergeSkipped(a.skipped, b.skipped),
    invalidUtf8: a.invalidUtf8 + b.invalidUtf8,
    // Below the greater of the two, one of them lacks statements.
    longQueryTimeSeconds: greatest(a.longQueryTimeSeconds, b.longQueryTimeSeconds),
    rateLimit: Math.max(a.rateLimit, b.rateLimit),
    serverSeconds: a.serverSeconds === null || b.serverSeconds === null ? null : a.serverSeconds + b.serverSeconds,
    explainedSeconds: a.explainedSeconds + b.explainedSeconds,
    unattributedSeconds:
      a.unattributedSeconds === null && b.unattributedSeconds === null
        ? null
        : (a.unattributedSeconds ?? 0) + (b.unattributedSeconds ?? 0),
    notes: [...new Set([...a.notes, ...b.notes])],
  };
}

function mergeSkipped(a: readonly SkippedBytes[], b: readonly SkippedBytes[]): readonly SkippedBytes[] {
  const found = new Map(a.map((one) => [one.reason, one]));
  for (const other of b) {
    const one = found.get(other.reason);
    found.set(other.reason, one ? { ...one, bytes: one.bytes + other.bytes, times: one.times + other.times } : other);
  }
  return [...found.values()].sort((x, y) => y.bytes - x.bytes);
}

function least(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

function greatest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
