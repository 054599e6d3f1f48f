import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IndexTrialOutcome } from '@shared/model/query-experiment';
import { openTemporaryLab } from '../../../../e2e/fleet/lab';
import type { RunningFleet } from '../../../../e2e/fleet/fleet';
import { QueryStage } from '../../testing/query-stage';
import { realClock } from '../../testing/real-clock';
import { changeFor } from './change-for';
import { checkChange } from './check-change';
import { findLeftovers, removeLeftover } from './leftovers';
import type { TrialPhase, TrialServer } from './trial-server';
import { tryDrop } from './try-drop';
import { tryInvisible } from './try-invisible';
import { tryOnCopy } from './try-on-copy';

const lab = openTemporaryLab();
const never = new AbortController().signal;
let wallet: RunningFleet;
let mysql: QueryStage;
let replica: QueryStage;
let mariadb: QueryStage;

beforeAll(async () => {
  wallet = await lab.up('shards:1');
  const shop = await lab.up('shop');
  mysql = await QueryStage.open(wallet);
  mariadb = await QueryStage.open(shop);
  replica = mysql.on(wallet.instances.find((one) => one.role === 'replica') ?? wallet.primary);
  await wallet.waitUntilCaughtUp(wallet.primary.name, 30_000);
});
afterAll(() => lab.close());

const serverOf = (stage: QueryStage, onProgress?: (phase: TrialPhase) => void): TrialServer => ({
  dialect: stage.dialect,
  open: stage.open,
  clock: realClock,
  ...(onProgress ? { onProgress } : {}),
});

const table = { schema: 'review', table: 'orders' };
const request = {
  sql: "SELECT id, total FROM orders WHERE status = 'new' ORDER BY total DESC LIMIT 5",
  schema: 'review',
  table,
  columns: [
    { name: 'status', descending: false },
    { name: 'total', descending: true },
  ],
};
const real = { ...request, onPrimary: true, freeBytes: 1e12 };

function tried(outcome: IndexTrialOutcome) {
  if (outcome.kind === 'refused') throw new Error(outcome.refusal.reason);
  return outcome.trial;
}

const leftOn = (stage: QueryStage) => stage.with(findLeftovers);

/** What the server would hand to others: it must not move. */
const logged = (stage: QueryStage) =>
  stage.instance.query(stage.dialect === 'mysql' ? 'SELECT @@gtid_executed AS p' : 'SELECT @@gtid_binlog_pos AS p');

