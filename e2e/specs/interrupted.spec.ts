import { once } from 'node:events';
import { HeldHook } from '../fixtures/held-hook';
import { editCluster, newestReport } from '../fixtures/inside';
import { keepPicture } from '../fixtures/looks';
import { expect, launchConsole, test, trafficThrough, type Console } from '../fixtures/midwatch';
import { stopAtFence } from '../fixtures/stop-at-fence';
import type { Endpoint, Instance, LoadRun, RunningFleet } from '../fleet';
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

    await test.step('the main process dies between fence and open; the fence stands and writes are refused', async () => {
      const { page } = console;
      const operation = new OperationPage(page);
      await expect(page.getByTestId('answered')).toContainText('4 of 4');
      await page.locator('[data-cluster="wallet"]').first().click();
      await page.keyboard.press('Enter');
      await operation.planSwitchover();
      await operation.chooseCandidate('wallet-2');
      await operation.unlock('wallet', 'patch the primary');
      const child = console.app.process();
      const exited = once(child, 'exit');
      // Killed by whoever sees the fence, at once: a run whose candidate is mute for 3 s turns back by itself.
      const died = stopAtFence(primary, candidate).then(() => child.kill('SIGKILL'));
      await Promise.all([died, operation.approve('wallet', 'Switch to wallet-2').catch(() => undefined)]);
      await exited;
      candidate.resume();
      expect(await isClosed(primary)).toBe(true);
      expect(await isClosed(candidate)).toBe(true);
    });

    console = await launchConsole({ dataFolder });
    expect(await stepStatus(console, 'open')).toBe('todo');
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

test.describe('a console that dies past the point of no return, and before it', () => {
  let fleet: RunningFleet;
  let endpoint: Endpoint;
  let hook: HeldHook;
  let load: LoadRun;
  let console: Console;
  test.beforeAll(async ({ lab }) => {
    fleet = await lab.up('shop', { semiSync: true });
    endpoint = await fleet.openEndpoint();
    hook = new HeldHook(fleet.folder, endpoint.shellHook);
    load = await fleet.load({ endpoint, writers: 3, readers: 0, writePauseMs: 10 });
    console = await launchConsole({ fleets: [fleet], traffic: { shop: trafficThrough(endpoint, hook.command) } });
  });
  test.afterAll(async () => {
    hook?.release();
    await load?.stop();
    await console?.close();
    await fleet?.down();
  });

  test('is continued to its end, rolled back, or adopted by the next one', async () => {
    test.setTimeout(180_000);
    const [first, second] = [fleet.instance('shop-1'), fleet.instance('shop-2')];

    await test.step('a switchover: shop-2 is open, and applications were not led to it when the console dies', async () => {
      const operation = new OperationPage(console.page);
      await expect(console.page.getByTestId('answered')).toContainText('3 of 3');
      await console.page.locator('[data-cluster="shop"]').first().click();
      await console.page.keyboard.press('Enter');
      await operation.planSwitchover();
      await operation.chooseCandidate('shop-2');
      await operation.unlock('shop', 'patch the primary');
      hook.hold();
      await operation.approve('shop', 'Switch to shop-2');
      await expect.poll(() => stepStatus(console, 'traffic')).toBe('running');
      console = await killAndReopen(console, () => hook.release());
      expect([await isClosed(first), await isClosed(second)]).toEqual([true, false]);
      expect((await endpoint.state()).target.port).toBe(first.port);
    });

    await test.step('the next console says who takes writes and what is half done; only forward is left', async () => {
      const { page } = console;
      await expect(page.locator('[data-run][data-state="interrupted"]')).toBeVisible();
      await typePassword(console, 'shop');
      await expect(page.getByTestId('situation')).toContainText('shop-2 takes writes, nobody else');
      await expect(page.getByTestId('situation')).toContainText('the point of no return was passed');
      await expect(page.getByTestId('roll-back')).toBeDisabled();
      await expect(page.locator('[data-found="not-done"]').first()).toBeVisible();
      await keepPicture(page, 'interrupted-past-no-return');
    });

    await test.step('continued: applications are led to shop-2, and no acknowledged write is missing', async () => {
      await new OperationPage(console.page).settle('continue');
      await new OperationPage(console.page).report();
      await keepPicture(console.page, 'interrupted-continued-report');
      expect((await newestReport(console)).proof.filter((one) => !one.holds)).toEqual([]);
      expect((await endpoint.state()).target.port).toBe(second.port);
      await load.waitForWrites(50);
      for (const instance of fleet.instances)
        expect([instance.name, await isClosed(instance)]).toEqual([instance.name, instance.name !== 'shop-2']);
    });

    await test.step('a failover dies at its fence: nobody was promoted', async () => {
      await editCluster(console, 'shop', (cluster) => ({
        ...cluster,
        traffic: { ...cluster.traffic, fence: { kind: 'shell', command: hook.command, timeoutSeconds: 60 } },
      }));
      await console.page.evaluate(() => void (location.hash = '#/fleet'));
      await second.kill();
      await beginFailover(console, hook);
      console = await killAndReopen(console, () => hook.release());
      await typePassword(console, 'shop');
      await expect(console.page.getByTestId('situation')).toContainText('No instance takes writes now');
      await expect(console.page.getByTestId('situation')).toContainText('the point of no return was not reached');
      await keepPicture(console.page, 'interrupted-failover');
    });

    await test.step('rolled back: replicas listen to the dead primary again, and nobody takes writes', async () => {
      await new OperationPage(console.page).settle('roll-back');
      await expect(console.page.locator('[data-run][data-state="cancelled"]')).toBeVisible({ timeout: 30_000 });
      expect([await isClosed(first), await isClosed(fleet.instance('shop-3'))]).toEqual([true, true]);
    });

    await test.step('the same once more; meanwhile a person has started the primary, and adopts', async () => {
      await console.page.evaluate(() => void (location.hash = '#/fleet'));
      await beginFailover(console, hook);
      console = await killAndReopen(console, () => hook.release());
      await second.start();
      await second.waitUntilReady();
      // MariaDB cannot keep what the switchover set: its option file still says that it is a replica.
      await second.query('SET GLOBAL read_only = 0');
      await typePassword(console, 'shop');
      await new OperationPage(console.page).settle('adopt', 'shop-2 was started by hand, it is whole');
      await expect(console.page.locator('[data-run][data-state="adopted"]')).toBeVisible({ timeout: 30_000 });
      await keepPicture(console.page, 'interrupted-adopted');
      await load.waitForWrites(50, 60_000);
      await load.stop();
      expect(await load.ledger.missing(second.host, second.port)).toEqual([]);
    });
  });
});

