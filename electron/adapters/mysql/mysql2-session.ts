import type { Duplex } from 'node:stream';
import type { Connection } from 'mysql2';
import type { MysqlSession, RowReader, SqlRow, SqlValue } from '../../core/ports/mysql-session';
import { formatSql, needsTextRules, type SqlTextRules } from './format-sql';
import { describeMysqlError, sessionGone, statementTimedOut, type MysqlParty } from './mysql-errors';
import { toPlainRows } from './plain-rows';
import { readRawRows } from './raw-rows';

const goodbyeMs = 1_000;

/** One mysql2 connection behind the port: one statement in flight, each with its own limit, every failure settled. */
export class Mysql2Session implements MysqlSession {
  readonly connectionId: number;
  readonly greetingVersion: string;
  readonly #connection: Connection;
  readonly #stream: Duplex;
  readonly #party: MysqlParty;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;
  readonly #closedListeners: (() => void)[] = [];
  #abandon: ((causeText: string) => void) | null = null;
  #textRules: SqlTextRules | null = null;

  constructor(parts: {
    readonly connection: Connection;
    readonly stream: Duplex;
    readonly party: MysqlParty;
    readonly greetingVersion: string;
  }) {
    this.#connection = parts.connection;
    this.#stream = parts.stream;
    this.#party = parts.party;
    this.connectionId = parts.connection.threadId;
    this.greetingVersion = parts.greetingVersion;
    // An idle connection that breaks reports here; without a listener the process would end.
    this.#connection.on('error', (error: Error) => this.#lose(error.message));
    this.#stream.on('error', (error: Error) => this.#lose(error.message));
    this.#stream.once('close', () => this.#lose('the socket was closed'));
  }

  get closed(): boolean {
    return this.#closed;
  }

  onClosed(listener: () => void): void {
    if (this.#closed) listener();
    else this.#closedListeners.push(listener);
  }

  query(
    sql: string,
    options: { readonly timeoutMs?: number; readonly values?: readonly SqlValue[] } = {},
  ): Promise<readonly SqlRow[]> {
    const turn = this.#last.then(async () => {
      const text = options.values ? await this.#format(sql, options.values) : sql;
      return this.#send(text, options.timeoutMs, options.values ?? []);
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  readRows(sql: string, reader: RowReader, options: { readonly timeoutMs?: number } = {}): Promise<void> {
    const turn = this.#last.then(() =>
      this.#run<void>(options.timeoutMs, [], (resolve, reject) =>
        readRawRows(this.#connection, sql, reader, resolve, reject),
      ),
    );
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    if (!this.#closed) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, goodbyeMs);
        const done = () => {
          clearTimeout(timer);
          resolve();
        };
        this.#stream.once('close', done);
        this.#connection.end(done);
      });
    }
    this.destroy();
  }

  destroy(): void {
    this.#lose('the session was closed here');
  }

  async #format(sql: string, values: readonly SqlValue[]): Promise<string> {
    if (!needsTextRules(values)) return formatSql(sql, values, { backslashEscapes: true });
    if (!this.#textRules) {
      const rows = await this.#send('SELECT @@SESSION.sql_mode AS mode', 10_000, []);
      this.#textRules = { backslashEscapes: !String(rows[0]?.mode ?? '').includes('NO_BACKSLASH_ESCAPES') };
    }
    return formatSql(sql, values, this.#textRules);
  }

  #send(sql: string, timeoutMs: number | undefined, values: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    const secrets = values.filter((value) => typeof value === 'string');
    return this.#run(timeoutMs, secrets, (resolve, reject) => {
      this.#connection.query({ sql }, (error, result, fields) => {
        if (error) reject(error);
        else resolve(toPlainRows(result, fields));
      });
    });
  }

  #run<T>(
    timeoutMs: number | undefined,
    secrets: readonly string[],
    start: (resolve: (value: T) => void, reject: (error: Error) => void) => void,
  ): Promise<T> {
    if (this.#closed) return Promise.reject(sessionGone(this.#party, 'not-sent', 'the session was closed before'));
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const settle = (done: () => void) => {
        clearTimeout(timer);
        this.#abandon = null;
        done();
      };
      this.#abandon = (causeText) => settle(() => reject(sessionGone(this.#party, 'unknown', causeText)));
      if (timeoutMs !== undefined) {
        timer = setTimeout(() => {
          settle(() => reject(statementTimedOut(this.#party, timeoutMs)));
          this.destroy();
        }, timeoutMs);
      }
      start(
        (value) => settle(() => resolve(value)),
        (error) => {
          const failure = describeMysqlError(error, this.#party, 'query', { secrets });
          settle(() => reject(failure));
          if (failure.code === 'connection-lost') this.#lose(error.message);
        },
      );
    });
  }

  #lose(causeText: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#abandon?.(causeText);
    this.#connection.destroy();
    this.#stream.destroy();
    for (const listener of this.#closedListeners.splice(0)) listener();
  }
}
