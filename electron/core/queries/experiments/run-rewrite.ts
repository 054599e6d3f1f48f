import { MidwatchError } from '@shared/errors';
import type { DialectName } from '@shared/model/fleet';
import type {
  Measured,
  ParameterSet,
  RewriteOutcome,
  RewriteProgress,
  RewriteResult,
  SetResult,
} from '@shared/model/query-experiment';
import type { Refusal } from '@shared/model/query-plan';
import { parseServerVersion } from '../../dialect/server-version';
import type { Clock } from '../../ports/clock';
import type { MysqlSession } from '../../ports/mysql-session';
import { refusalOfRun } from '../plans/analyze-statement';
import { serverRefusal } from '../plans/explain-statement';
import { readStatement, refuseUnlessReadOnly, type ReadStatement } from '../plans/guard-statement';
import {
  errnoOf,
  limitSelects,
  readQuoteRules,
  refuseForFunctions,
  rolledBack,
  untilAborted,
  useSchema,
  withLimit,
  type OpenSession,
} from '../plans/read-only-session';
import { compareSet } from './compare-set';
import { measurePairs } from './measure-pairs';
import { usualRowLimit } from './recorded-result';
import { openSnapshot } from './snapshot';

export interface RewriteRequest {
  readonly sets: readonly ParameterSet[];
  readonly schema: string;
  /** True: the application reads columns by place; other names are only noted. */
  readonly allowOtherNames: boolean;
  /** Default {@link usualRowLimit}. More rows than this are never called equal. */
  readonly rowLimit?: number;
  /** Of one run. Default 30 s. */
  readonly timeLimitMs?: number;
  /** Of all timed runs together. Default 2 minutes. */
  readonly budgetMs?: number;
  /** Default 10, the least. */
  readonly rounds?: number;
  readonly seed?: number;
}

export interface RewriteServer {
  readonly dialect: DialectName;
  /** A replica where there is one: the runs are load like any other. */
  readonly open: OpenSession;
  readonly clock: Clock;
  readonly onProgress?: (progress: RewriteProgress) => void;
}

interface ReadSet extends ParameterSet {
  readonly readOriginal: ReadStatement;
}

/**
 * Compares a rewrite with its original, set by set, inside one consistent READ ONLY snapshot, and measures both where all
 * sets are equal. Both must be SELECTs that cannot write. Whatever happens the snapshot is closed; an abort also ends the
 * running statement on the server.
 * @throws MidwatchError of the session; the signal's reason
 */
export async function runRewrite(
  request: RewriteRequest,
  server: RewriteServer,
  signal: AbortSignal,
): Promise<RewriteOutcome> {
  const session = await server.open(signal);
  try {
    return await untilAborted(session, server.open, signal, () => experiment(request, server, session, signal));
  } finally {
    await session.close();
  }
}

async function experiment(
  request: RewriteRequest,
  server: RewriteServer,
  session: MysqlSession,
  signal: AbortSignal,
): Promise<RewriteOutcome> {
  const timeLimitMs = request.timeLimitMs ?? 30_000;
  const read = await readSets(session, server.dialect, request);
  if (!Array.isArray(read)) return read;
  const sets: readonly ReadSet[] = read;
  await useSchema(session, request.schema);
  await limitSelects(session, server.dialect, timeLimitMs);
  const wrong = await refusedSide(session, sets);
  if (wrong) return wrong;

  const { notes, snapshotCovers } = await openSnapshot(session, server.clock, {
    statements: sets.flatMap((set) => [set.original, set.rewrite]),
    schema: request.schema,
  });
  const results: SetResult[] = [];
  for (const [done, set] of sets.entries()) {
    server.onProgress?.({ phase: 'comparing', done, of: sets.length });
    signal.throwIfAborted();
    const verdict = await compareSet(session, set, {
      timeLimitMs,
      rowLimit: request.rowLimit ?? usualRowLimit,
      allowOtherNames: request.allowOtherNames,
      snapshotCovers,
    });
    results.push({ label: set.label, verdict });
  }
  const allEqual = results.every((one) => one.verdict.kind === 'equal');
  const measured = allEqual ? await measure(request, server, { session, sets, timeLimitMs, signal }) : null;
  await session.query('ROLLBACK', withLimit(5_000));
  return { kind: 'result', result: resultOf({ server, session, results, measured, notes }) };
}

