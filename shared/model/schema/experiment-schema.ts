import { z } from 'zod';
import type { IndexExperiment, RewriteExperiment } from '../query-review';
import { planComparisonSchema, planSchema } from './plan-schema';

const text = z.string().max(4_000_000);
const name = z.string().max(4096);
const figure = z.number().nullable();
const dialect = z.enum(['mysql', 'mariadb']);
const lines = z.array(text).max(10_000);

const change = z.object({
  dialect,
  statements: lines,
  undo: lines,
  undoSentence: text,
  replication: text,
  locking: text,
  checks: z
    .array(
      z.object({
        code: z.enum(['table', 'columns', 'name-free', 'engine', 'not-redundant', 'syntax', 'foreign-key', 'index']),
        status: z.enum(['pass', 'fail', 'unknown']),
        evidence: text,
      }),
    )
    .max(100),
});

/** An index experiment as a file holds it. */
export const indexExperimentSchema = z.object({
  atMs: z.number(),
  by: name,
  instance: name,
  trial: z.object({
    method: z.enum(['hint', 'invisible', 'copy']),
    estimate: z.boolean(),
    index: name,
    before: planSchema,
    after: planSchema,
    comparison: planComparisonSchema,
    used: z.boolean(),
    copied: z.object({ rows: z.number(), ofRows: figure }).nullable(),
    buildMs: figure,
    sizeBytes: figure,
    removed: z.boolean().nullable(),
    notes: lines,
  }),
  change,
}) satisfies z.ZodType<IndexExperiment>;

const values = z.array(text.nullable()).max(5000).nullable();
const notes = lines;

const verdict = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('equal'),
    rows: z.number(),
    comparedAs: z.enum(['ordered', 'multiset']),
    // Files of before have none: no window let a person allow it.
    otherNames: z.boolean().default(false),
    notes,
  }),
  z.object({
    kind: z.literal('differs'),
    difference: z.object({
      kind: z.enum(['column-count', 'column-names', 'column-types', 'row-count', 'rows', 'order']),
      sentence: text,
      atRow: figure,
      original: values,
      rewrite: values,
    }),
    notes,
  }),
  z.object({ kind: z.literal('undecided'), reason: text, notes }),
]);

const interval = z.object({ middle: z.number(), from: figure, to: figure });

/** A rewrite experiment as a file holds it. */
export const rewriteExperimentSchema = z.object({
  atMs: z.number(),
  by: name,
  instance: name,
  rewrite: text,
  fingerprint: text,
  classId: z.string().regex(/^[0-9a-f]{16}$/),
  result: z.object({
    dialect,
    version: name,
    takenAtMs: z.number(),
    sets: z.array(z.object({ label: text, verdict })).max(1000),
    equal: z.int().min(0),
    differs: z.int().min(0),
    undecided: z.int().min(0),
    sentence: text,
    measured: z
      .object({
        counters: z.array(z.object({ name, original: z.number(), rewrite: z.number() })).max(1000),
        rounds: z.number(),
        originalMs: interval,
        rewriteMs: interval,
        ratio: interval,
        verdict: z.enum(['faster', 'slower', 'no-difference-seen']),
        cutShort: text.nullable(),
      })
      .nullable(),
    notes,
  }),
}) satisfies z.ZodType<RewriteExperiment>;
