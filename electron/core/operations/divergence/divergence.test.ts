import { describe, expect, it } from 'vitest';
import { mariadbBehind, mysqlBehind } from './behind';
import { readLoggedText } from './binary-log-text';
import { changeWords } from './change-words';
import { grownBy, holdsGtid, mariadbErrant, missingFrom, mysqlErrant } from './errant-set';
import { keepErrant, reachOf, type Ask } from './log-reach';
import { printErrantCommand } from './reader-commands';

const a = '3e11fa47-71ca-11e1-9e33-c80aa9429562';
const b = '4e11fa47-71ca-11e1-9e33-c80aa9429562';

describe('errant transactions', () => {
  it('are what MySQL executed and the reference did not', () => {
    expect(mysqlErrant(`${a}:1-9,${b}:1-3`, `${a}:1-7,${b}:1-50`)).toEqual({ text: `${a}:8-9`, count: 2 });
    expect(mysqlErrant(`${a}:1-9`, `${a}:1-9`)).toEqual({ text: '', count: 0 });
  });

  it('of MariaDB hide behind no later transaction of another server in the domain', () => {
    expect(mariadbErrant('0-1-500', '0-1-499,0-2-600')).toEqual({ text: '0-1-500', count: 1 });
    expect(mariadbErrant('0-1-502,0-2-400', '0-1-499,0-2-600')).toEqual({ text: '0-1-500 to 0-1-502', count: 3 });
    expect(mariadbErrant('0-1-499,0-2-400', '0-1-499,0-2-600').text).toBe('');
  });

  it.each([
    ['another writer came in between', '0-1-502,0-3-501', '0-1-499,0-3-501'],
    ['nothing of this writer is common', '0-9-510,0-1-499', '0-1-499'],
  ])('of MariaDB are not counted where %s', (_name, state, reference) => {
    expect(mariadbErrant(state, reference).count).toBeNull();
  });

  it('are found by name', () => {
    expect(holdsGtid(`${a}:8-9`, `${a}:9`)).toBe(true);
    expect(holdsGtid(`${a}:8-9`, `${a}:10`)).toBe(false);
    expect(holdsGtid('0-1-500 to 0-1-502,7-1-3', '0-1-501')).toBe(true);
    expect([holdsGtid('0-1-500', '0-2-500'), holdsGtid('0-1-500', '1-1-500'), holdsGtid('', '0-1-1')]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it.each([
    [`${a}:8-9`, `${a}:8-9`, ''],
    [`${a}:8-9`, `${a}:8`, ''],
    [`${a}:8-9`, `${a}:8-11`, `${a}:10-11`],
    ['', `${a}:8`, `${a}:8`],
    ['0-1-500 to 0-1-502', '0-1-500 to 0-1-504', '0-1-503 to 0-1-504'],
    ['0-1-500', '0-1-500,0-4-9', '0-4-9'],
    ['0-1-500 to 0-1-502', '0-1-500 to 0-1-502', ''],
    ['', '0-1-500', '0-1-500'],
  ])('%j grew to %j by %j', (before, after, grown) => {
    expect(grownBy(before, after)).toBe(grown);
  });

  it('are all there, or it is said which are not', () => {
    const mysql = { text: `${a}:8-10`, count: 3 };
    expect(missingFrom(mysql, [`${a}:8`, `${a}:9`, `${a}:10`])).toBe('');
    expect(missingFrom(mysql, [`${a}:8`, `${a}:10`])).toBe(`${a}:9`);
    const mariadb = { text: '0-1-500 to 0-1-502', count: 3 };
    expect(missingFrom(mariadb, ['0-1-500', '0-1-501', '0-1-502', '0-2-600'])).toBe('');
    expect(missingFrom(mariadb, ['0-1-500', '0-1-502'])).toBe('1 of 0-1-500 to 0-1-502');
    expect(missingFrom({ ...mariadb, count: null }, ['0-1-500'])).toBe('0-1-502');
  });
});

describe('what an instance lacks', () => {
  it('is told apart: to be had from the logs, or purged', () => {
    expect(mysqlBehind(`${a}:1-5`, `${a}:1-5,${b}:1-100`, `${a}:1-5,${b}:1-40`)).toEqual({
      transactions: 60,
      purgedText: `${b}:1-40`,
      purgedTransactions: 40,
      unknown: '',
    });
    expect(mariadbBehind('0-1-499', '0-2-600', '[0-1-300]', '')).toMatchObject({ transactions: 101, purgedText: '' });
    expect(mariadbBehind('0-1-499', '0-2-600', '[0-1-499,0-2-520]', '')).toMatchObject({
      transactions: 80,
      purgedText: 'up to 0-2-520',
      purgedTransactions: 21,
    });
  });

  it('counts on MariaDB from before the first errant transaction', () => {
    expect(mariadbBehind('0-1-502', '0-2-600', '[0-1-499]', '0-1-500 to 0-1-502').transactions).toBe(101);
    expect(mariadbBehind('0-1-502', '0-2-600', '[0-2-501]', '0-1-500 to 0-1-502').purgedText).toBe('up to 0-2-501');
  });

  it('What is not known is null and said, never 0.', () => {
    const unknown = mariadbBehind('0-1-499', '0-2-600', null, '');
    expect([unknown.transactions, unknown.purgedTransactions]).toEqual([null, null]);
    expect(unknown.unknown).not.toBe('');
    expect(mariadbErrant('0-9-510,0-1-499', '0-1-499').count).toBeNull();
  });
});

const mysqlText = [
  'DELIMITER /*!*/;',
  '# at 4',
  '#261123  0:31:32 server id 101  end_log_pos 128 CRC32 0x1 	Start: binlog v 4',
  '# at 400',
  "SET @@SESSION.GTID_NEXT= '3e11fa47-71ca-11e1-9e33-c80aa9429562:8'/*!*/;",
  'SET TIMESTAMP=1795395211/*!*/;',
  'BEGIN',
  '/*!*/;',
  '### INSERT INTO `app`.`account`',
  '### SET',
  '###   @1=7',
  "###   @2='a; b'",
  '# at 500',
  '### UPDATE `app`.`acc``ount`',
  '### WHERE',
  '###   @1=7',
  "###   @2='old'",
  '### SET',
  '###   @1=7',
  "###   @2='new'",
  'COMMIT/*!*/;',
  "SET @@SESSION.GTID_NEXT= '3e11fa47-71ca-11e1-9e33-c80aa9429562:9'/*!*/;",
  'use `app`/*!*/;',
  'CREATE TABLE t (',
  "  id INT COMMENT 'x;",
  "# SET @@SESSION.GTID_NEXT= 'not one'" + ')',
  '/*!*/;',
  "SET @@SESSION.GTID_NEXT= 'AUTOMATIC' /* added by mysqlbinlog */ /*!*/;",
  'DELIMITER ;',
].join('\n');

describe('the text of a binary log', () => {
  it('is read as transactions with rows and statements', () => {
    const read = readLoggedText(mysqlText, 10);
    expect(read.gtids).toEqual([`${a}:8`, `${a}:9`]);
    expect(read.changes.map((one) => [one.gtid, one.table, one.kind])).toEqual([
      [`${a}:8`, 'app.account', 'INSERT'],
      [`${a}:8`, 'app.acc`ount', 'UPDATE'],
      [`${a}:9`, '', 'statement'],
    ]);
    expect(read.changes[2]?.text).toContain('CREATE TABLE t');
    expect(readLoggedText(mysqlText, 1)).toMatchObject({ changesInAll: 3, changes: [{ kind: 'INSERT' }] });
  });

  it('of MariaDB names its transactions in its comments', () => {
    const text = [
      '#261123  0:31:32 server id 101  end_log_pos 371 CRC32 0x1 	GTID 0-101-32 trans',
      '/*M!100101 SET @@session.skip_parallel_replication=0*//*!*/;',
      '/*M!100001 SET @@session.gtid_seq_no=32*//*!*/;',
      'START TRANSACTION',
      '/*!*/;',
      '#Q> DELETE FROM app.account',
      '### DELETE FROM `app`.`account`',
      '### WHERE',
      '###   @1=7',
      'COMMIT/*!*/;',
    ].join('\n');
    const read = readLoggedText(`DELIMITER /*!*/;\n${text}`, 10);
    expect(read.gtids).toEqual(['0-101-32']);
    expect(read.changes.map((one) => [one.kind, one.before.get(1)])).toEqual([['DELETE', '7']]);
  });

  it('becomes words with the names of the columns, or their numbers', () => {
    const [insert, update, statement] = readLoggedText(mysqlText, 10).changes;
    if (!insert || !update || !statement) throw new Error('not read');
    expect(changeWords(insert, ['id', 'owner'])).toBe("INSERT id=7, owner='a; b'");
    expect(changeWords(update, ['id', 'owner'])).toBe("UPDATE id=7: owner 'old' → 'new'");
    expect(changeWords(update, undefined)).toBe("UPDATE @1=7: @2 'old' → 'new'");
    expect(changeWords(statement, undefined)).toMatch(/^CREATE TABLE t \( id INT/);
    const long = { ...insert, after: new Map([[1, 'x'.repeat(900)]]) };
    expect(changeWords(long, ['id']).length).toBeLessThan(80);
  });
});

describe('the logs that hold them', () => {
  const server =
    (type: string, begins: Readonly<Record<string, string>>): Ask =>
    async (sql) =>
      sql === 'SHOW BINARY LOGS'
        ? Object.keys(begins).map((name) => ({ Log_name: name }))
        : [
            { Event_type: 'Format_desc', Info: '' },
            { Event_type: type, Info: begins[/'(.+)'/.exec(sql)?.[1] ?? ''] ?? '' },
          ];

  it('begin with the newest that began before the first of them', async () => {
    const mysql = server('Previous_gtids', { 'b.1': '', 'b.2': `${a}:1-7`, 'b.3': `${a}:1-8` });
    expect(await reachOf(mysql, `${a}:8-9`)).toEqual({ kind: 'from', firstLog: 'b.2' });
    const mariadb = server('Gtid_list', { 'b.1': '[0-1-3]', 'b.2': '[0-1-499,0-2-9]', 'b.3': '[0-1-501]' });
    expect(await reachOf(mariadb, '0-1-500 to 0-1-502')).toEqual({ kind: 'from', firstLog: 'b.2' });
  });

  it('may be gone, or not told', async () => {
    expect(await reachOf(server('Previous_gtids', { 'b.9': `${a}:1-8` }), `${a}:8-9`)).toEqual({ kind: 'purged' });
    const refused: Ask = async () => Promise.reject(new Error('access denied'));
    expect(await reachOf(refused, `${a}:8`)).toEqual({ kind: 'unknown', why: 'access denied' });
  });

  it('are read on the host without a place that a value could fill', () => {
    const access = { via: ['h'], sudo: true };
    const logs = { access, binaryLogBase: "/var/lib/it's/binlog", firstLog: 'binlog.000002' };
    for (const form of ['decoded', 'replayable'] as const) {
      const mysql = printErrantCommand({ ...logs, dialect: 'mysql', errant: `${a}:tag:8-9` }, form);
      const mariadb = printErrantCommand({ ...logs, dialect: 'mariadb', errant: '0-1-500 to 0-1-502' }, form);
      for (const command of [mysql, mariadb]) expect(command).not.toMatch(/(?<![:\w]):([a-z][A-Za-z]*)\b/);
      expect(mysql.includes('DECODE-ROWS')).toBe(form === 'decoded');
    }
  });

  it('are told by SQL as events, of the errant transactions alone', () => {
    const event = (type: string, info: string): Parameters<typeof keepErrant>[0][number] => ({
      position: 'b.1:4',
      end: 9,
      type,
      info,
    });
    const events = [
      event('Previous_gtids', `${a}:1-8`),
      event('Gtid', `SET @@SESSION.GTID_NEXT= '${a}:7'`),
      event('Write_rows', 'table_id: 90'),
      event('Gtid', `SET @@SESSION.GTID_NEXT= '${a}:8'`),
      event('Delete_rows', 'table_id: 90'),
    ];
    const kept = keepErrant(events, `${a}:8`, 'mysql', false);
    expect(kept.gtids).toEqual([`${a}:8`]);
    expect(kept.kept.map((line) => line.split('\t')[1])).toEqual(['Gtid', 'Delete_rows']);
    expect(keepErrant([event('Gtid', 'BEGIN GTID 0-1-500')], '0-1-500', 'mariadb', false).gtids).toEqual(['0-1-500']);
  });
});
