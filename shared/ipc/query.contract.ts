import { z } from 'zod';
import type { IndexAdviceResult, LeftoverIndex } from '../model/query-experiment';
import type { QueryJob } from '../model/query-job';
import type { Explained, PlanComparison, PlanFinding } from '../model/query-plan';
import type { ClassDetail, ClassRow, ReviewDetail, ReviewItem, ReviewSummary } from '../model/query-review';
import { decisionSchema } from '../model/schema/review-schema';
import { answers, emits } from './define';

const reviewId = z.string().min(1).max(100);
const classId = z.string().regex(/^[0-9a-f]{16}$/);
const instanceId = z.string().min(1).max(100);
const title = z.string().trim().min(1).max(120);
const name = z.string().max(400);
/** Of a schema or table, unquoted. */
const identifier = z.string().trim().min(1).max(64);

/** One statement of a class: the `sample`th of its samples. */
const ofSample = { reviewId, classId, sample: z.int().min(0).max(100) };

const captureSource = z.discriminatedUnion('kind', [
  /** Files on this computer, digested together. */
  z.object({
    kind: z.literal('files'),
    paths: z.array(z.string().min(1).max(4096)).min(1).max(200),
    clusterName: name,
    fromMs: z.number().optional(),
    toMs: z.number().optional(),
  }),
  /** The slow log on the host of an instance, by SSH; only what came since the last capture, unless `all`. */
  z.object({ kind: z.literal('host-log'), instanceId, all: z.boolean(), mostBytes: z.int().min(1).optional() }),
  /** Statement digests: what ran within `seconds` from now; 0: all since the server's table was emptied. */
  z.object({ kind: z.literal('digests'), instanceId, seconds: z.int().min(0).max(86_400) }),
  /** Running statements, looked at ten times a second. */
  z.object({ kind: z.literal('live'), instanceId, seconds: z.int().min(1).max(3600) }),
]);
export type CaptureOrder = z.infer<typeof captureSource>;

const listQuery = z.object({
  reviewId,
  sort: z.enum([
    'seconds',
    'calls',
    'mean',
    'p95',
    'p99',
    'max',
    'rows-examined',
    'rows-per-row-sent',
    'first-seen',
    'change',
  ]),
  direction: z.enum(['asc', 'desc']),
  filter: z.object({
    text: name.optional(),
    state: z.enum(['new', 'investigating', 'decided', 'done', 'accepted', 'reopened']).optional(),
    movement: z.enum(['new', 'gone', 'regressed', 'improved', 'steady', 'not-judged', 'plan-changed']).optional(),
    flag: name.optional(),
    schema: name.optional(),
    user: name.optional(),
    host: name.optional(),
    application: name.optional(),
  }),
  offset: z.int().min(0),
  limit: z.int().min(1).max(500),
});

const act = z.discriminatedUnion('act', [
  z.object({ act: z.literal('investigate') }),
  z.object({ act: z.literal('own'), owner: z.string().trim().max(120) }),
  z.object({ act: z.literal('note'), text: z.string().trim().min(1).max(4000) }),
  z.object({ act: z.literal('decide'), decision: decisionSchema }),
  z.object({ act: z.literal('accept'), untilMs: z.number().nullable(), reason: z.string().trim().min(3).max(400) }),
  z.object({ act: z.literal('reopen'), reason: z.string().trim().min(3).max(400) }),
]);

