import { MidwatchError } from '@shared/errors';
import type { ChangeDecision, IndexTrialOutcome, LeftoverIndex, TrialRefusal } from '@shared/model/query-experiment';
import type { QueryJob } from '@shared/model/query-job';
import type { StatementSample } from '@shared/model/query-capture';
import type { Clock } from '../ports/clock';
import { changeFor } from './experiments/change-for';
import { checkChange } from './experiments/check-change';
import { removeLeftover } from './experiments/leftovers';
import type { TrialPhase, TrialRequest, TrialServer } from './experiments/trial-server';
import { tryDrop } from './experiments/try-drop';
import { tryInvisible } from './experiments/try-invisible';
import { tryOnCopy } from './experiments/try-on-copy';
import type { QueryJobs } from './jobs/query-jobs';
import type { QuerySessions } from './query-sessions';
import type { ReviewService } from './review/review-service';

interface IndexTrialsParts {
  readonly reviews: ReviewService;
  readonly sessions: QuerySessions;
  readonly jobs: QueryJobs;
  readonly clock: Clock;
  readonly user: string;
  /** Free bytes where an instance's tables lie; null when its host cannot be asked. */
  readonly freeBytes: (instanceId: string, signal: AbortSignal) => Promise<number | null>;
  /** @throws MidwatchError `cluster-locked`: building an index changes a server */
  readonly requireUnlocked: (clusterId: string, cluster: string) => void;
  readonly noteChange: (instanceId: string, text: string) => void;
}

/** For which sample of a class, on which server, on which table. */
interface TrialPlace {
  readonly reviewId: string;
  readonly classId: string;
  readonly sample: number;
  readonly instanceId: string;
  readonly schema: string;
  readonly table: string;
}

/** An index to be tried. */
export interface IndexOrder extends TrialPlace {
  readonly method: 'invisible' | 'copy';
  /** True: a person named this server although it follows nobody. */
  readonly onPrimary: boolean;
  readonly columns: readonly { readonly name: string; readonly descending: boolean }[];
}

/** An index that is there, to be left out for once. */
export interface WithoutOrder extends TrialPlace {
  readonly index: string;
}

interface Trial {
  readonly title: string;
  readonly decision: ChangeDecision;
  readonly attempt: (server: TrialServer, sample: StatementSample, signal: AbortSignal) => Promise<IndexTrialOutcome>;
  readonly nextStep: (refusal: TrialRefusal) => string;
}

const phaseWords: Readonly<Record<TrialPhase, string>> = {
  checking: 'checking the table and the space',
  copying: 'copying rows',
  building: 'building the index',
  explaining: 'asking for the plan',
  removing: 'removing the index',
};

/** Tries indexes for the statements of a review: one that only the trial sees, or without one that is there. */
export class IndexTrials {
  readonly #parts: IndexTrialsParts;

  constructor(parts: IndexTrialsParts) {
    this.#parts = parts;
  }

