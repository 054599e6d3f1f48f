import { MidwatchError } from '@shared/errors';
import type { DialectName } from '@shared/model/fleet';
import type { Explained, QueryPlan, Refusal } from '@shared/model/query-plan';
import { parseServerVersion, isAtLeast } from '../../dialect/server-version';
import type { MysqlSession } from '../../ports/mysql-session';
import { askForVersion2, planText, readNotes, refusedByServer, type ExplainRequest } from './explain-statement';
import { readStatement, refuseUnlessReadOnly } from './guard-statement';
import { parsePlanText } from './parse-plan-text';
import {
  isRefusedWrite,
  isTimeLimit,
  limitSelects,
  readQuoteRules,
  refuseForFunctions,
  rolledBack,
  untilAborted,
  useSchema,
  withLimit,
  type OpenSession,
} from './read-only-session';

/** A statement that is to run, for how long, and how a running one is ended. */
export interface AnalyzeRequest extends ExplainRequest {
  readonly timeLimitMs: number;
  /** A second session to the same server, for KILL when the signal fires. */
  readonly open: OpenSession;
}

/**
 * Runs a SELECT and returns its plan with what really happened. Never a statement that writes: our own reading, the server's
 * list of functions and a READ ONLY transaction stand before it, and the server's own time limit ends it. The rows are thrown
 * away by the server. The session keeps schema, limit and JSON version.
 * @throws MidwatchError of the session; the signal's reason
 */
export async function analyzeStatement(
  session: MysqlSession,
  dialect: DialectName,
  request: AnalyzeRequest,
  signal: AbortSignal,
): Promise<Explained> {
  signal.throwIfAborted();
  const quotes = await readQuoteRules(session);
  const reading = readStatement(request.sql, { truncated: request.truncated ?? false, quotes });
  if (reading.kind === 'refused') return reading;
  const { statement } = reading;
  const refusal =
    refuseUnlessReadOnly(statement) ?? (await refuseForFunctions(session, dialect, statement, request.schema));
  if (refusal) return { kind: 'refused', refusal };
  const explained = await refusedByServer(
    async () => {
      await useSchema(session, request.schema);
      await limitSelects(session, dialect, request.timeLimitMs);
      return rolledBack(session, 'READ ONLY', () =>
        untilAborted(session, request.open, signal, () => analyze(session, dialect, statement.sql, request)),
      );
    },
    (error) => refusalOfRun(error, request.timeLimitMs),
  );
  // MySQL answers an interrupted EXPLAIN ANALYZE with what it had until then, and only a warning says so.
  const isPartial = explained.kind === 'plan' && explained.plan.notes.some((note) => note.code === interrupted);
  return isPartial ? { kind: 'refused', refusal: overTime(request.timeLimitMs) } : explained;
}

const interrupted = 1317;

async function analyze(
  session: MysqlSession,
  dialect: DialectName,
  sql: string,
  request: AnalyzeRequest,
): Promise<QueryPlan> {
  const limit = withLimit(request.timeLimitMs);
  const ask = async (): Promise<string> => {
    if (dialect === 'mariadb') return planText(await session.query(`ANALYZE FORMAT=JSON ${sql}`, limit));
    const form = (await analyzesAsJson(session)) ? 'FORMAT=JSON' : 'FORMAT=TREE';
    return planText(await session.query(`EXPLAIN ANALYZE ${form} ${sql}`, limit));
  };
  const raw = await ask();
  const notes = await readNotes(session);
  return parsePlanText(raw, {
    dialect,
    version: session.greetingVersion,
    takenAtMs: request.nowMs,
    analyzed: true,
    tree: null,
    notes,
  });
}

async function analyzesAsJson(session: MysqlSession): Promise<boolean> {
  const version = parseServerVersion(session.greetingVersion);
  return version !== null && isAtLeast(version, 8, 3) && (await askForVersion2(session));
}

/** What a run that failed says about the statement; null for what is no fault of it. */
export function refusalOfRun(error: unknown, limitMs: number): Refusal | null {
  if (isRefusedWrite(error)) {
    return {
      code: 'writes',
      reason: 'The server refused a write inside the READ ONLY transaction: something that it calls writes',
    };
  }
  if (isTimeLimit(error) || (error instanceof MidwatchError && error.code === 'statement-timeout')) {
    return overTime(limitMs);
  }
  return null;
}

const overTime = (limitMs: number): Refusal => ({
  code: 'time-limit',
  reason: `It ran longer than the limit of ${limitMs / 1000} s and was ended`,
});
