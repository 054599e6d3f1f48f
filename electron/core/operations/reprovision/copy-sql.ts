/** Statements of a copy, beside those of replication. Order and wording were tried on MySQL 9.7.4 and MariaDB 10.11.19. */
export const cloneSql = {
  /** Column `active`. */
  plugin:
    "SELECT COUNT(*) AS active FROM information_schema.PLUGINS WHERE PLUGIN_NAME = 'clone' AND PLUGIN_STATUS = 'ACTIVE'",
  install: "INSTALL PLUGIN clone SONAME 'mysql_clone.so'",
  // CLONE is refused under super_read_only (1290); read_only alone keeps applications out.
  lift: 'SET GLOBAL super_read_only = OFF',
  seal: 'SET GLOBAL super_read_only = ON',
  validDonor: (host: string, port: number) => `SET GLOBAL clone_valid_donor_list = '${host}:${port}'`,
  ready: 'SELECT @@GLOBAL.read_only AS closed, @@GLOBAL.clone_valid_donor_list AS donors',
  /** `requireTls`: else the password's exchange alone is protected, by caching_sha2_password. */
  clone: (user: string, host: string, port: number, requireTls: boolean) =>
    `CLONE INSTANCE FROM ${text(user)}@${text(host)}:${port} IDENTIFIED BY :password REQUIRE ${requireTls ? '' : 'NO '}SSL`,
  /** The newest CLONE of this server, also of before its last start; no row: never. */
  status:
    'SELECT STATE AS state, CAST(BEGIN_TIME AS CHAR) AS begun, ERROR_NO AS errno, ERROR_MESSAGE AS error FROM performance_schema.clone_status ORDER BY ID DESC LIMIT 1',
  progress:
    'SELECT STAGE AS stage, STATE AS state, CAST(BEGIN_TIME AS CHAR) AS begun, ESTIMATE AS estimate, DATA AS data FROM performance_schema.clone_progress',
  sealed: 'SELECT @@GLOBAL.super_read_only AS sealed, @@GLOBAL.read_only AS closed',
  stopAll: 'STOP REPLICA',
  forgetAll: 'RESET REPLICA ALL',
} as const;

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** One row each: what the checks of a copy ask of a server. */
export const copyFactsSql = {
  mysql: {
    // Both CLONE and the disk of who receives it count the files.
    bytes: 'SELECT SUM(FILE_SIZE) AS bytes FROM information_schema.INNODB_TABLESPACES',
    // CLONE drops the tables alone before it copies: dictionary and undo stay until the restart (measured: a full disk).
    droppable:
      "SELECT IFNULL(SUM(FILE_SIZE), 0) AS bytes FROM information_schema.INNODB_TABLESPACES WHERE SPACE_TYPE = 'Single' AND NAME NOT LIKE 'sys/%'",
    layout:
      "SELECT CONCAT_WS('; ', CONCAT('page size ', @@innodb_page_size), CONCAT('system tablespace ', @@innodb_data_file_path), CONCAT('character set ', @@character_set_server), CONCAT('platform ', @@version_compile_os, ' ', @@version_compile_machine), CONCAT('names ', @@lower_case_table_names)) AS layout",
    // CLONE leaves the tables of other engines behind, empty.
    otherEngines:
      "SELECT COUNT(*) AS tables FROM information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE' AND ENGINE <> 'InnoDB' AND TABLE_SCHEMA NOT IN ('mysql', 'sys', 'performance_schema', 'information_schema')",
    plugin: cloneSql.plugin,
    tls: "SELECT VALUE AS enabled FROM performance_schema.tls_channel_status WHERE CHANNEL = 'mysql_main' AND PROPERTY = 'Enabled'",
  },
  mariadb: {
    bytes: 'SELECT SUM(FILE_SIZE) AS bytes FROM information_schema.INNODB_SYS_TABLESPACES',
    layout:
      "SELECT CONCAT_WS('; ', CONCAT('page size ', @@innodb_page_size), CONCAT('system tablespace ', @@innodb_data_file_path), CONCAT('names ', @@lower_case_table_names)) AS layout",
    socket: 'SELECT @@GLOBAL.socket AS socket',
    // Files that lie elsewhere would not come with the folder, or would stay behind with the old one.
    elsewhere:
      "SELECT CONCAT_WS(', ', IF(@@innodb_data_home_dir IS NULL OR @@innodb_data_home_dir IN ('', './', @@datadir), NULL, 'innodb_data_home_dir'), IF(@@innodb_log_group_home_dir IN ('', './', @@datadir), NULL, 'innodb_log_group_home_dir'), IF(@@innodb_undo_directory IN ('', './', @@datadir), NULL, 'innodb_undo_directory'), IF(@@log_bin_basename IS NULL OR @@log_bin_basename LIKE CONCAT(@@datadir, '%'), NULL, 'log_bin')) AS elsewhere",
  },
} as const;

export const backupSql = {
  position: 'SELECT @@GLOBAL.gtid_slave_pos AS position',
  goOnFrom: 'SET GLOBAL gtid_slave_pos = :position',
  forget: "RESET SLAVE '' ALL",
} as const;
