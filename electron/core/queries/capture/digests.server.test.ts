import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTemporaryLab, type Lab, type RunningFleet } from '../../../../e2e/fleet';
import { openLabConsole, type LabConsole } from '../../testing/lab-console';
import type { QueryJob } from '@shared/model/query-job';
import type { Capture } from '@shared/model/query-capture';

describe.each(['wallet', 'shop'] as const)('captures by SQL on %s', (scenario) => {
  let lab: Lab;
  let fleet: RunningFleet;
  let app: LabConsole;
  let instanceId: string;
  beforeAll(async () => {
    lab = openTemporaryLab();
    fleet = await lab.up(scenario);
    app = await openLabConsole(fleet);
    await fleet.primary.execute(
      'CREATE DATABASE market',
      'CREATE TABLE market.price (id INT PRIMARY KEY, amount INT NOT NULL)',
      `INSERT INTO market.price VALUES ${Array.from({ length: 500 }, (_, n) => `(${n}, ${n * 3})`).join(', ')}`,
    );
    const found = app.inventory.current.clusters
      .flatMap((one) => one.instances)
      .find((one) => one.port === fleet.primary.port);
    instanceId = found?.id ?? '';
  });
  afterAll(async () => {
    await app?.close();
    await lab?.close();
  });

  /** MariaDB keeps no statement history unless somebody switches it on. */
  const keepHistory = async (): Promise<void> =>
    fleet.primary.execute(
      "UPDATE performance_schema.setup_consumers SET ENABLED = 'YES' WHERE NAME IN ('events_statements_current', 'events_statements_history')",
    );

  const wholeOf = async (job: QueryJob): Promise<Capture> => {
    const ended = await app.queries.jobs.ended(job.id);
    expect(ended?.error).toBeNull();
    return (await app.queries.reviews.whole(ended?.reviewId ?? '')).capture;
  };

  /** A known number of calls of two classes, on a session that stays: what ends with its session leaves no history. */
  const ask = async (times: number): Promise<void> =>
    fleet.primary.execute(
      'USE market',
      ...Array.from({ length: times }, (_, n) => [
        `SELECT amount FROM price WHERE id = ${n}`,
        `SELECT COUNT(*), SLEEP(0.01) FROM price WHERE amount > ${n}`,
      ]).flat(),
      'DO SLEEP(1.3)',
    );

  it('counts exactly what ran inside the window, and samples it', async () => {
    await keepHistory();
    await ask(3);
    const job = app.queries.capture({
      title: 'window',
      source: { kind: 'digests', instanceId, seconds: 4 },
      previousReviewId: null,
    });
    await new Promise((resolve) => setTimeout(resolve, 1200));
    await ask(20);
    const capture = await wholeOf(job);
    const slow = capture.classes.find((one) => one.fingerprint.includes('sleep') && one.tables.includes('price'));
    const lookup = capture.classes.find(
      (one) => /where id = \?$/.test(one.fingerprint) && one.tables.includes('price'),
    );
    expect([slow?.calls, lookup?.calls]).toEqual([20, 20]);
    expect(slow?.metrics['Rows_examined']?.total).toBe(20 * 500);
    expect(slow?.flags['Full_scan']).toBe(20);
    const time = slow?.metrics['Query_time'];
    expect(time?.total).toBeGreaterThan(0.2);
    // From the server's histogram on MySQL, from the statements that were seen on MariaDB.
    expect(time?.p95).toBeGreaterThan(0.009);
    expect(slow?.samples[0]?.sql).toContain('FROM price WHERE amount >');
    expect(slow?.schemas.map((one) => one.name)).toEqual(['market']);
    expect(capture.coverage.serverSeconds).toBeGreaterThanOrEqual((capture.coverage.explainedSeconds ?? 0) * 0.99);
    expect(capture.coverage.notes.join()).toMatch(/statements that were seen once a second/);
  });

  it('without a window counts all since the table was emptied, the same class under the same id', async () => {
    const capture = await wholeOf(
      app.queries.capture({
        title: 'all',
        source: { kind: 'digests', instanceId, seconds: 0 },
        previousReviewId: null,
      }),
    );
    const slow = capture.classes.find((one) => one.fingerprint.includes('sleep') && one.tables.includes('price'));
    expect(slow?.calls).toBe(23);
    expect(slow?.metrics['Query_time']?.min).toBeGreaterThan(0.009);
    expect(slow?.serverDigests).toHaveLength(1);
    expect(capture.coverage.notes.join()).toMatch(/since the server’s digest table was emptied/);
  });

  it('sees what runs now', async () => {
    const job = app.queries.capture({ title: 'live', source: { kind: 'live', instanceId, seconds: 2 } });
    const running = fleet.primary.execute('USE market', 'SELECT SLEEP(1.5), MAX(amount) FROM price WHERE id < 7');
    const capture = await wholeOf(job);
    await running;
    const seen = capture.classes.find((one) => one.tables.includes('price'));
    expect(seen?.calls).toBe(1);
    expect(seen?.metrics['Query_time']?.max).toBeGreaterThan(0.8);
    expect(seen?.samples[0]?.sql).toContain('SLEEP(1.5)');
  });

  it('without a history it counts as before, and says what is missing', async () => {
    await fleet.primary.execute(
      "UPDATE performance_schema.setup_consumers SET ENABLED = 'NO' WHERE NAME LIKE 'events_statements_%'",
    );
    const capture = await wholeOf(
      app.queries.capture({
        title: 'bare',
        source: { kind: 'digests', instanceId, seconds: 0 },
        previousReviewId: null,
      }),
    );
    await keepHistory();
    const slow = capture.classes.find((one) => one.fingerprint.includes('sleep') && one.calls === 23);
    expect(slow?.fingerprint).toBe('select count(*), sleep(?) from price where amount > ?');
    expect(slow?.samples.length).toBe(scenario === 'wallet' ? 1 : 0);
    expect(capture.coverage.notes.join()).toMatch(/keeps no statement history/);
  });

  it('a cancelled capture leaves no review', async () => {
    const before = (await app.queries.reviews.list()).reviews.length;
    const job = app.queries.capture({ title: 'never', source: { kind: 'digests', instanceId, seconds: 600 } });
    await new Promise((resolve) => setTimeout(resolve, 500));
    app.queries.jobs.cancel(job.id);
    expect((await app.queries.jobs.ended(job.id))?.state).toBe('cancelled');
    expect((await app.queries.reviews.list()).reviews).toHaveLength(before);
  });

  it('says what to do where the digests are off', async () => {
    const consumer = "performance_schema.setup_consumers SET ENABLED = '";
    await fleet.primary.execute(`UPDATE ${consumer}NO' WHERE NAME = 'statements_digest'`);
    const job = app.queries.capture({ title: 'off', source: { kind: 'digests', instanceId, seconds: 0 } });
    const ended = await app.queries.jobs.ended(job.id);
    await fleet.primary.execute(`UPDATE ${consumer}YES' WHERE NAME = 'statements_digest'`);
    expect(ended?.error?.message).toMatch(/records no statement digests: the consumer statements_digest is off/);
    expect(ended?.error?.nextStep).toMatch(/UPDATE performance_schema.setup_consumers/);
  });
});
