import type { SqlRow } from '../ports/mysql-session';
import { flagOf, numberOf, presentWords, textOf } from './rows';
import type { ChannelSample } from './server-sample';

const filterColumns = [
  'replicate_do_db',
  'replicate_ignore_db',
  'replicate_do_table',
  'replicate_ignore_table',
  'replicate_wild_do_table',
  'replicate_wild_ignore_table',
  'replicate_rewrite_db',
] as const;

/** One row of SHOW REPLICA STATUS, SHOW SLAVE STATUS or SHOW ALL REPLICAS STATUS, of any version, in today's words. */
export function channelFromReplicaStatus(statusRow: SqlRow): ChannelSample {
  const row = presentWords(statusRow);
  const io = textOf(row, 'replica_io_running').toLowerCase();
  return {
    name: textOf(row, 'channel_name') || textOf(row, 'connection_name'),
    sourceHost: textOf(row, 'source_host'),
    sourcePort: numberOf(row, 'source_port') ?? 0,
    sourceUuid: textOf(row, 'source_uuid'),
    sourceServerId: numberOf(row, 'source_server_id') ?? 0,
    receiver: io === 'yes' ? 'running' : io === 'no' ? 'stopped' : 'connecting',
    applier: flagOf(row, 'replica_sql_running') ? 'running' : 'stopped',
    receiverError: textOf(row, 'last_io_error'),
    receiverErrno: numberOf(row, 'last_io_errno') ?? 0,
    applierError: textOf(row, 'last_sql_error'),
    applierErrno: numberOf(row, 'last_sql_errno') ?? 0,
    autoPosition:
      flagOf(row, 'auto_position') || /^(slave_pos|replica_pos|current_pos)$/i.test(textOf(row, 'using_gtid')),
    delaySeconds: numberOf(row, 'sql_delay') ?? 0,
    serverLagSeconds: numberOf(row, 'seconds_behind_source'),
    receivedGtid: (textOf(row, 'retrieved_gtid_set') || textOf(row, 'gtid_io_pos')).replaceAll('\n', ''),
    filters: filterColumns.flatMap((name) => (textOf(row, name) === '' ? [] : [`${name}=${textOf(row, name)}`])),
    relayLogBytes: numberOf(row, 'relay_log_space') ?? 0,
    heardAtMs: null,
    heartbeatPeriodSeconds: numberOf(row, 'replica_heartbeat_period'),
    receivedHeartbeats: numberOf(row, 'replica_received_heartbeats'),
    sourceLogFile: textOf(row, 'source_log_file'),
    sourceLogPosition: numberOf(row, 'read_source_log_pos') ?? 0,
    workers: null,
  };
}
