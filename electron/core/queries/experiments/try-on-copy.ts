import { MidwatchError } from '@shared/errors';
import type { DialectName } from '@shared/model/fleet';
import type { IndexTrial, IndexTrialOutcome } from '@shared/model/query-experiment';
import { numberOf } from '../../dialect/rows';
import type { MysqlSession } from '../../ports/mysql-session';
import { readTable, type TableFacts } from '../advice/read-table';
import { explainStatement, serverRefusal } from '../plans/explain-statement';
import { comparePlans } from '../plans/plan-structure';
import { errnoOf, isTimeLimit, limitSelects, quotedName, untilAborted } from '../plans/read-only-session';
import { keepOutOfLog } from './keep-out-of-log';
import {
  outcomeOf,
  planInTrial,
  trialPrefix,
  trialRefused,
  TrialStopped,
  type TrialRequest,
  type TrialServer,
} from './trial-server';

export interface CopyLimits {
  /** Rows copied at most. Default 100,000. */
  readonly rows?: number;
  /** Bytes of the table at most: it is read once from end to end. Default 2 GiB. */
  readonly tableBytes?: number;
  /** Bytes of the copy, by the mean length of a row; for a moment it is there twice. Default 256 MiB. */
  readonly copyBytes?: number;
  /** Of the copy and of the build, each. Default 2 minutes. */
  readonly timeLimitMs?: number;
}

const defaults = { rows: 100_000, tableBytes: 2 * 1024 ** 3, copyBytes: 256 * 1024 ** 2, timeLimitMs: 120_000 };
/** Fewer rows say nothing, however long each is. */
const fewestRows = 1_000;
const shortMs = 10_000;

/**
 * Tries an index on a private copy: a TEMPORARY table that takes the table's name in this one session, filled with all rows,
 * or with rows drawn by chance. Nobody else sees it, `super_read_only` allows it, no log holds it, and it ends with its
 * session, whatever happens: nothing can be left behind. It needs SELECT and CREATE TEMPORARY TABLES. What it says is an
 * estimate: fewer rows, fresh statistics, and rows in fewer pages. Tables that cannot be temporary (partitions, full-text
 * indexes), and on MySQL statements that name the table twice (error 1137), are refused in the server's words.
 */
export async function tryOnCopy(
  server: TrialServer,
  request: TrialRequest,
  limits: CopyLimits,
  signal: AbortSignal,
): Promise<IndexTrialOutcome> {
  return outcomeOf(async () => {
    const session = await server.open(signal);
    try {
      return await untilAborted(session, server.open, signal, () =>
        inCopy(session, server, request, { ...defaults, ...limits, signal }),
      );
    } finally {
      await session.close();
    }
  });
}

async function inCopy(
  session: MysqlSession,
  server: TrialServer,
  request: TrialRequest,
  limits: Required<CopyLimits> & { readonly signal: AbortSignal },
): Promise<IndexTrialOutcome> {
  server.onProgress?.('checking');
  const explain = () => planInTrial(session, server, request, limits.signal);
  const asked = { sql: request.sql, schema: request.schema, truncated: request.truncated ?? false };
  const onTable = await explainStatement(
    session,
    server.dialect,
    { ...asked, nowMs: server.clock.nowMs() },
    limits.signal,
  );
  if (onTable.kind === 'refused') return trialRefused('statement', onTable.refusal.reason);
  const facts = await readTable(session, request.table.schema, request.table.table);
  if (!facts)
    return trialRefused(
      'no-such-table',
      `${request.table.schema}.${request.table.table} is no table that this account sees`,
    );
  const bytes = facts.dataBytes ?? 0;
  if (bytes > limits.tableBytes) {
    return trialRefused(
      'table-too-large',
      `${facts.table} holds ${bytes} bytes; a copy reads them all, and the limit is ${limits.tableBytes}`,
    );
  }
  const logged = await keepOutOfLog(session, 'temporary-tables');
  if (logged) return { kind: 'refused', refusal: logged };

  server.onProgress?.('copying');
  const copied = await fillCopy(session, server.dialect, facts, limits);
  server.onProgress?.('explaining');
  const before = await explain();
  server.onProgress?.('building');
  const name = `${trialPrefix}${server.clock.nowMs().toString(36)}`;
  const buildMs = await build(session, server, facts, request, { name, timeLimitMs: limits.timeLimitMs });
  server.onProgress?.('explaining');
  const after = await explain();
  const notes = [
    'Estimate: a private copy with fresh statistics; the table itself has other pages and other rows',
    ...(comparePlans(onTable.plan, before).kind === 'same'
      ? []
      : ['Without the index the copy is already planned in another way than the table: believe this trial less']),
  ];
  const trial: IndexTrial = {
    method: 'copy',
    estimate: true,
    index: name,
    before,
    after,
    comparison: comparePlans(before, after),
    used: after.nodes.some((node) => node.index?.split(',').includes(name)),
    copied: { rows: copied, ofRows: facts.rows },
    buildMs,
    sizeBytes: null,
    removed: null,
    notes,
  };
  return { kind: 'tried', trial };
}

