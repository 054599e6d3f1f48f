/** One row or statement as a binary log reader prints it. Values as printed, by column number from 1. */
export interface LoggedChange {
  readonly gtid: string;
  /** `schema.table`; '' of a statement. */
  readonly table: string;
  readonly kind: 'INSERT' | 'UPDATE' | 'DELETE' | 'statement';
  readonly before: ReadonlyMap<number, string>;
  readonly after: ReadonlyMap<number, string>;
  /** Of a statement its text. */
  readonly text: string;
}

export interface LoggedText {
  /** Of every transaction, in the order of the log. */
  readonly gtids: readonly string[];
  /** At most as many as were asked for. */
  readonly changes: readonly LoggedChange[];
  /** All of them, listed or not. */
  readonly changesInAll: number;
}

const mysqlGtid = /^SET @@SESSION\.GTID_NEXT= '([0-9a-f][^']*)'/;
const mariadbGtid = /^#\d{6} .*[ \t]GTID (\d+-\d+-\d+)/;
const rowHead = /^### (INSERT INTO|UPDATE|DELETE FROM) (`.+`)\s*$/;
const rowValue = /^### {3}@(\d+)=(.*)$/;
/** What frames a transaction and changes nothing by itself. */
const frame = /^(SET |BEGIN\b|START TRANSACTION\b|COMMIT\b|ROLLBACK\b|XA (START|END|COMMIT)\b|BINLOG '|use `|\/\*M?!)/i;

/**
 * Reads what `mysqlbinlog` or `mariadb-binlog` prints with `--base64-output=DECODE-ROWS --verbose`: transactions, their rows
 * (lines of `###`), and statements. It sets its own delimiter, so that a semicolon or a line that begins with # inside a
 * statement does no harm.
 */
export function readLoggedText(text: string, atMost: number): LoggedText {
  const gtids: string[] = [];
  const changes: LoggedChange[] = [];
  let changesInAll = 0;
  let row: { head: string; table: string; before: Map<number, string>; after: Map<number, string> } | null = null;
  let image: 'before' | 'after' = 'after';
  let delimiter = ';';
  let statement: string[] = [];

  const keep = (change: Omit<LoggedChange, 'gtid'>): void => {
    changesInAll += 1;
    if (changes.length < atMost) changes.push({ gtid: gtids.at(-1) ?? '', ...change });
  };
  const endRow = (): void => {
    if (!row) return;
    const kind = row.head === 'UPDATE' ? 'UPDATE' : row.head === 'DELETE FROM' ? 'DELETE' : 'INSERT';
    keep({ table: row.table, kind, before: row.before, after: row.after, text: '' });
    row = null;
  };
  const endStatement = (): void => {
    const whole = statement.join('\n').trim();
    statement = [];
    const gtid = mysqlGtid.exec(whole)?.[1];
    if (gtid !== undefined) gtids.push(gtid);
    else if (whole !== '' && !frame.test(whole))
      keep({ table: '', kind: 'statement', before: new Map(), after: new Map(), text: whole });
  };

  for (const line of text.split('\n')) {
    if (statement.length === 0) {
      const change = /^DELIMITER (\S+)\s*$/i.exec(line);
      if (change) {
        delimiter = change[1] ?? ';';
        continue;
      }
      const head = rowHead.exec(line);
      if (head) {
        endRow();
        row = { head: head[1] ?? '', table: plainTable(head[2] ?? ''), before: new Map(), after: new Map() };
        image = 'after';
        continue;
      }
      if (row && line.startsWith('###')) {
        if (/^### WHERE\s*$/.test(line)) image = 'before';
        else if (/^### SET\s*$/.test(line)) image = 'after';
        const value = rowValue.exec(line);
        if (value) row[image].set(Number(value[1]), value[2] ?? '');
        continue;
      }
      endRow();
      if (line.startsWith('#') || line.trim() === '') {
        const gtid = mariadbGtid.exec(line)?.[1];
        if (gtid !== undefined) gtids.push(gtid);
        continue;
      }
    }
    if (!line.endsWith(delimiter)) {
      statement.push(line);
      continue;
    }
    statement.push(line.slice(0, -delimiter.length));
    endStatement();
  }
  endRow();
  return { gtids, changes, changesInAll };
}

/** `app`.`account` as app.account. */
const plainTable = (quoted: string): string =>
  [...quoted.matchAll(/`((?:[^`]|``)+)`/g)].map((match) => (match[1] ?? '').replaceAll('``', '`')).join('.');
