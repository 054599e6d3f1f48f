import { once } from 'node:events';
import { expect, launchConsole, test, type Console } from '../fixtures/midwatch';
import { stopAtFence } from '../fixtures/stop-at-fence';
import type { Instance, LoadRun, RunningFleet } from '../fleet';
import { OperationPage } from '../pages/operation-page';

test.describe('a console that dies in the middle of a switchover', () => {
  let fleet: RunningFleet;
  let load: LoadRun;
  let console: Console;
  test.beforeAll(async ({ lab }) => {
    fleet = await lab.up('wallet');
    load = await fleet.load({ writers: 3, readers: 0, writePauseMs: 10 });
    console = await launchConsole({ fleets: [fleet] });
  });
  test.afterAll(async () => {
    fleet?.instance('wallet-2').resume();
    await load?.stop();
    await console?.close();
    await fleet?.down();
  });

  test('opens the run first at the next start, says what it needs, and gives writes back', async () => {
    test.setTimeout(180_000);
    const primary = fleet.instance('wallet-1');
    const candidate = fleet.instance('wallet-2');
    const { dataFolder } = console;

    await test.step('the run stands between fence and open, because the candidate was stopped in its tracks', async () => {
      const { page } = console;
      const operation = new OperationPage(page);
      await expect(page.getByTestId('answered')).toContainText('4 of 4');
      await page.locator('[data-cluster="wallet"]').first().click();
      await page.keyboard.press('Enter');
      await operation.planSwitchover();
      await operation.chooseCandidate('wallet-2');
      await operation.unlock('wallet', 'patch the primary');
      const stopped = stopAtFence(primary, candidate);
      await operation.approve('wallet', 'Switch to wallet-2');
      await stopped;
      await expect.poll(() => stepStatus(console, 'fence')).toBe('done');
      expect(await stepStatus(console, 'open')).toBe('todo');
    });

    await test.step('the main process is ended; the fence stands and writes are refused', async () => {
      const child = console.app.process();
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      candidate.resume();
      expect(await isClosed(primary)).toBe(true);
      expect(await isClosed(candidate)).toBe(true);
    });

    console = await launchConsole({ dataFolder });
    const { page } = console;
    const rollBack = page.getByTestId('roll-back');

    await test.step('the run opens first; Fleet, Operations and the cluster lead to it', async () => {
      await expect(page.locator('[data-run][data-state="interrupted"]')).toBeVisible();
      await expect(rollBack).toBeDisabled();
      await page.keyboard.press('g');
      await page.keyboard.press('o');
      await expect(page.locator('tr[data-run][data-state="interrupted"]')).toBeVisible();
      await page.keyboard.press('g');
      await page.keyboard.press('f');
      await expect(page.locator('article[data-run][data-state="interrupted"]')).toBeVisible();
      await expect(page.getByRole('article', { name: 'wallet: password of wallet missing' })).toBeVisible();
      await page.keyboard.press('Enter');
      await expect(page.getByTestId('run-now')).toBeVisible();
    });

    await test.step('the missing secret is named and typed where one stands', async () => {
      const form = page.getByRole('form', { name: 'Password of wallet' });
      await form.getByLabel('Password of wallet').fill('midwatch');
      await form.getByRole('button', { name: 'Use it' }).click();
      await expect(page.getByTestId('answered')).toContainText('4 of 4', { timeout: 30_000 });
      await expect(form).toBeHidden();
    });

    await test.step('rolled back: wallet-1 takes writes, and none that was acknowledged is missing', async () => {
      await expect(rollBack).toContainText('Roll back, give writes back to wallet-1');
      await rollBack.click();
      await expect(page.locator('[data-run][data-state="cancelled"]')).toBeVisible({ timeout: 30_000 });
      await load.waitForWrites(50);
      await load.stop();
      for (const instance of fleet.instances)
        expect([instance.name, await isClosed(instance)]).toEqual([instance.name, instance.name !== 'wallet-1']);
      expect(await load.ledger.missing(primary.host, primary.port)).toEqual([]);
      await fleet.waitUntilReplicating();
      await fleet.waitUntilCaughtUp('wallet-1');
      expect(await load.ledger.missing(candidate.host, candidate.port)).toEqual([]);
    });

    await test.step('a new plan is possible', async () => {
      await page.evaluate(async () => {
        const fleetNow = await window.midwatch.call('fleet.snapshot', {});
        const id = fleetNow.ok ? (fleetNow.value.clusters[0]?.id ?? '') : '';
        await window.midwatch.call('inventory.setSecret', { ref: { kind: 'replication-password', id }, value: 'repl' });
        location.hash = `#/cluster/${id}/overview`;
      });
      const operation = new OperationPage(page);
      await operation.planSwitchover();
      await operation.chooseCandidate('wallet-2');
      await expect(page.getByTestId('go')).toContainText('Switch to wallet-2, lose 0 transactions');
      await expect(page.locator('[data-refusal]')).toHaveCount(0);
    });
  });
});

async function isClosed(instance: Instance): Promise<boolean> {
  const [row] = await instance.query('SELECT @@GLOBAL.read_only AS closed');
  return Number(row?.['closed']) === 1;
}

/** Status of a step of the newest run, through the same door as the window. */
function stepStatus({ page }: Console, stepId: string): Promise<string> {
  return page.evaluate(async (wanted) => {
    const runs = await window.midwatch.call('operation.list', {});
    const runId = runs.ok ? (runs.value[0]?.runId ?? '') : '';
    const report = await window.midwatch.call('operation.report', { runId });
    return report.ok
      ? (report.value.steps.find((step) => step.stepId === wanted)?.status ?? 'none')
      : report.error.code;
  }, stepId);
}
