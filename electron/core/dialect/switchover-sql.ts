import type { DialectName } from '@shared/model/fleet';

/** A replication channel's settings as they must be repeated, because CHANGE forgets some of them. */
export interface ChannelSettings {
  readonly user: string;
  readonly sslAllowed: boolean;
  readonly getPublicKey: boolean;
  readonly heartbeatSeconds: number;
  readonly connectRetrySeconds: number;
}

/**
 * The statements of a planned switchover, `:name` places filled when sent. Order and wording were measured on MySQL 9.7.4
 * and MariaDB 10.11; docs/switchover.md says why each stands where it does.
 */
export interface SwitchoverSql {
  readonly createSchema: readonly string[];
  readonly position: string;
  /** Column `outcome`: 0 is reached. */
  readonly wait: string;
  readonly limitLockWait: string;
  readonly fence: string;
  /** MariaDB: read_only is no fence against privileged accounts; they are ended under a global read lock. */
  readonly hold: {
    readonly lock: string;
    readonly privileged: string;
    readonly end: string;
    readonly release: string;
  } | null;
  readonly fenceProof: string;
  readonly blockers: string | null;
  readonly unfence: readonly string[];
  readonly prepared: string;
  readonly stopReceiver: string;
  readonly startReceiver: string;
  readonly channelStatus: string;
  readonly follow: (settings: ChannelSettings, host: string, port: number, demoted: boolean) => string;
  readonly repoint: (settings: ChannelSettings, host: string, port: number) => string;
  readonly forget: string;
  readonly stop: string;
  readonly start: string;
  /** Receiver alone: what was received stays. On MariaDB only while the applier runs, else the relay log is lost. */
  readonly stopReceiving: string;
  readonly startReceiving: string;
  readonly startApplying: string;
  /**
   * Columns `partial` (of which the receiver got a part), `scheduling`, `applying` (comma-separated): transactions of the
   * channel by name, '' or NULL is none. Null: the server rolls a part back by itself when its applier is stopped.
   */
  readonly partial: string | null;
  readonly semiSyncSource: (on: boolean) => string;
  /** Column `enabled`. */
  readonly semiSyncEnabled: string;
  readonly semiSyncReplicaOn: string;
  readonly open: readonly string[];
  readonly marker: string;
  readonly markerProof: string;
  readonly writable: string;
  /** Lets this account replay while applications stay refused; null: it may already. */
  readonly letReplay: string | null;
  /**
   * Fences a server whose commits wait for an acknowledgement, behind which the fence itself would wait: applications go
   * first, so that nobody is told of a commit when the waiting is ended. `waiting`: sessions to end one by one; null: `before`
   * ends them all.
   */
  readonly forceFence: {
    readonly waiting: string | null;
    readonly before: readonly string[];
    readonly after: readonly string[];
  };
  /** Column `identity`: as facts name the server. */
  readonly identity: string;
  /** Statements of a console that ended, still at work on the server: `id` of each. Asked only while holding the lock. */
  readonly leftovers: string;
}

const host = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const createSchema = [
  'CREATE DATABASE IF NOT EXISTS midwatch',
  'CREATE TABLE IF NOT EXISTS midwatch.operation_probe (run_id VARCHAR(64) NOT NULL, n INT UNSIGNED NOT NULL, PRIMARY KEY (run_id, n)) ENGINE=InnoDB',
  'CREATE TABLE IF NOT EXISTS midwatch.operation_marker (run_id VARCHAR(64) NOT NULL PRIMARY KEY, new_primary VARCHAR(255) NOT NULL, written_at DATETIME(6) NOT NULL) ENGINE=InnoDB',
];
const marker =
  'INSERT INTO midwatch.operation_marker (run_id, new_primary, written_at) VALUES (:runId, :candidate, UTC_TIMESTAMP(6)) ON DUPLICATE KEY UPDATE new_primary = VALUES(new_primary)';
const markerProof = 'SELECT COUNT(*) AS present FROM midwatch.operation_marker WHERE run_id = :runId';

const leftovers = (table: string): string =>
  `SELECT ID AS id FROM ${table} WHERE USER = SUBSTRING_INDEX(CURRENT_USER(), '@', 1) AND COMMAND = 'Query' AND ID <> CONNECTION_ID() AND INFO REGEXP '^(SET (GLOBAL|PERSIST)|CHANGE |START |STOP |RESET |FLUSH TABLES)'`;

