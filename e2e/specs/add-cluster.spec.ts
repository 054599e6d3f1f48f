import { createConnection } from 'mysql2/promise';
import { expect, launchConsole, test, type Console } from '../fixtures/midwatch';
import { labPassphrase, type RunningFleet } from '../fleet';
import { AddClusterPage } from '../pages/add-cluster-page';

test.describe('wallet behind two bastions', () => {
  let fleet: RunningFleet;
  let console: Console;
  test.beforeAll(async ({ lab }) => {
    fleet = await lab.up('wallet', { hops: 2 });
    console = await launchConsole();
  });
  test.afterAll(async () => {
    await console?.close();
    await fleet?.down();
  });

  test('is added by naming one instance, watched, operated on, and survives the loss of a bastion', async () => {
    const { page } = console;
    const add = new AddClusterPage(page);
    const [first, second] = fleet.bastions;
    if (!first || !second) throw new Error('two bastions expected');

    await test.step('the path is proven hop by hop; each new host key is compared', async () => {
      await add.open();
      await add.fillTarget({ host: '127.0.0.1', port: fleet.primary.port, user: 'midwatch', password: 'midwatch' });
      await add.addHop(1, { address: `${first.user}@${first.host}`, port: first.port, keyFile: first.privateKeyPath });
      await add.addHop(2, {
        address: `${second.user}@${second.host}`,
        port: second.port,
        keyFile: second.encryptedKeyPath,
        passphrase: labPassphrase,
      });
      await add.test();
      await add.trustKey(first.hostKeyFingerprint);
      await add.trustKey(second.hostKeyFingerprint);
      await expect(
        page
          .getByText('4 of 4')
          .or(page.getByText(`127.0.0.1:${fleet.instances[3]?.port}`))
          .first(),
      ).toBeVisible();
      await add.add('wallet');
    });

    await test.step('four instances are seen, the primary among them', async () => {
      await expect(page.getByTestId('answered')).toContainText('4 of 4', { timeout: 20_000 });
      await expect(page.locator('.react-flow__node [data-instance]')).toHaveCount(4);
    });

    const replica = fleet.replicas[0];
    if (!replica) throw new Error('a replica expected');
    const load = await fleet.load({ writers: 2, readers: 0, writePauseMs: 20 });

    await test.step('lag rises when an applier stops, and falls when it starts', async () => {
      await fleet.fault('stop-applier', replica.name);
      await expect(page.getByText(/applier stopped/i).first()).toBeVisible();
      await expect.poll(() => shownLag(console, replica.port), { timeout: 30_000 }).toBeGreaterThan(5);
      await fleet.fault('start-applier', replica.name);
      await expect.poll(() => shownLag(console, replica.port), { timeout: 30_000 }).toBeLessThan(2);
    });
    await load.stop();

    await test.step('a query is killed, behind unlock and confirmation', async () => {
      // An application's account: a session of an account with SYSTEM_USER may only be ended by another such account.
      const sleeper = await createConnection({
        host: fleet.primary.host,
        port: fleet.primary.port,
        user: 'app',
        password: 'app',
      });
      const sleeping = sleeper.query('SELECT SLEEP(300) AS killed_by_midwatch').then(
        () => 'ended',
        (error: Error) => error.message,
      );
      await page.locator(`.react-flow__node [data-instance="127.0.0.1:${fleet.primary.port}"]`).click();
      await page.getByText('killed_by_midwatch').first().click();
      await page.getByRole('button', { name: /^Kill query/ }).click();
      const unlock = page.getByRole('form', { name: 'Unlock wallet' });
      await unlock.getByLabel('Reason').fill('end to end test');
      await unlock.getByRole('button', { name: /^Unlock wallet/ }).click();
      const kill = page.getByRole('form', { name: /^Kill / });
      await kill.getByLabel('Reason').fill('it sleeps');
      await kill.getByTestId('kill').click();
      // SLEEP that is interrupted returns 1 or an error, by how it was reached.
      expect(await sleeping).toMatch(/ended|interrupted/);
      sleeper.destroy();
    });

    await test.step('a lost bastion is said, and its return heals everything', async () => {
      await page.evaluate(() => (location.hash = '#/fleet'));
      await fleet.fault('bastion-loss', second.name);
      await expect(page.getByTestId('answered')).toContainText('0 of 4', { timeout: 30_000 });
      await expect(
        page.locator('[data-tunnel][data-state="reconnecting"], [data-tunnel][data-state="connecting"]').first(),
      ).toBeVisible();
      await fleet.fault('bastion-return', second.name);
      await expect(page.getByTestId('answered')).toContainText('4 of 4', { timeout: 60_000 });
    });
  });
});

/** Lag in seconds as the snapshot holds it, through the same door as the window; -1 when unknown. */
async function shownLag({ page }: Console, port: number): Promise<number> {
  return page.evaluate(async (wanted) => {
    const result = await window.midwatch.call('fleet.snapshot', {});
    const instance = result.ok
      ? result.value.clusters.flatMap((one) => one.instances).find((one) => one.port === wanted)
      : undefined;
    return instance?.lag?.seconds ?? -1;
  }, port);
}
