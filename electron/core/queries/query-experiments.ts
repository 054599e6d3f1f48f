import { MidwatchError } from '@shared/errors';
import type { QueryJob } from '@shared/model/query-job';
import type {
  ChangeDecision,
  IndexTrialOutcome,
  LeftoverIndex,
  RewriteProgress,
  TrialRefusal,
} from '@shared/model/query-experiment';
import type { Clock } from '../ports/clock';
import type { StatementReader } from './aggregate/statement-reader';
import { changeFor } from './experiments/change-for';
import { checkChange } from './experiments/check-change';
import { removeLeftover } from './experiments/leftovers';
import { parameterSetsOf } from './experiments/parameter-sets';
import { runRewrite } from './experiments/run-rewrite';
import type { TrialPhase, TrialRequest, TrialServer } from './experiments/trial-server';
import { tryInvisible } from './experiments/try-invisible';
import { tryOnCopy } from './experiments/try-on-copy';
import type { QueryJobs } from './jobs/query-jobs';
import type { QuerySessions } from './query-sessions';
import type { ReviewService } from './review/review-service';

interface QueryExperimentsParts {
  readonly reviews: ReviewService;
  readonly sessions: QuerySessions;
  readonly jobs: QueryJobs;
  readonly reader: StatementReader;
  readonly clock: Clock;
  readonly user: string;
  /** Free bytes where an instance's tables lie; null when its host cannot be asked. */
  readonly freeBytes: (instanceId: string, signal: AbortSignal) => Promise<number | null>;
  /** @throws MidwatchError `cluster-locked`: building an index changes a server */
  readonly requireUnlocked: (clusterId: string, cluster: string) => void;
  readonly noteChange: (instanceId: string, text: string) => void;
}

/** An index to be tried for one sample of a class. */
export interface IndexOrder {
  readonly reviewId: string;
  readonly classId: string;
  readonly sample: number;
  readonly instanceId: string;
  readonly method: 'invisible' | 'copy';
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly { readonly name: string; readonly descending: boolean }[];
}

const trialWords: Readonly<Record<TrialPhase, string>> = {
  checking: 'checking the table and the space',
  copying: 'copying rows',
  building: 'building the index',
  explaining: 'asking for the plan',
  removing: 'removing the index',
};

const rewriteWords: Readonly<Record<RewriteProgress['phase'], string>> = {
  comparing: 'comparing rows, one snapshot',
  measuring: 'measuring, original and rewrite in turn',
};

/** Experiments on the statements of a review: each is a job, and its result is kept with the class. */
export class QueryExperiments {
  readonly #parts: QueryExperimentsParts;

  constructor(parts: QueryExperimentsParts) {
    this.#parts = parts;
  }

  /**
   * Begins to try an index: invisible on the instance itself, which needs its cluster unlocked, or on a private copy of some
   * rows, which changes nothing.
   * @throws MidwatchError `cluster-locked`
   */
  tryIndex(order: IndexOrder): QueryJob {
    const { reviews, sessions, jobs, clock, user } = this.#parts;
    const { reviewId, classId, instanceId, method } = order;
    const place = sessions.placeOf(instanceId);
    if (method === 'invisible') this.#parts.requireUnlocked(place.clusterId, place.cluster);
    return jobs.start(
      {
        kind: 'index',
        title: `Index on ${order.table} (${order.columns.map((one) => one.name).join(', ')})`,
        first: { done: 0, total: null, unit: 'runs', words: trialWords.checking },
        reviewId,
        classId,
      },
      async (report, signal) => {
        const sample = await reviews.sample(reviewId, classId, order.sample);
        let steps = 0;
        const onProgress = (phase: TrialPhase): void =>
          report.progress({ done: (steps += 1), total: null, unit: 'runs', words: trialWords[phase] });
        const request: TrialRequest = {
          sql: sample.sql,
          schema: sample.schema,
          truncated: sample.truncated,
          table: { schema: order.schema, table: order.table },
          columns: order.columns,
        };
        const { outcome, change, instance } = await sessions.use(instanceId, signal, async (session, server) => {
          const decision: ChangeDecision = {
            kind: 'add-index',
            schema: order.schema,
            table: order.table,
            index: indexName(order.columns),
            columns: order.columns,
          };
          const checked = await checkChange(session, changeFor(decision, server.dialect), decision);
          const trialServer: TrialServer = {
            dialect: server.dialect,
            open: (inner) => sessions.open(instanceId, inner),
            clock,
            onProgress,
          };
          return {
            change: checked,
            instance: server.instance,
            outcome: await this.#attempt(order, trialServer, request, signal),
          };
        });
        if (outcome.kind === 'refused') {
          throw new MidwatchError('unsupported', outcome.refusal.reason, {
            nextStep: nextStepOf(method, outcome.refusal, order.schema),
            details: { refused: outcome.refusal.code },
          });
        }
        const { trial } = outcome;
        await reviews.change(reviewId, classId, (item) => ({
          ...item,
          state: item.state === 'new' ? 'investigating' : item.state,
          indexExperiments: [...item.indexExperiments, { atMs: clock.nowMs(), by: user, instance, trial, change }],
        }));
      },
    );
  }