describe('on a private copy', () => {
  it.each(['MySQL', 'MariaDB', 'a super_read_only replica'])(
    'on %s: an estimate that nobody sees and no log holds',
    async (where) => {
      const stage = where === 'MySQL' ? mysql : where === 'MariaDB' ? mariadb : replica;
      const before = await logged(stage);
      const trial = tried(await tryOnCopy(serverOf(stage), request, {}, never));
      expect(trial).toMatchObject({
        estimate: true,
        used: true,
        copied: { rows: 10_000 },
        comparison: { kind: 'changed' },
      });
      // It ran on both, so that the gain can be told in ms and rows.
      expect([trial.before.analyzed, trial.after.analyzed]).toEqual([true, true]);
      expect(trial.before.nodes[0]?.lastRowMs).toBeGreaterThan(trial.after.nodes[0]?.lastRowMs ?? Infinity);
      expect(trial.before.nodes.some((node) => node.kind === 'sort')).toBe(true);
      expect(trial.after.nodes.some((node) => node.kind === 'sort')).toBe(false);
      expect(await logged(stage)).toEqual(before);
      expect(await leftOn(stage)).toEqual([]);
      expect(await stage.instance.query('SELECT COUNT(*) AS n FROM review.orders')).toEqual([{ n: '10000' }]);
    },
  );

  it('draws rows of a larger table, and refuses one beyond the limit', async () => {
    const trial = tried(await tryOnCopy(serverOf(mysql), request, { rows: 1_000 }, never));
    expect(trial.copied?.rows).toBeGreaterThan(800);
    expect(trial.copied?.rows).toBeLessThanOrEqual(1_000);
    const outcome = await tryOnCopy(serverOf(mysql), request, { tableBytes: 1_000 }, never);
    expect(outcome).toMatchObject({ refusal: { code: 'table-too-large' } });
    const long = tried(await tryOnCopy(serverOf(mysql), request, { copyBytes: 1 }, never));
    expect(long.copied?.rows).toBeLessThanOrEqual(1_000);
  });

  it.each(['MySQL', 'MariaDB'])('on %s needs no more than to read and to make temporary tables', async (product) => {
    const stage = product === 'MySQL' ? mysql : mariadb;
    await stage.instance.execute(
      "CREATE USER IF NOT EXISTS 'tries'@'%' IDENTIFIED BY 'tries'",
      "GRANT SELECT, CREATE TEMPORARY TABLES ON review.* TO 'tries'@'%'",
    );
    const before = await logged(stage);
    const server = { ...serverOf(stage), open: (signal: AbortSignal) => stage.openAs('tries', signal) };
    expect(await tryOnCopy(server, request, {}, never)).toMatchObject({ kind: 'tried', trial: { used: true } });
    expect(await logged(stage)).toEqual(before);
  });

  it.each(['MySQL', 'MariaDB'])(
    'on %s a copy that takes too long is given up, and ended on the server',
    async (product) => {
      const stage = product === 'MySQL' ? mysql : mariadb;
      const columns = 'WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT i FROM n';
      await stage.instance.execute(
        'CREATE TABLE review.large (id INT AUTO_INCREMENT PRIMARY KEY, a INT)',
        `INSERT INTO review.large (a) SELECT a.i FROM (${columns}) AS a, (${columns}) AS b LIMIT 300000`,
        'ANALYZE TABLE review.large',
      );
      const large = {
        ...request,
        table: { schema: 'review', table: 'large' },
        sql: 'SELECT id FROM large WHERE a = 1',
      };
      const outcome = await tryOnCopy(
        serverOf(stage),
        { ...large, columns: [{ name: 'a', descending: false }] },
        { rows: 1e6, timeLimitMs: 60 },
        never,
      );
      expect(outcome).toMatchObject({
        refusal: { code: 'table-too-large', reason: expect.stringContaining('0.06 s') as unknown },
      });
      const running =
        "SELECT COUNT(*) AS n FROM information_schema.processlist WHERE info LIKE 'INSERT INTO `review`.`midwatch%'";
      await expect.poll(() => stage.with((session) => session.query(running)), { timeout: 5_000 }).toEqual([{ n: 0 }]);
      await stage.instance.execute('DROP TABLE review.large');
    },
  );

  it.each(['MySQL', 'MariaDB'])('on %s a table that cannot be temporary is refused in its words', async (product) => {
    const stage = product === 'MySQL' ? mysql : mariadb;
    await stage.instance.execute(
      'CREATE TABLE review.parts (id INT PRIMARY KEY, a INT) PARTITION BY HASH (id) PARTITIONS 2',
      'CREATE TABLE review.words (id INT PRIMARY KEY, a INT, t TEXT, FULLTEXT KEY (t))',
    );
    for (const name of ['parts', 'words']) {
      const columns = [{ name: 'a', descending: false }];
      const sql = `SELECT id FROM ${name} WHERE a = 1`;
      const other = { sql, schema: 'review', table: { schema: 'review', table: name }, columns };
      expect(await tryOnCopy(serverOf(stage), other, {}, never)).toMatchObject({ refusal: { code: 'server-refused' } });
    }
    await stage.instance.execute('DROP TABLE review.parts', 'DROP TABLE review.words');
  });

  it('MySQL cannot name a temporary table twice: refused in its words', async () => {
    const sql = 'SELECT a.id FROM orders a JOIN orders b ON a.id = b.customer_id';
    expect(await tryOnCopy(serverOf(mysql), { ...request, sql }, {}, never)).toMatchObject({
      refusal: { code: 'statement', reason: expect.stringContaining('reopen') as unknown },
    });
  });
});

