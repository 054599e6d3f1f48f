import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Capture } from '@shared/model/query-capture';
import type { Review } from '@shared/model/query-review';
import { openTemporaryLab, readToolchain, type RunningFleet } from '../../../../e2e/fleet';
import { openLabConsole, type LabConsole } from '../../testing/lab-console';
import { queryDigestCommand } from '../../testing/query-digest-command';
import { ptTables } from '../report/pt-tables';
import { readPtTables, type PtReading } from './read-pt-tables';

const lab = openTemporaryLab();
afterAll(() => lab.close());

const never = new AbortController().signal;
const weekSeconds = 7 * 86_400;

describe.each([
  ['MySQL', 'shards:1'],
  ['MariaDB', 'shop'],
] as const)('tables of pt-query-digest on %s', (_name, scenario) => {
  let fleet: RunningFleet;
  let app: LabConsole;
  let instanceId: string;
  let log: string;
  let capture: Capture;
  /** A review of the capture in which people said something. */
  let worked: Review;
  let classIds: readonly string[];

  beforeAll(async () => {
    fleet = await lab.up(scenario);
    app = await openLabConsole(fleet);
    instanceId =
      app.inventory.current.clusters.flatMap((one) => one.instances).find((one) => one.port === fleet.primary.port)
        ?.id ?? '';
    await fleet.primary.execute(
      'CREATE DATABASE market',
      'CREATE TABLE market.price (id INT PRIMARY KEY, amount INT NOT NULL)',
    );
    log = await writeSlowLog();
    capture = await captureLog();
    worked = await app.queries.reviews.create({ capture, title: 'Week 47', clusterName: '', previousReviewId: null });
    classIds = capture.classes.slice(0, 3).map((one) => one.id);
    const [noted = '', accepted = '', decided = ''] = classIds;
    const act = app.queries.reviews.act.bind(app.queries.reviews, worked.id);
    await act(noted, { act: 'note', text: "It’s für „Müller“: `a` = 'x\\\\'\nsecond line" });
    await act(accepted, { act: 'accept', untilMs: null, reason: 'jede Nacht für Müller' });
    await act(decided, {
      act: 'decide',
      decision: {
        kind: 'other',
        change: 'asks less often',
        undo: '',
        reason: 'too many calls',
        ticket: '',
        prediction: null,
        replacedBy: null,
      },
    });
  });
  afterAll(async () => {
    await app?.close();
    await fleet?.down();
  });

  async function writeSlowLog(): Promise<string> {
    const file = `${fleet.primary.dataFolder}/pt.log`;
    await fleet.primary.execute(
      `SET GLOBAL slow_query_log_file = '${file}'`,
      "SET GLOBAL log_output = 'FILE'",
      'SET GLOBAL long_query_time = 0',
      'SET GLOBAL slow_query_log = ON',
    );
    const rounds = Array.from({ length: 12 }, (_, n) => [
      `INSERT INTO price VALUES (${n}, ${n * 3}), (${n + 100}, 7)`,
      `SELECT amount FROM price WHERE id = ${n}`,
      `SELECT id FROM price WHERE id IN (${n}, ${n + 1}, ${n + 2}) ORDER BY amount LIMIT ${n + 1}`,
      `SELECT COUNT(*), SLEEP(0.002) FROM price WHERE amount > ${n}`,
      `UPDATE price SET amount = amount + 1 WHERE id = ${n} -- ${n}`,
    ]);
    await fleet.primary.execute('USE market', ...rounds.flat());
    await fleet.primary.execute('SET GLOBAL slow_query_log = OFF', 'SET GLOBAL long_query_time = 10');
    return file;
  }

  const captureLog = async (): Promise<Capture> =>
    (await app.queries.logs.capture({ kind: 'files', paths: [log], clusterName: '' }, () => undefined, never)).capture;

  /** As a person runs an export: by the server's own client, whatever the language of the computer. */
  const runSql = (schema: string, sql: string): void => {
    const { clientFolder } = fleet.dialect === 'mysql' ? readToolchain().mysql : readToolchain().mariadb;
    const program = path.join(clientFolder, fleet.dialect === 'mysql' ? 'mysql' : 'mariadb');
    const target = [`--socket=${fleet.primary.socket}`, '--user=root', schema];
    execFileSync(program, ['--no-defaults', ...target], {
      input: sql,
      stdio: 'pipe',
      env: { ...process.env, LC_ALL: 'C' },
    });
  };

  const rowsOf = async (schema: string): Promise<unknown> => [
    await fleet.primary.query(`SELECT * FROM ${schema}.query_review ORDER BY checksum`),
    await fleet.primary.query(`SELECT * FROM ${schema}.query_history ORDER BY checksum, ts_min, ts_max`),
  ];

  const emptyReview = async (): Promise<string> =>
    (await app.queries.reviews.create({ capture, title: 'Again', clusterName: '', previousReviewId: null })).id;

  const takeOver = (reviewId: string, schema: string) =>
    app.queries.ptImport.takeOver({ reviewId, instanceId, schema }, never);

  const read = async (schema: string, parts: Partial<Parameters<typeof readPtTables>[1]> = {}): Promise<PtReading> =>
    app.connections.use(instanceId, 'queries', never, ({ session }) =>
      readPtTables(session, { schema, beforeMs: capture.fromMs ?? 0, ...parts }),
    );

  it('what people said here goes there and comes back, and running anything twice changes nothing', async () => {
    await fleet.primary.execute('CREATE DATABASE percona_schema');
    const whole = await app.queries.reviews.whole(worked.id);
    const sql = ptTables(whole.review, whole.capture);
    runSql('percona_schema', sql);
    const once = await rowsOf('percona_schema');
    runSql('percona_schema', sql);
    expect(await rowsOf('percona_schema')).toEqual(once);

    // Into the review that it came from: nothing is new.
    const back = await takeOver(worked.id, 'percona_schema');
    expect(back).toMatchObject({ notesAdded: 0, accepted: 0, compared: 0, rowsWithoutClass: 0 });
    expect((await app.queries.reviews.whole(worked.id)).review).toEqual(whole.review);

    const reviewId = await emptyReview();
    const taken = await takeOver(reviewId, 'percona_schema');
    expect(taken).toMatchObject({ notesAdded: 2, accepted: 2, compared: 0, rowsWithoutClass: 0 });
    expect(taken.classesMatched).toBe(capture.classes.length);
    const again = (await app.queries.reviews.whole(reviewId)).review;
    const [noted = '', accepted = '', decided = ''] = classIds;
    const notes = (id: string): readonly string[] => again.items[id]?.notes.map((note) => note.text) ?? [];
    const today = new Date().toISOString().slice(0, 10);
    expect(notes(noted)).toEqual(["pt-query-digest: tester: It’s für „Müller“: `a` = 'x\\\\'\nsecond line"]);
    expect(notes(accepted)[0]).toBe(
      `pt-query-digest, by tester on ${today}: tester: Accepted as it is: jede Nacht für Müller`,
    );
    expect([noted, accepted, decided].map((id) => again.items[id]?.state)).toEqual(['new', 'accepted', 'accepted']);

    await takeOver(reviewId, 'percona_schema');
    expect((await app.queries.reviews.whole(reviewId)).review).toEqual(again);
  });

  it('reads the BIGINT checksums of 2.x, and figures of a week before beside those of now', async () => {
    await fleet.primary.execute(
      'CREATE DATABASE old',
      `CREATE TABLE old.query_review (checksum BIGINT UNSIGNED NOT NULL PRIMARY KEY, fingerprint TEXT NOT NULL, sample TEXT NOT NULL,
         first_seen DATETIME, last_seen DATETIME, reviewed_by VARCHAR(20), reviewed_on DATETIME, comments TEXT, jira_ticket INT)`,
      `INSERT INTO old.query_review SELECT CONV(RIGHT(checksum, 16), 16, 10), fingerprint, sample, first_seen - INTERVAL 1 YEAR, last_seen,
         reviewed_by, reviewed_on, comments, 7 FROM percona_schema.query_review`,
      `CREATE TABLE old.query_review_history (checksum BIGINT UNSIGNED NOT NULL, sample TEXT NOT NULL, ts_min DATETIME, ts_max DATETIME,
         ts_cnt FLOAT, Query_time_sum FLOAT, Query_time_pct_95 FLOAT, PRIMARY KEY (checksum, ts_min, ts_max))`,
      ...[2, 1].map(
        (weeks) => `INSERT INTO old.query_review_history SELECT CONV(RIGHT(checksum, 16), 16, 10), sample,
          ts_min - INTERVAL ${weeks * weekSeconds} SECOND, ts_max - INTERVAL ${weeks * weekSeconds} SECOND, ts_cnt, ${weeks} * Query_time_sum, Query_time_pct_95
          FROM percona_schema.query_history`,
      ),
    );
    const reviewId = await emptyReview();
    const taken = await takeOver(reviewId, 'old');
    expect(taken).toMatchObject({
      classesMatched: capture.classes.length,
      notesAdded: 2,
      accepted: 2,
      compared: capture.classes.length,
      rowsWithoutClass: 0,
    });
    expect(taken.sentence).toContain('Not taken over: the columns jira_ticket.');
    const { review } = await app.queries.reviews.whole(reviewId);
    for (const one of capture.classes) {
      const comparison = review.comparisons[one.id];
      // Of two earlier runs the newer: the other one has twice the time. FLOAT keeps six digits.
      expect((comparison?.mean?.before ?? 0) / (comparison?.mean?.after ?? 1)).toBeCloseTo(1, 4);
      expect(comparison).toMatchObject({ movement: 'not-judged', p95: { after: one.metrics['Query_time']?.p95 } });
      expect(comparison?.evidence).toContain(`of ${one.calls} calls, p95`);
      expect(comparison?.evidence).toMatch(/; pt-query-digest saw it first on \d{4}-\d\d-\d\d$/);
    }
    await takeOver(reviewId, 'old');
    expect((await app.queries.reviews.whole(reviewId)).review).toEqual(review);
  });

  it('reads tables of other names, the history from another schema', async () => {
    await fleet.primary.execute(
      'CREATE DATABASE `team``s`',
      'CREATE DATABASE past',
      'CREATE TABLE `team``s`.`review.2025` LIKE old.query_review',
      'INSERT INTO `team``s`.`review.2025` SELECT * FROM old.query_review',
      'CREATE TABLE past.seen LIKE old.query_review_history',
      'INSERT INTO past.seen SELECT * FROM old.query_review_history',
    );
    const order = { reviewId: await emptyReview(), instanceId, schema: 'team`s', reviewTable: 'review.2025' };
    const alone = await app.queries.ptImport.takeOver(order, never);
    expect(alone).toMatchObject({ notesAdded: 2, reviewTable: 'team`s.review.2025' });
    expect(alone.sentence).toContain('No earlier figures: team`s holds no history table.');
    const both = { ...order, historySchema: 'past', historyTable: 'seen' };
    const taken = await app.queries.ptImport.takeOver(both, never);
    expect(taken).toMatchObject({ notesAdded: 0, compared: capture.classes.length });
    expect(taken.sentence).toContain('team`s.review.2025 and past.seen:');
    await expect(app.queries.ptImport.takeOver({ ...both, historyTable: 'sean' }, never)).rejects.toMatchObject({
      code: 'not-found',
      message: 'There is no table past.sean, or this account may not read it',
    });
  });

  it.each([
    ['text', 'CHAR(32)', 'UPPER(LEFT(SHA2(n, 256), 32))'],
    ['numbers', 'BIGINT UNSIGNED', 'CONV(LEFT(SHA2(n, 256), 16), 16, 10)'],
  ])('reads page behind page, whole, where checksums are %s', async (kind, type, value) => {
    const schema = `pages \`of' ${kind}`;
    const [name, numbers] = [
      `\`${schema.replaceAll('`', '``')}\``,
      'WITH RECURSIVE one (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM one WHERE n < 2500)',
    ];
    await fleet.primary.execute(
      `SET SESSION ${fleet.dialect === 'mysql' ? 'cte_max_recursion_depth' : 'max_recursive_iterations'} = 5000`,
      `CREATE DATABASE ${name}`,
      `USE ${name}`,
      `CREATE TABLE ${name}.query_review (checksum ${type} NOT NULL PRIMARY KEY, fingerprint TEXT, sample TEXT, first_seen DATETIME,
         last_seen DATETIME, reviewed_by VARCHAR(20), reviewed_on DATETIME, comments LONGTEXT)`,
      `INSERT INTO ${name}.query_review (checksum, comments) ${numbers} SELECT ${value}, IF(n = 1, REPEAT('ä', 20000), n) FROM one`,
      `CREATE TABLE ${name}.query_history (checksum ${type} NOT NULL, sample TEXT, ts_min DATETIME, ts_max DATETIME, ts_cnt FLOAT, Query_time_sum FLOAT)`,
      ...[1, 2, 3].map(
        (day) =>
          `INSERT INTO ${name}.query_history ${numbers} SELECT ${value}, '', '2025-01-0${day}', '2025-01-0${day} 10:00:00', ${day}, 10 FROM one`,
      ),
    );
    const all = await read(schema);
    expect([all.reviews.length, new Set(all.reviews.map((row) => row.checksum)).size]).toEqual([2500, 2500]);
    expect([all.history.length, all.whole, all.unreadable]).toEqual([2500, true, 0]);
    expect(all.history.every((row) => row.calls === 3 && row.p95Seconds === null)).toBe(true);
    expect(all.reviews.map((row) => row.comments.length).toSorted((x, y) => y - x)[0]).toBeLessThan(16_100);
    expect((await read(schema, { mostRows: 2500 })).whole).toBe(true);
    const part = await read(schema, { mostRows: 1000, beforeMs: Date.UTC(2025, 0, 2) });
    expect([part.reviews.length, part.history.length, part.whole]).toEqual([1000, 1000, false]);
    expect(part.history.every((row) => row.calls === 1)).toBe(true);
  });

  it('says what is missing, and does without a history', async () => {
    await fleet.primary.execute(
      'CREATE DATABASE foreign_shape',
      'CREATE TABLE foreign_shape.query_review (id INT PRIMARY KEY, checksum INT, comments TEXT)',
      'CREATE DATABASE review_alone',
      'CREATE TABLE review_alone.query_review LIKE percona_schema.query_review',
      'CREATE TABLE review_alone.query_history (checksum CHAR(32), sample TEXT, ts_min DATE)',
    );
    await expect(read('nowhere')).rejects.toMatchObject({
      code: 'not-found',
      message: 'There is no table nowhere.query_review, or this account may not read it',
    });
    await expect(read('foreign_shape')).rejects.toMatchObject({
      code: 'unsupported',
      message:
        'foreign_shape.query_review is not a review table of pt-query-digest: it lacks fingerprint, sample, first_seen, last_seen, reviewed_by, reviewed_on',
    });
    await expect(read('percona_schema', { historyTable: 'trend' })).rejects.toMatchObject({ code: 'not-found' });
    expect(await read('review_alone')).toMatchObject({
      reviews: [],
      historyTable: null,
      noHistory: 'review_alone.query_history cannot be compared: it lacks ts_max, ts_cnt, query_time_sum',
    });
  });

  const pt = queryDigestCommand();
  it.skipIf(pt === null)('every class that pt-query-digest itself stores is found, with its figures', async () => {
    const dsn = (table: string): string => `S=${fleet.primary.socket},u=root,D=pt,t=${table}`;
    await fleet.primary.execute('CREATE DATABASE pt');
    pt?.run([
      '--limit',
      '100%',
      '--no-report',
      '--review',
      dsn('query_review'),
      '--history',
      dsn('query_history'),
      log,
    ]);
    await fleet.primary.execute("UPDATE pt.query_review SET comments = 'from pt', reviewed_by = 'dba'");
    const fresh = await takeOver(await emptyReview(), 'pt');
    // Runs of this very log are not before it.
    expect(fresh).toMatchObject({ compared: 0, rowsWithoutClass: 0 });
    expect(fresh.classesMatched).toBe(capture.classes.length);
    expect(fresh.notesAdded).toBe(capture.classes.length);

    await fleet.primary.execute(
      'UPDATE pt.query_history SET ts_min = ts_min - INTERVAL 7 DAY, ts_max = ts_max - INTERVAL 7 DAY',
    );
    const reviewId = await emptyReview();
    expect((await takeOver(reviewId, 'pt')).compared).toBe(capture.classes.length);
    const { review } = await app.queries.reviews.whole(reviewId);
    for (const { mean } of Object.values(review.comparisons))
      expect((mean?.before ?? 0) / (mean?.after ?? 1)).toBeCloseTo(1, 4);
  });
});
