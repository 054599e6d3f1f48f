import type { ProcessList, Session } from '@shared/model/instance';
import { MidwatchError } from '@shared/errors';
import type { DialectName } from '@shared/model/fleet';
import { numberOf, textOf } from '../dialect/rows';
import type { Read } from '../dialect/server-sample';
import type { SqlRow } from '../ports/mysql-session';

const mysqlSessionsSql = `SELECT t.processlist_id AS id, t.processlist_user AS user, t.processlist_host AS host, t.processlist_db AS db,
 t.processlist_command AS command, t.processlist_state AS state, t.processlist_time AS seconds, t.processlist_info AS info,
 t.type AS type, t.name AS thread_name,
 (SELECT attr_value FROM performance_schema.session_account_connect_attrs a WHERE a.processlist_id = t.processlist_id AND a.attr_name = 'program_name') AS program
 FROM performance_schema.threads t WHERE t.processlist_id IS NOT NULL AND t.processlist_command <> 'Daemon' LIMIT 2000`;

const mariadbSessionsSql =
  'SELECT ID AS id, USER AS user, HOST AS host, DB AS db, COMMAND AS command, STATE AS state, TIME AS seconds, INFO AS info FROM information_schema.PROCESSLIST LIMIT 2000';

const transactionsSql =
  'SELECT trx_mysql_thread_id AS id, TIMESTAMPDIFF(SECOND, trx_started, NOW()) AS age, trx_rows_modified AS modified, trx_rows_locked AS locked FROM information_schema.innodb_trx';

const mysqlWaitsSql = `SELECT w.processlist_id AS waiting, b.processlist_id AS blocking
 FROM performance_schema.data_lock_waits l
 JOIN performance_schema.threads w ON w.thread_id = l.requesting_thread_id
 JOIN performance_schema.threads b ON b.thread_id = l.blocking_thread_id LIMIT 2000`;

const mysqlMetadataWaitsSql = `SELECT w.processlist_id AS waiting, b.processlist_id AS blocking
 FROM performance_schema.metadata_locks p
 JOIN performance_schema.metadata_locks g ON g.object_type = p.object_type AND g.object_schema <=> p.object_schema AND g.object_name <=> p.object_name AND g.lock_status = 'GRANTED' AND g.owner_thread_id <> p.owner_thread_id
 JOIN performance_schema.threads w ON w.thread_id = p.owner_thread_id
 JOIN performance_schema.threads b ON b.thread_id = g.owner_thread_id
 WHERE p.lock_status = 'PENDING' LIMIT 500`;

const mariadbWaitsSql = `SELECT r.trx_mysql_thread_id AS waiting, b.trx_mysql_thread_id AS blocking
 FROM information_schema.innodb_lock_waits l
 JOIN information_schema.innodb_trx r ON r.trx_id = l.requesting_trx_id
 JOIN information_schema.innodb_trx b ON b.trx_id = l.blocking_trx_id LIMIT 2000`;

/** One look at all sessions of a server, with who waits for whom. What a missing grant hides is said in `limits`. */
export async function readProcessList(
  read: Read,
  dialect: DialectName,
  instanceId: string,
  atMs: number,
  maxConnections: number,
): Promise<ProcessList> {
  const limits: string[] = [];
  const optional = async (sql: string, loss: string): Promise<readonly SqlRow[]> => {
    try {
      return await read(sql);
    } catch (thrown) {
      if (
        thrown instanceof MidwatchError &&
        (thrown.code === 'missing-privilege' || thrown.code === 'statement-failed')
      ) {
        limits.push(`${loss}: ${thrown.message}`);
        return [];
      }
      throw thrown;
    }
  };
  const rows = await read(dialect === 'mysql' ? mysqlSessionsSql : mariadbSessionsSql);
  const transactions = new Map(
    (await optional(transactionsSql, 'Transactions are not shown')).map((row) => [numberOf(row, 'id'), row]),
  );
  const waits = await optional(dialect === 'mysql' ? mysqlWaitsSql : mariadbWaitsSql, 'Who blocks whom is not shown');
  const metadataWaits =
    dialect === 'mysql' ? await optional(mysqlMetadataWaitsSql, 'Metadata lock waits are not shown') : [];
  const blockedBy = new Map<number, Set<number>>();
  for (const row of [...waits, ...metadataWaits]) {
    const [waiting, blocking] = [numberOf(row, 'waiting'), numberOf(row, 'blocking')];
    if (waiting === null || blocking === null || waiting === blocking) continue;
    blockedBy.set(waiting, (blockedBy.get(waiting) ?? new Set()).add(blocking));
  }
  return {
    instanceId,
    atMs,
    maxConnections,
    limits,
    sessions: rows.map((row) =>
      sessionOf(row, transactions.get(numberOf(row, 'id')), [...(blockedBy.get(numberOf(row, 'id') ?? -1) ?? [])]),
    ),
  };
}

function sessionOf(row: SqlRow, trx: SqlRow | undefined, blockedBy: readonly number[]): Session {
  const command = textOf(row, 'command');
  const program = textOf(row, 'program');
  return {
    id: numberOf(row, 'id') ?? 0,
    user: textOf(row, 'user'),
    host: textOf(row, 'host'),
    schema: textOf(row, 'db'),
    command,
    kind: kindOf(row, command, program),
    state: textOf(row, 'state'),
    seconds: numberOf(row, 'seconds') ?? 0,
    statement: textOf(row, 'info'),
    program,
    trx: trx
      ? {
          ageSeconds: numberOf(trx, 'age') ?? 0,
          rowsModified: numberOf(trx, 'modified') ?? 0,
          rowsLocked: numberOf(trx, 'locked') ?? 0,
        }
      : null,
    blockedBy,
  };
}

function kindOf(row: SqlRow, command: string, program: string): Session['kind'] {
  if (program.startsWith('midwatch')) return 'midwatch';
  if (
    /^(Binlog Dump|Slave_|Replica_)/i.test(command) ||
    textOf(row, 'user') === 'system user' ||
    /repl/.test(textOf(row, 'thread_name'))
  )
    return 'replication';
  if (textOf(row, 'user') === 'event_scheduler' || textOf(row, 'type') === 'BACKGROUND') return 'system';
  return command === 'Sleep' ? 'sleeping' : 'running';
}
