import { describe, expect, it } from 'vitest';
import type { Capture } from '@shared/model/query-capture';
import { nodeTextCodec } from '../../adapters/slow-logs/node-text-codec';
import type { AggregateLimits } from './aggregate/aggregate-statements';
import type { CaptureFilter } from './aggregate/capture-filter';
import { mergeCaptures } from './aggregate/merge-captures';
import { sqlStatementReader } from './aggregate/sql-statement-reader';
import { SlowLogDigest } from './digest-slow-log';

const startSeconds = 1_714_564_800;

interface Logged {
  readonly sql: string;
  readonly seconds?: number;
  readonly at?: number;
  readonly user?: string;
  readonly schema?: string;
  readonly examined?: number;
}

const eventOf = ({ sql, seconds = 0.1, at = 0, user = 'app', schema = 'shop', examined = 10 }: Logged): string =>
  `# User@Host: ${user}[${user}] @ web [10.0.0.1]  Id: 7\n# Schema: ${schema}  Last_errno: 0  Killed: 0\n` +
  `# Query_time: ${seconds.toFixed(6)}  Lock_time: 0.000000  Rows_examined: ${examined}  Tmp_tables: 0\n# Full_scan: ${examined > 100 ? 'Yes' : 'No'}\n` +
  `SET timestamp=${startSeconds + at};\n${sql};\n`;

function captureOf(
  logged: readonly Logged[],
  options: { readonly filter?: CaptureFilter; readonly limits?: AggregateLimits } = {},
): Capture {
  const digest = new SlowLogDigest({
    codec: nodeTextCodec,
    reader: sqlStatementReader(() => 'f'.repeat(32)),
    ...options,
  });
  digest.push(Buffer.from(logged.map(eventOf).join('')));
  const head = { id: 'c', takenAtMs: 5, clusterId: 'k', instanceId: 'i', sourceName: 'slow.log' };
  const { classes, capture } = digest.finish(head);
  const all = [...classes];
  return { ...capture(), classes: all };
}

const many = (count: number, of: (index: number) => Logged): Logged[] => Array.from({ length: count }, (_, i) => of(i));