const mysql: SwitchoverSql = {
  createSchema,
  position: "SELECT REPLACE(@@GLOBAL.gtid_executed, '\\n', '') AS position",
  wait: 'SELECT WAIT_FOR_EXECUTED_GTID_SET(:position, :seconds) AS outcome',
  limitLockWait: 'SET SESSION lock_wait_timeout = 2',
  fence: 'SET PERSIST super_read_only = ON',
  hold: null,
  fenceProof: 'SELECT @@GLOBAL.super_read_only AS fenced',
  blockers:
    "SELECT t.processlist_id AS id, t.processlist_user AS user, t.processlist_time AS seconds, t.processlist_info AS statement FROM performance_schema.metadata_locks m JOIN performance_schema.threads t ON t.thread_id = m.owner_thread_id WHERE m.object_type = 'GLOBAL' AND m.lock_type IN ('INTENTION_EXCLUSIVE', 'SHARED') AND m.lock_status = 'GRANTED' AND t.processlist_id <> CONNECTION_ID() LIMIT 20",
  // The order matters: persisted values are replayed by their time stamps after a restart.
  unfence: ['SET PERSIST super_read_only = OFF', 'SET PERSIST read_only = OFF'],
  prepared: 'XA RECOVER',
  stopReceiver: "STOP REPLICA FOR CHANNEL ''",
  startReceiver: "START REPLICA FOR CHANNEL ''",
  channelStatus: "SHOW REPLICA STATUS FOR CHANNEL ''",
  follow: (settings, toHost, port) =>
    `CHANGE REPLICATION SOURCE TO SOURCE_HOST = ${host(toHost)}, SOURCE_PORT = ${port}, SOURCE_USER = ${host(settings.user)}, SOURCE_PASSWORD = :password, SOURCE_AUTO_POSITION = 1, SOURCE_SSL = ${settings.sslAllowed ? 1 : 0}, GET_SOURCE_PUBLIC_KEY = ${settings.getPublicKey ? 1 : 0}, SOURCE_CONNECT_RETRY = ${settings.connectRetrySeconds}, SOURCE_RETRY_COUNT = 86400, SOURCE_HEARTBEAT_PERIOD = ${settings.heartbeatSeconds} FOR CHANNEL ''`,
  // The heartbeat period falls back to half of replica_net_timeout unless it is repeated (measured on 9.7.4).
  repoint: (settings, toHost, port) =>
    `CHANGE REPLICATION SOURCE TO SOURCE_HOST = ${host(toHost)}, SOURCE_PORT = ${port}, SOURCE_HEARTBEAT_PERIOD = ${settings.heartbeatSeconds} FOR CHANNEL ''`,
  forget: "RESET REPLICA ALL FOR CHANNEL ''",
  stop: "STOP REPLICA FOR CHANNEL ''",
  start: "START REPLICA FOR CHANNEL ''",
  stopReceiving: "STOP REPLICA IO_THREAD FOR CHANNEL ''",
  startReceiving: "START REPLICA IO_THREAD FOR CHANNEL ''",
  startApplying: "START REPLICA SQL_THREAD FOR CHANNEL ''",
  partial:
    "SELECT c.queueing_transaction AS partial, (SELECT processing_transaction FROM performance_schema.replication_applier_status_by_coordinator WHERE channel_name = '') AS scheduling, (SELECT GROUP_CONCAT(applying_transaction) FROM performance_schema.replication_applier_status_by_worker WHERE channel_name = '' AND applying_transaction <> '') AS applying FROM performance_schema.replication_connection_status c WHERE c.channel_name = ''",
  semiSyncSource: (on) => `SET PERSIST rpl_semi_sync_source_enabled = ${on ? 'ON' : 'OFF'}`,
  semiSyncEnabled: 'SELECT @@GLOBAL.rpl_semi_sync_source_enabled AS enabled',
  semiSyncReplicaOn: 'SET PERSIST rpl_semi_sync_replica_enabled = ON',
  open: ['SET PERSIST super_read_only = OFF, PERSIST read_only = OFF'],
  marker,
  markerProof,
  writable: 'SELECT (@@GLOBAL.read_only = 0) AS writable',
  letReplay: 'SET GLOBAL super_read_only = OFF',
  forceFence: {
    waiting: null,
    before: ['SET GLOBAL offline_mode = ON', 'SET GLOBAL rpl_semi_sync_source_enabled = OFF'],
    after: ['SET GLOBAL offline_mode = OFF'],
  },
  identity: 'SELECT @@GLOBAL.server_uuid AS identity',
  leftovers: leftovers('performance_schema.processlist'),
};

