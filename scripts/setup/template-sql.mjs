/**
 * The statements that turn an empty data folder into the lab's template. Names of privileges are those the servers
 * themselves accept (MySQL 9.7 manual, "Privileges Provided by MySQL"; MariaDB 10.11, "GRANT").
 */

const appSchema = [
  'CREATE DATABASE app',
  `CREATE TABLE app.ledger (
     id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, writer INT NOT NULL, seq BIGINT NOT NULL, payload VARCHAR(64) NOT NULL,
     at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6), UNIQUE KEY writer_seq (writer, seq))`,
  `CREATE TABLE app.account (
     id INT NOT NULL PRIMARY KEY, owner VARCHAR(40) NOT NULL, currency CHAR(3) NOT NULL, balance_cents BIGINT NOT NULL)`,
  // No key on note and amount_cents: the slow-query mix scans for them.
  `CREATE TABLE app.posting (
     id INT NOT NULL PRIMARY KEY, account_id INT NOT NULL, amount_cents INT NOT NULL, note VARCHAR(80) NOT NULL,
     at DATETIME NOT NULL, KEY account (account_id, at))`,
  ...insertRows(
    'app.account',
    2000,
    (id) => `(${id},'owner ${id % 700}','${['EUR', 'USD', 'JPY'][id % 3]}',${(id * 7919) % 1_000_000})`,
  ),
  ...insertRows(
    'app.posting',
    20_000,
    (id) =>
      `(${id},${1 + ((id * 31) % 2000)},${((id * 7919) % 90_000) - 30_000},'payment ${(id * 17) % 5000}','2026-01-01' + INTERVAL ${id} MINUTE)`,
  ),
];

function insertRows(table, count, row) {
  const statements = [];
  for (let first = 1; first <= count; first += 2000) {
    const rows = Array.from({ length: Math.min(2000, count - first + 1) }, (_, index) => row(first + index));
    statements.push(`INSERT INTO ${table} VALUES ${rows.join(',')}`);
  }
  return statements;
}

/** Every account may come from anywhere: the servers listen on the loopback address alone. */
function account(name, grants, login = `IDENTIFIED BY '${name}'`) {
  return [
    `CREATE USER '${name}'@'%' ${login}`,
    ...grants.map(
      (grant) =>
        `GRANT ${grant.replace(' WITH', ` TO '${name}'@'%' WITH`)}${grant.includes(' WITH') ? '' : ` TO '${name}'@'%'`}`,
    ),
  ];
}

/**
 * What salvaged transactions may do. Row events of BINLOG need the rights of the statements they stand for (MySQL 9.7 says
 * "1105 Unknown error" where one is missing; MariaDB 10.11 does not ask), and changes of tables are plain statements on both.
 */
const replayedStatements = 'INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES ON *.*';

/** MySQL: passwords by caching_sha2_password, the server's default. */
export const mysqlTemplateStatements = [
  "INSTALL PLUGIN rpl_semi_sync_source SONAME 'semisync_source.so'",
  "INSTALL PLUGIN rpl_semi_sync_replica SONAME 'semisync_replica.so'",
  "INSTALL PLUGIN clone SONAME 'mysql_clone.so'",
  ...account('repl', ['REPLICATION SLAVE, BACKUP_ADMIN, CLONE_ADMIN ON *.*']),
  ...account('admin', ['ALL ON *.* WITH GRANT OPTION']),
  ...account('app', ['ALL ON app.*', 'ALL ON sbtest.*']),
  ...account('mon', ['SELECT, PROCESS, REPLICATION CLIENT ON *.*']),
  ...account('midwatch', [
    'SELECT, PROCESS, REPLICATION CLIENT, REPLICATION SLAVE, RELOAD ON *.*',
    'SYSTEM_VARIABLES_ADMIN, REPLICATION_SLAVE_ADMIN, CONNECTION_ADMIN, XA_RECOVER_ADMIN ON *.*',
    'REPLICATION_APPLIER, SESSION_VARIABLES_ADMIN ON *.*',
    'BACKUP_ADMIN, CLONE_ADMIN ON *.*',
    replayedStatements,
    'ALL ON midwatch.*',
  ]),
  ...account('midwatch_read', ['SELECT, PROCESS, REPLICATION CLIENT ON *.*']),
  ...account('bare', ['USAGE ON *.*']),
  ...appSchema,
  'RESET BINARY LOGS AND GTIDS',
];

/** MariaDB: passwords by mysql_native_password, but for the account `ed25519`. */
export const mariadbTemplateStatements = [
  "INSTALL SONAME 'auth_ed25519'",
  ...account('repl', ['REPLICATION SLAVE ON *.*']),
  ...account('admin', ['ALL ON *.* WITH GRANT OPTION']),
  ...account('app', ['ALL ON app.*', 'ALL ON sbtest.*']),
  ...account('mon', ['SELECT, PROCESS, BINLOG MONITOR, SLAVE MONITOR ON *.*']),
  ...account('midwatch', [
    'SELECT, PROCESS, RELOAD, REPLICATION SLAVE, REPLICATION SLAVE ADMIN, REPLICATION MASTER ADMIN ON *.*',
    'SLAVE MONITOR, BINLOG MONITOR, BINLOG REPLAY, CONNECTION ADMIN, READ_ONLY ADMIN, LOCK TABLES ON *.*',
    replayedStatements,
    'ALL ON midwatch.*',
  ]),
  ...account('midwatch_read', ['SELECT, PROCESS, SLAVE MONITOR, BINLOG MONITOR ON *.*']),
  ...account(
    'ed25519',
    ['SELECT, PROCESS, SLAVE MONITOR, BINLOG MONITOR ON *.*'],
    "IDENTIFIED VIA ed25519 USING PASSWORD('ed25519')",
  ),
  ...account('bare', ['USAGE ON *.*']),
  ...appSchema,
  'RESET MASTER',
];
