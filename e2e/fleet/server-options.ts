import path from 'node:path';
import type { Dialect } from './scenarios';
import type { ServerProgram } from './toolchain';

/** What tells one server of the lab from the next. */
export interface ServerSettings {
  readonly dialect: Dialect;
  readonly program: ServerProgram;
  readonly tlsFolder: string;
  readonly port: number;
  readonly serverId: number;
  readonly socket: string;
  readonly dataFolder: string;
  /** Its own: MariaDB deletes at its start whatever temporary tables it finds, also those of others at work. */
  readonly temporaryFolder: string;
  readonly errorLog: string;
  readonly pidFile: string;
  readonly isReplica: boolean;
  /** Default `port`. */
  readonly reportPort?: number | undefined;
  readonly replicaNetTimeoutSeconds?: number;
}

/** Small enough for thirty servers in 8 GB, and durable: the ledger counts on acknowledged writes. */
const common = {
  'bind-address': '127.0.0.1',
  'report-host': '127.0.0.1',
  'log-bin': 'binlog',
  'relay-log': 'relay',
  'sync-binlog': 1,
  'innodb-flush-log-at-trx-commit': 1,
  'innodb-log-buffer-size': '2M',
  'innodb-buffer-pool-dump-at-shutdown': 'OFF',
  'innodb-buffer-pool-load-at-startup': 'OFF',
  'innodb-read-io-threads': 1,
  'innodb-write-io-threads': 1,
  'innodb-purge-threads': 1,
  'table-open-cache': 400,
  'table-definition-cache': 400,
  'max-connections': 150,
  'key-buffer-size': '64K',
  'performance-schema': 'ON',
  'performance-schema-digests-size': 1000,
  'performance-schema-max-table-instances': 400,
  'performance-schema-max-table-handles': 400,
  'performance-schema-max-thread-instances': 200, // every connection and the server's own threads
  'performance-schema-accounts-size': 16,
  'performance-schema-hosts-size': 16,
  'performance-schema-users-size': 16,
  'performance-schema-events-statements-history-long-size': 100,
  'performance-schema-events-waits-history-long-size': 10,
  'performance-schema-events-stages-history-long-size': 10,
  'performance-schema-events-transactions-history-long-size': 10,
} as const;

const mysqlOnly = {
  mysqlx: 'OFF',
  'secure-file-priv': '',
  'gtid-mode': 'ON',
  'enforce-gtid-consistency': 'ON',
  'log-replica-updates': 'ON',
  'replica-parallel-workers': 2,
  'innodb-buffer-pool-size': '16M',
  'innodb-redo-log-capacity': '16M',
  'innodb-page-cleaners': 1,
  'innodb-use-native-aio': 'OFF', // thirty servers would exhaust the system's aio requests
  'temptable-max-ram': '4M',
  'performance-schema-max-digest-length': 512,
  'performance-schema-max-sql-text-length': 1024,
  'performance-schema-max-mutex-instances': 3000,
  'performance-schema-max-rwlock-instances': 3000,
  'performance-schema-error-size': 100,
  'performance-schema-max-index-stat': 500,
} as const;

const mariadbOnly = {
  'log-slave-updates': 'ON',
  'gtid-strict-mode': 'ON',
  'gtid-domain-id': 0,
  'binlog-format': 'ROW',
  'slave-parallel-threads': 2,
  'innodb-buffer-pool-size': '32M',
  'innodb-log-file-size': '16M',
  'innodb-use-native-aio': 'OFF',
  'aria-pagecache-buffer-size': '1M',
} as const;

/**
 * Renders the server's option file. A file rather than `--no-defaults`, which would also ignore what SET PERSIST wrote.
 * @returns the text of a my.cnf
 */
export function renderOptionFile(settings: ServerSettings): string {
  const { dialect, program, tlsFolder } = settings;
  const options: Record<string, string | number> = {
    ...program.options,
    ...common,
    ...(dialect === 'mysql' ? mysqlOnly : mariadbOnly),
    ...(process.getuid?.() === 0 ? { user: 'root' } : {}),
    ...(settings.replicaNetTimeoutSeconds
      ? { [dialect === 'mysql' ? 'replica-net-timeout' : 'slave-net-timeout']: settings.replicaNetTimeoutSeconds }
      : {}),
    // MySQL keeps it by SET PERSIST; MariaDB has only this file.
    ...(dialect === 'mariadb' && settings.isReplica ? { 'read-only': 'ON' } : {}),
    'server-id': settings.serverId,
    port: settings.port,
    'report-port': settings.reportPort ?? settings.port,
    socket: settings.socket,
    datadir: settings.dataFolder,
    tmpdir: settings.temporaryFolder,
    'log-error': settings.errorLog,
    'pid-file': settings.pidFile,
    'ssl-ca': path.join(tlsFolder, 'ca.pem'),
    'ssl-cert': path.join(tlsFolder, 'server-cert.pem'),
    'ssl-key': path.join(tlsFolder, 'server-key.pem'),
  };
  const lines = Object.entries(options).map(([name, value]) => `${name} = ${value}`);
  return `[mysqld]\n${lines.join('\n')}\n`;
}
