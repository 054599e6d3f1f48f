import type { SampleReason, Share, StatementClass, StatementSample } from '@shared/model/query-capture';
import { mergeMetrics } from './merge-metrics';

const shownShares = 20;

/** Two halves of one class, of the same slots. What a person reads of it (fingerprint, tables) is the first's. */
export function mergeClasses(a: StatementClass, b: StatementClass): StatementClass {
  return {
    ...a,
    ptChecksum: a.ptChecksum || b.ptChecksum,
    serverDigests: [...new Set([...a.serverDigests, ...b.serverDigests])],
    tables: [...new Set([...a.tables, ...b.tables])],
    calls: a.calls + b.calls,
    errors: add(a.errors, b.errors),
    warnings: add(a.warnings, b.warnings),
    metrics: mergeMetrics(a.metrics, b.metrics),
    flags: addEach(a.flags, b.flags),
    schemas: mergeShares(a.schemas, b.schemas),
    users: mergeShares(a.users, b.users),
    hosts: mergeShares(a.hosts, b.hosts),
    applications: mergeShares(a.applications, b.applications),
    firstSeenMs: pick(a.firstSeenMs, b.firstSeenMs, Math.min),
    lastSeenMs: pick(a.lastSeenMs, b.lastSeenMs, Math.max),
    slots: a.slots.length === 0 ? b.slots : a.slots.map((seconds, index) => seconds + (b.slots[index] ?? 0)),
    samples: mergeSamples(a, b),
  };
}

function add(a: number | null, b: number | null): number | null {
  return a === null && b === null ? null : (a ?? 0) + (b ?? 0);
}

function addEach(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): Record<string, number> {
  const sums: Record<string, number> = { ...a };
  for (const [name, count] of Object.entries(b)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

function pick(a: number | null, b: number | null, choose: (a: number, b: number) => number): number | null {
  return a === null || b === null ? (a ?? b) : choose(a, b);
}

function mergeShares(a: readonly Share[], b: readonly Share[]): readonly Share[] {
  const found = new Map(a.map((one) => [one.name, one]));
  for (const other of b) {
    const one = found.get(other.name);
    found.set(
      other.name,
      one ? { name: one.name, calls: one.calls + other.calls, seconds: one.seconds + other.seconds } : other,
    );
  }
  return [...found.values()].sort((x, y) => y.seconds - x.seconds || y.calls - x.calls).slice(0, shownShares);
}

/** Samples by chance that the whole class keeps, of each half as many as of the other. */
const mostByChance = 10;

/** One sample for each reason: the one that still has the reason in the whole class. Of those by chance, some of both. */
function mergeSamples(a: StatementClass, b: StatementClass): readonly StatementSample[] {
  const both = [...a.samples, ...b.samples];
  const reasons: readonly SampleReason[] = ['slowest', 'p95', 'median', 'most-rows', 'latest'];
  const kept: StatementSample[] = [];
  for (const reason of reasons) {
    const found = both.filter((sample) => sample.reason === reason);
    const [first, ...others] = found;
    if (first) kept.push(others.reduce((best, sample) => (isBetter(sample, best, a, b) ? sample : best), first));
  }
  const chosen = (one: StatementClass): readonly StatementSample[] =>
    one.samples.filter((sample) => sample.reason === 'by-chance').slice(0, mostByChance / 2);
  const known = new Set(kept.map((sample) => sample.sql));
  return [...kept, ...[...chosen(a), ...chosen(b)].filter((sample) => !known.has(sample.sql))];
}

function isBetter(sample: StatementSample, best: StatementSample, a: StatementClass, b: StatementClass): boolean {
  switch (sample.reason) {
    case 'slowest':
      return sample.seconds > best.seconds;
    case 'most-rows':
      return (sample.rowsExamined ?? 0) > (best.rowsExamined ?? 0);
    case 'by-chance':
    case 'latest':
      return (sample.atMs ?? 0) > (best.atMs ?? 0);
    // The half with more calls says better where the middle of all is.
    case 'median':
    case 'p95':
      return b.calls > a.calls;
  }
}