describe('as an invisible index', () => {
  it('is seen by its session alone, and gone afterwards, outside of the binary log', async () => {
    const before = await logged(mysql);
    const phases: TrialPhase[] = [];
    const trial = tried(
      await tryInvisible(
        serverOf(mysql, (phase) => phases.push(phase)),
        real,
        never,
      ),
    );
    expect(trial).toMatchObject({ estimate: false, used: true, removed: true, comparison: { kind: 'changed' } });
    expect(trial.sizeBytes).toBeGreaterThan(16_384);
    expect([trial.before.analyzed, trial.after.analyzed]).toEqual([true, true]);
    expect(phases).toEqual(['checking', 'building', 'explaining', 'removing']);
    expect(await logged(mysql)).toEqual(before);
    expect(await leftOn(mysql)).toEqual([]);
  });

  it('explains a statement that writes, and never runs it', async () => {
    const sql = "UPDATE orders SET total = 1 WHERE status = 'new'";
    const before = await mysql.instance.query('SELECT SUM(total) AS t FROM review.orders');
    const trials = [
      await tryInvisible(serverOf(mysql), { ...real, sql }, never),
      await tryOnCopy(serverOf(mysql), { ...request, sql }, {}, never),
    ];
    for (const trial of trials.map(tried)) expect(trial).toMatchObject({ used: true, after: { analyzed: false } });
    expect(await mysql.instance.query('SELECT SUM(total) AS t FROM review.orders')).toEqual(before);
  });

  it('needs INDEX on the table, and to keep out of the binary log', async () => {
    await mysql.instance.execute(
      "CREATE USER IF NOT EXISTS 'builds'@'%' IDENTIFIED BY 'builds'",
      "GRANT SELECT, INDEX ON review.* TO 'builds'@'%'",
      "GRANT REPLICATION CLIENT, SESSION_VARIABLES_ADMIN ON *.* TO 'builds'@'%'",
      "GRANT SELECT ON performance_schema.* TO 'builds'@'%'",
    );
    const server = { ...serverOf(mysql), open: (signal: AbortSignal) => mysql.openAs('builds', signal) };
    expect(tried(await tryInvisible(server, real, never))).toMatchObject({
      used: true,
      removed: true,
      sizeBytes: null,
    });
    await mysql.instance.query("REVOKE SESSION_VARIABLES_ADMIN ON *.* FROM 'builds'@'%'");
    expect(await tryInvisible(server, real, never)).toMatchObject({ refusal: { code: 'logs-to-binlog' } });
    expect(await leftOn(mysql)).toEqual([]);
  });

  it('is removed also when its session is killed in the middle', async () => {
    let opened = 0;
    const base = serverOf(mysql);
    const server: TrialServer = {
      ...base,
      open: async (signal) => {
        const session = await base.open(signal);
        opened += 1;
        if (opened > 1) return session;
        const query = session.query.bind(session);
        // The moment after the build: the index is there, and the session goes.
        return Object.assign(session, {
          query: async (...[sql, options]: Parameters<typeof query>) => {
            const rows = await query(sql, options);
            if (sql.includes(' INVISIBLE ')) {
              expect(await leftOn(mysql)).toHaveLength(1);
              await mysql.instance.query(`KILL ${session.connectionId}`);
            }
            return rows;
          },
        });
      },
    };
    await expect(tryInvisible(server, real, never)).rejects.toMatchObject({ code: 'connection-lost' });
    expect(await leftOn(mysql)).toEqual([]);
  });

  it('is removed after a cancel', async () => {
    const stop = new AbortController();
    const server = serverOf(mysql, (phase) => {
      if (phase === 'explaining') stop.abort(new Error('enough'));
    });
    await expect(tryInvisible(server, real, stop.signal)).rejects.toThrow('enough');
    expect(await leftOn(mysql)).toEqual([]);
  });

  it('what a crash left is found by its name and removed, and nothing else ever is', async () => {
    await mysql.instance.execute(
      'SET sql_log_bin = 0',
      'ALTER TABLE review.orders ADD INDEX midwatch_try_crashed (status) INVISIBLE, ADD INDEX midwatchtry_other (status)',
    );
    expect(await leftOn(mysql)).toEqual([{ ...table, index: 'midwatch_try_crashed' }]);
    expect(await removeLeftover(serverOf(mysql), { ...table, index: 'midwatch_try_crashed' })).toBe(true);
    expect(await removeLeftover(serverOf(mysql), { ...table, index: 'midwatch_try_crashed' })).toBe(true);
    await expect(removeLeftover(serverOf(mysql), { ...table, index: 'midwatchtry_other' })).rejects.toThrow('not made');
    await mysql.instance.execute('SET sql_log_bin = 0', 'ALTER TABLE review.orders DROP INDEX midwatchtry_other');
  });

  it('never opens a server: super_read_only, an unnamed primary and unknown space are refused', async () => {
    const on = (stage: QueryStage, change: Partial<typeof real> & { freeBytes?: number | null }) =>
      tryInvisible(serverOf(stage), { ...real, ...change }, never);
    expect(await on(replica, {})).toMatchObject({ refusal: { code: 'super-read-only' } });
    expect(await on(mysql, { onPrimary: false })).toMatchObject({ refusal: { code: 'is-primary' } });
    expect(await on(mysql, { freeBytes: null as never })).toMatchObject({ refusal: { code: 'space-unknown' } });
    expect(await on(mysql, { freeBytes: 1_000 })).toMatchObject({ refusal: { code: 'too-little-space' } });
    expect(await on(mariadb, {})).toMatchObject({ refusal: { code: 'not-supported' } });
  });

  it('under read_only alone an account with CONNECTION_ADMIN builds on a replica that goes on applying', async () => {
    await replica.instance.query('SET GLOBAL super_read_only = OFF');
    try {
      const before = await logged(replica);
      const trial = tried(await tryInvisible(serverOf(replica), { ...real, onPrimary: false }, never));
      expect(trial).toMatchObject({ used: true, removed: true });
      expect(await logged(replica)).toEqual(before);
    } finally {
      await replica.instance.query('SET GLOBAL super_read_only = ON');
    }
    await mysql.instance.query("INSERT INTO review.audit (at) VALUES ('2026-01-01')");
    await wallet.waitUntilCaughtUp(wallet.primary.name, 10_000);
  });
});

