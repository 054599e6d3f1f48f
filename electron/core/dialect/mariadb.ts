import { formatMariadbPosition, mariadbTransactionsBehind, parseMariadbPosition } from '@shared/gtid/mariadb-gtid';
import type { Dialect } from './dialect';
import { readHeartbeat } from './heartbeat-sql';
import { numbersOf, presentName, readCommonFacts } from './read-parts';
import { channelFromReplicaStatus } from './replica-status';
import { flagOf, nameValueMap, numberOf, textOf } from './rows';
import type { Read, ServerFacts, ServerSample } from './server-sample';

const counterNames = [
  'Questions',
  'Threads_connected',
  'Threads_running',
  'Bytes_sent',
  'Uptime',
  'Rpl_semi_sync_master_clients',
  'Rpl_semi_sync_master_status',
  'Rpl_semi_sync_master_wait_sessions',
  'Rpl_semi_sync_slave_status',
];
const statusSql = `SHOW GLOBAL STATUS WHERE Variable_name IN (${counterNames.map((name) => `'${name}'`).join(',')})`;

// gtid_current_pos: the newest of what was applied and what was written here, which is what "executed" means on MySQL.
const globalsSql =
  'SELECT @@GLOBAL.read_only AS ro, @@GLOBAL.gtid_current_pos AS cp, @@GLOBAL.gtid_binlog_pos AS bp, UNIX_TIMESTAMP(NOW(6)) AS ts';

async function readSample(read: Read, options: Parameters<Dialect['readSample']>[1]): Promise<ServerSample> {
  const [globals] = await read(globalsSql);
  const status = nameValueMap(await read(statusSql));
  const beat = await readHeartbeat(read, options.heartbeat);
  const rows = options.askChannels ? await read('SHOW ALL REPLICAS STATUS') : [];
  return {
    readOnly: flagOf(globals, 'ro'),
    superReadOnly: false,
    gtidExecuted: merged(textOf(globals, 'cp'), textOf(globals, 'bp')),
    serverNowMs: (numberOf(globals, 'ts') ?? 0) * 1000,
    counters: numbersOf(status),
    semiSyncSourceActive: status.get('rpl_semi_sync_master_status') === 'ON',
    // The relay log's position restarts with the receiver: empty until it has connected once.
    channels: rows.map(channelFromReplicaStatus),
    heartbeatAtMs: beat.atMs,
    heartbeatError: beat.error,
  };
}

/** With gtid_binlog_pos alone a fresh replica says nothing, with gtid_current_pos alone a writer of another domain is missed. */
const merged = (left: string, right: string): string => formatMariadbPosition(parseMariadbPosition(`${left},${right}`));

const factNames = [
  'version',
  'version_comment',
  'server_id',
  'server_uid',
  'gtid_domain_id',
  'gtid_strict_mode',
  'log_bin',
  'log_slave_updates',
  'sync_binlog',
  'innodb_flush_log_at_trx_commit',
  'relay_log_recovery',
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
  'rpl_semi_sync_master_enabled',
  'rpl_semi_sync_master_timeout',
  'rpl_semi_sync_slave_enabled',
  // Where to look when the server is dead.
  'pid_file',
  'datadir',
  'log_bin_basename',
];
const factsSql = `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${factNames.map((name) => `'${name}'`).join(',')})`;

async function readFacts(read: Read): Promise<ServerFacts> {
  const named = nameValueMap(await read(factsSql));
  const variables = new Map([...named].map(([name, value]) => [presentName(name), value]));
  const serverId = Number(variables.get('server_id') ?? 0);
  return {
    version: variables.get('version') ?? '',
    // MariaDB has no server_uuid in replication: host, port and server_id name it.
    serverUuid: `server_id ${serverId}`,
    serverId,
    gtidEnabled: true,
    gtidPurged: '',
    variables,
    groupMembers: [],
    ...(await readCommonFacts(read)),
  };
}

/** MariaDB 10.2 and later. */
export const mariadbDialect: Dialect = {
  name: 'mariadb',
  sessionSetup: (limits) => [
    `SET SESSION time_zone = '+00:00', max_statement_time = ${limits.statementMs / 1000}, lock_wait_timeout = ${limits.lockWaitSeconds}, innodb_lock_wait_timeout = ${limits.lockWaitSeconds}, wait_timeout = ${limits.idleSeconds}, autocommit = 1`,
  ],
  readSample,
  readFacts,
  readReplicas: async (read) =>
    (await read('SHOW SLAVE HOSTS')).map((row) => ({ host: textOf(row, 'Host'), port: numberOf(row, 'Port') ?? 0 })),
  transactionsBehind: (behind, ahead) => {
    try {
      return Number(mariadbTransactionsBehind(parseMariadbPosition(behind), parseMariadbPosition(ahead)));
    } catch {
      return null;
    }
  },
  // A position cannot name single transactions: what is further than the primary in any domain is errant.
  errant: (replicaExecuted, primaryExecuted) => {
    const primary = parseMariadbPosition(primaryExecuted);
    return formatMariadbPosition(
      new Map(
        [...parseMariadbPosition(replicaExecuted)].filter(
          ([domain, gtid]) => gtid.sequence > (primary.get(domain)?.sequence ?? 0n),
        ),
      ),
    );
  },
  transactionCount: (executed) =>
    [...parseMariadbPosition(executed).values()].reduce((sum, gtid) => sum + Number(gtid.sequence), 0),
};
