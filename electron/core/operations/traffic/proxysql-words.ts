import type { ProxyServer } from '@shared/model/traffic';
import type { SqlRow } from '../../ports/mysql-session';
import type { Located } from './place';

/** A row of mysql_servers or runtime_mysql_servers. */
export interface ProxysqlRow extends Located {
  readonly hostgroup: number;
  /** ONLINE, SHUNNED, OFFLINE_SOFT, OFFLINE_HARD. */
  readonly status: string;
}

/** Statements of the admin interface: SQLite's SQL with commands of its own (ProxySQL documentation, "Admin Commands"). */
export const proxysqlSql = {
  runtime: 'SELECT hostgroup_id, hostname, port, status FROM runtime_mysql_servers',
  memory: 'SELECT hostgroup_id, hostname, port, status FROM mysql_servers',
  checker: (writer: number): string =>
    `SELECT writer_hostgroup, reader_hostgroup FROM runtime_mysql_replication_hostgroups WHERE writer_hostgroup = ${writer}`,
  groups: (writer: number): string =>
    `SELECT writer_hostgroup FROM runtime_mysql_group_replication_hostgroups WHERE writer_hostgroup = ${writer}`,
  galera: (writer: number): string =>
    `SELECT writer_hostgroup FROM runtime_mysql_galera_hostgroups WHERE writer_hostgroup = ${writer}`,
  monitor:
    "SELECT variable_name, variable_value FROM runtime_global_variables WHERE variable_name IN ('mysql-monitor_enabled', 'mysql-monitor_read_only_interval')",
  used: (writer: number): string =>
    `SELECT srv_host, srv_port, ConnUsed FROM stats_mysql_connection_pool WHERE hostgroup = ${writer}`,
  setStatus: (at: ProxysqlRow, status: 'ONLINE' | 'OFFLINE_HARD'): string =>
    `UPDATE mysql_servers SET status = '${status}' WHERE hostgroup_id = ${at.hostgroup} AND ${isHost(at)}`,
  /** Its weight and limits are those it has as a reader. */
  copyTo: (writer: number, from: ProxysqlRow): string =>
    `INSERT INTO mysql_servers (hostgroup_id, hostname, port, status, weight, max_connections, use_ssl, comment) SELECT ${writer}, hostname, port, 'ONLINE', weight, max_connections, use_ssl, comment FROM mysql_servers WHERE hostgroup_id = ${from.hostgroup} AND ${isHost(from)}`,
  remove: (groups: readonly number[], at: Located): string =>
    `DELETE FROM mysql_servers WHERE hostgroup_id IN (${groups.join(', ')}) AND ${isHost(at)}`,
  fromRuntime: 'SAVE MYSQL SERVERS FROM RUNTIME',
  load: 'LOAD MYSQL SERVERS TO RUNTIME',
  save: 'SAVE MYSQL SERVERS TO DISK',
} as const;

const isHost = ({ host, port }: Located): string => `hostname = '${host}' AND port = ${port}`;

/** Rows that can be named safely; a host with other characters is left out, and then not found. */
export const serverRows = (rows: readonly SqlRow[]): readonly ProxysqlRow[] =>
  rows
    .map((row) => ({
      hostgroup: Number(row['hostgroup_id']),
      host: String(row['hostname']),
      otherHost: '',
      port: Number(row['port']),
      status: String(row['status']).toUpperCase(),
    }))
    .filter((one) => /^[\w.:%-]{1,255}$/.test(one.host) && Number.isInteger(one.port));

/** Connections at work through each server of a hostgroup, by `host:port`. */
export const usedByServer = (rows: readonly SqlRow[]): ReadonlyMap<string, number> =>
  new Map(rows.map((row) => [`${row['srv_host']}:${row['srv_port']}`, Number(row['ConnUsed'])]));

/** OFFLINE_HARD takes nothing; OFFLINE_SOFT keeps what is connected; SHUNNED comes back by itself. */
export const stateOf = (status: string): ProxyServer['state'] =>
  status === 'OFFLINE_HARD' ? 'closed' : status === 'OFFLINE_SOFT' ? 'draining' : 'open';

export const rowWords = (one: ProxysqlRow): string => `${one.host}:${one.port} ${one.status} in ${one.hostgroup}`;
