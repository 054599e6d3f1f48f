import { once } from 'node:events';
import { accessFaults } from '../fixtures/access-faults';
import { inEachLook, look } from '../fixtures/looks';
import { expect, launchConsole, test, type Console } from '../fixtures/midwatch';
import { stopAtFence } from '../fixtures/stop-at-fence';
import type { LoadRun, RunningFleet } from '../fleet';
import { OperationPage } from '../pages/operation-page';

test.describe('every state of the wizard, dark and light, small and large', () => {
  let fleet: RunningFleet;
  let console: Console;
  let load: LoadRun;
  test.beforeAll(async ({ lab }) => {
    fleet = await lab.up('wallet', { semiSync: true });
    load = await fleet.load({ writers: 2, readers: 0, writePauseMs: 15 });
    console = await launchConsole({ fleets: [fleet] });
    await expect(console.page.getByTestId('answered')).toContainText('4 of 4');
  });
  test.afterAll(async () => {
    for (const instance of fleet?.instances ?? []) instance.resume();
    await load?.stop();
    await console?.close();
    await fleet?.down();
  });

  test('fits its window, from the plan to the report', async () => {
    test.setTimeout(300_000);
    const ids = await idsOf(console);
    const cluster = ids['wallet'] ?? '';
    const faults: string[] = [];
    const pictures = (name: string): Promise<void> =>
      inEachLook(console, async (at) => {
        await look(console, name, at);
        // A run at work goes on while one looks: only what stands still is searched for faults.
        if (at.width === 1280 && name !== 'wizard-running')
          faults.push(...(await accessFaults(console.page, `${name}, ${at.scheme}`)));
      });
    const show = (hash: string): Promise<void> => console.page.evaluate((next) => void (location.hash = next), hash);
    const operation = new OperationPage(console.page);

    await test.step('blocked: the candidate that was asked for does not apply', async () => {
      await fleet.fault('stop-applier', 'wallet-3');
      await show(`#/plan/switchover/${cluster}/${ids['wallet-3'] ?? ''}`);
      await expect(console.page.locator('[data-refusal]').first()).toBeVisible();
      await pictures('wizard-blocked');
      await fleet.fault('start-applier', 'wallet-3');
      await fleet.waitUntilReplicating();
    });

    await test.step('planned: locked, then with the name typed', async () => {
      await show(`#/cluster/${cluster}/overview`);
      await operation.planSwitchover();
      await operation.chooseCandidate('wallet-2');
      await pictures('wizard-planned-locked');
      await operation.unlock('wallet', 'patch the primary');
      await console.page.getByLabel('Type the cluster').fill('wallet');
      await pictures('wizard-planned');
      await console.page.getByLabel('Type the cluster').fill('');
    });

    await test.step('running, then failed: the candidate stops answering under the fence', async () => {
      const stopped = stopAtFence(fleet.instance('wallet-1'), fleet.instance('wallet-2'));
      await console.page.getByRole('button', { name: 'Ask again' }).first().click();
      await operation.approve('wallet', 'Switch to wallet-2');
      await stopped;
      await expect(console.page.locator('[data-run][data-state="running"]')).toBeVisible();
      await pictures('wizard-running');
      const ended = console.page.locator('[data-run][data-state="failed"], [data-run][data-state="needs-attention"]');
      await expect(ended).toBeVisible({ timeout: 60_000 });
      await pictures('wizard-failed');
      await console.page.getByRole('button', { name: 'Open report' }).click();
      await expect(console.page.getByTestId('report')).toBeVisible();
      await pictures('wizard-failed-report');
      fleet.instance('wallet-2').resume();
      await fleet.waitUntilReplicating();
    });

    await test.step('undoing, then needs attention: the old primary stops answering too', async () => {
      await show(`#/cluster/${cluster}/overview`);
      await expect(console.page.getByTestId('answered')).toContainText('4 of 4', { timeout: 30_000 });
      await operation.planSwitchover();
      await operation.chooseCandidate('wallet-2');
      const [old, next] = [fleet.instance('wallet-1'), fleet.instance('wallet-2')];
      const stopped = stopAtFence(old, next).then(() => old.pause());
      await operation.approve('wallet', 'Switch to wallet-2');
      await stopped;
      await expect(console.page.locator('[data-run][data-state="undoing"]')).toBeVisible({ timeout: 60_000 });
      await pictures('wizard-undoing');
      await expect(console.page.locator('[data-run][data-state="needs-attention"]')).toBeVisible({ timeout: 60_000 });
      await pictures('wizard-needs-attention-blind');
      old.resume();
      next.resume();
      await fleet.waitUntilReplicating();
      await expect(console.page.getByTestId('roll-back')).toBeEnabled({ timeout: 30_000 });
      await pictures('wizard-needs-attention');
      await operation.settle('roll-back');
      await expect(
        console.page.locator('[data-run][data-state="failed"], [data-run][data-state="cancelled"]'),
      ).toBeVisible({
        timeout: 30_000,
      });
      await pictures('wizard-needs-attention-settled');
    });

    await test.step('succeeded, and its report', async () => {
      await show(`#/cluster/${cluster}/overview`);
      await expect(console.page.getByTestId('answered')).toContainText('4 of 4', { timeout: 30_000 });
      await operation.planSwitchover();
      await operation.chooseCandidate('wallet-2');
      await operation.approve('wallet', 'Switch to wallet-2');
      await expect(console.page.locator('[data-run][data-state="succeeded"]')).toBeVisible({ timeout: 60_000 });
      await pictures('wizard-succeeded');
      await operation.report();
      await pictures('wizard-report');
    });

    await test.step('interrupted: the run, and the fleet that leads to it', async () => {
      await show(`#/cluster/${cluster}/overview`);
      await operation.planSwitchover();
      await operation.chooseCandidate('wallet-1');
      const stopped = stopAtFence(fleet.instance('wallet-2'), fleet.instance('wallet-1'));
      await operation.approve('wallet', 'Switch to wallet-1');
      await stopped;
      const child = console.app.process();
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      fleet.instance('wallet-1').resume();
      console = await launchConsole({ dataFolder: console.dataFolder });
      const { page } = console;
      await expect(page.getByTestId('roll-back')).toBeDisabled();
      await pictures('wizard-interrupted-blind');
      await show('#/fleet');
      await expect(page.locator('article[data-run][data-state="interrupted"]')).toBeVisible();
      await pictures('wizard-interrupted-fleet');
      await page.getByRole('textbox', { name: 'Password of wallet' }).fill('midwatch');
      await page.getByRole('button', { name: 'Use it' }).click();
      await expect(page.getByTestId('answered')).toContainText('4 of 4', { timeout: 30_000 });
      await show(`#/cluster/${cluster}/overview`);
      await expect(page.locator('.react-flow__node [data-instance]')).toHaveCount(4);
      await pictures('wizard-interrupted-cluster');
      await page.getByRole('button', { name: 'Open interrupted run' }).click();
      await expect(page.getByTestId('situation')).toBeVisible();
      await expect(page.getByTestId('roll-back')).toBeEnabled();
      await expect(page.locator('[data-found="done"]').first()).toBeVisible();
      await pictures('wizard-interrupted');
      await new OperationPage(page).settle('roll-back');
      await expect(page.locator('[data-run][data-state="cancelled"]')).toBeVisible({ timeout: 30_000 });
      await pictures('wizard-rolled-back');
    });
    expect(faults).toEqual([]);
  });
});

