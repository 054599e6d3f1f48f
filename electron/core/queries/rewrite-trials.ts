import { MidwatchError } from '@shared/errors';
import type { QueryJob } from '@shared/model/query-job';
import type { RewriteProgress } from '@shared/model/query-experiment';
import type { Clock } from '../ports/clock';
import type { StatementReader } from './aggregate/statement-reader';
import { parameterSetsOf } from './experiments/parameter-sets';
import { runRewrite } from './experiments/run-rewrite';
import type { QueryJobs } from './jobs/query-jobs';
import type { QuerySessions } from './query-sessions';
import type { ReviewService } from './review/review-service';

interface RewriteTrialsParts {
  readonly reviews: ReviewService;
  readonly sessions: QuerySessions;
  readonly jobs: QueryJobs;
  readonly reader: StatementReader;
  readonly clock: Clock;
  readonly user: string;
}

const rewriteWords: Readonly<Record<RewriteProgress['phase'], string>> = {
  comparing: 'comparing rows, one snapshot',
  measuring: 'measuring, original and rewrite in turn',
};

/** Holds rewrites against the statements of a review: each is a job, and its result is kept with the class. */
export class RewriteTrials {
  readonly #parts: RewriteTrialsParts;

  constructor(parts: RewriteTrialsParts) {
    this.#parts = parts;
  }

  /** Begins to hold a rewrite against the class's samples on one server. */
  tryRewrite(order: {
    readonly reviewId: string;
    readonly classId: string;
    readonly instanceId: string;
    readonly rewrite: string;
    readonly rounds: number;
    readonly allowOtherNames: boolean;
  }): QueryJob {
    const { reviews, sessions, jobs, reader, clock, user } = this.#parts;
    const { reviewId, classId, instanceId, rewrite, rounds, allowOtherNames } = order;
    return jobs.start(
      {
        kind: 'rewrite',
        title: 'Rewrite',
        first: { done: 0, total: null, unit: 'runs', words: 'choosing the values' },
        reviewId,
        classId,
      },
      async (report, signal) => {
        const template = await reviews.sample(reviewId, classId, 0);
        const { statementClass } = await reviews.one(reviewId, classId);
        const bound = parameterSetsOf(statementClass.samples, template.sql, rewrite);
        if (bound.kind === 'refused') {
          throw new MidwatchError('invalid-input', bound.reason, {
            nextStep: 'Write :p1, :p2 … in the rewrite for the first, second … value of the original',
          });
        }
        const outcome = await sessions.use(instanceId, signal, async (_session, server) => ({
          server,
          ran: await runRewrite(
            { sets: bound.sets, schema: template.schema, rounds, allowOtherNames },
            {
              dialect: server.dialect,
              open: (inner) => sessions.open(instanceId, inner),
              clock,
              onProgress: ({ phase, done, of }) =>
                report.progress({ done, total: of, unit: 'runs', words: rewriteWords[phase] }),
            },
            signal,
          ),
        }));
        const { ran, server } = outcome;
        if (ran.kind === 'refused') {
          throw new MidwatchError(
            'unsupported',
            `${ran.side === 'both' ? 'Both' : `The ${ran.side}`}: ${ran.refusal.reason}`,
            {
              nextStep: 'Only SELECTs that cannot write are compared',
              details: { refused: ran.refusal.code },
            },
          );
        }
        const shape = reader.fingerprint(bound.sets[0]?.rewrite ?? rewrite);
        const left = bound.unused.map((one) => `Sample left out (${one.label}): ${one.reason}`);
        await reviews.change(reviewId, classId, (item) => ({
          ...item,
          state: item.state === 'new' ? 'investigating' : item.state,
          rewriteExperiments: [
            ...item.rewriteExperiments,
            {
              atMs: clock.nowMs(),
              by: user,
              instance: server.instance,
              rewrite,
              fingerprint: shape,
              classId: reader.classIdOf(shape),
              result: { ...ran.result, notes: [...ran.result.notes, ...left] },
            },
          ],
        }));
      },
    );
  }
}
