import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { nodeTextCodec } from '../../../adapters/slow-logs/node-text-codec';
import { sqlStatementReader } from '../aggregate/sql-statement-reader';
import { SlowLogDigest } from '../digest-slow-log';
import { readAll } from '../../testing/read-slow-log';

// Logs of the go-mysql project, kept beside the repository, not in it.
const folder = path.resolve('../shared/samples/slow-logs');
const isHere = fs.existsSync(folder);
const bytesOf = (name: string): Uint8Array => fs.readFileSync(path.join(folder, name));

/** Statements and skipped bytes of each, as its text shows; docs/evidence/slow-log.md explains where others count differently. */
const expected: readonly (readonly [string, number, Readonly<Record<string, number>>])[] = [
  ['empty', 0, {}],
  ['mariadb102-with-explain', 1, { banner: 205 }],
  ['slow001', 2, { banner: 199 }],
  ['slow002', 8, {}],
  ['slow003', 1, {}],
  ['slow004', 1, { banner: 199 }],
  ['slow005', 1, {}],
  ['slow006', 6, {}],
  ['slow007', 1, {}],
  ['slow008', 3, {}],
  ['slow009', 2, { banner: 196 }],
  ['slow010', 36, {}],
  ['slow011', 3, {}],
  ['slow012', 3, {}],
  ['slow013', 5, { banner: 5_610 }],
  ['slow014', 4, {}],
  ['slow015', 2, {}],
  ['slow016', 1, { 'starts-mid-event': 159 }],
  ['slow017', 1, { 'starts-mid-event': 26 }],
  ['slow018', 4, {}],
  ['slow019', 4, {}],
  ['slow020', 2, { banner: 199 }],
  ['slow021', 1, { banner: 199 }],
  ['slow022', 1, { banner: 199 }],
  ['slow023', 8, { banner: 176 }],
  ['slow024', 3, { banner: 199 }],
  ['slow025', 3, {}],
  ['slow026', 1, {}],
  ['slow027', 1, {}],
];

const figures = z.record(
  z.string(),
  z.object({ Cnt: z.number(), Sum: z.number(), Min: z.number().optional(), Max: z.number().optional() }),
);
const golden = z.object({
  Global: z.object({
    TotalQueries: z.number(),
    Metrics: z.object({ TimeMetrics: figures, NumberMetrics: figures.optional(), BoolMetrics: figures.optional() }),
  }),
  Class: z.record(z.string(), z.object({ Fingerprint: z.string() })),
  RateLimit: z.number(),
});

/** Numbers of sessions and errors: their sum says nothing, so we make none. Killed is a yes or no here. */
const notSummed = new Set(['Thread_id', 'Last_errno', 'Killed']);
const spelled = (name: string): string => (name === 'QC_hit' ? 'QC_Hit' : name);

describe.skipIf(!isHere)('the logs of go-mysql (skipped where ../shared/samples is absent)', () => {
  it.each(expected)('%s.log', (name, statements, skipped) => {
    for (const pieceBytes of [11, 1_000, 1 << 20]) {
      const read = readAll(bytesOf(`${name}.log`), { pieceBytes });
      expect(read.statements).toHaveLength(statements);
      expect(Object.fromEntries(read.parser.skipped.map(({ reason, bytes }) => [reason, bytes]))).toEqual(skipped);
    }
  });

  const goldens = isHere ? fs.readdirSync(path.join(folder, 'expected')) : [];
  it.each(goldens)('the figures of %s', (name) => {
    const { Global, Class, RateLimit } = golden.parse(
      JSON.parse(fs.readFileSync(path.join(folder, 'expected', name), 'utf8')) as unknown,
    );
    const log = name.replace(/(-no-examples)?\.golden$/, '.log');
    const digest = new SlowLogDigest({ codec: nodeTextCodec, reader: sqlStatementReader(() => '') });
    digest.push(bytesOf(log));
    const head = { id: name, takenAtMs: 0, clusterId: null, instanceId: null, sourceName: log };
    const { classes, capture } = digest.finish(head);
    const all = [...classes];
    const { calls, metrics, coverage } = capture();
    // It tells classes apart by user, host and schema too; we show those as shares of one class.
    expect(all).toHaveLength(new Set(Object.values(Class).map(({ Fingerprint }) => Fingerprint)).size);
    expect(coverage.rateLimit).toBe(Math.max(1, RateLimit));
    // go-mysql multiplies with the rate limit, except for the statements beyond it; we show what was logged.
    if (RateLimit > 1) return expect(calls).toBe(3);
    expect(calls).toBe(Global.TotalQueries);
    const numbers = { ...Global.Metrics.TimeMetrics, ...Global.Metrics.NumberMetrics };
    for (const [attribute, { Cnt, Sum, Min, Max }] of Object.entries(numbers)) {
      if (notSummed.has(attribute)) continue;
      const ours = metrics[attribute];
      expect([attribute, ours?.count, ours?.min, ours?.max]).toEqual([attribute, Cnt, Min, Max]);
      expect(ours?.total).toBeCloseTo(Sum, 9);
    }
    for (const [attribute, { Sum }] of Object.entries(Global.Metrics.BoolMetrics ?? {}))
      expect([attribute, all.reduce((sum, one) => sum + (one.flags[spelled(attribute)] ?? NaN), 0)]).toEqual([
        attribute,
        Sum,
      ]);
  });
});
