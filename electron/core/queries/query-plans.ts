import { MidwatchError } from '@shared/errors';
import type { AdvisedIndexes, ExplainedSample, RunningPlan } from '@shared/ipc/query.contract';
import type { StatementSample } from '@shared/model/query-capture';
import type { Explained, PlanFinding, QueryPlan, RefusalCode } from '@shared/model/query-plan';
import type { DialectName } from '@shared/model/fleet';
import type { Clock } from '../ports/clock';
import type { MysqlSession } from '../ports/mysql-session';
import { adviseIndexes } from './advice/advise-indexes';
import { planFindings } from './advice/plan-findings';
import { statementWarnings } from './advice/statement-warnings';
import { findLeftovers } from './experiments/leftovers';
import { analyzeStatement } from './plans/analyze-statement';
import { explainRunning, type RunningStatement } from './plans/explain-running';
import { explainStatement } from './plans/explain-statement';
import { readStatement } from './plans/guard-statement';
import { comparePlans } from './plans/plan-structure';
import { readQuoteRules } from './plans/read-only-session';
import type { ReviewService } from './review/review-service';
import type { QuerySessions } from './query-sessions';

/** One sample of a class, and the server that is asked with it. */
export interface SampleQuestion {
  readonly reviewId: string;
  readonly classId: string;
  readonly sample: number;
  readonly instanceId: string;
}

interface QueryPlansParts {
  readonly reviews: ReviewService;
  readonly sessions: QuerySessions;
  readonly clock: Clock;
}

/** Asks servers how they run the statements of a review. What they say is kept with the class. */
export class QueryPlans {
  readonly #parts: QueryPlansParts;

  constructor(parts: QueryPlansParts) {
    this.#parts = parts;
  }

  /**
   * Explains a sample, or lets it run with `analyze` where it cannot write.
   * @throws MidwatchError `not-found` without a sample; those of a connection. What the server has against it is no error.
   */
  async explain(
    question: SampleQuestion & { readonly analyze: boolean; readonly timeLimitMs: number },
    signal: AbortSignal,
  ): Promise<ExplainedSample> {
    const { reviews, sessions } = this.#parts;
    const sample = await reviews.sample(question.reviewId, question.classId, question.sample);
    const before = (await reviews.one(question.reviewId, question.classId)).item?.planAtCapture ?? null;
    return sessions.use(question.instanceId, signal, async (session, server) => {
      const explained = await this.#ask(session, server.dialect, sample, question, signal);
      if (explained.kind === 'refused') {
        return { explained, findings: [], comparison: null, instance: server.instance };
      }
      const { plan } = explained;
      await reviews.change(question.reviewId, question.classId, (item) => ({
        ...item,
        planAtCapture: item.planAtCapture ?? plan,
        planNow: item.planAtCapture === null ? null : plan,
      }));
      return {
        explained,
        findings: await findingsOf(session, plan, sample),
        comparison: before === null ? null : comparePlans(before, plan),
        instance: server.instance,
      };
    });
  }

  /**
   * Which indexes the rules propose for a sample's plan: the one that was measured last where there is one, because
   * estimates are what a missing index often comes from. @throws as {@link explain}; `unsupported` when it is not explained */
  async advise(question: SampleQuestion, signal: AbortSignal): Promise<AdvisedIndexes> {
    const { reviews, sessions } = this.#parts;
    const sample = await reviews.sample(question.reviewId, question.classId, question.sample);
    const { item } = await reviews.one(question.reviewId, question.classId);
    const measured = [item?.planNow, item?.planAtCapture].find((plan) => plan?.analyzed === true) ?? null;
    return sessions.use(question.instanceId, signal, async (session, server) => {
      const reading = readStatement(sample.sql, {
        truncated: sample.truncated,
        quotes: await readQuoteRules(session),
      });
      const explained: Explained =
        reading.kind === 'refused'
          ? reading
          : measured?.dialect === server.dialect
            ? { kind: 'plan', plan: measured }
            : await this.#ask(session, server.dialect, sample, { ...question, analyze: false, timeLimitMs: 0 }, signal);
      if (reading.kind === 'refused' || explained.kind === 'refused') {
        const reason = reading.kind === 'refused' ? reading.refusal.reason : refusalOf(explained);
        throw new MidwatchError('unsupported', `No plan, so no index: ${reason}`, {
          nextStep: 'Choose another sample',
        });
      }
      const advised = await adviseIndexes(session, explained.plan, reading.statement, sample.schema);
      return { ...advised, leftovers: await findLeftovers(session) };
    });
  }

