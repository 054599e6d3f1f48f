import { MidwatchError } from '@shared/errors';
import type { IndexTrialOutcome, TrialRefusal } from '@shared/model/query-experiment';
import { flagOf, numberOf } from '../../dialect/rows';
import type { MysqlSession } from '../../ports/mysql-session';
import { indexBytes } from '../advice/index-cost';
import { primaryKeyOf, readTable, sampleColumns, type TableFacts } from '../advice/read-table';
import { serverRefusal } from '../plans/explain-statement';
import { comparePlans } from '../plans/plan-structure';
import { errnoOf, quotedName, untilAborted } from '../plans/read-only-session';
import { keepOutOfLog } from './keep-out-of-log';
import { removeLeftover } from './leftovers';
import {
  outcomeOf,
  planInTrial,
  trialPrefix,
  trialRefused,
  TrialStopped,
  type TrialRequest,
  type TrialServer,
} from './trial-server';

export interface InvisibleRequest extends TrialRequest {
  /** True: a person named this primary. Without it a trial is made on replicas alone. */
  readonly onPrimary: boolean;
  /** Free bytes where the tables lie, as the host says; null: not known, and then refused. */
  readonly freeBytes: number | null;
  /** Bytes of data of the table at most. Default 10 GiB. */
  readonly tableBytes?: number;
  /** Of the build. Default 10 minutes. */
  readonly buildLimitMs?: number;
}

const shortMs = 10_000;

/**
 * Builds a real index INVISIBLE, explains the statement in one session that may see it, and removes it. MySQL only: MariaDB
 * has no switch for one session, so there a real index would change the plans of everybody.
 *
 * It never opens a server for writes. Under `super_read_only` no account may build an index, and Midwatch does not lift it:
 * refused, try it on a copy. Under `read_only` alone an account with CONNECTION_ADMIN may. The build stays out of the binary
 * log, so that a replica gets no transaction of its own and a primary passes nothing on. The index is removed in every case;
 * where that fails, its name begins with `midwatch_try_` and {@link removeLeftover} takes it away later.
 */
export async function tryInvisible(
  server: TrialServer,
  request: InvisibleRequest,
  signal: AbortSignal,
): Promise<IndexTrialOutcome> {
  if (server.dialect === 'mariadb') {
    return trialRefused('not-supported', 'MariaDB has no index that one session alone can use: try it on a copy');
  }
  return outcomeOf(async () => {
    const session = await server.open(signal);
    const index = `${trialPrefix}${server.clock.nowMs().toString(36)}`;
    const place = { ...request.table, index };
    let begun = false;
    let outcome: IndexTrialOutcome;
    try {
      outcome = await untilAborted(session, server.open, signal, async () => {
        server.onProgress?.('checking');
        const facts = await checked(session, request);
        begun = true;
        return trial(session, server, request, { index, facts, signal });
      });
    } catch (error) {
      await session.close();
      if (begun) await removeLeftover(server, place);
      throw error;
    }
    await session.close();
    if (outcome.kind === 'refused') return outcome;
    server.onProgress?.('removing');
    const removed = await removeLeftover(server, place);
    const left = removed ? [] : [`${index} could not be removed: it is invisible, and its name says what it is`];
    return { kind: 'tried', trial: { ...outcome.trial, removed, notes: [...outcome.trial.notes, ...left] } };
  });
}