  /**
   * Begins to try an index: invisible on the instance itself, which needs its cluster unlocked, or on a private copy of some
   * rows, which changes nothing.
   * @throws MidwatchError `cluster-locked`
   */
  tryIndex(order: IndexOrder): QueryJob {
    const { schema, table, columns, method } = order;
    const place = this.#parts.sessions.placeOf(order.instanceId);
    if (method === 'invisible') this.#parts.requireUnlocked(place.clusterId, place.cluster);
    return this.#start(order, {
      title: `Index on ${table} (${columns.map((one) => one.name).join(', ')})`,
      decision: { kind: 'add-index', schema, table, index: indexName(columns), columns },
      attempt: async (server, sample, signal) => this.#build(order, server, sample, signal),
      nextStep: (refusal) => nextStepOf(method, refusal, schema),
    });
  }

  /** Begins to ask what a statement would do without an index. Nothing changes: a hint leaves it out for this one statement. */
  tryWithout(order: WithoutOrder): QueryJob {
    const { schema, table, index } = order;
    return this.#start(order, {
      title: `Without ${index} of ${table}`,
      decision: { kind: 'drop-index', schema, table, index },
      attempt: async (server, sample, signal) =>
        tryDrop(server, { ...statementOf(sample), table: { schema, table }, index }, signal),
      nextStep: () => 'Choose another sample or instance',
    });
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

  #start({ reviewId, classId, sample, instanceId }: TrialPlace, trial: Trial): QueryJob {
    const { reviews, sessions, jobs, clock, user } = this.#parts;
    return jobs.start(
      {
        kind: 'index',
        title: trial.title,
        first: { done: 0, total: null, unit: 'runs', words: phaseWords.checking },
        reviewId,
        classId,
      },
      async (report, signal) => {
        const statement = await reviews.sample(reviewId, classId, sample);
        let steps = 0;
        const onProgress = (phase: TrialPhase): void =>
          report.progress({ done: (steps += 1), total: null, unit: 'runs', words: phaseWords[phase] });
        const { outcome, change, instance } = await sessions.use(instanceId, signal, async (session, server) => ({
          change: await checkChange(session, changeFor(trial.decision, server.dialect), trial.decision),
          instance: server.instance,
          outcome: await trial.attempt(
            { dialect: server.dialect, open: (inner) => sessions.open(instanceId, inner), clock, onProgress },
            statement,
            signal,
          ),
        }));
        if (outcome.kind === 'refused') {
          throw new MidwatchError('unsupported', outcome.refusal.reason, {
            nextStep: trial.nextStep(outcome.refusal),
            details: { refused: outcome.refusal.code },
          });
        }
        await reviews.change(reviewId, classId, (item) => ({
          ...item,
          state: item.state === 'new' ? 'investigating' : item.state,
          indexExperiments: [
            ...item.indexExperiments,
            { atMs: clock.nowMs(), by: user, instance, trial: outcome.trial, change },
          ],
        }));
      },
    );
  }

  async #build(
    order: IndexOrder,
    server: TrialServer,
    sample: StatementSample,
    signal: AbortSignal,
  ): Promise<IndexTrialOutcome> {
    const { instanceId, method, onPrimary, schema, table, columns } = order;
    const request: TrialRequest = { ...statementOf(sample), table: { schema, table }, columns };
    if (method === 'copy') return tryOnCopy(server, request, {}, signal);
    const { freeBytes, noteChange } = this.#parts;
    const free = await freeBytes(instanceId, signal);
    noteChange(
      instanceId,
      `tries an invisible index on ${schema}.${table}${onPrimary ? ', on the primary by choice' : ''}, removed after`,
    );
    const outcome = await tryInvisible(server, { ...request, onPrimary, freeBytes: free }, signal);
    const isLeft = outcome.kind === 'tried' && outcome.trial.removed === false;
    noteChange(
      instanceId,
      isLeft ? `the trial index on ${table} could not be removed` : `the trial index on ${table} is gone`,
    );
    return outcome;
  }
}

const statementOf = ({
  sql,
  schema,
  truncated,
}: StatementSample): Pick<TrialRequest, 'sql' | 'schema' | 'truncated'> => ({
  sql,
  schema,
  truncated,
});

function nextStepOf(method: IndexOrder['method'], { reason }: TrialRefusal, schema: string): string {
  if (/access denied/i.test(reason)) {
    return method === 'copy'
      ? `Grant CREATE TEMPORARY TABLES on ${schema} to the account of the console (docs/queries.md)`
      : `Grant INDEX on ${schema} to the account of the console, or try it on a copy`;
  }
  return method === 'invisible' ? 'Try it on a copy of some rows' : 'Choose another sample or instance';
}

/** idx_customer_id_status: what it holds is its name; 64 characters are all a server takes. */
const indexName = (columns: readonly { readonly name: string }[]): string =>
  `idx_${columns.map((one) => one.name).join('_')}`.slice(0, 60);