test.describe('a failover in the wizard, from one key to its report', () => {
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

  test('says what it is and what it loses before anything happens', async () => {
    test.setTimeout(300_000);
    const { page } = console;
    const operation = new OperationPage(page);
    const faults: string[] = [];
    const pictures = (name: string): Promise<void> =>
      inEachLook(console, async (at) => {
        await look(console, name, at);
        if (at.width === 1280) faults.push(...(await accessFaults(page, `${name}, ${at.scheme}`)));
      });

    await test.step('nobody needs a failover of a primary that answers', async () => {
      const ids = await idsOf(console);
      await page.evaluate((id) => void (location.hash = `#/plan/failover/${id}`), ids['wallet'] ?? '');
      await expect(page.locator('[data-verdict="alive"]')).toBeVisible();
      await expect(page.getByTestId('go')).toHaveCount(0);
      await pictures('failover-blocked');
    });

    await test.step('one key leads from anywhere to the plan', async () => {
      await fleet.instance('wallet-1').kill();
      await page.evaluate(() => void (location.hash = '#/tunnels'));
      await expect(page.getByTestId('failover-hint')).toContainText('wallet', { timeout: 30_000 });
      await page.keyboard.press('F2');
      await expect(page.getByTestId('verdict')).toBeVisible();
      await expect(page.locator('[data-verdict="dead"]')).toBeVisible();
      await operation.unlock('wallet', 'the primary is dead');
      await pictures('failover-planned');
    });

    await test.step('it runs only with both words typed', async () => {
      await page.getByRole('button', { name: 'Ask again' }).first().click();
      await page.getByLabel('Type the cluster').fill('wallet');
      await expect(page.getByTestId('go')).toBeDisabled();
      await operation.swear('wallet-1 is off');
      await expect(page.getByTestId('go')).toContainText('lose');
      await page.getByTestId('go').click();
      await operation.report();
      await pictures('failover-report');
    });
    expect(faults).toEqual([]);
  });
});

/** Ids of the cluster and its instances by their names. */
function idsOf({ page }: Console): Promise<Readonly<Record<string, string>>> {
  return page.evaluate(async () => {
    const answer = await window.midwatch.call('fleet.snapshot', {});
    const clusters = answer.ok ? answer.value.clusters : [];
    return Object.fromEntries(
      clusters.flatMap((one) => [[one.name, one.id], ...one.instances.map((each) => [each.name, each.id])]),
    ) as Record<string, string>;
  });
}