/** All that is asked before anything is built. @throws TrialStopped with the reason */
async function checked(session: MysqlSession, request: InvisibleRequest): Promise<TableFacts> {
  const stop = (code: TrialRefusal['code'], reason: string): never => {
    throw new TrialStopped({ code, reason });
  };
  const [row] = await session.query('SELECT @@GLOBAL.super_read_only AS sro, @@GLOBAL.read_only AS ro', {
    timeoutMs: shortMs,
  });
  if (flagOf(row, 'sro')) {
    stop(
      'super-read-only',
      'super_read_only refuses every account, and Midwatch does not lift it: try the index on a copy',
    );
  }
  const [group] = await session.query(
    "SELECT COUNT(*) AS n FROM performance_schema.replication_group_members WHERE member_state <> 'OFFLINE'",
    { timeoutMs: shortMs },
  );
  if ((numberOf(group, 'n') ?? 0) > 0) {
    stop('group-member', 'A member of a group must not have an index of its own: try it on a copy');
  }
  const channels = await session.query('SHOW REPLICA STATUS', { timeoutMs: shortMs });
  if (channels.length === 0 && !request.onPrimary) {
    stop('is-primary', 'This server follows nobody: it is, or may be, a primary. Choose a replica, or name it');
  }
  const found = await readTable(session, request.table.schema, request.table.table);
  const facts =
    found ?? stop('no-such-table', `${request.table.schema}.${request.table.table} is no table that this account sees`);
  const limitBytes = request.tableBytes ?? 10 * 1024 ** 3;
  if ((facts.dataBytes ?? 0) > limitBytes) {
    stop('table-too-large', `${facts.table} holds ${facts.dataBytes} bytes; the limit is ${limitBytes}`);
  }
  const names = request.columns.map((one) => one.name);
  const sample = await sampleColumns(session, facts, [...names, ...primaryKeyOf(facts)]);
  // The sort of a build needs about as much again.
  const needed = 2 * (indexBytes(facts, names, sample) ?? 0) + 64 * 1024 ** 2;
  if (request.freeBytes === null)
    stop('space-unknown', `The build needs about ${needed} bytes, and the free space is not known`);
  else if (request.freeBytes < needed) {
    stop('too-little-space', `The build needs about ${needed} bytes; ${request.freeBytes} are free`);
  }
  const logged = await keepOutOfLog(session);
  if (logged) throw new TrialStopped(logged);
  return facts;
}

async function trial(
  session: MysqlSession,
  server: TrialServer,
  request: InvisibleRequest,
  made: { readonly index: string; readonly facts: TableFacts; readonly signal: AbortSignal },
): Promise<IndexTrialOutcome> {
  const { index, facts } = made;
  const explain = () => planInTrial(session, server, request, made.signal);
  const before = await explain();
  server.onProgress?.('building');
  const startMs = server.clock.monotonicMs();
  await build(session, request, index);
  const buildMs = server.clock.monotonicMs() - startMs;
  server.onProgress?.('explaining');
  await session.query("SET SESSION optimizer_switch = 'use_invisible_indexes=on'", { timeoutMs: shortMs });
  const after = await explain();
  const others = facts.indexes.filter((one) => !one.visible).map((one) => one.name);
  return {
    kind: 'tried',
    trial: {
      method: 'invisible',
      estimate: false,
      index,
      before,
      after,
      comparison: comparePlans(before, after),
      used: after.nodes.some((node) => node.index === index),
      copied: null,
      buildMs,
      sizeBytes: await sizeOf(session, facts, index),
      removed: null,
      notes:
        others.length === 0 ? [] : [`Seen as well in this trial, for they are invisible too: ${others.join(', ')}`],
    },
  };
}

async function build(session: MysqlSession, request: InvisibleRequest, index: string): Promise<void> {
  const { schema, table } = request.table;
  const parts = request.columns.map((one) => `${quotedName(one.name)}${one.descending ? ' DESC' : ''}`).join(', ');
  try {
    // Who waits for the table makes everybody behind it wait: the applier too.
    await session.query('SET SESSION lock_wait_timeout = 3', { timeoutMs: shortMs });
    // CREATE INDEX needs the privilege INDEX; ALTER TABLE says the same and needs three others.
    await session.query(
      `CREATE INDEX ${quotedName(index)} ON ${quotedName(schema)}.${quotedName(table)} (${parts}) INVISIBLE ALGORITHM=INPLACE LOCK=NONE`,
      { timeoutMs: request.buildLimitMs ?? 600_000 },
    );
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === null || !(error instanceof MidwatchError)) throw error;
    const code = errno === 1290 ? 'read-only' : 'server-refused';
    throw new TrialStopped({ code, reason: serverRefusal(error).reason });
  }
}

async function sizeOf(session: MysqlSession, facts: TableFacts, index: string): Promise<number | null> {
  try {
    const [row] = await session.query(
      `SELECT stat_value * @@innodb_page_size AS bytes FROM mysql.innodb_index_stats
       WHERE database_name = ? AND table_name = ? AND index_name = ? AND stat_name = 'size'`,
      { timeoutMs: shortMs, values: [facts.schema, facts.table, index] },
    );
    return numberOf(row, 'bytes');
  } catch {
    return null;
  }
}