describe('what dropping an index would do', () => {
  const drop = {
    sql: 'SELECT o.id FROM orders AS o WHERE o.customer_id = 7',
    schema: 'review',
    table,
    index: 'by_customer',
  };
  it('is told exactly on MySQL by a hint', async () => {
    expect(tried(await tryDrop(serverOf(mysql), drop, never))).toMatchObject({
      method: 'hint',
      used: true,
      estimate: false,
    });
    const hinted = {
      ...drop,
      sql: 'SELECT /*+ MAX_EXECUTION_TIME(1000) */ id FROM orders WHERE id IN (SELECT customer_id FROM orders x WHERE customer_id = 7)',
    };
    expect(tried(await tryDrop(serverOf(mysql), hinted, never)).used).toBe(true);
  });
  it('also for a statement that writes, which is only explained', async () => {
    const sql = 'UPDATE orders SET total = 1 WHERE customer_id = 7';
    expect(tried(await tryDrop(serverOf(mysql), { ...drop, sql }, never))).toMatchObject({
      used: true,
      after: { analyzed: false },
    });
  });
  it('is refused on MariaDB, where it would be a change for all', async () => {
    expect(await tryDrop(serverOf(mariadb), drop, never)).toMatchObject({ refusal: { code: 'not-supported' } });
  });
});

describe('the change of a decision', () => {
  const decision = { kind: 'add-index', ...table, index: 'by_status', columns: request.columns } as const;
  it.each(['MySQL', 'MariaDB'])('on %s is checked without being made, and its words are right', async (product) => {
    const stage = product === 'MySQL' ? mysql : mariadb;
    const change = await stage.with((session) => checkChange(session, changeFor(decision, stage.dialect), decision));
    expect(change.checks.filter((one) => one.status !== 'pass')).toEqual([]);
    const drop = { kind: 'drop-index', ...table, index: 'by_status' } as const;
    const histogram = { kind: 'analyze-table', ...table, histogram: 'status' } as const;
    for (const one of [change, changeFor(drop, stage.dialect), changeFor(histogram, stage.dialect)]) {
      await stage.instance.execute('SET SESSION lock_wait_timeout = 5', ...one.statements);
    }
    await stage.instance.execute(...changeFor(histogram, stage.dialect).undo);
    const wrong = { ...decision, columns: [{ name: 'note', descending: false }], index: 'by_customer' };
    const refused = await stage.with((session) => checkChange(session, changeFor(wrong, stage.dialect), wrong));
    expect(refused.checks.filter((one) => one.status === 'fail').map((one) => one.code)).toEqual([
      'name-free',
      'syntax',
    ]);
  });
});
