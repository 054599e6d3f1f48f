import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Explained, PlanNodeKind, QueryPlan } from '@shared/model/query-plan';
import { openTemporaryLab } from '../../../../e2e/fleet/lab';
import { QueryStage } from '../../testing/query-stage';
import { adviseIndexes } from '../advice/advise-indexes';
import { planFindings } from '../advice/plan-findings';
import { analyzeStatement } from './analyze-statement';
import { explainStatement } from './explain-statement';
import { readStatement } from './guard-statement';
import { comparePlans, lineOf } from './plan-structure';

const lab = openTemporaryLab();
const never = new AbortController().signal;
const stages = new Map<string, QueryStage>();

beforeAll(async () => {
  stages.set('MySQL', await QueryStage.open(await lab.up('shards:1')));
  stages.set('MariaDB', await QueryStage.open(await lab.up('shop')));
});
afterAll(() => lab.close());

const planOf = (explained: Explained): QueryPlan => {
  if (explained.kind === 'refused') throw new Error(`${explained.refusal.code}: ${explained.refusal.reason}`);
  return explained.plan;
};

const statementOf = (sql: string) => {
  const reading = readStatement(sql);
  if (reading.kind === 'refused') throw new Error(reading.refusal.reason);
  return reading.statement;
};

const shapes: readonly (readonly [string, string, readonly PlanNodeKind[]])[] = [
  ['a sort for a LIMIT', 'SELECT id FROM orders WHERE total > 3 ORDER BY weight LIMIT 5', ['table', 'sort']],
  [
    'a join',
    'SELECT c.name FROM customer c JOIN orders o ON o.customer_id = c.id WHERE o.total > 5',
    ['join', 'table'],
  ],
  ['a join without an index', 'SELECT c.id FROM customer c JOIN orders o ON o.note = c.name', ['join', 'table']],
  [
    'an outer join',
    'SELECT c.id FROM customer c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.id IS NULL',
    ['join'],
  ],
  ['a union', "SELECT id FROM orders WHERE status = 'new' UNION SELECT id FROM customer", ['table']],
  [
    'a recursion',
    'WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n',
    ['materialize'],
  ],
  [
    'a grouped CTE',
    'WITH b AS (SELECT customer_id AS c, COUNT(*) AS n FROM orders GROUP BY customer_id) SELECT name FROM customer JOIN b ON b.c = id WHERE n > 20',
    ['materialize', 'join'],
  ],
  [
    'a window',
    'SELECT id, RANK() OVER (PARTITION BY status ORDER BY total) AS r FROM orders WHERE customer_id = 7',
    ['window', 'sort'],
  ],
  [
    'a semijoin',
    'SELECT id FROM customer c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND total > 9)',
    ['table'],
  ],
  [
    'a dependent subquery',
    'SELECT id, (SELECT MAX(total) FROM orders o WHERE o.customer_id = c.id) AS m FROM customer c',
    ['table'],
  ],
  ['NOT IN', 'SELECT id FROM customer WHERE id NOT IN (SELECT coupon FROM orders)', ['table']],
  ['DISTINCT', 'SELECT DISTINCT status FROM orders ORDER BY status', ['table']],
  ['nothing to read', 'SELECT id FROM customer WHERE 1 = 0', ['constant']],
];