export const queryCalls = {
  'query.reviews': answers<{ readonly reviews: readonly ReviewSummary[]; readonly problems: readonly string[] }>()(
    z.object({}),
  ),
  /** Begins a capture that becomes a review; followed through `query.jobs`. */
  'query.capture': answers<QueryJob>()(
    z.object({
      title,
      source: captureSource,
      /** The review that it follows up; absent: the latest of the same cluster; null: none. */
      previousReviewId: reviewId.nullable().optional(),
    }),
  ),
  'query.cancel': answers<null>()(z.object({ jobId: z.string() })),
  'query.review': answers<ReviewDetail>()(z.object({ reviewId })),
  'query.classes': answers<{ readonly total: number; readonly offset: number; readonly rows: readonly ClassRow[] }>()(
    listQuery,
  ),
  /** Decided classes that this capture did not see. */
  'query.gone': answers<readonly ReviewItem[]>()(z.object({ reviewId })),
  'query.class': answers<ClassDetail>()(z.object({ reviewId, classId })),
  'query.act': answers<ClassRow>()(z.object({ reviewId, classId, act })),
  /** Marks a moment of the window, so that a jump in the figures has its reason beside it. */
  'query.annotate': answers<null>()(
    z.object({ reviewId, atMs: z.number().min(0), text: z.string().trim().min(1).max(200) }),
  ),
  'query.remove': answers<null>()(z.object({ reviewId })),
  /** Asks a server how it would run a sample; `analyze` lets it run, where it cannot write. */
  'query.explain': answers<ExplainedSample>()(
    z.object({ ...ofSample, instanceId, analyze: z.boolean(), timeLimitMs: z.int().min(100).max(600_000) }),
  ),
  /** Asks for the plan of what a session runs now. Nothing of it is kept. */
  'query.explainRunning': answers<RunningPlan>()(z.object({ instanceId, sessionId: z.int().positive() })),
  'query.advise': answers<AdvisedIndexes>()(z.object({ ...ofSample, instanceId })),
  /** Removes an index that a trial left when its console was killed; true: a new connection saw that it is gone. */
  'query.removeLeftover': answers<{ readonly gone: boolean }>()(
    z.object({ instanceId, schema: name, table: name, index: z.string().startsWith('midwatch_try_').max(64) }),
  ),
  /** Tries an index on an instance, invisible, or on a copy of some rows. */
  'query.tryIndex': answers<QueryJob>()(
    z.object({
      ...ofSample,
      instanceId,
      method: z.enum(['invisible', 'copy']),
      /** A person chose a server that follows nobody: without it such a one is refused. */
      onPrimary: z.boolean(),
      schema: name,
      table: name,
      columns: z
        .array(z.object({ name: z.string().min(1).max(64), descending: z.boolean() }))
        .min(1)
        .max(16),
    }),
  ),
  /** Asks what a statement would do without an index that is there; on MySQL, by a hint for this one statement. */
  'query.tryWithout': answers<QueryJob>()(
    z.object({ ...ofSample, instanceId, schema: name, table: name, index: z.string().min(1).max(64) }),
  ),
  /** Holds a rewrite against the class's samples: equal rows first, then time. */
  'query.tryRewrite': answers<QueryJob>()(
    z.object({
      reviewId,
      classId,
      instanceId,
      rewrite: z.string().trim().min(6).max(200_000),
      rounds: z.int().min(2).max(100),
      /** For applications that read columns by place: other names are noted and do not count. */
      allowOtherNames: z.boolean(),
    }),
  ),
  /** Writes a file that the person chooses; null when they did not. Without `literals` none leaves this computer. */
  'query.export': answers<{ readonly path: string } | null>()(
    z.object({ reviewId, format: z.enum(['html', 'markdown', 'json', 'review', 'pt-tables']), literals: z.boolean() }),
  ),
  /** Takes in a review file that the person chooses; null when they did not. */
  'query.import': answers<{ readonly reviewId: string } | null>()(z.object({})),
  /** Takes notes and earlier figures out of pt-query-digest's tables on a server, which is only read. */
  'query.importPt': answers<PtTakenOver>()(
    z.object({
      reviewId,
      instanceId,
      schema: identifier,
      /** Absent: as pt-query-digest names them, the history in the same schema. */
      reviewTable: identifier.optional(),
      historySchema: identifier.optional(),
      historyTable: identifier.optional(),
    }),
  ),
};

export const queryStreams = {
  /** Long work, newest first, again whenever one moves. */
  'query.jobs': emits<readonly QueryJob[]>()(z.object({})),
};

/** What the rules propose, and what earlier trials left on the instance. */
export interface AdvisedIndexes extends IndexAdviceResult {
  readonly leftovers: readonly LeftoverIndex[];
}

/** What the server said of a sample, and what the rules find in it. */
export interface ExplainedSample {
  readonly explained: Explained;
  readonly findings: readonly PlanFinding[];
  /** Against the plan that the review saw first; null: this is the first. */
  readonly comparison: PlanComparison | null;
  /** Name of the instance that was asked. */
  readonly instance: string;
}

/** The plan of a running statement, or why there is none. */
export interface RunningPlan {
  readonly explained: Explained;
  /** `running`: the plan that the session follows. `text`: how the server would run the same text now; the other was refused. */
  readonly basis: 'running' | 'text';
  /** Why the session's own plan was refused; '' with the basis `running`. */
  readonly because: string;
  /** What the session ran when it was asked; '' where that is not known. */
  readonly statement: string;
  /** ms that it ran when the figures were taken; null where there are estimates alone. */
  readonly soFarMs: number | null;
  readonly findings: readonly PlanFinding[];
  /** Name of the instance that was asked. */
  readonly instance: string;
}

/** What came over from pt-query-digest's tables, counted in classes of the review. */
export interface PtTakenOver {
  readonly classesMatched: number;
  readonly notesAdded: number;
  /** Were new here and reviewed there. */
  readonly accepted: number;
  /** Have figures of an earlier run beside their own now. */
  readonly compared: number;
  /** Checksums in the tables that no class of the review has. */
  readonly rowsWithoutClass: number;
  /** `schema.table` that was read. */
  readonly reviewTable: string;
  /** All of it, and what was left, in words. */
  readonly sentence: string;
}
