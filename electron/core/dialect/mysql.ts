import {
  countMysqlGtidSet,
  formatMysqlGtidSet,
  parseMysqlGtidSet,
  subtractMysqlGtidSet,
} from '@shared/gtid/mysql-gtid-set';
import type { SqlRow } from '../ports/mysql-session';
import type { Dialect } from './dialect';
import { readHeartbeat } from './heartbeat-sql';
import { numbersOf, readCommonFacts, readOptional } from './read-parts';
import { channelFromReplicaStatus } from './replica-status';
import { flagOf, nameValueMap, numberOf, textOf, utcMs } from './rows';
import type { ChannelSample, Read, ServerFacts, ServerSample } from './server-sample';
import { isAtLeast, parseServerVersion } from './server-version';

const counterNames = [
  'Questions',
  'Threads_connected',
  'Threads_running',
  'Bytes_sent',
  'Uptime',
  'Rpl_semi_sync_source_clients',
  'Rpl_semi_sync_source_status',
  'Rpl_semi_sync_source_wait_sessions',
  'Rpl_semi_sync_replica_status',
  'Rpl_semi_sync_master_clients',
  'Rpl_semi_sync_master_status',
  'Rpl_semi_sync_master_wait_sessions',
  'Rpl_semi_sync_slave_status',
];

// One scan of global_status for all counters, one text for all rows: columns of a table carry its names with every reply.
const statusSql = `SELECT GROUP_CONCAT(variable_name, '=', variable_value) AS v FROM performance_schema.global_status WHERE variable_name IN (${counterNames
  .map((name) => `'${name}'`)
  .join(',')})`;

const globalsSql =
  'SELECT @@GLOBAL.read_only AS ro, @@GLOBAL.super_read_only AS sro, @@GLOBAL.gtid_executed AS ge, UNIX_TIMESTAMP(NOW(6)) AS ts';

const queuedAt = 's.last_queued_transaction_end_queue_timestamp';

const workerTimes =
  "(SELECT CONCAT_WS('|', IFNULL(MIN(NULLIF(applying_transaction_original_commit_timestamp, 0)), ''), IFNULL(MAX(last_applied_transaction_original_commit_timestamp), ''), IFNULL(MAX(last_applied_transaction_end_apply_timestamp), '')) FROM performance_schema.replication_applier_status_by_worker w WHERE w.channel_name = s.channel_name)";

// As one text, the channel's name last for it may hold a bar: a third of the bytes of nine columns.
const channelsSql = `SELECT CONCAT_WS('|', s.last_heartbeat_timestamp, IFNULL(${queuedAt}, ''), s.received_transaction_set, k.heartbeat_interval, ${workerTimes}, s.channel_name) AS v FROM performance_schema.replication_connection_status s JOIN performance_schema.replication_connection_configuration k USING (channel_name)`;

/** MySQL 5.7 and later; 5.7 lacks the original commit timestamps and the word REPLICA. */
async function readSample(read: Read, options: Parameters<Dialect['readSample']>[1]): Promise<ServerSample> {
  const [globals] = await read(globalsSql);
  const [statusRow] = await read(statusSql);
  const status = readPairs(textOf(statusRow, 'v'));
  const beat = await readHeartbeat(read, options.heartbeat);
  return {
    readOnly: flagOf(globals, 'ro'),
    superReadOnly: flagOf(globals, 'sro'),
    gtidExecuted: textOf(globals, 'ge').replaceAll('\n', ''),
    serverNowMs: (numberOf(globals, 'ts') ?? 0) * 1000,
    counters: numbersOf(status),
    semiSyncSourceActive:
      (status.get('rpl_semi_sync_source_status') ?? status.get('rpl_semi_sync_master_status')) === 'ON',
    channels: options.askChannels ? await readChannels(read) : [],
    heartbeatAtMs: beat.atMs,
    heartbeatError: beat.error,
  };
}

const readPairs = (text: string): Map<string, string> =>
  new Map(
    text.split(',').map((pair) => {
      const [name = '', value = ''] = pair.split('=');
      return [name.toLowerCase(), value];
    }),
  );

async function readChannels(read: Read): Promise<readonly ChannelSample[]> {
  const rows = await showReplicaStatus(read);
  if (rows.length === 0) return [];
  const times = new Map((await read(channelsSql)).map((row) => readChannelTimes(textOf(row, 'v'))));
  return rows.map((row) => {
    const channel = channelFromReplicaStatus(row);
    const known = times.get(channel.name);
    if (!known) return channel;
    return { ...channel, ...known, receivedGtid: known.receivedGtid || channel.receivedGtid };
  });
}

type ChannelTimes = Pick<ChannelSample, 'receivedGtid' | 'heardAtMs' | 'heartbeatPeriodSeconds' | 'workers'>;

/** One row of {@link channelsSql}: the channel's name and what it says. */
function readChannelTimes(text: string): [string, ChannelTimes] {
  const [heartbeat = '', queued = '', received = '', period = '', applying = '', applied = '', ended = '', ...name] =
    text.split('|');
  const heard = [utcMs(heartbeat), utcMs(queued)].filter((at) => at !== null);
  return [
    name.join('|'),
    {
      receivedGtid: received.replaceAll('\n', ''),
      // Heartbeats come only while the source is idle: the younger of the two is the proof of life (measured on 9.7.4).
      heardAtMs: heard.length === 0 ? null : Math.max(...heard),
      heartbeatPeriodSeconds: period === '' ? null : Number(period),
      workers: { applyingOriginMs: utcMs(applying), appliedOriginMs: utcMs(applied), appliedEndMs: utcMs(ended) },
    },
  ];
}

