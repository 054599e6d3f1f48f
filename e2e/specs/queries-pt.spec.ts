import { createHash } from 'node:crypto';
import { inEachLook, keepPicture, look } from '../fixtures/looks';
import { expect, launchConsole, test, type Console } from '../fixtures/midwatch';
import { startSlowLog, stopSlowLog } from '../fixtures/planted-workload';
import type { RunningFleet } from '../fleet';
import { QueriesPage } from '../pages/queries-page';

test.describe('notes of pt-query-digest, on a shard', () => {
  let fleet: RunningFleet;
  let console: Console;
  let queries: QueriesPage;
  test.beforeAll(async ({ lab }) => {
    fleet = await lab.up('shards:1');
    console = await launchConsole({ fleets: [fleet] });
    queries = new QueriesPage(console);
    await expect(console.page.getByTestId('answered')).toContainText(
      `${fleet.instances.length} of ${fleet.instances.length}`,
    );
  });
  test.afterAll(async () => {
    await console?.close();
    await fleet?.down();
  });

  test('what somebody reviewed there stands here as a note, accepted, with the figures of last week', async () => {
    const { page } = console;
    const { primary } = fleet;
    const log = await startSlowLog(primary, 'pt.log');
    await primary.execute(...Array.from({ length: 5 }, (_, n) => `SELECT SLEEP(0.0${n + 1})`));
    await stopSlowLog(primary);
    await queries.open();
    await queries.captureFiles([log], fleet.scenario, 'Week 47');
    await queries.openClass('sleep');

    const takeOver = async (names: Readonly<Record<string, string>>): Promise<void> => {
      await page.getByRole('button', { name: 'Report' }).click();
      await page.getByRole('menuitem', { name: 'Notes of pt-query-digest' }).click();
      const form = page.getByRole('form', { name: 'Notes of pt-query-digest' });
      await expect(form.getByRole('textbox', { name: 'Schema', exact: true })).toHaveValue('percona_schema');
      await form.getByRole('combobox', { name: 'Instance' }).click();
      await page.getByRole('option', { name: primary.name }).click();
      for (const [name, value] of Object.entries(names)) {
        await form.getByRole('textbox', { name, exact: true }).fill(value);
      }
      await form.getByRole('button', { name: 'Take over the notes' }).click();
    };

    await takeOver({});
    await expect(page.getByText('There is no table percona_schema.query_review')).toBeVisible();
    await keepPicture(page, 'queries-pt-missing');
    await page.keyboard.press('Escape');

    const checksum = createHash('md5').update('select sleep(?)').digest('hex').toUpperCase();
    await primary.execute(
      'CREATE DATABASE dba',
      'CREATE DATABASE dba_past',
      `CREATE TABLE dba.seen (checksum CHAR(32) NOT NULL PRIMARY KEY, fingerprint TEXT NOT NULL, sample TEXT NOT NULL,
         first_seen DATETIME, last_seen DATETIME, reviewed_by VARCHAR(20), reviewed_on DATETIME, comments TEXT)`,
      `INSERT INTO dba.seen VALUES ('${checksum}', 'select sleep(?)', '', '2025-03-01', '2025-03-08', 'dba', '2025-03-09', 'waits on purpose'),
         ('${'0'.repeat(32)}', 'select ?', '', '2025-03-01', '2025-03-08', NULL, NULL, NULL)`,
      `CREATE TABLE dba_past.runs (checksum CHAR(32) NOT NULL, sample TEXT NOT NULL, ts_min DATETIME, ts_max DATETIME, ts_cnt FLOAT,
         Query_time_sum FLOAT, Query_time_pct_95 FLOAT, PRIMARY KEY (checksum, ts_min, ts_max))`,
      `INSERT INTO dba_past.runs VALUES ('${checksum}', '', '2025-03-08 10:00:00', '2025-03-08 11:00:00', 400, 8, 0.031)`,
    );
    await takeOver({
      Schema: 'dba',
      'Review table': 'seen',
      'Schema of the history': 'dba_past',
      'History table': 'runs',
    });
    await expect(page.getByTestId('pt-taken-over')).toHaveText(
      'dba.seen and dba_past.runs: 1 class of this review found, 1 note added, 1 accepted because reviewed there, 1 with figures of an earlier run. 1 class in the tables did not run in this capture.',
    );
    await inEachLook(console, async (at) => look(console, 'queries-pt-taken-over', at));
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await expect(page.getByTestId('decision')).toHaveAttribute('data-state', 'accepted');
    await expect(page.getByText('pt-query-digest, by dba on 2025-03-09: waits on purpose')).toBeVisible();
    await expect(page.getByTestId('comparison')).toContainText('mean 20.0 ms of 400 calls, p95 31.0 ms. Here: mean ');
    await inEachLook(console, async (at) => look(console, 'queries-pt-class', at));

    await test.step('a long one is stopped, and nothing is taken over', async () => {
      const numbers = 'WITH RECURSIVE one (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM one WHERE n < 100000)';
      await primary.execute(
        'USE dba',
        'SET SESSION cte_max_recursion_depth = 100000',
        'CREATE TABLE dba.large LIKE dba.seen',
        `INSERT INTO dba.large (checksum, fingerprint, sample, comments) ${numbers} SELECT UPPER(LEFT(SHA2(n, 256), 32)), '', '', 'x' FROM one`,
        `INSERT INTO dba.large VALUES ('${checksum}', '', '', NULL, NULL, NULL, NULL, 'a second look')`,
      );
      await takeOver({ Schema: 'dba', 'Review table': 'large' });
      await page.getByRole('button', { name: 'Stop' }).click();
      await expect(page.getByText('Stopped: nothing was taken over.')).toBeVisible();
      await page.keyboard.press('Escape');
      await expect(page.getByText('a second look')).toBeHidden();
    });
  });
});
