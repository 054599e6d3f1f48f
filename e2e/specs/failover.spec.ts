import { editCluster, inventoryOf, newestReport, openPlace } from '../fixtures/inside';
import { keepPicture } from '../fixtures/looks';
import { expect, launchConsole, test, trafficThrough, type Console } from '../fixtures/midwatch';
import type { Endpoint, LoadRun, RunningFleet } from '../fleet';
import { OperationPage } from '../pages/operation-page';

for (const scenario of ['wallet', 'shop'] as const) {
  test.describe(`a failover on ${scenario}, in the window`, () => {
    let fleet: RunningFleet;
    let endpoint: Endpoint;
    let console: Console;
    let load: LoadRun;
    test.beforeAll(async ({ lab }) => {
      fleet = await lab.up(scenario, { hosts: true, semiSync: true });
      endpoint = await fleet.openEndpoint();
      load = await fleet.load({ endpoint, writers: 3, readers: 0, writePauseMs: 10 });
      console = await launchConsole({ fleets: [fleet], traffic: { [scenario]: trafficThrough(endpoint) } });
    });
    test.afterAll(async () => {
      await load?.stop();
      await console?.close();
      await fleet?.down();
    });

    test('the primary is dead: one key, the price, the name, and every acknowledged write is there', async () => {
      const { page } = console;
      const operation = new OperationPage(page);
      const primary = fleet.primary;
      const replicas = fleet.replicas;

      await test.step('the primary dies under load; its cluster turns red, wherever one stands', async () => {
        await expect(page.getByTestId('answered')).toContainText(
          `${fleet.instances.length} of ${fleet.instances.length}`,
        );
        await load.waitForWrites(50);
        await primary.kill();
        await expect(page.locator(`[data-cluster="${scenario}"][data-severity="act"]`).first()).toBeVisible();
        await expect(page.getByTestId('failover-hint')).toContainText(scenario);
        await keepPicture(page, `${scenario}-failover-1-red`);
        await openPlace(console, '#/activity');
      });

      await test.step('one key opens the plan: what it is, what it loses, who can take over', async () => {
        await page.keyboard.press('F2');
        await expect(page.locator('[data-verdict="dead"]')).toBeVisible();
        await expect(page.locator('[data-viewpoint="host"]')).toHaveAttribute('data-saw', 'gone');
        expect(await operation.announcedLoss()).toBe('0');
        const candidates = page.getByRole('table', { name: 'Candidates' });
        for (const { name } of replicas) await expect(candidates).toContainText(name);
        await expect(page.locator('[data-rung="ssh-kill"]')).toHaveAttribute('data-usable', 'true');
        await expect(page.getByRole('group', { name: 'Attestation' })).toHaveCount(0);
        await keepPicture(page, `${scenario}-failover-2-plan-locked`);
        await operation.unlock(scenario, 'the primary is dead');
        await keepPicture(page, `${scenario}-failover-3-plan`);
      });

      await test.step('with the name typed it runs to its end', async () => {
        await page.getByRole('button', { name: 'Ask again' }).first().click();
        await operation.approve(scenario, /lose 0 transactions/);
        await expect(page.locator('[data-run]')).toBeVisible();
        await keepPicture(page, `${scenario}-failover-4-running`);
        await expect(page.locator('[data-run][data-state="succeeded"]')).toBeVisible({ timeout: 60_000 });
        await keepPicture(page, `${scenario}-failover-5-succeeded`);
        await operation.report();
        await keepPicture(page, `${scenario}-failover-6-report`);
      });

      const report = await newestReport(console);
      const next = fleet.instance(report.plan.impact.candidate);
      await test.step('the report has figures, and the ledger misses nothing', async () => {
        expect(report.announcedLoss).toMatchObject({ basis: 'semi-sync', transactions: 0 });
        expect(report.proof.filter((one) => !one.holds)).toEqual([]);
        expect(report.leftToDo.join(' ')).toContain(primary.name);
        expect((await endpoint.state()).target.port).toBe(next.port);
        await load.waitForWrites(50);
        await load.stop();
        expect(await load.ledger.missing(next.host, next.port)).toEqual([]);
        expect(load.ledger.longestGap()).toMatchObject({ fromPort: primary.port, toPort: next.port });
      });

      await test.step('the old primary comes back and is fenced at first sight', async () => {
        await primary.start();
        await primary.waitUntilReady();
        await expect
          .poll(async () => Number((await primary.query('SELECT @@GLOBAL.read_only AS closed'))[0]?.['closed']), {
            timeout: 30_000,
          })
          .toBe(1);
        await openPlace(console, '#/activity');
        await expect(page.getByText(`${primary.name} is back: fenced at first sight`)).toBeVisible();
        await keepPicture(page, `${scenario}-failover-7-back`);
        expect(await load.ledger.missing(next.host, next.port)).toEqual([]);
      });
    });
  });
}

