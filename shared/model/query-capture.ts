/**
 * What one attribute of all statements of a class adds up to. Its unit is the attribute's: seconds for times, bytes for
 * sizes, else a count. Attributes are named as the slow log names them: `Query_time`, `Lock_time`, `Rows_examined` …;
 * what digests and samples measure stands under the same names.
 */
export interface Distribution {
  /** Statements that carried the attribute. */
  readonly count: number;
  readonly total: number;
  /** The following are null where the source cannot say. */
  readonly min: number | null;
  readonly max: number | null;
  readonly stddev: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  /** Bucket, count, bucket, count …, ascending (shared/stats/log-buckets); empty where the source has no histogram. */
  readonly buckets: readonly number[];
}

/** A part of a class: one schema, user, host or application. */
export interface Share {
  readonly name: string;
  readonly calls: number;
  /** Query time. */
  readonly seconds: number;
}

/** Why a statement was kept as a sample of its class. */
export type SampleReason = 'median' | 'p95' | 'slowest' | 'most-rows' | 'latest' | 'by-chance';

/** One statement as it ran. `sql` holds literals: it never leaves this computer unless a person says so. */
export interface StatementSample {
  readonly reason: SampleReason;
  readonly sql: string;
  /** True: the source gave only the beginning (`performance_schema_max_sql_text_length`, or our own limit). */
  readonly truncated: boolean;
  readonly schema: string;
  /** ms since the epoch; null where the source has no time. */
  readonly atMs: number | null;
  readonly seconds: number;
  readonly rowsExamined: number | null;
  /** Plan rows that the log itself held (MariaDB's `# explain:`), one a line, tab-separated; null without. */
  readonly plan: string | null;
  /** Of the first byte of its header (or an empty line before that) in the log, uncompressed; null for what is no log. */
  readonly atByte: number | null;
}

/** All statements of one fingerprint. */
export interface StatementClass {
  /** Sixteen hexadecimal digits of our fingerprint. */
  readonly id: string;
  readonly fingerprint: string;
  /** As pt-query-digest computes it: MD5 of its fingerprint, 32 hexadecimal digits, upper case. */
  readonly ptChecksum: string;
  /** DIGEST values under which the servers know the class; empty when no source said. */
  readonly serverDigests: readonly string[];
  /** First word in lower case: `select`, `insert`, `call`, `admin` … */
  readonly verb: string;
  /** `schema.table` or `table`, as the statement names them. */
  readonly tables: readonly string[];
  readonly calls: number;
  readonly errors: number | null;
  readonly warnings: number | null;
  readonly metrics: Readonly<Record<string, Distribution>>;
  /** Statements for which a yes-or-no attribute was yes: `Full_scan`, `Tmp_table_on_disk`, `No_index_used` … */
  readonly flags: Readonly<Record<string, number>>;
  /** The largest first; at most twenty each. */
  readonly schemas: readonly Share[];
  readonly users: readonly Share[];
  readonly hosts: readonly Share[];
  readonly applications: readonly Share[];
  readonly firstSeenMs: number | null;
  readonly lastSeenMs: number | null;
  /** Seconds of query time in each slot of the capture; empty where the source has no times. */
  readonly slots: readonly number[];
  readonly samples: readonly StatementSample[];
}

/** Why bytes of a source were not read as statements. */
export type SkipReason =
  | 'starts-mid-event'
  | 'ends-mid-event'
  | 'banner'
  | 'binary'
  | 'general-log'
  | 'not-a-slow-log'
  | 'no-query'
  | 'unreadable-header'
  | 'too-long'
  | 'damaged-archive';

/** Bytes that are not in the figures, and why. */
export interface SkippedBytes {
  readonly reason: SkipReason;
  readonly bytes: number;
  /** Places. */
  readonly times: number;
  /** Where the first began, in bytes of the uncompressed source. */
  readonly firstAtByte: number;
}

/** How much of the server's time the capture explains, and what was left out. Every view shows it. */
export interface Coverage {
  /** Uncompressed bytes; null: the source is not a file. */
  readonly bytesRead: number | null;
  readonly skipped: readonly SkippedBytes[];
  /** Statements that are not valid UTF-8: counted, their odd bytes shown as U+FFFD. */
  readonly invalidUtf8: number;
  /** `long_query_time` of the source; null: not known. Faster statements are not in the log. */
  readonly longQueryTimeSeconds: number | null;
  /** One of so many statements or sessions was logged; 1: all; figures are not scaled. */
  readonly rateLimit: number;
  /** Statement seconds that the server counted in the same window; null where nobody asked it. */
  readonly serverSeconds: number | null;
  /** Statement seconds of classes in this capture. */
  readonly explainedSeconds: number;
  /** Seconds that the source itself could not attribute (the digest table was full); null: not known. */
  readonly unattributedSeconds: number | null;
  /** What a reader must know besides, in plain sentences. */
  readonly notes: readonly string[];
}

export type CaptureSourceKind = 'slow-log' | 'digests' | 'history' | 'live';

/** Where the figures come from. */
export interface CaptureSource {
  readonly kind: CaptureSourceKind;
  /** A path, or `instance name: table`. */
  readonly name: string;
  /** A MySQL or MariaDB; null: the source does not say. */
  readonly dialect: 'mysql' | 'mariadb' | null;
  readonly version: string | null;
}

/** A frozen picture of what a server did between two moments. */
export interface Capture {
  readonly id: string;
  readonly takenAtMs: number;
  readonly clusterId: string | null;
  readonly instanceId: string | null;
  readonly sources: readonly CaptureSource[];
  /** Of the first and last statement; null where no source has times. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  /** ms of one slot of `StatementClass.slots`, the first of which begins at `slotsFromMs`. */
  readonly slotMs: number;
  readonly slotsFromMs: number | null;
  readonly calls: number;
  /** Over all statements. */
  readonly metrics: Readonly<Record<string, Distribution>>;
  readonly coverage: Coverage;
  /** Most query time first. */
  readonly classes: readonly StatementClass[];
}
