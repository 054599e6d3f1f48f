import type { DialectName } from '@shared/model/fleet';
import type { IndexTrialOutcome, TrialRefusal } from '@shared/model/query-experiment';
import type { Explained, QueryPlan } from '@shared/model/query-plan';
import type { Clock } from '../../ports/clock';
import type { MysqlSession } from '../../ports/mysql-session';
import { analyzeStatement } from '../plans/analyze-statement';
import { explainStatement } from '../plans/explain-statement';
import type { OpenSession } from '../plans/read-only-session';

/** The server on which an index is tried: a replica where there is one. */
export interface TrialServer {
  readonly dialect: DialectName;
  readonly open: OpenSession;
  readonly clock: Clock;
  readonly onProgress?: (phase: TrialPhase) => void;
}

export type TrialPhase = 'checking' | 'copying' | 'building' | 'explaining' | 'removing';

/** The statement and the index that it is tried with. */
export interface TrialRequest {
  readonly sql: string;
  /** Where the statement's unqualified names are looked up. */
  readonly schema: string;
  readonly truncated?: boolean;
  readonly table: { readonly schema: string; readonly table: string };
  readonly columns: readonly { readonly name: string; readonly descending: boolean }[];
  /** Of one run of the statement. Default 30 s. */
  readonly timeLimitMs?: number;
}

/** Begins the name of everything that a trial makes, so that it is found again after a crash. */
export const trialPrefix = 'midwatch_try_';

export const trialRefused = (code: TrialRefusal['code'], reason: string): IndexTrialOutcome => ({
  kind: 'refused',
  refusal: { code, reason },
});

/** Carries a refusal out of the depth of a trial, past all that must be tidied up on the way. */
export class TrialStopped extends Error {
  constructor(readonly refusal: TrialRefusal) {
    super(refusal.reason);
    this.name = 'TrialStopped';
  }
}

/**
 * The plan of the statement as it is now in this session: with what really happened where it may run, the second of two runs,
 * for the first one warms up; else (it writes, it takes longer than the limit) what the server expects.
 * @throws TrialStopped when the server has no plan for it
 */
export async function planInTrial(
  session: MysqlSession,
  server: TrialServer,
  request: Omit<TrialRequest, 'columns' | 'table'>,
  signal: AbortSignal,
): Promise<QueryPlan> {
  const { sql, schema, truncated = false, timeLimitMs = 30_000 } = request;
  const asked = { sql, schema, truncated, nowMs: server.clock.nowMs() };
  const run = (): Promise<Explained> =>
    analyzeStatement(session, server.dialect, { ...asked, timeLimitMs, open: server.open }, signal);
  const first = await run();
  const second = first.kind === 'plan' ? await run() : first;
  if (second.kind === 'plan') return second.plan;
  const explained = await explainStatement(session, server.dialect, asked, signal);
  if (explained.kind === 'plan') return explained.plan;
  throw new TrialStopped({ code: 'statement', reason: explained.refusal.reason });
}

/** A refusal from inside as the outcome; every other failure goes on. */
export async function outcomeOf(work: () => Promise<IndexTrialOutcome>): Promise<IndexTrialOutcome> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TrialStopped) return { kind: 'refused', refusal: error.refusal };
    throw error;
  }
}