test.describe('what nobody can prove, in the window', () => {
  let fleet: RunningFleet;
  let console: Console;
  test.beforeAll(async ({ lab }) => {
    fleet = await lab.up('wallet', { semiSync: true });
    console = await launchConsole({ fleets: [fleet] });
    await expect(console.page.getByTestId('answered')).toContainText('4 of 4');
  });
  test.afterAll(async () => {
    await console?.close();
    await fleet?.down();
  });

  test('only the console is blind: nothing is offered; then it is out of everybody’s reach: sworn words', async () => {
    const { page } = console;
    const operation = new OperationPage(page);
    const primary = fleet.primary;
    const link = await fleet.openLink('console', primary.name);
    const { id } = (await inventoryOf(console)).clusters[0] ?? { id: '' };

    await test.step('a link is cut between this console and the primary', async () => {
      await editCluster(console, 'wallet', (cluster) => ({
        ...cluster,
        instances: cluster.instances.map((one) => (one.name === primary.name ? { ...one, port: link.port } : one)),
      }));
      await expect(page.getByTestId('answered')).toContainText('4 of 4', { timeout: 30_000 });
      await fleet.setLink(link.name, { state: 'refusing' });
      const blind = page.getByRole('article', { name: 'wallet-1: this console cannot see the primary' });
      await expect(blind).toHaveAttribute('data-severity', 'watch', { timeout: 30_000 });
      await expect(page.getByTestId('failover-hint')).toHaveCount(0);
      await keepPicture(page, 'unseen-1-fleet');
    });

    await test.step('unseen: asked for all the same, the plan has no button, and says what to do instead', async () => {
      await openPlace(console, `#/plan/failover/${id}`);
      await expect(page.locator('[data-verdict="unseen"]')).toBeVisible({ timeout: 30_000 });
      await expect(page.getByTestId('verdict-next')).toContainText('Mend this console’s way');
      await expect(page.getByTestId('go')).toHaveCount(0);
      await keepPicture(page, 'unseen-2-plan');
    });

    await test.step('then it really dies: nobody can look, so a person swears', async () => {
      await openPlace(console, '#/fleet');
      await primary.kill();
      await expect(page.getByTestId('failover-hint')).toContainText('wallet', { timeout: 30_000 });
      await page.keyboard.press('F2');
      // Connections of this console are reset, not refused: it cannot say more than that it is out of reach.
      await expect(page.locator('[data-verdict="host-lost"]')).toBeVisible();
      const go = page.getByTestId('go');
      await operation.unlock('wallet', 'the primary is dead');
      await page.getByLabel('Type the cluster').fill('wallet');
      await expect(go).toBeDisabled();
      await operation.swear('wallet-1 is of');
      await expect(go).toBeDisabled();
      await keepPicture(page, 'attestation');
      await operation.swear('wallet-1 is off');
      await expect(go).toBeEnabled();
      await go.click();
      await operation.report();
      await expect(page.getByTestId('report')).toContainText('wallet-1');
    });
  });
});