async function fillCopy(
  session: MysqlSession,
  dialect: DialectName,
  facts: TableFacts,
  limits: Required<CopyLimits>,
): Promise<number> {
  const table = `${quotedName(facts.schema)}.${quotedName(facts.table)}`;
  const copy = `${quotedName(facts.schema)}.${quotedName(`${trialPrefix}copy`)}`;
  const columns = facts.columns
    .filter((one) => !one.generated)
    .map((one) => quotedName(one.name))
    .join(', ');
  const rows = facts.rows ?? 0;
  const rowBytes = rows > 0 ? (facts.dataBytes ?? 0) / rows : 0;
  const most = rowBytes > 0 ? Math.min(limits.rows, Math.max(fewestRows, limits.copyBytes / rowBytes)) : limits.rows;
  // Where the engine takes the table for smaller than it is, LIMIT cuts off its end: still no more than was asked for.
  const drawn = rows > most ? ` WHERE RAND(1) < ${(most / rows).toFixed(9)}` : '';
  const chosen = `${drawn} LIMIT ${Math.ceil(most)}`;
  // Under READ COMMITTED the rows that are read are not locked.
  await session.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED', { timeoutMs: shortMs });
  return orRefused(limits.timeLimitMs, async () => {
    // MariaDB's limit holds for every statement, and explaining has set a short one.
    await limitSelects(session, dialect, limits.timeLimitMs);
    await session.query(`CREATE TEMPORARY TABLE ${copy} LIKE ${table}`, { timeoutMs: shortMs });
    await session.query(`INSERT INTO ${copy} (${columns}) SELECT ${columns} FROM ${table}${chosen}`, {
      timeoutMs: limits.timeLimitMs,
    });
    const [row] = await session.query(`SELECT COUNT(*) AS n FROM ${copy}`, { timeoutMs: shortMs });
    // Renaming the copy would need ALTER and DROP on the table itself: a second copy takes its name instead.
    await session.query(`CREATE TEMPORARY TABLE ${table} LIKE ${copy}`, { timeoutMs: shortMs });
    await session.query(`INSERT INTO ${table} (${columns}) SELECT ${columns} FROM ${copy}`, {
      timeoutMs: limits.timeLimitMs,
    });
    await session.query(`DROP TEMPORARY TABLE ${copy}`, { timeoutMs: shortMs });
    await session.query(`ANALYZE NO_WRITE_TO_BINLOG TABLE ${table}`, { timeoutMs: shortMs });
    return numberOf(row, 'n') ?? 0;
  });
}

async function build(
  session: MysqlSession,
  server: TrialServer,
  facts: TableFacts,
  request: TrialRequest,
  options: { readonly name: string; readonly timeLimitMs: number },
): Promise<number> {
  const table = `${quotedName(facts.schema)}.${quotedName(facts.table)}`;
  const parts = request.columns.map((one) => `${quotedName(one.name)}${one.descending ? ' DESC' : ''}`).join(', ');
  const startMs = server.clock.monotonicMs();
  await orRefused(options.timeLimitMs, async () => {
    await limitSelects(session, server.dialect, options.timeLimitMs);
    await session.query(`ALTER TABLE ${table} ADD INDEX ${quotedName(options.name)} (${parts})`, {
      timeoutMs: options.timeLimitMs,
    });
    await session.query(`ANALYZE NO_WRITE_TO_BINLOG TABLE ${table}`, { timeoutMs: shortMs });
  });
  return server.clock.monotonicMs() - startMs;
}

async function orRefused<T>(limitMs: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof MidwatchError)) throw error;
    if (error.code === 'statement-timeout' || isTimeLimit(error)) {
      const reason = `The copy, or the index on it, took longer than the limit of ${limitMs / 1000} s`;
      throw new TrialStopped({ code: 'table-too-large', reason });
    }
    if (errnoOf(error) === null) throw error;
    throw new TrialStopped({ code: 'server-refused', reason: serverRefusal(error).reason });
  }
}