/** From anywhere, until its fence is at work. */
async function beginFailover(console: Console, hook: HeldHook): Promise<void> {
  const { page } = console;
  const operation = new OperationPage(page);
  await expect(page.getByTestId('failover-hint')).toContainText('shop', { timeout: 30_000 });
  await page.keyboard.press('F2');
  await expect(page.locator('[data-verdict="dead"]')).toBeVisible();
  await expect(page.locator('[data-rung="hook"]')).toHaveAttribute('data-usable', 'true');
  if (await page.getByRole('form', { name: 'Unlock shop' }).isVisible())
    await operation.unlock('shop', 'the primary is dead');
  hook.hold();
  await operation.approve('shop', 'Fail over to');
  // The run before it stands in the same list until this one is written down.
  await expect(page.locator('[data-run][data-state="running"]')).toBeVisible();
  await expect.poll(() => stepStatus(console, 'fence')).toBe('running');
}

/** Ends the main process with -9, does what is to be done while nobody watches, and opens the next console on its folder. */
async function killAndReopen(console: Console, meanwhile: () => void): Promise<Console> {
  const child = console.app.process();
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  meanwhile();
  return launchConsole({ dataFolder: console.dataFolder });
}

/** Secrets of this machine live in memory: a console that died has lost them. */
async function typePassword({ page }: Console, cluster: string): Promise<void> {
  const form = page.getByRole('form', { name: `Password of ${cluster}` });
  await form.getByLabel(`Password of ${cluster}`).fill('midwatch');
  await form.getByRole('button', { name: 'Use it' }).click();
  await expect(form).toBeHidden({ timeout: 30_000 });
  // The look that began with the screen, before the password was there, is still under way: another is asked for.
  await page.getByTestId('situation').waitFor();
  await page.getByRole('button', { name: 'Look at the servers' }).click();
}

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
