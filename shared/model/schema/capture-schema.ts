import { z } from 'zod';
import type { Capture, StatementClass } from '../query-capture';

const figure = z.number();
const count = z.number().min(0);
const moment = z.number().nullable();
/** Texts of a foreign file: long enough for any statement that is kept, short enough for memory. */
const text = z.string().max(4_000_000);
const name = z.string().max(4096);

const distribution = z.object({
  count,
  total: figure,
  min: figure.nullable(),
  max: figure.nullable(),
  stddev: figure.nullable(),
  p50: figure.nullable(),
  p95: figure.nullable(),
  p99: figure.nullable(),
  buckets: z.array(count).max(20_000),
});

const metrics = z.record(name, distribution);
const shares = z.array(z.object({ name, calls: count, seconds: figure })).max(200);

/** One class as a file holds it. */
export const statementClassSchema = z.object({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  fingerprint: text,
  ptChecksum: z.string().max(64),
  serverDigests: z.array(z.string().max(128)).max(1000),
  verb: name,
  tables: z.array(name).max(10_000),
  calls: count,
  errors: count.nullable(),
  warnings: count.nullable(),
  metrics,
  flags: z.record(name, count),
  schemas: shares,
  users: shares,
  hosts: shares,
  applications: shares,
  firstSeenMs: moment,
  lastSeenMs: moment,
  slots: z.array(figure).max(1000),
  samples: z
    .array(
      z.object({
        reason: z.enum(['median', 'p95', 'slowest', 'most-rows', 'latest', 'by-chance']),
        sql: text,
        truncated: z.boolean(),
        schema: name,
        atMs: moment,
        seconds: figure,
        rowsExamined: figure.nullable(),
        plan: text.nullable(),
        // Reviews of before it was kept.
        atByte: figure.nullable().default(null),
      }),
    )
    .max(100),
}) satisfies z.ZodType<StatementClass>;

/** A capture without its classes. */
export const captureHeadSchema = z.object({
  id: z.string().min(1).max(100),
  takenAtMs: z.number(),
  clusterId: z.string().nullable(),
  instanceId: z.string().nullable(),
  sources: z
    .array(
      z.object({
        kind: z.enum(['slow-log', 'digests', 'history', 'live']),
        name,
        dialect: z.enum(['mysql', 'mariadb']).nullable(),
        version: name.nullable(),
      }),
    )
    .max(10_000),
  fromMs: moment,
  toMs: moment,
  slotMs: figure,
  slotsFromMs: moment,
  calls: count,
  metrics,
  coverage: z.object({
    bytesRead: count.nullable(),
    skipped: z
      .array(
        z.object({
          reason: z.enum([
            'starts-mid-event',
            'ends-mid-event',
            'banner',
            'binary',
            'general-log',
            'not-a-slow-log',
            'no-query',
            'unreadable-header',
            'too-long',
            'damaged-archive',
          ]),
          bytes: count,
          times: count,
          firstAtByte: count,
        }),
      )
      .max(1000),
    invalidUtf8: count,
    longQueryTimeSeconds: figure.nullable(),
    rateLimit: figure,
    serverSeconds: figure.nullable(),
    explainedSeconds: figure,
    unattributedSeconds: figure.nullable(),
    notes: z.array(text).max(1000),
  }),
}) satisfies z.ZodType<Omit<Capture, 'classes'>>;
