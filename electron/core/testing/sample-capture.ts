import type { Capture, Coverage, Distribution, StatementClass } from '@shared/model/query-capture';
import type { Review } from '@shared/model/query-review';
import { RunningDistribution } from '@shared/stats/distribution';

const noon = Date.UTC(2026, 10, 16, 12);

/** The distribution of some values. */
export const distributionOfAll = (values: readonly number[]): Distribution => {
  const running = new RunningDistribution();
  for (const value of values) running.add(value);
  return running.toDistribution();
};

/** A class for tests of pure rules: its calls are its times. */
export function sampleClass(
  id: string,
  seconds: readonly number[],
  parts: Partial<Omit<StatementClass, 'metrics'>> & { readonly rowsExamined?: readonly number[] } = {},
): StatementClass {
  const { rowsExamined, ...rest } = parts;
  return {
    id,
    fingerprint: `select a from t_${id} where b = ?`,
    ptChecksum: id.toUpperCase().padStart(32, '0'),
    serverDigests: [],
    verb: 'select',
    tables: [`t_${id}`],
    calls: seconds.length,
    errors: 0,
    warnings: 0,
    metrics: {
      Query_time: distributionOfAll(seconds),
      ...(rowsExamined ? { Rows_examined: distributionOfAll(rowsExamined) } : {}),
    },
    flags: {},
    schemas: [{ name: 'app', calls: seconds.length, seconds: 1 }],
    users: [],
    hosts: [],
    applications: [],
    firstSeenMs: noon,
    lastSeenMs: noon + 60_000,
    slots: [],
    samples: [],
    ...rest,
  };
}

const coverage: Coverage = {
  bytesRead: null,
  skipped: [],
  invalidUtf8: 0,
  longQueryTimeSeconds: 0,
  rateLimit: 1,
  serverSeconds: null,
  explainedSeconds: 1,
  unattributedSeconds: null,
  notes: [],
};

/** A capture of one hour. */
export function sampleCapture(classes: readonly StatementClass[], parts: Partial<Capture> = {}): Capture {
  const times = classes.map((one) => one.metrics['Query_time']?.total ?? 0);
  return {
    id: 'capture-1',
    takenAtMs: noon + 3_600_000,
    clusterId: null,
    instanceId: null,
    sources: [{ kind: 'slow-log', name: '/var/log/slow.log', dialect: 'mysql', version: '9.7.4' }],
    fromMs: noon,
    toMs: noon + 3_600_000,
    slotMs: 60_000,
    slotsFromMs: noon,
    calls: classes.reduce((sum, one) => sum + one.calls, 0),
    metrics: { Query_time: distributionOfAll(times) },
    coverage,
    classes,
    ...parts,
  };
}

/** A review of nobody's acts. */
export const sampleReview = (parts: Partial<Review> = {}): Review => ({
  id: 'review-1',
  title: 'Week 47',
  clusterName: 'orders',
  createdAtMs: noon,
  createdBy: 'dba',
  redacted: false,
  captureId: 'capture-1',
  sourceKinds: ['slow-log'],
  previousReviewId: null,
  items: {},
  comparisons: {},
  annotations: [],
  ...parts,
});
