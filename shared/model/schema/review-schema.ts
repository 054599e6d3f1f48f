import { z } from 'zod';
import type { Review, ReviewItem } from '../query-review';
import { indexExperimentSchema, rewriteExperimentSchema } from './experiment-schema';
import { planSchema } from './plan-schema';

const text = z.string().max(1_000_000);
const name = z.string().max(4096);
const gain = z.object({ before: z.number(), after: z.number() });

/** A decision without who made it and when. */
export const decisionSchema = z.object({
  kind: z.enum(['index', 'rewrite', 'other']),
  change: text,
  undo: text,
  reason: z.string().max(4000),
  ticket: z.string().max(400),
  prediction: z
    .object({
      secondsPerCall: gain,
      rowsExaminedPerCall: gain.nullable(),
      from: z.enum(['experiment', 'estimate']),
    })
    .nullable(),
  replacedBy: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .nullable(),
});

const item = z.object({
  classId: z.string().regex(/^[0-9a-f]{16}$/),
  state: z.enum(['new', 'investigating', 'decided', 'done', 'accepted', 'reopened']),
  owner: name,
  notes: z.array(z.object({ atMs: z.number(), by: name, text })).max(10_000),
  decision: decisionSchema.extend({ by: name, atMs: z.number() }).nullable(),
  acceptedUntilMs: z.number().nullable(),
  realised: z
    .object({
      captureTakenAtMs: z.number(),
      calls: z.number(),
      secondsPerCall: gain,
      rowsExaminedPerCall: gain.nullable(),
      oldCalls: z.number(),
      shareOfPrediction: z.number().nullable(),
    })
    .nullable(),
  reopenedBecause: text,
  planAtCapture: planSchema.nullable(),
  planNow: planSchema.nullable(),
  indexExperiments: z.array(indexExperimentSchema).max(1000),
  rewriteExperiments: z.array(rewriteExperimentSchema).max(1000),
}) satisfies z.ZodType<ReviewItem>;

const comparison = z.object({
  classId: name,
  movement: z.enum(['new', 'gone', 'regressed', 'improved', 'steady', 'not-judged']),
  mean: gain.nullable(),
  p95: gain.nullable(),
  callsPerHour: gain.nullable(),
  evidence: text,
});

/** A review as a file holds it. */
export const reviewSchema = z.object({
  id: z.string().min(1).max(100),
  title: name,
  clusterName: name,
  createdAtMs: z.number(),
  createdBy: name,
  redacted: z.boolean(),
  captureId: z.string().min(1).max(100),
  sourceKinds: z.array(z.enum(['slow-log', 'digests', 'history', 'live'])).max(10),
  previousReviewId: z.string().nullable(),
  items: z.record(name, item),
  comparisons: z.record(name, comparison),
  annotations: z
    .array(z.object({ atMs: z.number(), text, kind: z.enum(['operation', 'deploy', 'note']) }))
    .max(100_000),
}) satisfies z.ZodType<Review>;