/** Reads and guards every statement; a set that is refused refuses the whole. */
async function readSets(
  session: MysqlSession,
  dialect: DialectName,
  { sets, schema }: RewriteRequest,
): Promise<ReadSet[] | RewriteOutcome> {
  const refuse = (side: 'original' | 'rewrite' | 'both', refusal: Refusal): RewriteOutcome => ({
    kind: 'refused',
    side,
    refusal,
  });
  if (sets.length === 0) return refuse('both', { code: 'empty', reason: 'There is no parameter set to compare' });
  const quotes = await readQuoteRules(session);
  const read: ReadSet[] = [];
  for (const set of sets) {
    const sides: ReadStatement[] = [];
    for (const side of ['original', 'rewrite'] as const) {
      const reading = readStatement(set[side], { quotes });
      if (reading.kind === 'refused') return refuse(side, reading.refusal);
      const refusal =
        refuseUnlessReadOnly(reading.statement) ??
        (await refuseForFunctions(session, dialect, reading.statement, schema));
      if (refusal) return refuse(side, refusal);
      sides.push(reading.statement);
    }
    const [original, rewrite] = sides;
    if (original && rewrite) {
      read.push({ label: set.label, original: original.sql, rewrite: rewrite.sql, readOriginal: original });
    }
  }
  return read;
}

/** Asks the server for a plan of both sides, so that a statement it does not take is refused before anything runs. */
async function refusedSide(session: MysqlSession, sets: readonly ReadSet[]): Promise<RewriteOutcome | null> {
  for (const set of sets) {
    for (const side of ['original', 'rewrite'] as const) {
      try {
        await rolledBack(session, 'READ ONLY', () => session.query(`EXPLAIN ${set[side]}`, withLimit(10_000)));
      } catch (error) {
        if (errnoOf(error) === null || !(error instanceof MidwatchError)) throw error;
        return { kind: 'refused', side, refusal: refusalOfRun(error, 10_000) ?? serverRefusal(error) };
      }
    }
  }
  return null;
}

async function measure(
  request: RewriteRequest,
  server: RewriteServer,
  run: {
    readonly session: MysqlSession;
    readonly sets: readonly ReadSet[];
    readonly timeLimitMs: number;
    readonly signal: AbortSignal;
  },
): Promise<Measured> {
  return measurePairs(run.session, run.sets, {
    dialect: server.dialect,
    clock: server.clock,
    timeLimitMs: run.timeLimitMs,
    rounds: request.rounds ?? 10,
    budgetMs: request.budgetMs ?? 120_000,
    seed: request.seed ?? 1,
    onProgress: (done, of) => server.onProgress?.({ phase: 'measuring', done, of }),
    signal: run.signal,
  });
}

function resultOf(parts: {
  readonly server: RewriteServer;
  readonly session: MysqlSession;
  readonly results: readonly SetResult[];
  readonly measured: Measured | null;
  readonly notes: readonly string[];
}): RewriteResult {
  const { results, session } = parts;
  const count = (kind: 'equal' | 'differs' | 'undecided'): number =>
    results.filter((one) => one.verdict.kind === kind).length;
  const [equal, differs, undecided] = [count('equal'), count('differs'), count('undecided')];
  const told = results.flatMap(({ verdict }) => (verdict.kind === 'equal' ? verdict.notes : []));
  const otherNames = results.some(({ verdict }) => verdict.kind === 'equal' && verdict.otherNames);
  return {
    dialect: parts.server.dialect,
    version: parseServerVersion(session.greetingVersion)?.text ?? session.greetingVersion,
    takenAtMs: parts.server.clock.nowMs(),
    sets: results,
    equal,
    differs,
    undecided,
    sentence: `${sentenceOf(equal, differs, undecided)}${otherNames ? ', under other column names' : ''}`,
    measured: parts.measured,
    notes: [...new Set([...parts.notes, ...told])],
  };
}

/** What was seen, in the words of the verdict. Never "proved": other parameters and other rows were not tried. */
export function sentenceOf(equal: number, differs: number, undecided: number): string {
  const all = equal + differs + undecided;
  const sets = all === 1 ? 'parameter set' : 'parameter sets';
  const rest = undecided === 0 ? '' : `, not decided on ${undecided}`;
  if (differs > 0) return `differs on ${differs} of ${all} ${sets}${rest}`;
  if (equal > 0) return `equal on ${equal} of ${all} ${sets}${rest}`;
  return `not decided on ${undecided} of ${all} ${sets}`;
}
