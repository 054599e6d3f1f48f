import { accessFaults } from '../fixtures/access-faults';
import { inEachLook, look } from '../fixtures/looks';
import { expect, launchConsole, test, type Console } from '../fixtures/midwatch';
import type { LoadRun, RunningFleet } from '../fleet';

test.describe('every screen, dark and light, small and large', () => {
  let fleet: RunningFleet;
  let console: Console;
  let load: LoadRun;
  test.beforeAll(async ({ lab }) => {
    fleet = await lab.up('wallet', { semiSync: true });
    load = await fleet.load({ writers: 2, readers: 2, slowReaders: 1, writePauseMs: 15 });
    console = await launchConsole({ fleets: [fleet] });
    await expect(console.page.getByTestId('answered')).toContainText('4 of 4');
  });
  test.afterAll(async () => {
    await load?.stop();
    await console?.close();
    await fleet?.down();
  });

  test('F6 goes round the panels; Ctrl C copies the selected row', async () => {
    const { app, page } = console;
    await page.evaluate(() => void (location.hash = '#/inventory/clusters'));
    await page.locator('tr[data-cluster="wallet"]').click();
    await page.keyboard.press('Control+c');
    await expect.poll(() => app.evaluate(({ clipboard }) => clipboard.readText())).toMatch(/^wallet\t/);
    const panelNow = (): Promise<string | null> =>
      page.evaluate(() => document.activeElement?.closest('.panel')?.getAttribute('aria-label') ?? null);
    await page.keyboard.press('F6');
    const first = await panelNow();
    await page.keyboard.press('F6');
    expect([first === null, (await panelNow()) === first]).toEqual([false, false]);
  });

  test('fits its window without a page scroll, and names its state in words', async () => {
    test.setTimeout(400_000);
    const { page } = console;
    const ids = await page.evaluate(async () => {
      const result = await window.midwatch.call('fleet.snapshot', {});
      const cluster = result.ok ? result.value.clusters[0] : undefined;
      return { cluster: cluster?.id ?? '', primary: cluster?.primaryId ?? '' };
    });
    // Something to see: an applier that is stopped, and a session that others wait for.
    await fleet.fault('stop-applier', 'wallet-3');
    const pile = await fleet.fault('lock-pile-up', 'wallet-1', { waiters: 4 });
    await page.waitForTimeout(6000);
    const screens: readonly (readonly [name: string, hash: string])[] = [
      ['fleet', '#/fleet'],
      ['add-cluster', '#/add-cluster'],
      ['cluster', `#/cluster/${ids.cluster}/overview`],
      ['cluster-instances', `#/cluster/${ids.cluster}/instances`],
      ['cluster-grants', `#/cluster/${ids.cluster}/grants`],
      ['instance-processes', `#/instance/${ids.cluster}/${ids.primary}/processes`],
      ['instance-variables', `#/instance/${ids.cluster}/${ids.primary}/variables`],
      ['inventory', '#/inventory/clusters'],
      ['tunnels', '#/tunnels'],
      ['activity', '#/activity'],
      ['operations', '#/operations'],
      ['plan-blocked', `#/plan/switchover/${ids.cluster}`],
      ['about', '#/about'],
    ];
    const faults: string[] = [];
    await inEachLook(console, async (at) => {
      for (const [name, hash] of screens) {
        await page.evaluate((next) => void (location.hash = next), hash);
        await expect(page.getByRole('main')).toBeVisible();
        await expect(page.locator('main .skeleton')).toHaveCount(0);
        await look(console, name, at);
        if (at.width === 1280) faults.push(...(await accessFaults(page, `${name}, ${at.scheme}`)));
      }
    });
    expect(faults).toEqual([]);
    if (pile.kind === 'held') await pile.release();
    await fleet.fault('start-applier', 'wallet-3');
  });
});
