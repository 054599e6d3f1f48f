import fs from 'node:fs';
import { editCluster, inventoryOf, newestReport, openPlace } from '../fixtures/inside';
import { keepPicture } from '../fixtures/looks';
import { expect, launchConsole, test, trafficThrough, type Console } from '../fixtures/midwatch';
import type { Endpoint, Instance, LoadRun, RunningFleet } from '../fleet';
import { OperationPage } from '../pages/operation-page';

for (const scenario of ['wallet', 'shop'] as const) {
  test.describe(`the whole way back on ${scenario}, in the window`, () => {
    let fleet: RunningFleet;
    let endpoint: Endpoint;
    let console: Console;
    let load: LoadRun;
    test.beforeAll(async ({ lab }) => {
      fleet = await lab.up(scenario, { hosts: true, semiSync: true });
      endpoint = await fleet.openEndpoint();
      load = await fleet.load({ endpoint, writers: 2, readers: 0, writePauseMs: 15 });
      console = await launchConsole({ fleets: [fleet], traffic: { [scenario]: trafficThrough(endpoint) } });
      await expect(console.page.getByTestId('answered')).toContainText(
        `${fleet.instances.length} of ${fleet.instances.length}`,
      );
      await editCluster(console, scenario, (cluster) => ({
        ...cluster,
        instances: cluster.instances.map((one) =>
          one.hostAccess
            ? { ...one, hostAccess: { ...one.hostAccess, startCommand: `start-server ${one.name}` } }
            : one,
        ),
      }));
    });
    test.afterAll(async () => {
      await load?.stop();
      await console?.close();
      await fleet?.down();
    });

    const source = async (instance: Instance): Promise<number> => {
      const [row] = await instance.query(scenario === 'wallet' ? 'SHOW REPLICA STATUS' : 'SHOW ALL SLAVES STATUS');
      return Number(row?.['Source_Port'] ?? row?.['Master_Port'] ?? 0);
    };
    const extraRows = async (instance: Instance): Promise<number> =>
      Number((await instance.query("SELECT COUNT(*) AS n FROM app.account WHERE owner = 'errant'"))[0]?.['n']);

    test('failover, the old primary returns with three writes of its own, evidence, new copy, failback', async () => {
      test.setTimeout(300_000);
      const { page } = console;
      const operation = new OperationPage(page);
      const old = fleet.primary;
      const all = `${fleet.instances.length} of ${fleet.instances.length}`;

      await test.step('the primary dies and another takes over', async () => {
        await expect(page.getByTestId('answered')).toContainText(all);
        await load.waitForWrites(50);
        await old.kill();
        await expect(page.getByTestId('failover-hint')).toContainText(scenario);
        await page.keyboard.press('F2');
        await expect(page.locator('[data-verdict="dead"]')).toBeVisible();
        await operation.unlock(scenario, 'the primary is dead');
        await page.getByRole('button', { name: 'Ask again' }).first().click();
        await operation.approve(scenario, /lose 0 transactions/);
        await operation.report();
      });
      const next = fleet.instance((await newestReport(console)).plan.impact.candidate);

      await test.step('it comes back with three writes that nobody else has', async () => {
        await old.start();
        await old.waitUntilReady();
        // What closes it may end the session that writes: then it is tried again.
        for (let tries = 0; tries < 20 && (await extraRows(old)) < 3; tries += 1)
          await fleet.fault('errant-transaction', old.name).catch(() => undefined);
        await expect(page.getByTestId('answered')).toContainText(all);
        expect(await extraRows(old)).toBe(3);
      });

      await test.step('the report leads to the rejoin, which shows the three, row by row', async () => {
        await page.getByTestId('next-operation').click();
        await expect(page.getByTestId('divergence')).toHaveAttribute('data-errant', '3');
        await expect(page.getByRole('table', { name: `Rows only on ${old.name}` }).locator('tbody tr')).toHaveCount(3);
        await expect(page.locator('[data-choice="re-provision"]')).toHaveAttribute('aria-current', 'true');
        await expect(page.locator('[data-choice="incremental"]')).toHaveAttribute('data-possible', 'false');
        await keepPicture(page, `${scenario}-way-back-1-rejoin`);
        await operation.approve(scenario, /./);
        await operation.report();
        await keepPicture(page, `${scenario}-way-back-2-evidence`);
      });

      await test.step('what it wrote alone is on this computer’s disk before anything is thrown away', async () => {
        const { evidence } = await newestReport(console);
        expect(evidence.length).toBeGreaterThan(0);
        const text = evidence.map((one) => fs.readFileSync(one.path, 'utf8')).join('\n');
        expect(text).toContain('errant');
        expect(await extraRows(old)).toBe(3);
      });

      await test.step('it is filled anew from another replica, and follows', async () => {
        await page.getByTestId('next-operation').click();
        await expect(page.getByTestId('go')).toBeVisible();
        await keepPicture(page, `${scenario}-way-back-3-reprovision`);
        await operation.approve(scenario, /./);
        await expect(page.locator('[data-run]')).toBeVisible();
        await keepPicture(page, `${scenario}-way-back-4-copying`);
        await expect(
          page.locator('[data-run][data-state="succeeded"], [data-testid="report"][data-state="succeeded"]'),
        ).toBeVisible({ timeout: 120_000 });
        await operation.report();
        await keepPicture(page, `${scenario}-way-back-5-filled`);
        expect(await source(old)).toBe(next.port);
        expect(await extraRows(old)).toBe(0);
      });

      await test.step('the cluster says that it soaks, and when the failback is proposed', async () => {
        const { id } = (await inventoryOf(console)).clusters[0] ?? { id: '' };
        await openPlace(console, `#/cluster/${id}/overview`);
        await expect(page.getByTestId('failback')).toHaveAttribute('data-ready', 'false', { timeout: 60_000 });
        await keepPicture(page, `${scenario}-way-back-6-soak`);
      });

      await test.step('a person who does not wait leads it home by a switchover', async () => {
        await operation.planSwitchover();
        await operation.chooseCandidate(old.name);
        await operation.approve(scenario, new RegExp(`${old.name}, lose 0 transactions`));
        await operation.report();
        await load.waitForWrites(50);
        await load.stop();
        expect(await load.ledger.missing(old.host, old.port)).toEqual([]);
        expect(await source(next)).toBe(old.port);
        const closed = await next.query('SELECT @@GLOBAL.read_only AS closed');
        expect(Number(closed[0]?.['closed'])).toBe(1);
      });
    });
  });
}
