import type { DialectName } from '@shared/model/fleet';

/** Columns that MySQL 8.0 and later add to the digest table; MariaDB's ends at LAST_SEEN (read on 10.11 and 11.8). */
const mysqlOnly =
  ', QUANTILE_95 AS p95, QUANTILE_99 AS p99, QUERY_SAMPLE_TEXT AS sampleSql, QUERY_SAMPLE_SEEN AS sampleAt, QUERY_SAMPLE_TIMER_WAIT AS samplePs';

/**
 * One row for each digest and schema, times in picoseconds (MySQL manual, "Statement Summary Tables"). The row without a
 * digest holds what no longer fitted the table.
 */
export const digestRows = (dialect: DialectName): string =>
  `SELECT SCHEMA_NAME AS db, DIGEST AS digest, DIGEST_TEXT AS digestText, COUNT_STAR AS calls,
 SUM_TIMER_WAIT AS sumPs, MIN_TIMER_WAIT AS minPs, MAX_TIMER_WAIT AS maxPs, SUM_LOCK_TIME AS lockPs,
 SUM_ERRORS AS errors, SUM_WARNINGS AS warnings, SUM_ROWS_AFFECTED AS affected, SUM_ROWS_SENT AS sent,
 SUM_ROWS_EXAMINED AS examined, SUM_CREATED_TMP_DISK_TABLES AS tmpDisk, SUM_CREATED_TMP_TABLES AS tmp,
 SUM_SELECT_FULL_JOIN AS fullJoin, SUM_SELECT_SCAN AS fullScan, SUM_SORT_MERGE_PASSES AS mergePasses,
 SUM_SORT_ROWS AS sortRows, SUM_NO_INDEX_USED AS noIndex, SUM_NO_GOOD_INDEX_USED AS noGoodIndex,
 FIRST_SEEN AS firstSeen, LAST_SEEN AS lastSeen${dialect === 'mysql' ? mysqlOnly : ''}
 FROM performance_schema.events_statements_summary_by_digest`;

/** Counts of times of one digest in the server's own buckets; only those that hold something. */
export const digestHistogram = (schema: string | null, quotedDigest: string, quotedSchema: string): string =>
  `SELECT BUCKET_TIMER_LOW AS lowPs, BUCKET_TIMER_HIGH AS highPs, COUNT_BUCKET AS n
 FROM performance_schema.events_statements_histogram_by_digest
 WHERE DIGEST = ${quotedDigest} AND SCHEMA_NAME ${schema === null ? 'IS NULL' : `= ${quotedSchema}`} AND COUNT_BUCKET > 0`;

/** All statement time since the server started, whatever table it was digested into; and what a capture is judged by. */
export const statementTotals = `SELECT NOW(6) AS now,
 (SELECT SUM(SUM_TIMER_WAIT) FROM performance_schema.events_statements_summary_global_by_event_name) AS sumPs,
 @@GLOBAL.long_query_time AS longQueryTime,
 (SELECT VARIABLE_VALUE FROM performance_schema.global_status WHERE VARIABLE_NAME = 'Uptime') AS uptime`;

/** Statements that ended, the last few of each session (`events_statements_history`), newer than an event id of their thread. */
export const endedStatements = (dialect: DialectName): string =>
  `SELECT h.THREAD_ID AS thread, h.EVENT_ID AS event, h.SQL_TEXT AS sqlText, h.DIGEST AS digest, h.CURRENT_SCHEMA AS db,
 h.TIMER_WAIT AS waitPs, h.LOCK_TIME AS lockPs, h.ROWS_SENT AS sent, h.ROWS_EXAMINED AS examined, h.ROWS_AFFECTED AS affected,
 h.ERRORS AS errors, h.WARNINGS AS warnings, h.CREATED_TMP_DISK_TABLES AS tmpDisk, h.CREATED_TMP_TABLES AS tmp,
 h.SELECT_FULL_JOIN AS fullJoin, h.SELECT_SCAN AS fullScan, h.NO_INDEX_USED AS noIndex,
 t.PROCESSLIST_ID AS session, t.PROCESSLIST_USER AS user, t.PROCESSLIST_HOST AS host
 FROM performance_schema.events_statements_history h JOIN performance_schema.threads t ON t.THREAD_ID = h.THREAD_ID
 WHERE h.SQL_TEXT IS NOT NULL AND h.TIMER_WAIT IS NOT NULL${dialect === 'mysql' ? " AND t.TYPE = 'FOREGROUND'" : ''}`;

/** Statements that run at this moment, our own session left out. */
export const runningStatements = (dialect: DialectName): string =>
  dialect === 'mysql' ? runningOnMysql : runningOnMariadb;

/** MariaDB has events_statements_current off by default; its process list counts milliseconds and rows. */
const runningOnMariadb = `SELECT ID AS thread, QUERY_ID AS event, INFO AS sqlText, DB AS db, TIME_MS * 1e9 AS waitPs,
 EXAMINED_ROWS AS examined, ID AS session, USER AS user, SUBSTRING_INDEX(HOST, ':', 1) AS host
 FROM information_schema.PROCESSLIST WHERE COMMAND IN ('Query', 'Execute') AND INFO IS NOT NULL AND ID <> CONNECTION_ID()`;

const runningOnMysql = `SELECT t.THREAD_ID AS thread, e.EVENT_ID AS event, e.SQL_TEXT AS sqlText,
 e.CURRENT_SCHEMA AS db, e.TIMER_WAIT AS waitPs, e.ROWS_EXAMINED AS examined, t.PROCESSLIST_ID AS session,
 t.PROCESSLIST_USER AS user, t.PROCESSLIST_HOST AS host
 FROM performance_schema.events_statements_current e JOIN performance_schema.threads t ON t.THREAD_ID = e.THREAD_ID
 WHERE e.END_EVENT_ID IS NULL AND e.SQL_TEXT IS NOT NULL AND t.PROCESSLIST_ID <> CONNECTION_ID()`;

/** Which program each session named itself. */
export const programNames = `SELECT PROCESSLIST_ID AS session, ATTR_VALUE AS program
 FROM performance_schema.session_connect_attrs WHERE ATTR_NAME = 'program_name'`;

/** Whether statement digests, the history of each session and its user are recorded. */
export const statementRecording = `SELECT @@GLOBAL.performance_schema AS enabled,
 (SELECT GROUP_CONCAT(NAME) FROM performance_schema.setup_consumers WHERE ENABLED = 'YES') AS consumers,
 @@GLOBAL.performance_schema_digests_size AS digestsSize, @@GLOBAL.performance_schema_max_sql_text_length AS textLength`;