const mariadb: SwitchoverSql = {
  createSchema,
  position: 'SELECT @@GLOBAL.gtid_binlog_pos AS position',
  wait: 'SELECT MASTER_GTID_WAIT(:position, :seconds) AS outcome',
  limitLockWait: 'SET SESSION lock_wait_timeout = 2',
  fence: 'SET GLOBAL read_only = 1',
  hold: {
    lock: 'FLUSH TABLES WITH READ LOCK',
    privileged:
      "SELECT p.ID AS id, p.USER AS user, p.TIME AS seconds, p.INFO AS statement FROM information_schema.PROCESSLIST p WHERE p.ID <> CONNECTION_ID() AND p.COMMAND NOT LIKE 'Binlog Dump%' AND p.USER NOT IN ('system user', 'event_scheduler') AND p.USER <> SUBSTRING_INDEX(CURRENT_USER(), '@', 1) AND EXISTS (SELECT 1 FROM information_schema.user_privileges u WHERE SUBSTRING_INDEX(REPLACE(u.grantee, '''', ''), '@', 1) = p.USER AND u.privilege_type IN ('SUPER', 'READ_ONLY ADMIN', 'READ ONLY ADMIN'))",
    end: 'KILL SOFT CONNECTION :session',
    release: 'UNLOCK TABLES',
  },
  fenceProof: 'SELECT @@GLOBAL.read_only AS fenced',
  blockers: null,
  unfence: ['SET GLOBAL read_only = 0'],
  prepared: 'XA RECOVER',
  stopReceiver: "STOP SLAVE ''",
  startReceiver: "START SLAVE ''",
  channelStatus: 'SHOW ALL REPLICAS STATUS',
  // MASTER_DEMOTE_TO_SLAVE (10.10) takes the server's own binlog position as the place to go on from.
  follow: (settings, toHost, port, demoted) =>
    `CHANGE MASTER TO MASTER_HOST = ${host(toHost)}, MASTER_PORT = ${port}, MASTER_USER = ${host(settings.user)}, MASTER_PASSWORD = :password, MASTER_USE_GTID = slave_pos${demoted ? ', MASTER_DEMOTE_TO_SLAVE = 1' : ''}, MASTER_SSL = ${settings.sslAllowed ? 1 : 0}, MASTER_CONNECT_RETRY = ${settings.connectRetrySeconds}, MASTER_HEARTBEAT_PERIOD = ${settings.heartbeatSeconds}`,
  repoint: (settings, toHost, port) =>
    `CHANGE MASTER TO MASTER_HOST = ${host(toHost)}, MASTER_PORT = ${port}, MASTER_USE_GTID = slave_pos, MASTER_HEARTBEAT_PERIOD = ${settings.heartbeatSeconds}`,
  forget: "RESET SLAVE '' ALL",
  stop: "STOP SLAVE ''",
  start: "START SLAVE ''",
  stopReceiving: "STOP SLAVE '' IO_THREAD",
  startReceiving: "START SLAVE '' IO_THREAD",
  startApplying: "START SLAVE '' SQL_THREAD",
  partial: null,
  semiSyncSource: (on) => `SET GLOBAL rpl_semi_sync_master_enabled = ${on ? 1 : 0}`,
  semiSyncEnabled: 'SELECT @@GLOBAL.rpl_semi_sync_master_enabled AS enabled',
  semiSyncReplicaOn: 'SET GLOBAL rpl_semi_sync_slave_enabled = 1',
  open: ['SET GLOBAL read_only = 0'],
  marker,
  markerProof,
  writable: 'SELECT (@@GLOBAL.read_only = 0) AS writable',
  letReplay: null,
  forceFence: {
    waiting:
      "SELECT ID AS id FROM information_schema.PROCESSLIST WHERE STATE LIKE 'Waiting for semi-sync ACK%' AND ID <> CONNECTION_ID()",
    before: ['SET GLOBAL rpl_semi_sync_master_enabled = 0'],
    after: [],
  },
  identity: "SELECT CONCAT('server_id ', @@GLOBAL.server_id) AS identity",
  leftovers: leftovers('information_schema.PROCESSLIST'),
};

export const switchoverSql: Readonly<Record<DialectName, SwitchoverSql>> = { mysql, mariadb };

/** Asked once for the checks, on every instance: what the poll does not ask. */
export const preflightSql = {
  mysql: {
    channel:
      "SELECT user AS user, ssl_allowed AS ssl_allowed, heartbeat_interval AS heartbeat, connection_retry_interval AS retry, get_public_key AS public_key FROM performance_schema.replication_connection_configuration WHERE channel_name = ''",
    privileged:
      "SELECT GROUP_CONCAT(DISTINCT grantee SEPARATOR ', ') AS accounts FROM information_schema.user_privileges WHERE privilege_type IN ('SUPER', 'CONNECTION_ADMIN') AND grantee NOT LIKE '''mysql.%' AND grantee NOT LIKE '''root''%'",
  },
  mariadb: {
    channel: null,
    binlogState: 'SELECT @@GLOBAL.gtid_binlog_state AS state',
    privileged:
      "SELECT GROUP_CONCAT(DISTINCT grantee SEPARATOR ', ') AS accounts FROM information_schema.user_privileges WHERE privilege_type IN ('SUPER', 'READ_ONLY ADMIN', 'READ ONLY ADMIN') AND grantee NOT LIKE '''root''%' AND grantee NOT LIKE '''mariadb.sys%'",
  },
  events: "SELECT COUNT(*) AS n FROM information_schema.events WHERE status = 'ENABLED'",
  longest:
    'SELECT MAX(TIMESTAMPDIFF(SECOND, trx_started, NOW())) AS seconds, COUNT(*) AS n FROM information_schema.innodb_trx WHERE trx_rows_modified > 0',
} as const;