  /**
   * The plan of what a session runs now. Where the server keeps that from this account, or the session does not answer, the
   * same text is explained instead, and the answer says so: another plan may come out than the one that runs.
   * @throws MidwatchError those of a connection. What the server has against it is no error.
   */
  async running(
    { instanceId, sessionId }: { readonly instanceId: string; readonly sessionId: number },
    signal: AbortSignal,
  ): Promise<RunningPlan> {
    const { sessions, clock } = this.#parts;
    const nowMs = clock.nowMs();
    const own = await sessions.use(instanceId, signal, async (session, server) => {
      const asked = { connectionId: sessionId, nowMs };
      const answer = await explainRunning(session, server.dialect, asked, signal);
      const findings =
        answer.kind === 'plan' ? await findingsOf(session, estimatesOf(answer.plan), answer.statement) : [];
      return { answer, findings, instance: server.instance };
    });
    const { answer, findings, instance } = own;
    const head = { instance, statement: answer.statement?.sql ?? '' };
    if (answer.kind === 'plan') {
      const explained: Explained = { kind: 'plan', plan: answer.plan };
      return { ...head, explained, basis: 'running', because: '', soFarMs: answer.soFarMs, findings };
    }
    const { refusal, statement } = answer;
    if (statement === null || !textMayTell.has(refusal.code)) {
      return {
        ...head,
        explained: { kind: 'refused', refusal },
        basis: 'running',
        because: '',
        soFarMs: null,
        findings,
      };
    }
    // A session of its own: the first one is gone where the limit was ours.
    const text = await sessions.use(instanceId, signal, async (session, server) => {
      const explained = await explainStatement(session, server.dialect, { ...statement, nowMs }, signal);
      return {
        explained,
        findings: explained.kind === 'plan' ? await findingsOf(session, explained.plan, statement) : [],
      };
    });
    return { ...head, ...text, basis: 'text', because: refusal.reason, soFarMs: null };
  }

  async #ask(
    session: MysqlSession,
    dialect: DialectName,
    sample: StatementSample,
    how: { readonly instanceId: string; readonly analyze: boolean; readonly timeLimitMs: number },
    signal: AbortSignal,
  ): Promise<Explained> {
    const { sessions, clock } = this.#parts;
    const request = {
      sql: sample.sql,
      schema: sample.schema,
      truncated: sample.truncated,
      nowMs: clock.nowMs(),
    };
    if (!how.analyze) return explainStatement(session, dialect, request, signal);
    const open = (inner: AbortSignal): Promise<MysqlSession> => sessions.open(how.instanceId, inner);
    return analyzeStatement(session, dialect, { ...request, timeLimitMs: how.timeLimitMs, open }, signal);
  }
}

const refusalOf = (explained: Explained): string => (explained.kind === 'refused' ? explained.refusal.reason : '');

/** Without the figures so far: the rules would read half a run as a whole one. */
const estimatesOf = (plan: QueryPlan): QueryPlan => ({
  ...plan,
  analyzed: false,
  nodes: plan.nodes.map((node) => ({
    ...node,
    actualRows: null,
    actualFilteredPercent: null,
    loops: null,
    firstRowMs: null,
    lastRowMs: null,
    ownMs: null,
    offBy: null,
  })),
});

/** Refusals of a session's own plan that say nothing against its statement. */
const textMayTell: ReadonlySet<RefusalCode> = new Set(['privilege', 'time-limit', 'not-explainable']);

const findingsOf = async (
  session: MysqlSession,
  plan: QueryPlan,
  sample: Pick<RunningStatement, 'sql' | 'truncated'>,
): Promise<readonly PlanFinding[]> => {
  const reading = readStatement(sample.sql, { truncated: sample.truncated, quotes: await readQuoteRules(session) });
  if (reading.kind === 'refused') return [];
  return [...planFindings(plan, reading.statement), ...statementWarnings(reading.statement)];
};
