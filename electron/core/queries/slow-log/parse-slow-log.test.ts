import { describe, expect, it } from 'vitest';
import { readAll } from '../../testing/read-slow-log';

const banner =
  '/usr/sbin/mysqld, Version: 8.0.36 (MySQL Community Server - GPL). started with:\n' +
  'Tcp port: 3306  Unix socket: /var/run/mysqld/mysqld.sock\nTime                 Id Command    Argument\n';
const windowsBanner =
  'C:\\Program Files\\MySQL\\MySQL Server 5.7\\bin\\mysqld.exe, Version: 5.7.30-log (MySQL Community Server (GPL)). started with:\r\n' +
  'TCP Port: 3306, Named Pipe: (null)\r\nTime                 Id Command    Argument\r\n';
const head = (seconds = '0.100000'): string =>
  `# User@Host: app[app] @ web [10.0.0.1]  Id: 7\n# Query_time: ${seconds}  Lock_time: 0.000012 Rows_sent: 1  Rows_examined: 9\n`;
const event = (sql: string, seconds?: string): string => `${head(seconds)}SET timestamp=1714564800;\n${sql}\n`;
const sqlOf = (log: string | Uint8Array): readonly string[] => readAll(log).statements.map(({ sql }) => sql);
const skippedOf = (log: string | Uint8Array): readonly unknown[] =>
  readAll(log).parser.skipped.map(({ reason, bytes, times, firstAtByte }) => [reason, bytes, times, firstAtByte]);

describe('dialects', () => {
  it('MySQL 8: time with a zone, attributes on one line', () => {
    const log =
      '# Time: 2024-05-01T12:00:01.250000Z\n# User@Host: root[root] @ localhost [127.0.0.1]  Id:    12\n' +
      '# Query_time: 1.250000  Lock_time: 0.000003 Rows_sent: 2  Rows_examined: 3\nuse shop;\nSET timestamp=1714564800;\nSELECT 1;\n';
    expect(readAll(log).statements).toMatchObject([
      {
        ...{ from: 0, to: log.length, sql: 'SELECT 1', time: '2024-05-01T12:00:00.000Z' },
        ...{ user: 'root', host: 'localhost', schema: 'shop', seconds: 1.25, hasError: null },
        metrics: { Query_time: 1.25, Lock_time: 0.000003, Rows_sent: 2, Rows_examined: 3 },
      },
    ]);
  });

  it('MySQL log_slow_extra: errors, and times that are no quantities', () => {
    const log =
      '# Time: 2024-05-01T12:00:01Z\n# User@Host: root[root] @  [10.1.2.3]  Id: 1\n# Query_time: 0.5  Lock_time: 0.0 Rows_sent: 0  ' +
      'Rows_examined: 0 Thread_id: 11 Errno: 1062 Killed: 0 Bytes_received: 20 Read_key: 5 Start: 2024-05-01T12:00:00.5Z End: 2024-05-01T12:00:01Z\n' +
      'SET timestamp=1714564800;\nINSERT INTO t VALUES (1);\n';
    const [statement] = readAll(log).statements;
    expect(statement).toMatchObject({ hasError: true, host: '10.1.2.3', yes: [] });
    expect(statement?.metrics).toEqual({ Query_time: 0.5, Bytes_received: 20, Read_key: 5 });
  });

  it('Percona: several lines, yes and no, an id that only looks like a number', () => {
    const log =
      '# User@Host: root[root] @ localhost []  Id: 3\n# Schema: my shop  Last_errno: 0  Killed: 1317\n# Query_time: 0.2  Lock_time: 0.1\n' +
      '# InnoDB_trx_id: 25529\n# QC_Hit: No  Full_scan: Yes  Tmp_table: No\n#   InnoDB_IO_r_ops: 4\n' +
      '# No InnoDB statistics available for this query\n# Log_slow_rate_type: query  Log_slow_rate_limit: 100\nSET timestamp=1;\nSELECT 1;\n';
    const { statements, parser } = readAll(log);
    expect(statements[0]).toMatchObject({ schema: 'my shop', hasError: false, yes: ['Killed', 'Full_scan'] });
    expect(statements[0]?.metrics).toEqual({ Query_time: 0.2, Lock_time: 0.1, InnoDB_IO_r_ops: 4 });
    expect(parser.header.attributes.rateLimit).toBe(100);
  });

  it('MariaDB: its plan, one spelling for QC_Hit, a time only when the second changes', () => {
    const one =
      '# User@Host: root[root] @ localhost []\n# Thread_id: 8  Schema:   QC_hit: Yes\n# Query_time: 0.000277  Lock_time: 0.000000\n' +
      '# Rows_affected: 0\n#\n# explain: id\tselect_type\ttable\n# explain: 1\tSIMPLE\tt\n#\nSELECT 1;\n';
    const { statements } = readAll(`# Time: 240501 12:00:00\n${one}${one}`);
    expect(statements).toMatchObject([
      { schema: '', yes: ['QC_Hit'], plan: 'id\tselect_type\ttable\n1\tSIMPLE\tt', time: '2024-05-01T12:00:00.000Z' },
      { schema: '', yes: ['QC_Hit'], time: '2024-05-01T12:00:00.000Z' },
    ]);
  });

  it('line ends of Windows', () => {
    const log = windowsBanner + event('SELECT 1\r\nFROM t;').replaceAll(/(?<!\r)\n/g, '\r\n');
    const { statements, parser } = readAll(log);
    expect(statements).toMatchObject([{ sql: 'SELECT 1\r\nFROM t', user: 'app', seconds: 0.1, cut: 'no' }]);
    expect(parser.source).toEqual({ dialect: 'mysql', version: '5.7.30-log' });
  });

  it('attributes of a version that is not known yet', () => {
    const log = '# User@Host: a[a] @ b []\n# Query_time: 1  Brand_new: 12  Odd_one: abc\nSET timestamp=1;\nSELECT 1;\n';
    expect(readAll(log).statements[0]?.metrics).toEqual({ Query_time: 1, Brand_new: 12 });
  });
});