describe('the capture of a slow log', () => {
  it('adds up calls, times, zeros, flags and shares of each class', () => {
    const capture = captureOf([
      ...many(99, (i) => ({
        sql: `SELECT * FROM t WHERE id = ${i}`,
        seconds: 0.01 * (i + 1),
        at: i,
        user: i % 3 ? 'app' : 'job',
      })),
      { sql: 'DELETE FROM t', seconds: 0.5, examined: 1_000, at: 99 },
    ]);
    expect(capture).toMatchObject({ calls: 100, fromMs: startSeconds * 1000, toMs: (startSeconds + 99) * 1000 });
    const [select, remove] = capture.classes;
    expect(select).toMatchObject({
      ...{
        fingerprint: 'select * from t where id = ?',
        calls: 99,
        errors: 0,
        warnings: null,
        flags: { Full_scan: 0, Killed: 0 },
      },
      users: [
        { name: 'app', calls: 66 },
        { name: 'job', calls: 33 },
      ],
      schemas: [{ name: 'shop', calls: 99 }],
      hosts: [{ name: 'web', calls: 99 }],
      applications: [],
      metrics: { Tmp_tables: { count: 99, total: 0, min: 0, max: 0, p95: 0, stddev: 0, buckets: [0, 99] } },
    });
    expect(select?.metrics['Query_time']?.total).toBeCloseTo(49.5, 9);
    expect(Math.abs((select?.metrics['Query_time']?.p95 ?? 0) / 0.95 - 1)).toBeLessThan(0.01);
    expect(remove).toMatchObject({ verb: 'delete', tables: ['t'], flags: { Full_scan: 1 } });
    expect(capture.coverage).toMatchObject({ skipped: [], invalidUtf8: 0, unattributedSeconds: null, rateLimit: 1 });
    expect(capture.coverage.explainedSeconds).toBeCloseTo(50, 9);
  });

  it('keeps samples that are what they say', () => {
    const { classes } = captureOf(
      many(1_000, (i) => ({
        sql: `SELECT ${i} FROM t`,
        seconds: (1 + ((i * 617) % 1_000)) / 1_000,
        examined: i === 5 ? 9_999 : 1,
      })),
    );
    const samples = new Map(classes[0]?.samples.map((sample) => [sample.reason, sample]));
    expect(samples.get('slowest')?.seconds).toBe(1);
    expect(samples.get('most-rows')).toMatchObject({ sql: 'SELECT 5 FROM t', rowsExamined: 9_999, schema: 'shop' });
    expect(Math.abs((samples.get('median')?.seconds ?? 0) - 0.5)).toBeLessThan(0.05);
    expect(Math.abs((samples.get('p95')?.seconds ?? 0) - 0.95)).toBeLessThan(0.05);
  });

  it('says at which byte of the log a sample stands', () => {
    const logged = [{ sql: 'SELECT 1 FROM a' }, { sql: 'DELETE FROM b' }];
    const [first, second] = captureOf(logged).classes.toSorted((a, b) => b.verb.localeCompare(a.verb));
    expect(first?.samples[0]?.atByte).toBe(0);
    expect(second?.samples[0]?.atByte).toBe(eventOf({ sql: 'SELECT 1 FROM a' }).length);
  });

  it('cuts the text of a sample at 64 KiB', () => {
    const { classes } = captureOf([{ sql: `SELECT '${'x'.repeat(100_000)}'` }]);
    expect(classes[0]?.samples[0]).toMatchObject({ truncated: true });
    expect(classes[0]?.samples[0]?.sql).toHaveLength(65_536);
  });

  it('knows the application that signs its statements', () => {
    const { classes } = captureOf([{ sql: "SELECT 1 /* program_name='billing' */" }, { sql: 'SELECT 2' }]);
    expect(classes[0]?.applications).toMatchObject([{ name: 'billing', calls: 1 }]);
  });

  it('has at most 200 slots, as wide as the window needs', () => {
    const day = captureOf(many(1_440, (i) => ({ sql: 'SELECT 1', at: i * 60, seconds: 1 })));
    expect([day.slotMs, day.classes[0]?.slots.length]).toEqual([512_000, 170]);
    expect(day.classes[0]?.slots.reduce((sum, seconds) => sum + seconds, 0)).toBe(1_440);
    const moment = captureOf([{ sql: 'SELECT 1', at: 3 }]);
    expect([moment.slotMs, moment.slotsFromMs, moment.classes[0]?.slots]).toEqual([
      1_000,
      (startSeconds + 3) * 1000,
      [0.1],
    ]);
  });

  it('takes a time that is far from all others', () => {
    const capture = captureOf([
      { sql: 'SELECT 1', at: -startSeconds },
      { sql: 'SELECT 1', at: 1e9 },
      { sql: 'SELECT 1' },
    ]);
    expect(capture.classes[0]?.slots.length).toBeLessThanOrEqual(200);
    expect(capture.classes[0]?.slots.reduce((sum, seconds) => sum + seconds, 0)).toBeCloseTo(0.3, 9);
  });

  it('takes what the filter wants, and says how much it left out', () => {
    const logged = many(10, (i) => ({ sql: 'SELECT 1', at: i, user: i < 5 ? 'a' : 'b', schema: i % 2 ? 'x' : 'y' }));
    const since = (startSeconds + 2) * 1000;
    expect(captureOf(logged, { filter: { sinceMs: since, untilMs: since + 3_000 } }).calls).toBe(3);
    const capture = captureOf(logged, { filter: { user: 'b', schema: 'x' } });
    expect([capture.calls, capture.coverage.notes]).toEqual([3, ['7 statements left out by the filter.']]);
  });

  it('counts classes beyond the limit in one, and says so', () => {
    const limits = { classes: 3, textBytes: 1e6, metricRows: 1e6 };
    const capture = captureOf(
      many(10, (i) => ({ sql: `SELECT * FROM table_${i}`, seconds: 1 })),
      { limits },
    );
    expect(capture.classes.map(({ fingerprint, calls }) => [fingerprint, calls]).at(-1)).toEqual([
      'other statements',
      7,
    ]);
    expect(capture).toMatchObject({ calls: 10, coverage: { explainedSeconds: 3, unattributedSeconds: 7 } });
    expect(capture.coverage.notes[0]).toBe(
      '7 statements of classes beyond the limit are in one class, "other statements".',
    );
  });

  it('says what a file is that is no slow log', () => {
    const digest = new SlowLogDigest({ codec: nodeTextCodec, reader: sqlStatementReader(() => '') });
    digest.push(Buffer.from('2024-05-01T12:00:00.1Z\t    8 Query\tSELECT 1\n'));
    const { capture } = digest.finish({ id: 'c', takenAtMs: 0, clusterId: null, instanceId: null, sourceName: 'x' });
    expect(capture().coverage.notes).toEqual(['This is a general query log, which has no times: nothing was read.']);
  });
});

describe('two captures as one', () => {
  const logged = many(400, (i) => ({
    sql: i % 4 ? `SELECT ${i} FROM a` : `DELETE FROM b WHERE id = ${i}`,
    seconds: 0.001 * (1 + ((i * 31) % 97)),
    at: i * 7,
    user: `u${i % 5}`,
  }));

  it('are what one of both logs would be', () => {
    const whole = captureOf(logged);
    const merged = mergeCaptures(captureOf(logged.slice(0, 150)), captureOf(logged.slice(150)));
    expect([merged.calls, merged.fromMs, merged.toMs, merged.slotMs]).toEqual([
      whole.calls,
      whole.fromMs,
      whole.toMs,
      whole.slotMs,
    ]);
    expect(merged.coverage.bytesRead).toBe(whole.coverage.bytesRead);
    for (const [index, one] of whole.classes.entries()) {
      const other = merged.classes[index];
      expect(other).toMatchObject({ id: one.id, calls: one.calls, flags: one.flags, lastSeenMs: one.lastSeenMs });
      expect(other?.metrics['Query_time']?.buckets).toEqual(one.metrics['Query_time']?.buckets);
      expect(other?.metrics['Query_time']?.p95).toBe(one.metrics['Query_time']?.p95);
      expect(other?.slots.map((seconds) => seconds.toFixed(6))).toEqual(one.slots.map((seconds) => seconds.toFixed(6)));
      expect(other?.users.map(({ name, calls }) => [name, calls]).sort()).toEqual(
        one.users.map(({ name, calls }) => [name, calls]).sort(),
      );
    }
  });

  it('name what only both have', () => {
    const a = captureOf([{ sql: 'SELECT 1' }]);
    const merged = mergeCaptures(a, { ...captureOf([{ sql: 'SELECT 2' }]), instanceId: 'other' });
    expect([merged.clusterId, merged.instanceId, merged.sources.length, merged.classes.length]).toEqual([
      'k',
      null,
      2,
      1,
    ]);
  });
});
