import { accessFaults } from '../fixtures/access-faults';
import { inEachLook, look } from '../fixtures/looks';
import { expect, launchConsole, test, type Console } from '../fixtures/midwatch';
import { plantTables, runWorkload, startSlowLog, stopSlowLog } from '../fixtures/planted-workload';
import type { RunningFleet } from '../fleet';
import { QueriesPage } from '../pages/queries-page';

test.describe('an index tried on the primary', () => {
  let fleet: RunningFleet;
  let console: Console;
  test.beforeAll(async ({ lab }) => {
    fleet = await lab.up('shards:1', { hosts: true });
    await plantTables(fleet.primary);
    console = await launchConsole({ fleets: [fleet] });
    await expect(console.page.getByTestId('answered')).toContainText(`${fleet.instances.length} of`);
  });
  test.afterAll(async () => {
    await console?.close();
    await fleet?.down();
  });

  test('needs a choice and an unlocked cluster, is used, removed, and no replica hears of it', async () => {
    test.setTimeout(120_000);
    const { page } = console;
    const { primary } = fleet;
    const log = await startSlowLog(primary, 'primary.log');
    await runWorkload(primary, { rounds: 3, rewritten: false });
    await stopSlowLog(primary);
    const queries = new QueriesPage(console);
    await queries.open();
    await queries.captureFiles([log], primary.cluster, 'Primary');
    await queries.openClass('from order_line');
    await queries.ask(primary.name);
    await page.getByTestId('advise').click();
    const attempt = page.getByTestId('try-index').first();
    const price = page.getByTestId('on-primary');
    await expect(price).toContainText('Nothing of it reaches a replica');
    await expect(attempt).toBeDisabled();
    const faults: string[] = [];
    await inEachLook(console, async (at) => {
      await look(console, 'queries-on-primary', at);
      if (at.width === 1280) faults.push(...(await accessFaults(page, `on primary, ${at.scheme}`)));
    });
    await price.getByRole('checkbox').check();
    await expect(attempt).toHaveText(`Try it on ${primary.name}, invisible`);
    await attempt.click();
    await expect(page.getByRole('alert').filter({ hasText: 'is read-only' })).toBeVisible();

    await page.evaluate(async () => {
      const seen = await window.midwatch.call('fleet.snapshot', {});
      const cluster = seen.ok ? seen.value.clusters[0] : undefined;
      const input = { clusterId: cluster?.id ?? '', reason: 'an index is tried', minutes: 5 };
      return window.midwatch.call('cluster.unlock', input);
    });
    const before = await primary.query('SELECT @@gtid_executed AS gtid');
    await attempt.click();
    await expect(page.getByTestId('index-verdict')).toContainText('The optimizer takes the index', { timeout: 60_000 });
    await look(console, 'queries-on-primary-tried', { width: 1920, scheme: 'light' });
    const left = "SELECT COUNT(*) AS n FROM information_schema.statistics WHERE index_name LIKE 'midwatch%'";
    expect(await primary.query(left)).toEqual([{ n: '0' }]);
    expect(await primary.query('SELECT @@gtid_executed AS gtid')).toEqual(before);
    expect(faults).toEqual([]);
    await page.evaluate(() => void (location.hash = '#/activity'));
    await expect(page.getByText('on the primary by choice').first()).toBeVisible();
  });
});