describe('traps', () => {
  it('a statement with lines that look like headers', () => {
    const sql =
      'SELECT 1\n# Time: soon\n# User@Host: nobody\n# Query_time: 5\n### x ###\n# administrator command: Quit;\nFROM t';
    expect(sqlOf(event(`${sql};`) + event('SELECT 2;'))).toEqual([sql, 'SELECT 2']);
  });

  it('a header behind a text without its semicolon, in full shape', () => {
    expect(readAll(`${event('SELECT 1')}${event('SELECT 2;')}`).statements).toMatchObject([
      { sql: 'SELECT 1', cut: 'ends' },
      { sql: 'SELECT 2', cut: 'no' },
    ]);
  });

  it('user and time on one line', () => {
    const log = '# Time: 071218 11:48:27 # User@Host: [SQL_SLAVE] @  []\n# Query_time: 2\nBEGIN;\n';
    expect(readAll(log).statements).toMatchObject([{ user: 'SQL_SLAVE', host: '', time: '2007-12-18T11:48:27.000Z' }]);
  });

  it('administrator commands, with and without a timestamp', () => {
    const log = `${head()}# administrator command: Quit;\n${head()}SET timestamp=1;\n# administrator command: Init DB;\n${event('SELECT 1;')}`;
    expect(sqlOf(log)).toEqual(['administrator command: Quit', 'administrator command: Init DB', 'SELECT 1']);
  });

  it('use: before a statement, as the statement, and as the only line', () => {
    const log =
      `${head()}use \`my\`\`db\`;\nSET timestamp=1;\nSELECT 1;\n${head()}SET timestamp=1;\nuse other;\n` +
      `${head()}uSe third;\n${event('SELECT 2;')}`;
    expect(readAll(log).statements.map(({ sql, schema }) => [sql, schema])).toEqual([
      ['SELECT 1', 'my`db'],
      ['use other', 'my`db'],
      ['uSe third', 'third'],
      ['SELECT 2', 'third'],
    ]);
  });

  it('a schema is inherited until the server starts again, and said', () => {
    const log = `${head()}use shop;\nSET timestamp=1;\nSELECT 1;\n${event('SELECT 2;')}${banner}${event('SELECT 3;')}`;
    const { statements, parser } = readAll(log);
    expect(statements.map(({ schema }) => schema)).toEqual(['shop', 'shop', '']);
    expect(parser.inheritedSchemas).toBe(1);
  });

  it('every form of the line with the timestamp; a second one is a statement', () => {
    const log = [
      'timestamp=10',
      'insert_id=5,timestamp=11',
      'last_insert_id=4,insert_id=5,timestamp=12',
      'timestamp=13.5',
    ]
      .map((line) => `${head()}SET ${line};\nSELECT 1;\n`)
      .join('');
    expect(readAll(log).statements.map(({ time }) => time?.slice(17))).toEqual([
      '10.000Z',
      '11.000Z',
      '12.000Z',
      '13.500Z',
    ]);
    expect(sqlOf(`${head()}SET timestamp=1;\nSET timestamp=5;\n`)).toEqual(['SET timestamp=5']);
  });

  it('banners: at the start, behind a statement, several, in the middle of a line', () => {
    const log = `${banner}${event('SELECT 1;')}${banner}${banner}${event('SELECT 2 FRO').trimEnd()}${banner}${event('SELECT 3;')}`;
    const { statements, parser } = readAll(log);
    expect(statements.map(({ sql, cut }) => [sql, cut])).toEqual([
      ['SELECT 1', 'no'],
      ['SELECT 2 FRO', 'ends'],
      ['SELECT 3', 'no'],
    ]);
    expect(parser.skipped).toMatchObject([{ reason: 'banner', bytes: 4 * banner.length, firstAtByte: 0 }]);
  });

  it('a MariaDB banner has tabs, and names its product', () => {
    const line =
      'mariadbd, Version: 10.11.19-MariaDB-log (Debian 12). started with:\nTcp port: 0  Unix socket: /x\nTime\t\t    Id Command\tArgument\n';
    expect(skippedOf(line + event('SELECT 1;'))).toEqual([['banner', line.length, 3, 0]]);
    expect(readAll(line + event('SELECT 1;')).parser.source).toEqual({
      dialect: 'mariadb',
      version: '10.11.19-MariaDB-log',
    });
  });

  it('a log that starts in the middle of a statement', () => {
    const log = `FROM t WHERE id = 5;\n${event('SELECT 1;')}`;
    expect([sqlOf(log), skippedOf(log)]).toEqual([['SELECT 1'], [['starts-mid-event', 21, 1, 0]]]);
  });

  it('a log that ends in a header, or in a statement', () => {
    const log = event('SELECT 1;');
    expect(skippedOf(log + head())).toEqual([['ends-mid-event', head().length, 1, log.length]]);
    expect(readAll(log + event('SELECT 2').trimEnd()).statements[1]).toMatchObject({ sql: 'SELECT 2', cut: 'ends' });
  });

  it('a growing log: what is not whole is left to the next reading', () => {
    const log = event('SELECT 1;');
    for (const part of [head(), event('SELECT 2 FR').trimEnd(), `${head()}use shop;\n`]) {
      const { statements, parser } = readAll(log + part, { isGrowing: true });
      expect([statements.length, parser.resumeAt]).toEqual([1, log.length]);
    }
    // Whether the last line goes on as a header is not known yet, so the statement before it waits too.
    expect(readAll(`${log}${log}# Ti`, { isGrowing: true }).parser.resumeAt).toBe(log.length);
    const command = `${head()}# administrator command: Quit;\n`;
    expect(readAll(`${command}# Ti`, { isGrowing: true }).parser.resumeAt).toBe(command.length);
  });

  it('headers without a statement', () => {
    const log = `${head()}${head()}SET timestamp=1;\n${event('SELECT 1;')}`;
    expect(skippedOf(log)).toEqual([['no-query', head().length * 2 + 17, 2, 0]]);
  });

  it('a header without its time is not read', () => {
    const log = `# User@Host: a[a] @ b []\n# Rows_sent: 5\nSELECT 1;\n${event('SELECT 2;')}`;
    expect([sqlOf(log), skippedOf(log)]).toEqual([['SELECT 2'], [['unreadable-header', 50, 1, 0]]]);
  });

  it('times that cannot be, and odd numbers', () => {
    const { statements, parser } = readAll(
      event('SELECT 1;', '18446744073708.796870') + event('SELECT 2;', '.0000001967') + event('SELECT 3;', '1.5e-05'),
    );
    expect(statements.map(({ seconds }) => seconds)).toEqual([0, 0.0000001967, 0.000015]);
    expect(parser.header.attributes.impossibleTimes).toBe(1);
  });

  it('empty times, empty users', () => {
    const log = '# Time: \n# User@Host: \n# Query_time: 2\nSELECT 1;\n';
    expect(readAll(log + log).statements).toMatchObject([{ user: '', host: '', time: null }, { seconds: 2 }]);
  });

  it('the address of a client', () => {
    const log = '# User@Host: a[a] @  []\n# Client: 10.9.8.7:4567\n# Query_time: 1\nSELECT 1;\n';
    expect(readAll(log).statements[0]?.host).toBe('10.9.8.7');
  });

  it('local times, with the zone that a statement with both tells', () => {
    const log =
      `# Time: 240501 14:00:02\n${head('2.0')}SELECT 0;\n# Time: 240501 14:00:02\n${event('SELECT 1;', '2.0')}` +
      `# Time: 240501 15:30:00\n${head()}SELECT 2;\n`;
    const { statements, parser } = readAll(log);
    expect(statements.map(({ time }) => time?.slice(11, 19))).toEqual(['14:00:02', '12:00:00', '13:30:00']);
    expect([parser.header.time.zoneMs, parser.header.time.withoutZone]).toEqual([7_200_000, 1]);
  });

  it('zeros behind a power failure', () => {
    const log = `${event('SELECT 1').trimEnd()}${'\0'.repeat(512)}\n${event('SELECT 2;')}`;
    expect([sqlOf(log), skippedOf(log)]).toEqual([
      ['SELECT 1', 'SELECT 2'],
      [['binary', 513, 1, event('SELECT 1').length - 1]],
    ]);
  });

  it('lines over 64 KiB and statements over a megabyte', () => {
    const values = Array.from({ length: 120_000 }, (_, index) => `(${index},'x')`).join(',');
    const sql = `INSERT INTO t VALUES ${values}`;
    const log = event(`${sql};`) + event('SELECT 1;');
    for (const pieceBytes of [4_096, 65_536, 1 << 22])
      expect(readAll(log, { pieceBytes }).statements.map((one) => one.sql.length)).toEqual([sql.length, 8]);
  });

  it('a statement beyond the limit is counted, and its end said', () => {
    const log = event(`SELECT '${'x'.repeat(5_000)}';`) + event('SELECT 2;');
    const { statements, parser } = readAll(log, { pieceBytes: 512, maxStatementBytes: 1_000 });
    expect(statements.map(({ sql, cut }) => [sql.length, cut])).toEqual([
      [1_000, 'too-long'],
      [8, 'no'],
    ]);
    expect(parser.skipped).toMatchObject([{ reason: 'too-long', bytes: 4_011 }]);
  });

  it('statements that are not UTF-8', () => {
    const bytes = Buffer.from(event("SELECT 'X';") + event("SELECT 'ä€';"));
    bytes[bytes.indexOf("'X'") + 1] = 0xe4;
    const { statements } = readAll(bytes);
    expect(statements.map(({ sql, isUtf8 }) => [sql, isUtf8])).toEqual([
      ["SELECT '\uFFFD'", false],
      ["SELECT 'ä€'", true],
    ]);
  });
});

describe('what is no slow log', () => {
  it('an empty file', () => expect(skippedOf('')).toEqual([]));

  it('a binary file', () => {
    const bytes = Uint8Array.from({ length: 3_000 }, (_, index) => (index * 7919) % 256);
    expect(skippedOf(bytes)).toEqual([['binary', 3_000, 1, 0]]);
  });

  it('a general log, new and old', () => {
    const lines = '2024-05-01T12:00:00.123456Z\t    8 Connect\troot@localhost on  using Socket\n'.repeat(3);
    expect(skippedOf(banner + lines)).toEqual([
      ['general-log', lines.length, 1, banner.length],
      ['banner', banner.length, 3, 0],
    ]);
    const old = '071015 21:43:52\t      1 Query\tSELECT 1\n\t\t      1 Quit\t\n';
    expect(skippedOf(old)).toEqual([['general-log', old.length, 1, 0]]);
  });

  it('any other text, and only empty lines', () => {
    expect(skippedOf('Dear diary\nnothing was slow today\n')).toEqual([['not-a-slow-log', 34, 1, 0]]);
    expect(skippedOf('\n\n\n')).toEqual([['not-a-slow-log', 3, 1, 0]]);
  });
});