async function showReplicaStatus(read: Read): Promise<readonly SqlRow[]> {
  return read('SHOW REPLICA STATUS');
}

const factNames = [
  'version',
  'version_comment',
  'server_uuid',
  'server_id',
  'gtid_mode',
  'enforce_gtid_consistency',
  'gtid_purged',
  'log_bin',
  'log_replica_updates',
  'log_slave_updates',
  'sync_binlog',
  'innodb_flush_log_at_trx_commit',
  'relay_log_recovery',
  'replica_net_timeout',
  'slave_net_timeout',
  'max_connections',
  'innodb_buffer_pool_size',
  'binlog_expire_logs_seconds',
  'event_scheduler',
  'report_host',
  'report_port',
  'hostname',
  'port',
  'binlog_format',
  'sql_mode',
  'time_zone',
  'lower_case_table_names',
  'character_set_server',
  'offline_mode',
  'rpl_semi_sync_source_enabled',
  'rpl_semi_sync_source_wait_for_replica_count',
  'rpl_semi_sync_source_timeout',
  'rpl_semi_sync_replica_enabled',
  'rpl_semi_sync_master_enabled',
  'rpl_semi_sync_master_wait_for_slave_count',
  'rpl_semi_sync_master_timeout',
  'rpl_semi_sync_slave_enabled',
  // Where to look when the server is dead.
  'pid_file',
  'datadir',
  'log_bin_basename',
];

const factsSql = `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${factNames.map((name) => `'${name}'`).join(',')})`;

async function readFacts(read: Read): Promise<ServerFacts> {
  const variables = nameValueMap(await read(factsSql));
  const members = await readOptional(
    read,
    "SELECT member_host AS h, member_port AS p, member_state AS s, member_role AS r FROM performance_schema.replication_group_members WHERE member_id <> ''",
  );
  return {
    version: variables.get('version') ?? '',
    serverUuid: variables.get('server_uuid') ?? '',
    serverId: Number(variables.get('server_id') ?? 0),
    gtidEnabled: /^on$/i.test(variables.get('gtid_mode') ?? ''),
    gtidPurged: (variables.get('gtid_purged') ?? '').replaceAll('\n', ''),
    variables,
    groupMembers: members.map((row) => ({
      host: textOf(row, 'h'),
      port: numberOf(row, 'p') ?? 0,
      state: textOf(row, 's'),
      role: textOf(row, 'r'),
    })),
    ...(await readCommonFacts(read)),
  };
}

async function readReplicas(read: Read): Promise<readonly { host: string; port: number }[]> {
  const rows = await read('SHOW REPLICAS');
  return rows.map((row) => ({ host: textOf(row, 'Host'), port: numberOf(row, 'Port') ?? 0 }));
}

/** The words of servers before 8.0.22, put in just before a statement is sent. */
const oldWords = (sql: string): string =>
  sql
    .replace('SHOW REPLICA STATUS', 'SHOW SLAVE STATUS')
    .replace('SHOW REPLICAS', 'SHOW SLAVE HOSTS')
    .replace(queuedAt, 'NULL')
    .replace(workerTimes, "'||'");

const translate =
  (read: Read): Read =>
  (sql) =>
    read(oldWords(sql));

export const mysqlDialect: Dialect = {
  name: 'mysql',
  sessionSetup: (limits) => [
    `SET SESSION time_zone = '+00:00', max_execution_time = ${limits.statementMs}, lock_wait_timeout = ${limits.lockWaitSeconds}, innodb_lock_wait_timeout = ${limits.lockWaitSeconds}, wait_timeout = ${limits.idleSeconds}, autocommit = 1`,
  ],
  readSample,
  readFacts,
  readReplicas,
  transactionsBehind: (behind, ahead) => {
    try {
      return Number(countMysqlGtidSet(subtractMysqlGtidSet(parseMysqlGtidSet(ahead), parseMysqlGtidSet(behind))));
    } catch {
      return null;
    }
  },
  errant: (replicaExecuted, primaryExecuted) =>
    formatMysqlGtidSet(subtractMysqlGtidSet(parseMysqlGtidSet(replicaExecuted), parseMysqlGtidSet(primaryExecuted))),
  transactionCount: (executed) => Number(countMysqlGtidSet(parseMysqlGtidSet(executed))),
};

/** MySQL before 8.0.22: the same questions in the old words. Shown, never changed. */
export const oldMysqlDialect: Dialect = {
  ...mysqlDialect,
  readSample: (read, options) => readSample(translate(read), options),
  readFacts: (read) => readFacts(translate(read)),
  readReplicas: (read) => readReplicas(translate(read)),
};

/** The dialect object for a MySQL version text. */
export function mysqlDialectFor(version: string): Dialect {
  const parsed = parseServerVersion(version);
  return parsed && !isAtLeast(parsed, 8, 0, 22) ? oldMysqlDialect : mysqlDialect;
}
