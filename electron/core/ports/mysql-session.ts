import type { Bastion, TlsPolicy } from '@shared/model/inventory';

/** A value as it arrives: numbers stay numbers while exact, everything else is text. Dates come as text, never as Date. */
export type SqlValue = string | number | null;
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** A column as the server announces it before the rows. */
export interface ResultColumn {
  readonly name: string;
  /** Alias of the table and the column's own name there; '' for an expression. */
  readonly table: string;
  readonly sourceName: string;
  /** Number of the protocol (enum_field_types): 3 is INT, 246 DECIMAL. */
  readonly type: number;
  /** Number of the character set; 63 is binary. */
  readonly charset: number;
  /** Digits behind the point. */
  readonly decimals: number;
}

/** Cells as the server sent them, valid until the call returns: text in the session's character set. Null is NULL. */
export type RawRow = readonly (Uint8Array | null)[];

/** Takes a result row by row, so that its size does not matter. Neither may throw. */
export interface RowReader {
  onColumns(columns: readonly ResultColumn[]): void;
  onRow(row: RawRow): void;
}

/** One connection to one server. Statements run one after another. */
export interface MysqlSession {
  /** CONNECTION_ID() on the server. */
  readonly connectionId: number;
  /** What the greeting said: "9.7.4", "10.11.19-MariaDB-…". */
  readonly greetingVersion: string;
  /**
   * Sends one statement in the text protocol.
   * @param options.timeoutMs after this the session is destroyed and `statement-timeout` is thrown: the outcome is unknown.
   * @throws MidwatchError `statement-failed` (details: errno, sqlState, cause), `lock-wait-timeout` (1205), `missing-privilege`
   *   (1044, 1142, 1227 …), `read-only-server` (1290), `connection-lost` (the outcome is unknown), `statement-timeout`.
   */
  query(
    sql: string,
    options?: { readonly timeoutMs?: number; readonly values?: readonly SqlValue[] },
  ): Promise<readonly SqlRow[]>;
  /**
   * Sends one statement and hands over its rows as they arrive, with columns of the same name apart and nothing converted.
   * @throws MidwatchError as {@link query}
   */
  readRows(sql: string, reader: RowReader, options?: { readonly timeoutMs?: number }): Promise<void>;
  readonly closed: boolean;
  /** Called once when the session ends, for whatever reason; at once when it has ended. A dead server is noticed so first. */
  onClosed(listener: () => void): void;
  /** Says goodbye; never throws. */
  close(): Promise<void>;
  /** Drops the socket at once. */
  destroy(): void;
}

/** Everything needed to open a session. The tunnel is shared by all targets with the same `via`. */
export interface MysqlTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly tls: TlsPolicy;
  /** Outermost first. Empty: direct. */
  readonly via: readonly Bastion[];
  /** Shown by the server as the connection attribute `program_name`. */
  readonly programName: string;
  readonly connectTimeoutMs: number;
}

export interface MysqlConnector {
  /**
   * Opens a session and sets nothing on it: session limits are the dialect's business.
   * @throws MidwatchError with a code of the stage that failed: reaching, SSH, TLS, sign-in, `not-mysql`, `too-many-connections`.
   */
  connect(target: MysqlTarget, signal: AbortSignal): Promise<MysqlSession>;
}