describe.each(['MySQL', 'MariaDB'])('plans of %s', (product) => {
  const stage = (): QueryStage => {
    const found = stages.get(product);
    if (!found) throw new Error('no server');
    return found;
  };
  const explain = (sql: string, schema = 'review') =>
    stage().with((session) => explainStatement(session, stage().dialect, { sql, schema, nowMs: 1 }, never));
  const analyze = (sql: string, timeLimitMs = 5_000) =>
    stage().with((session) =>
      analyzeStatement(
        session,
        stage().dialect,
        { sql, schema: 'review', nowMs: 1, timeLimitMs, open: stage().open },
        never,
      ),
    );

  it.each(shapes)('%s', async (_name, sql, kinds) => {
    const [shown, ran] = [planOf(await explain(sql)), planOf(await analyze(sql))];
    const seen = new Set(shown.nodes.map((node) => node.kind));
    expect(kinds.filter((kind) => !seen.has(kind))).toEqual([]);
    // No line without words, no iterator that nobody knows.
    expect(shown.nodes.filter((node) => node.operation === '' || node.access === 'unknown').map(lineOf)).toEqual([]);
    expect(shown.nodes.filter((node) => node.kind === 'other').map(lineOf)).toEqual(
      shown.nodes.filter((node) => /^(Read sorted rows|Stream results)$/.test(node.operation)).map(lineOf),
    );
    expect(comparePlans(shown, ran)).toEqual({ kind: 'same' });
    expect(shown.nodes.some((node) => node.actualRows !== null)).toBe(false);
    if (kinds[0] !== 'constant')
      expect(ran.nodes.some((node) => node.ownMs !== null && node.actualRows !== null)).toBe(true);
    expect(shown.format).toBe(product === 'MySQL' ? 'json-v2' : 'mariadb-json');
  });

  it.each([
    ["UPDATE orders SET total = 0 WHERE status = 'new'", 'orders'],
    ['DELETE FROM orders WHERE id = 3', 'orders'],
    ["UPDATE orders o JOIN customer c ON c.id = o.customer_id SET o.total = 1 WHERE c.country = 'de'", 'customer'],
    ["INSERT INTO audit (at) SELECT created FROM orders WHERE status = 'new'", 'orders'],
    ['INSERT INTO audit (at) VALUES (NOW())', 'audit'],
    ['REPLACE INTO audit (id, at) VALUES (1, NOW())', 'audit'],
  ])('%s is explained, and never run', async (sql, table) => {
    const before = await stage().instance.query('SELECT COUNT(*) AS n, SUM(total) AS t FROM review.orders');
    const plan = planOf(await explain(sql));
    expect(plan.nodes.some((node) => node.table === table || node.table === table.charAt(0))).toBe(true);
    expect(await analyze(sql)).toMatchObject({ kind: 'refused', refusal: { code: 'writes' } });
    expect(await stage().instance.query('SELECT COUNT(*) AS n, SUM(total) AS t FROM review.orders')).toEqual(before);
    expect(await stage().instance.query('SELECT COUNT(*) AS n FROM review.audit')).toEqual([{ n: '0' }]);
  });

  it.each([
    ['SELECT writes()', 'writes'],
    ['SELECT review.says_so()', 'stored-function'],
    ['SELECT id FROM customer WHERE id = says_so()', 'stored-function'],
    ["SELECT 1 INTO OUTFILE '/tmp/midwatch-never'", 'into'],
    ['SELECT id FROM orders FOR UPDATE', 'locks-rows'],
    ['SELECT SLEEP(1)', 'side-effect'],
    ['SELECT id FROM orders WHERE id = ?', 'has-placeholders'],
    ['SELECT id FROM nowhere', 'server-refused'],
    ['SELECT COUNT(*) FROM orders a, orders b, orders c WHERE a.total + b.total + c.total < 0', 'time-limit'],
  ])('%s is not analyzed', async (sql, code) => {
    expect(await analyze(sql, 400)).toMatchObject({ kind: 'refused', refusal: { code } });
    expect(await stage().instance.query('SELECT COUNT(*) AS n FROM review.audit')).toEqual([{ n: '0' }]);
  });

  it('a function that reads may run', async () => {
    expect(planOf(await analyze('SELECT counts()')).analyzed).toBe(true);
  });

  it('a cancel ends the statement on the server', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('enough')), 300);
    const sql = 'SELECT COUNT(*) AS cancelled FROM orders a, orders b, orders c WHERE a.total + b.total + c.total < 0';
    const session = await stage().open();
    const request = { sql, schema: 'review', nowMs: 1, timeLimitMs: 60_000, open: stage().open };
    await expect(analyzeStatement(session, stage().dialect, request, stop.signal)).rejects.toThrow('enough');
    const running =
      "SELECT COUNT(*) AS n FROM information_schema.processlist WHERE info LIKE '%AS cancelled%' AND id <> CONNECTION_ID()";
    await expect.poll(() => stage().with((other) => other.query(running)), { timeout: 5_000 }).toEqual([{ n: 0 }]);
  });

  it('a plan that changes says which lines', async () => {
    const sql = 'SELECT id FROM orders WHERE coupon = 7';
    const before = planOf(await explain(sql));
    await stage().instance.query('ALTER TABLE review.orders ADD INDEX by_coupon (coupon)');
    const comparison = comparePlans(before, planOf(await explain(sql)));
    await stage().instance.query('ALTER TABLE review.orders DROP INDEX by_coupon');
    expect(comparison).toMatchObject({ kind: 'changed' });
    const lines = comparison.kind === 'changed' ? comparison.lines : [];
    expect(lines.filter((one) => one.side === 'now').map((one) => one.text)).toContainEqual(
      expect.stringContaining('Index lookup on orders using by_coupon (coupon)') as unknown,
    );
    expect(comparePlans(before, planOf(await explain(sql)))).toEqual({ kind: 'same' });
  });

  it.each([
    ["SELECT id FROM orders WHERE status = 'new'", ['status']],
    ["SELECT id, total FROM orders WHERE status = 'new' ORDER BY total DESC LIMIT 5", ['status', 'total']],
    ["SELECT id FROM orders WHERE created > '2026-01-07' AND status = 'new' ORDER BY total", ['status', 'created']],
    [
      "SELECT o.id FROM orders o WHERE o.coupon = 3 AND o.status = 'new' AND o.total > 20",
      ['coupon', 'status', 'total'],
    ],
    ["UPDATE orders SET total = 1 WHERE status = 'new' AND coupon = 3", ['coupon', 'status']],
    ['SELECT status, COUNT(*) FROM orders GROUP BY status', ['status']],
    ["SELECT id FROM orders WHERE status IN ('new', 'odd') AND total BETWEEN 3 AND 4", ['status', 'total']],
    ["SELECT id FROM orders WHERE status = 'new' OR status = 'odd'", ['status']],
    [
      'SELECT id FROM orders FORCE INDEX (by_customer) WHERE customer_id < 200 AND total = 1.25',
      ['total', 'customer_id'],
    ],
  ])('the rules propose for %s', async (sql, columns) => {
    await stage().instance.query('UPDATE review.orders SET weight = weight + 0.5 WHERE id < 10');
    const plan = planOf(sql.startsWith('SELECT') ? await analyze(sql) : await explain(sql));
    const result = await stage().with((session) => adviseIndexes(session, plan, statementOf(sql), 'review'));
    expect(result.advice[0]?.columns.map((one) => one.name)).toEqual(columns);
    expect(result.advice[0]).toMatchObject({ schema: 'review', table: 'orders', makesRedundant: [] });
    expect(result.advice[0]?.sizeBytes).toBeGreaterThan(50_000);
    expect(result.advice[0]?.sizeBytes).toBeLessThan(1_000_000);
    expect(result.advice[0]?.writesPerSecond).toBeGreaterThan(0);
    expect(result.advice[0]?.writeEvidence).toMatch(/^[1-9]/);
  });

  it.each([
    ["SELECT id FROM orders WHERE DATE(created) = '2026-01-03'", 'function or expression'],
    ["SELECT id FROM orders WHERE note LIKE '%9'", 'wildcard'],
    ['SELECT id FROM orders', 'all rows'],
  ])('and say why they have none for %s', async (sql, reason) => {
    const plan = planOf(await explain(sql));
    const result = await stage().with((session) => adviseIndexes(session, plan, statementOf(sql), 'review'));
    expect(result.advice).toEqual([]);
    expect(result.without[0]?.reason).toContain(reason);
  });

  it('findings carry their evidence', async () => {
    const found = async (sql: string) =>
      planFindings(planOf(await analyze(sql)), statementOf(sql)).map((one) => one.code);
    expect(await found("SELECT id FROM orders WHERE status = 'new'")).toEqual(
      expect.arrayContaining(['reads-whole-table', 'filter-drops-most']),
    );
    expect(await found("SELECT id FROM orders WHERE status <> 'new' ORDER BY total LIMIT 5")).toContain(
      'sort-for-limit',
    );
    // MariaDB's plans do not say how many rows were returned.
    const few = await found('SELECT id FROM orders WHERE total = 1.25 AND weight > 9');
    expect(few.includes('examines-many-for-few')).toBe(product === 'MySQL');
    expect(await found('SELECT c.id FROM customer c JOIN orders o ON o.note = c.name')).toContain('join-without-index');
    expect(
      await found('SELECT id, (SELECT MAX(total) FROM orders o WHERE o.customer_id = c.id) AS m FROM customer c'),
    ).toContain('dependent-subquery');
    expect(await found('SELECT id FROM customer WHERE id NOT IN (SELECT coupon FROM orders)')).not.toContain(
      'function-on-column',
    );
    expect(await found("SELECT id FROM orders WHERE DATE(created) = '2026-01-03'")).toContain('function-on-column');
    const converted = planOf(await explain('SELECT name FROM customer WHERE code = 42'));
    expect(planFindings(converted, statementOf('SELECT 1')).map((one) => one.code)).toContain(
      'conversion-blocks-index',
    );
  });
});
