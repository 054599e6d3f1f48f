import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RewriteResult } from '@shared/model/query-experiment';
import { openTemporaryLab } from '../../../../e2e/fleet/lab';
import type { RawRow, ResultColumn } from '../../ports/mysql-session';
import { QueryStage } from '../../testing/query-stage';
import { realClock } from '../../testing/real-clock';
import { runRewrite, type RewriteRequest } from './run-rewrite';

const lab = openTemporaryLab();
const never = new AbortController().signal;
const stages = new Map<string, QueryStage>();

beforeAll(async () => {
  stages.set('MySQL', await QueryStage.open(await lab.up('shards:1')));
  stages.set('MariaDB', await QueryStage.open(await lab.up('shop')));
});
afterAll(() => lab.close());

describe.each(['MySQL', 'MariaDB'])('a rewrite on %s', (product) => {
  const stage = (): QueryStage => {
    const found = stages.get(product);
    if (!found) throw new Error('no server');
    return found;
  };
  const outcomeOf = (original: string, rewrite: string, request: Partial<RewriteRequest> = {}, signal = never) =>
    runRewrite(
      { sets: [{ label: 'one', original, rewrite }], schema: 'review', allowOtherNames: false, ...request },
      { dialect: stage().dialect, open: stage().open, clock: realClock },
      signal,
    );
  const compare = async (
    original: string,
    rewrite: string,
    request: Partial<RewriteRequest> = {},
  ): Promise<RewriteResult> => {
    const outcome = await outcomeOf(original, rewrite, request);
    if (outcome.kind === 'refused') throw new Error(`${outcome.side}: ${outcome.refusal.reason}`);
    return outcome.result;
  };

  it('with the same rows is equal, and is measured by counters first', async () => {
    const sets = [1, 2, 3].map((n) => ({
      label: `customer ${n}`,
      original: `SELECT name FROM customer WHERE id IN (SELECT customer_id FROM orders WHERE total + 0 > 10 AND customer_id + 0 = ${n * 7}) ORDER BY id`,
      rewrite: `SELECT name FROM customer WHERE EXISTS (SELECT 1 FROM orders WHERE customer_id = customer.id AND total > 10) AND id = ${n * 7} ORDER BY id`,
    }));
    const result = await compare('', '', { sets });
    expect(result.sentence).toBe('equal on 3 of 3 parameter sets');
    expect(result.measured).toMatchObject({ rounds: 10, verdict: 'faster', cutShort: null });
    const reads = result.measured?.counters.find(
      (one) => one.name === 'Handler_read_rnd_next' || one.name === 'Handler_read_next',
    );
    expect(reads?.original).toBeGreaterThan(20_000);
    expect(reads?.rewrite).toBeLessThan(500);
    expect(result.measured?.ratio.to).toBeLessThan(1);
  });

  it('with another column name differs, unless that is allowed: then the verdict says so', async () => {
    const [original, rewrite] = ['SELECT name FROM customer', 'SELECT name AS customer_name FROM customer'];
    const refused = await compare(original, rewrite);
    expect(refused.sets[0]?.verdict).toMatchObject({ kind: 'differs', difference: { kind: 'column-names' } });
    const allowed = await compare(original, rewrite, { allowOtherNames: true });
    expect(allowed.sentence).toBe('equal on 1 of 1 parameter set, under other column names');
    expect(allowed.notes).toContain('Column 1 (name) of the original is Column 1 (customer_name) in the rewrite');
  });

  it('that doubles rows differs, with the row', async () => {
    const result = await compare(
      "SELECT id FROM customer WHERE id IN (SELECT customer_id FROM orders WHERE status = 'new')",
      "SELECT c.id FROM customer c JOIN orders o ON o.customer_id = c.id WHERE o.status = 'new'",
    );
    expect(result).toMatchObject({ sentence: 'differs on 1 of 1 parameter set', measured: null });
    expect(result.sets[0]?.verdict).toMatchObject({ difference: { kind: 'row-count', rewrite: [expect.any(String)] } });
  });

  it('that treats NULL in another way differs', async () => {
    const result = await compare(
      'SELECT id FROM customer WHERE id NOT IN (SELECT coupon FROM orders)',
      'SELECT id FROM customer WHERE NOT EXISTS (SELECT 1 FROM orders WHERE coupon = customer.id)',
    );
    expect(result.sets[0]?.verdict).toMatchObject({ kind: 'differs', difference: { original: null, rewrite: ['50'] } });
  });

  it('that orders in another way differs; within ties it does not', async () => {
    const differs = await compare(
      'SELECT id FROM orders ORDER BY total, id',
      'SELECT id FROM orders ORDER BY total, id DESC',
    );
    expect(differs.sets[0]?.verdict).toMatchObject({ kind: 'undecided' });
    const seen = await compare(
      'SELECT total, id FROM orders ORDER BY total, id',
      'SELECT total, id FROM orders ORDER BY total, id DESC',
    );
    expect(seen.sets[0]?.verdict).toMatchObject({
      difference: { kind: 'order', original: ['0.00', '0'], rewrite: ['0.00', '9770'], atRow: 0 },
    });
    const ties = await compare(
      'SELECT total, id FROM orders ORDER BY total',
      'SELECT total, id FROM orders ORDER BY total, id DESC',
      { rounds: 1 },
    );
    expect(ties.sets[0]?.verdict).toMatchObject({ kind: 'equal', comparedAs: 'ordered' });
  });

  it('whose floats are noisy is equal within the tolerance', async () => {
    const result = await compare(
      'SELECT customer_id, SUM(weight) AS w FROM orders GROUP BY customer_id',
      'SELECT customer_id, SUM(weight) AS w FROM (SELECT customer_id, weight FROM orders ORDER BY id DESC LIMIT 100000) AS d GROUP BY customer_id',
    );
    expect(result.sentence).toBe('equal on 1 of 1 parameter set');
    const more = await compare('SELECT id, weight FROM orders', 'SELECT id, weight * 1.0001 AS weight FROM orders');
    expect(more.differs).toBe(1);
  });

  it('of rows beyond the limit, and of a random original, is not decided', async () => {
    const many = await compare('SELECT id FROM orders', 'SELECT id FROM orders WHERE id >= 0', { rowLimit: 100 });
    expect(many.sentence).toBe('not decided on 1 of 1 parameter set');
    const random = await compare('SELECT RAND() AS r', 'SELECT RAND() AS r');
    expect(random.sets[0]?.verdict).toMatchObject({
      kind: 'undecided',
      reason: expect.stringContaining('each time') as unknown,
    });
  });

  it('that never ends is ended at the limit, on the server too', async () => {
    const endless = 'SELECT COUNT(*) AS n FROM orders a, orders b, orders c WHERE a.total + b.total + c.total < 0';
    const result = await compare(endless, 'SELECT COUNT(*) AS n FROM orders WHERE id < 0', { timeLimitMs: 300 });
    expect(result.sets[0]?.verdict).toMatchObject({
      kind: 'undecided',
      reason: expect.stringContaining('0.3 s') as unknown,
    });
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('enough')), 300);
    await expect(outcomeOf(endless, 'SELECT 1 AS n', {}, stop.signal)).rejects.toThrow('enough');
    const running =
      "SELECT COUNT(*) AS n FROM information_schema.processlist WHERE info LIKE 'SELECT COUNT(*) AS n FROM orders a%'";
    await expect.poll(() => stage().with((session) => session.query(running)), { timeout: 5_000 }).toEqual([{ n: 0 }]);
  });

  it('sees one snapshot while another session writes', async () => {
    const stop = new AbortController();
    let writes = 0;
    const writer = (async () => {
      while (!stop.signal.aborted) {
        await stage().instance.query("INSERT INTO review.audit (at) VALUES ('2026-01-01')");
        writes += 1;
      }
    })();
    const sets = Array.from({ length: 12 }, (_, n) => ({
      label: `${n}`,
      original: `SELECT COUNT(*) AS n, MAX(id) AS m FROM audit WHERE id > ${-n}`,
      rewrite: `SELECT COUNT(id) AS n, MAX(id) AS m FROM audit WHERE id >= ${1 - n}`,
    }));
    const result = await compare('', '', { sets });
    const during = writes;
    stop.abort();
    await writer;
    expect(result.sentence).toBe('equal on 12 of 12 parameter sets');
    expect(during).toBeGreaterThan(5);
  });

  it.each([
    ['DELETE FROM audit', 'writes'],
    ["SELECT 1 AS n INTO OUTFILE '/tmp/midwatch-never'", 'into'],
    ['SELECT id AS n FROM audit FOR UPDATE', 'locks-rows'],
    ['SELECT says_so() AS n', 'stored-function'],
    ['SELECT writes() AS n', 'writes'],
    ['SELECT n FROM nowhere', 'server-refused'],
  ])('%s is refused', async (rewrite, code) => {
    expect(await outcomeOf('SELECT 1 AS n', rewrite)).toMatchObject({
      kind: 'refused',
      side: 'rewrite',
      refusal: { code },
    });
  });

  it('reads rows as they arrive: columns of one name apart, NULL and bytes as they are, failures as everywhere', async () => {
    const session = await stage().open();
    const names: string[] = [];
    const rows: (string | null)[][] = [];
    const reader = {
      onColumns: (columns: readonly ResultColumn[]) => void names.push(...columns.map((one) => one.name)),
      onRow: (row: RawRow) =>
        void rows.push(row.map((cell) => (cell === null ? null : Buffer.from(cell).toString('hex')))),
    };
    await session.readRows("SELECT 1 AS a, NULL AS a, x'00ff' AS b, 'é' AS c UNION ALL SELECT 2, 3, '', ''", reader);
    expect(names).toEqual(['a', 'a', 'b', 'c']);
    expect(rows).toEqual([
      ['31', null, '00ff', 'c3a9'],
      ['32', '33', '', ''],
    ]);
    await session.readRows('DO 1', reader);
    await expect(session.readRows('SELECT nothing FROM nowhere', reader)).rejects.toMatchObject({
      code: 'statement-failed',
    });
    await expect(session.readRows('SELECT SLEEP(5)', reader, { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'statement-timeout',
    });
    expect(session.closed).toBe(true);
  });

  it('leaves what is no part of the snapshot undecided', async () => {
    await stage().instance.execute(
      'CREATE TABLE review.old (id INT PRIMARY KEY) ENGINE=MyISAM',
      'INSERT INTO review.old VALUES (1), (2)',
    );
    const result = await compare('SELECT id FROM old', 'SELECT id FROM old WHERE id = 1');
    expect(result).toMatchObject({ undecided: 1, notes: [expect.stringContaining('review.old (MyISAM)') as unknown] });
    await stage().instance.query('DROP TABLE review.old');
  });
});