  async #attempt(
    order: IndexOrder,
    server: TrialServer,
    request: TrialRequest,
    signal: AbortSignal,
  ): Promise<IndexTrialOutcome> {
    if (order.method === 'copy') return tryOnCopy(server, request, {}, signal);
    const { freeBytes, noteChange } = this.#parts;
    const free = await freeBytes(order.instanceId, signal);
    noteChange(order.instanceId, `tries an invisible index on ${order.schema}.${order.table}, removed after`);
    const outcome = await tryInvisible(server, { ...request, onPrimary: false, freeBytes: free }, signal);
    const left = outcome.kind === 'tried' && outcome.trial.removed === false;
    noteChange(
      order.instanceId,
      left ? `the trial index on ${order.table} could not be removed` : `the trial index on ${order.table} is gone`,
    );
    return outcome;
  }

  /**
   * Removes an index that a trial left behind.
   * @returns whether a new connection saw that it is gone. @throws MidwatchError `cluster-locked`
   */
  async removeLeftover(instanceId: string, leftover: LeftoverIndex): Promise<boolean> {
    const { sessions, clock, noteChange } = this.#parts;
    const place = sessions.placeOf(instanceId);
    this.#parts.requireUnlocked(place.clusterId, place.cluster);
    noteChange(instanceId, `removes ${leftover.index} of ${leftover.schema}.${leftover.table}, left by a trial`);
    return removeLeftover({ open: (inner) => sessions.open(instanceId, inner), clock }, leftover);
  }

  /** Begins to hold a rewrite against the class's samples on one server. */
  tryRewrite(order: {
    readonly reviewId: string;
    readonly classId: string;
    readonly instanceId: string;
    readonly rewrite: string;
    readonly rounds: number;
  }): QueryJob {
    const { reviews, sessions, jobs, reader, clock, user } = this.#parts;
    const { reviewId, classId, instanceId, rewrite } = order;
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
            { sets: bound.sets, schema: template.schema, rounds: order.rounds },
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

const nextStepOf = (method: IndexOrder['method'], { reason }: TrialRefusal, schema: string): string => {
  if (/access denied/i.test(reason)) {
    return method === 'copy'
      ? `Grant CREATE TEMPORARY TABLES on ${schema} to the account of the console (docs/queries.md)`
      : `Grant ALTER and INDEX on ${schema} to the account of the console, or try it on a copy`;
  }
  return method === 'invisible' ? 'Try it on a copy of some rows' : 'Choose another sample or instance';
};

/** idx_customer_id_status: what it holds is its name; 64 characters are all a server takes. */
const indexName = (columns: readonly { readonly name: string }[]): string =>
  `idx_${columns.map((one) => one.name).join('_')}`.slice(0, 60);
