import { createConnection, type Connection } from 'mysql2/promise';
import { accessFaults } from '../fixtures/access-faults';
import { inEachLook, keepPicture, look } from '../fixtures/looks';
import { expect, launchConsole, test, type Console } from '../fixtures/midwatch';
import { plantTables } from '../fixtures/planted-workload';
import type { RunningFleet } from '../fleet';

/** Minutes of work on either product: 80,000 rows against 40,000 that no index can tell apart. The test ends it. */
const long = 'SELECT COUNT(*) FROM order_line a JOIN orders o ON o.total + a.qty + ? < 0';
const value = 4711;

test.describe('the plan of a running statement, on MySQL and MariaDB', () => {
  const fleets: RunningFleet[] = [];
  let console: Console;
  test.beforeAll(async ({ lab }) => {
    for (const scenario of ['shards:1', 'shop']) {
      const fleet = await lab.up(scenario);
      await plantTables(fleet.primary);
      await fleet.primary.execute("GRANT SELECT ON store.* TO app@'%'");
      fleets.push(fleet);
    }
    console = await launchConsole({ fleets });
    const all = fleets.reduce((sum, fleet) => sum + fleet.instances.length, 0);
    await expect(console.page.getByTestId('answered')).toContainText(`${all} of ${all}`);
  });
  test.afterAll(async () => {
    await console?.close();
    for (const fleet of fleets) await fleet.down();
  });

  const faults: string[] = [];
  for (const [at, product] of ['MySQL', 'MariaDB'].entries()) {
    test(`${product}: asked in the process list, and what became of it since`, async () => {
      const { page } = console;
      const primary = fleets[at]?.primary;
      if (!primary) throw new Error(`no ${product}`);
      const { host, port } = primary;
      const app: Connection = await createConnection({ host, port, user: 'app', password: 'app', database: 'store' });
      const ended = app.query(long, [value]).catch(() => []);
      try {
        await page.evaluate((hash) => void (location.hash = hash), await processesOf(console, port));
        await page.locator(`[data-session="${app.threadId}"]`).first().click();
        await page.keyboard.press('e');
        const plan = page.getByTestId('plan-now');
        await expect(plan.getByTestId('plan-tree')).toContainText(/scan|join/i, { timeout: 15_000 });
        if (product === 'MariaDB') {
          await expect(plan).toContainText('The plan that runs, with its figures after');
          await expect(plan.getByRole('columnheader', { name: 'So far' })).toBeVisible();
        } else {
          // The account of the console has PROCESS, which is not enough for MySQL.
          await expect(plan).toContainText(
            'Not the plan that runs: what the server would choose for the same text now',
          );
          await expect(plan).toContainText('PROCESS is not enough');
        }
        await inEachLook(console, async (each) => {
          await look(console, `plan-now-${product}`, each);
          if (each.width === 1280) faults.push(...(await accessFaults(page, `plan now, ${product}, ${each.scheme}`)));
        });
        await primary.execute(`KILL ${app.threadId}`);
        await ended;
        await expect(plan).toContainText('The session has ended since', { timeout: 10_000 });
        await page
          .getByRole('region', { name: /^Plan of session/ })
          .getByRole('button', { name: 'Close' })
          .click();
        await expect(plan).toBeHidden();
        expect(faults).toEqual([]);
      } finally {
        app.destroy();
      }
    });

    test(`${product}: what has no plan is said in the server’s words`, async () => {
      const { page } = console;
      const primary = fleets[at]?.primary;
      if (!primary) throw new Error(`no ${product}`);
      const { host, port } = primary;
      const app = await createConnection({ host, port, user: 'app', password: 'app' });
      const ended = app.query('DO SLEEP(60)').catch(() => []);
      try {
        await page.evaluate((hash) => void (location.hash = hash), await processesOf(console, port));
        await page.locator(`[data-session="${app.threadId}"]`).first().click();
        await page.getByTestId('plan-now-ask').click();
        const plan = page.getByTestId('plan-now');
        await expect(plan).toContainText(
          product === 'MySQL' ? 'supported only for SELECT/UPDATE/INSERT' : 'Target is not executing an operation',
        );
        await keepPicture(page, `plan-now-none-${product}`);
      } finally {
        await primary.execute(`KILL ${app.threadId}`);
        await ended;
        app.destroy();
      }
    });
  }
});

async function processesOf({ page }: Console, port: number): Promise<string> {
  return page.evaluate(async (wanted) => {
    const result = await window.midwatch.call('fleet.snapshot', {});
    for (const cluster of result.ok ? result.value.clusters : [])
      for (const one of cluster.instances)
        if (one.port === wanted) return `#/instance/${cluster.id}/${one.id}/processes`;
    throw new Error(`no instance on ${wanted}`);
  }, port);
}
