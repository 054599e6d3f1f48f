import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QueryPlan } from '@shared/model/query-plan';
import { openTemporaryLab } from '../../../../e2e/fleet/lab';
import type { MysqlSession } from '../../ports/mysql-session';
import { readProcessList } from '../../fleet/process-list';
import { QueryStage } from '../../testing/query-stage';
import { explainRunning, type RunningExplained } from './explain-running';

const lab = openTemporaryLab();
const never = new AbortController().signal;
const stages = new Map<string, QueryStage>();

beforeAll(async () => {
  stages.set('MySQL', await QueryStage.open(await lab.up('shards:1')));
  stages.set('MariaDB', await QueryStage.open(await lab.up('shop')));
  for (const stage of stages.values()) await stage.instance.query("GRANT SELECT, UPDATE ON review.* TO app@'%'");
});
afterAll(() => lab.close());

const planOf = (explained: RunningExplained): QueryPlan => {
  if (explained.kind === 'refused') throw new Error(`${explained.refusal.code}: ${explained.refusal.reason}`);
  return explained.plan;
};

const long = 'SELECT COUNT(*) FROM orders a, orders b, orders c WHERE a.total + b.total + c.total < 0';

describe.each(['MySQL', 'MariaDB'])('the plan of what a session of %s runs', (product) => {
  const stage = (): QueryStage => {
    const found = stages.get(product);
    if (!found) throw new Error(`no ${product}`);
    return found;
  };
  const askAs = (user: string, connectionId: number): Promise<RunningExplained> =>
    stage().with(async () => {
      const session = await stage().openAs(user);
      const asked = explainRunning(session, stage().dialect, { connectionId, nowMs: 1 }, never);
      return asked.finally(() => session.close());
    });
  const isRunning = async (id: number): Promise<boolean> => {
    const sql = `SELECT INFO AS info FROM information_schema.PROCESSLIST WHERE ID = ${id} AND INFO IS NOT NULL`;
    return (await stage().with((session) => session.query(sql))).length > 0;
  };

  /** Asks while an application's session runs a statement; that is ended afterwards. */
  const whileRunning = async (
    sql: string,
    ask: (id: number) => Promise<RunningExplained>,
  ): Promise<RunningExplained> => {
    const busy: MysqlSession = await stage().openAs('app');
    await busy.query('USE review');
    const ends = busy.query(sql, { timeoutMs: 60_000 }).catch(() => []);
    try {
      await expect.poll(() => isRunning(busy.connectionId), { timeout: 5_000 }).toBe(true);
      return await ask(busy.connectionId);
    } finally {
      await stage().with((session) => session.query(`KILL ${busy.connectionId}`));
      await ends;
      busy.destroy();
    }
  };
  const asAdmin = (id: number): Promise<RunningExplained> => askAs('admin', id);

  it('is a tree; MariaDB has the figures so far, MySQL what it expects', async () => {
    const explained = await whileRunning(long, asAdmin);
    const plan = planOf(explained);
    expect(plan.nodes.filter((node) => /-scan$/.test(node.access ?? ''))).toHaveLength(3);
    expect(explained).toMatchObject({ statement: { sql: long, schema: 'review', truncated: false } });
    expect(plan.analyzed).toBe(product === 'MariaDB');
    expect(plan.nodes.some((node) => node.actualRows !== null)).toBe(product === 'MariaDB');
    const soFarMs = explained.kind === 'plan' ? explained.soFarMs : null;
    expect(soFarMs === null).toBe(product === 'MySQL');
  });

  it('also of one that writes; of a prepared one on MariaDB alone, and MySQL has its text with the values', async () => {
    const { host, port } = stage().instance;
    const busy = await createConnection({ host, port, user: 'app', password: 'app', database: 'review' });
    const ends = busy.execute(long.replace('< 0', '< ?'), [-4711]).catch(() => []);
    try {
      await expect.poll(() => isRunning(busy.threadId), { timeout: 5_000 }).toBe(true);
      // Past its preparation, for which there is no plan either.
      await new Promise((resolve) => setTimeout(resolve, 300));
      const prepared = await asAdmin(busy.threadId);
      if (product === 'MySQL') expect(prepared).toMatchObject({ refusal: { code: 'not-explainable' } });
      else expect(planOf(prepared).nodes.filter((node) => node.kind === 'table')).toHaveLength(3);
      expect(prepared.statement?.sql).toMatch(product === 'MySQL' ? /< -4711$/ : /< \?$/);
    } finally {
      await stage().with((session) => session.query(`KILL ${busy.threadId}`));
      await ends;
      busy.destroy();
    }
    const write = await whileRunning(
      'UPDATE orders SET weight = weight WHERE weight >= 0 AND SLEEP(0.05) = 0',
      asAdmin,
    );
    expect(planOf(write).nodes).toContainEqual(
      expect.objectContaining({ table: 'orders', access: 'index-scan' }) as unknown,
    );
  });

  it.each(['midwatch', 'bare'])('as %s: who may not see it is told what is missing', async (user) => {
    const explained = await whileRunning(long, (id) => askAs(user, id));
    const refused = (code: string, words: string): object => ({
      kind: 'refused',
      refusal: { code, reason: expect.stringContaining(words) as unknown },
    });
    if (user === 'bare') expect(explained).toMatchObject(refused('session-ended', 'may not see it (PROCESS)'));
    // The account of the console has PROCESS: enough for MariaDB and not for MySQL.
    else if (product === 'MySQL') expect(explained).toMatchObject(refused('privilege', 'PROCESS is not enough'));
    else expect(planOf(explained).analyzed).toBe(true);
  });

  it('there is none of a session that is idle, has ended, or runs what has no plan', async () => {
    const idle = await stage().open();
    const ofIdle = await asAdmin(idle.connectionId);
    await idle.close();
    await expect.poll(async () => asAdmin(idle.connectionId)).toMatchObject({ refusal: { code: 'session-ended' } });
    expect(ofIdle).toMatchObject({ kind: 'refused', refusal: { code: 'nothing-runs' } });
    expect(await whileRunning('DO SLEEP(30)', asAdmin)).toMatchObject({ refusal: { code: 'nothing-runs' } });
  });

  it('one that waits for a row: MySQL answers, MariaDB not within the limit, and that is said', async () => {
    const holder = await stage().open();
    await holder.query('BEGIN');
    await holder.query("UPDATE review.customer SET name = 'held' WHERE id = 1");
    const startMs = performance.now();
    const explained = await whileRunning("UPDATE customer SET name = 'late' WHERE id = 1", asAdmin);
    const tookMs = performance.now() - startMs;
    await holder.query('ROLLBACK');
    await holder.close();
    if (product === 'MySQL') expect(planOf(explained).nodes.length).toBeGreaterThan(0);
    else expect(explained).toMatchObject({ refusal: { code: 'time-limit' }, statement: { schema: 'review' } });
    expect(tookMs).toBeLessThan(12_000);
    console.log(`${product}: a session that waits for a row answered in ${tookMs.toFixed(0)} ms`);
  });

  it('of a statement that is longer than the process list keeps it is known that it is cut', async () => {
    for (const [length, truncated] of [
      [3_000, false],
      [70_000, true],
    ] as const) {
      const sql = `${long} /* ${'x'.repeat(length)} */`;
      const { statement } = await whileRunning(sql, asAdmin);
      expect(statement?.truncated).toBe(truncated);
      expect(statement?.sql === sql).toBe(!truncated);
    }
  });

  it('and the list of sessions keeps less of it: on MySQL 1,024 bytes', async () => {
    const sql = `${long} /* ${'x'.repeat(3_000)} */`;
    const listed: string[] = [];
    await whileRunning(sql, async (id) => {
      await stage().with(async (session) => {
        const list = await readProcessList((text) => session.query(text), stage().dialect, 'i', 0, 100);
        listed.push(list.sessions.find((one) => one.id === id)?.statement ?? '');
      });
      return asAdmin(id);
    });
    expect(listed).toEqual([product === 'MySQL' ? sql.slice(0, 1_024) : sql]);
  });
});
