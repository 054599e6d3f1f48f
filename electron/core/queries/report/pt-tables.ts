import type { Capture, Distribution, StatementClass } from '@shared/model/query-capture';
import type { Review } from '@shared/model/query-review';

/** A SQL string that is right under every sql_mode: in hexadecimal digits where a backslash would need one. */
const text = (value: string): string => {
  if (!/[\\\0']/.test(value)) return `'${value}'`;
  const bytes = new TextEncoder().encode(value);
  return `_utf8mb4 0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
};

/** A TEXT takes 65,535 bytes, and a character of utf8mb4 at most four. */
const fitting = (value: string): string => value.slice(0, 16_000);

const moment = (atMs: number | null): string =>
  atMs === null ? 'NULL' : `'${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')}'`;

const number = (value: number | null | undefined): string =>
  value === null || value === undefined || !Number.isFinite(value) ? 'NULL' : String(value);

/**
 * Tables as pt-query-digest makes them (its manual, "--review" and "--history", version 3.x). The client may be told another
 * character set by the language of its computer: then each letter beyond ASCII would arrive as two.
 */
const definitions = `SET NAMES utf8mb4;
CREATE TABLE IF NOT EXISTS query_review (
  checksum CHAR(32) NOT NULL PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  sample TEXT NOT NULL,
  first_seen DATETIME,
  last_seen DATETIME,
  reviewed_by VARCHAR(20),
  reviewed_on DATETIME,
  comments TEXT
) DEFAULT CHARSET=utf8mb4;
CREATE TABLE IF NOT EXISTS query_history (
  checksum CHAR(32) NOT NULL,
  sample TEXT NOT NULL,
  ts_min DATETIME NOT NULL,
  ts_max DATETIME NOT NULL,
  ts_cnt FLOAT,
  Query_time_sum FLOAT, Query_time_min FLOAT, Query_time_max FLOAT, Query_time_pct_95 FLOAT, Query_time_stddev FLOAT, Query_time_median FLOAT,
  Lock_time_sum FLOAT, Lock_time_min FLOAT, Lock_time_max FLOAT, Lock_time_pct_95 FLOAT, Lock_time_stddev FLOAT, Lock_time_median FLOAT,
  Rows_sent_sum FLOAT, Rows_sent_min FLOAT, Rows_sent_max FLOAT, Rows_sent_pct_95 FLOAT, Rows_sent_stddev FLOAT, Rows_sent_median FLOAT,
  Rows_examined_sum FLOAT, Rows_examined_min FLOAT, Rows_examined_max FLOAT, Rows_examined_pct_95 FLOAT, Rows_examined_stddev FLOAT, Rows_examined_median FLOAT,
  PRIMARY KEY (checksum, ts_min, ts_max)
) DEFAULT CHARSET=utf8mb4;`;

const historyAttributes = ['Query_time', 'Lock_time', 'Rows_sent', 'Rows_examined'] as const;

const historyColumns = historyAttributes.flatMap((name) =>
  ['sum', 'min', 'max', 'pct_95', 'stddev', 'median'].map((figure) => `${name}_${figure}`),
);

const figures = (own: Distribution | undefined): readonly string[] =>
  own === undefined
    ? Array.from({ length: 6 }, () => 'NULL')
    : [own.total, own.min, own.max, own.p95, own.stddev, own.p50].map(number);

/** Who reviewed it by pt's measure: whoever decided, accepted or saw it done. */
const reviewed = (review: Review, one: StatementClass): readonly [string, string] => {
  const item = review.items[one.id];
  if (item === undefined || !['decided', 'done', 'accepted'].includes(item.state)) return ['NULL', 'NULL'];
  const at = item.decision?.atMs ?? item.notes.at(-1)?.atMs ?? null;
  return [text((item.decision?.by ?? item.notes.at(-1)?.by ?? item.owner).slice(0, 20)), moment(at)];
};

/**
 * The review as SQL for pt-query-digest's review and history tables. Running it twice changes nothing. A class that pt's
 * fingerprint does not tell from another keeps the figures of the costlier one.
 */
export function ptTables(review: Review, capture: Capture): string {
  const seen = new Set<string>();
  const lines = capture.classes.flatMap((one) => {
    if (seen.has(one.ptChecksum)) return [];
    seen.add(one.ptChecksum);
    const sample = text(fitting(one.samples[0]?.sql ?? one.fingerprint));
    const [by, on] = reviewed(review, one);
    const notes = review.items[one.id]?.notes ?? [];
    const comments = fitting(notes.map((note) => `${note.by}: ${note.text}`).join('\n'));
    const [from, to] = [one.firstSeenMs ?? capture.fromMs, one.lastSeenMs ?? capture.toMs];
    return [
      `INSERT INTO query_review (checksum, fingerprint, sample, first_seen, last_seen, reviewed_by, reviewed_on, comments)` +
        ` VALUES (${text(one.ptChecksum)}, ${text(fitting(one.fingerprint))}, ${sample}, ${moment(from)}, ${moment(to)}, ${by}, ${on}, ${comments === '' ? 'NULL' : text(comments)})` +
        ` ON DUPLICATE KEY UPDATE first_seen = LEAST(first_seen, VALUES(first_seen)), last_seen = GREATEST(last_seen, VALUES(last_seen)),` +
        ` reviewed_by = COALESCE(VALUES(reviewed_by), reviewed_by), reviewed_on = COALESCE(VALUES(reviewed_on), reviewed_on), comments = COALESCE(VALUES(comments), comments);`,
      ...(from === null || to === null
        ? []
        : [
            `REPLACE INTO query_history (checksum, sample, ts_min, ts_max, ts_cnt, ${historyColumns.join(', ')})` +
              ` VALUES (${text(one.ptChecksum)}, ${sample}, ${moment(from)}, ${moment(to)}, ${number(one.calls)}, ${historyAttributes.flatMap((name) => figures(one.metrics[name])).join(', ')});`,
          ]),
    ];
  });
  return `${[`-- Midwatch: ${review.title.replaceAll(/[\r\n]/g, ' ')}`, definitions, ...lines].join('\n')}\n`;
}
