import { stringify } from 'yaml';
import type { InstanceState } from '../../shared/model/fleet';
import { expect, launchConsole, test, type Console } from '../fixtures/midwatch';
import { labPassphrase, type RunningFleet } from '../fleet';

test.describe('payments: three regions, each behind a bastion of its own', () => {
  let fleet: RunningFleet;
  let console: Console;
  test.beforeAll(async ({ lab }) => {
    test.setTimeout(120_000);
    fleet = await lab.up('payments');
    console = await launchConsole();
  });
  test.afterAll(async () => {
    await console?.close();
    await fleet?.down();
  });

  test('is imported from a file, drawn by region, and a lost bastion blinds its region alone', async () => {
    test.setTimeout(240_000);
    const { page } = console;

    await test.step('an inventory file brings cluster, regions and bastions; secrets are asked for by name', async () => {
      const wanted = await importInventory(console, inventoryFile(fleet));
      expect(wanted).toEqual(['midwatch on payments']);
      await page.evaluate(() => (location.hash = '#/fleet'));
      const card = page.getByRole('article', { name: /^payments: .*missing$/ });
      await card.getByRole('textbox', { name: 'Password of payments' }).fill('midwatch');
      await card.getByRole('button', { name: 'Use it' }).click();
      // The way to ap asks for the passphrase of its key.
      await card.getByRole('textbox', { name: 'Passphrase of bastion-ap' }).fill(labPassphrase);
      await card.getByRole('button', { name: 'Use it' }).click();
      for (const { host, port, hostKeyFingerprint } of fleet.bastions)
        await trust(console, host, port, hostKeyFingerprint);
      await expect(page.getByTestId('answered')).toContainText('6 of 6', { timeout: 60_000 });
    });

    await test.step('three tunnels; regions, intermediate primaries and lag are drawn', async () => {
      for (const region of ['eu', 'us', 'ap']) {
        await expect(page.locator(`footer [data-tunnel="bastion-${region}"][data-state="up"]`)).toBeVisible();
        await expect(page.locator(`[data-region="${region}"]`)).toContainText('2 of 2 answered');
      }
      await openCluster(console);
      await expect(page.locator('.topology-region')).toHaveCount(3);
      await expect(page.locator('.react-flow__node [data-instance]')).toHaveCount(6);
      await expect(page.locator('.react-flow__edge')).toHaveCount(5);
      for (const name of ['us-1', 'ap-1'])
        await expect(page.locator(`.react-flow__node [data-instance="${name}"]`)).toContainText(/intermediate/i);
      await expect
        .poll(async () => (await instances(console)).filter((one) => one.lag?.seconds != null).length)
        .toBe(5);
    });

    await test.step('an intermediate that stops applying makes its replica late too', async () => {
      const load = await fleet.load({ writers: 1, readers: 0, writePauseMs: 50 });
      await fleet.fault('stop-applier', 'ap-1');
      await expect.poll(() => lagOf(console, 'ap-2'), { timeout: 30_000 }).toBeGreaterThan(4);
      expect(await lagOf(console, 'us-2')).toBeLessThan(4);
      await fleet.fault('start-applier', 'ap-1');
      await expect.poll(() => lagOf(console, 'ap-2'), { timeout: 30_000 }).toBeLessThan(2);
      await load.stop();
    });

    await test.step('without its bastion a region is stale, never dead; the others go on', async () => {
      await fleet.fault('bastion-loss', 'bastion-ap');
      await expect(page.getByTestId('answered')).toContainText('4 of 6', { timeout: 30_000 });
      await expect
        .poll(() => reachOf(console))
        .toEqual({
          'ap-1': 'blind',
          'ap-2': 'blind',
          'eu-1': 'answering',
          'eu-2': 'answering',
          'us-1': 'answering',
          'us-2': 'answering',
        });
      expect(await gravest(console)).not.toContain('act');
      await expect(page.getByRole('main')).not.toContainText(/\bdead\b|\bdown\b/i);
      await fleet.fault('bastion-return', 'bastion-ap');
      await expect(page.getByTestId('answered')).toContainText('6 of 6', { timeout: 60_000 });
    });

    await test.step('a primary behind a lost bastion is one that this console cannot see', async () => {
      await fleet.fault('bastion-loss', 'bastion-eu');
      const finding = page.locator('[data-finding="primary-unreachable"]');
      await expect(finding).toContainText('this console cannot see the primary', { timeout: 30_000 });
      await expect(finding).toContainText('2 still hear it');
      expect(await gravest(console)).not.toContain('act');
      await fleet.fault('bastion-return', 'bastion-eu');
      await expect(page.getByTestId('answered')).toContainText('6 of 6', { timeout: 60_000 });
      await expect(finding).toBeHidden();
    });

    await test.step('a changed host key blocks its tunnel until a person looked twice and typed the host', async () => {
      const bastion = fleet.bastion('bastion-us');
      await fleet.fault('bastion-loss', bastion.name);
      bastion.replaceHostKey();
      await fleet.fault('bastion-return', bastion.name);
      await page.evaluate(() => (location.hash = '#/tunnels'));
      await page.locator(`tr[data-tunnel="${bastion.name}"][data-state="blocked"]`).click({ timeout: 60_000 });
      await expect(page.getByText(bastion.hostKeyFingerprint).last()).toBeVisible();
      await page.getByRole('button', { name: `Reconnect ${bastion.name} now` }).click();
      await page.getByRole('button', { name: 'Replace pinned key…' }).click();
      const replace = page.getByRole('button', { name: 'Replace the pinned key of 127.0.0.1' });
      await expect(replace).toBeDisabled();
      await page.getByLabel('Type the host name').fill('127.0.0.1');
      await replace.click();
      await expect(page.getByTestId('answered')).toContainText('6 of 6', { timeout: 60_000 });
    });
  });
});

/** The file that a team would keep: bastions by name, and the way of each instance. */
function inventoryFile(fleet: RunningFleet): string {
  return stringify({
    midwatch: 1,
    bastions: fleet.bastions.map((one) => ({
      name: one.name,
      host: one.host,
      port: one.port,
      user: one.user,
      auth: { method: 'key', keyFile: one.region === 'ap' ? one.encryptedKeyPath : one.privateKeyPath },
      region: one.region,
    })),
    clusters: [
      {
        name: 'payments',
        user: 'midwatch',
        tls: { mode: 'off' },
        heartbeat: { kind: 'none' },
        connectionBudget: 3,
        instances: fleet.instances.map((one) => ({
          name: one.name,
          host: one.host,
          port: one.port,
          region: one.region,
          via: fleet.hopsTo(one.name).map((hop) => hop.name),
        })),
      },
    ],
  });
}

async function importInventory({ page }: Console, yaml: string): Promise<readonly string[]> {
  return page.evaluate(async (text) => {
    const report = await window.midwatch.call('inventory.import', { yaml: text });
    if (!report.ok) throw new Error(report.error.message);
    return report.value.secretsWanted;
  }, yaml);
}

async function trust({ page }: Console, host: string, port: number, fingerprint: string): Promise<void> {
  const refusal = await page.evaluate(
    async (key) => {
      const answer = await window.midwatch.call('inventory.trustHostKey', key);
      return answer.ok ? '' : answer.error.message;
    },
    { host, port, fingerprint },
  );
  expect(refusal).toBe('');
}

async function openCluster({ page }: Console): Promise<void> {
  await page.evaluate(async () => {
    const fleetNow = await window.midwatch.call('fleet.snapshot', {});
    location.hash = `#/cluster/${fleetNow.ok ? (fleetNow.value.clusters[0]?.id ?? '') : ''}/overview`;
  });
  await page.getByRole('heading', { name: 'payments', exact: true }).waitFor();
}

/** Instances as the snapshot holds them, through the same door as the window. */
function instances({ page }: Console): Promise<readonly InstanceState[]> {
  return page.evaluate(async () => {
    const answer = await window.midwatch.call('fleet.snapshot', {});
    return answer.ok ? answer.value.clusters.flatMap((one) => one.instances) : [];
  });
}

async function lagOf(console: Console, name: string): Promise<number> {
  return (await instances(console)).find((one) => one.name === name)?.lag?.seconds ?? -1;
}

/** Stale and lost alike are blind: last values stay, nothing is concluded. */
async function reachOf(console: Console): Promise<Readonly<Record<string, string>>> {
  const pairs = (await instances(console)).map((one): [string, string] => [
    one.name,
    one.reach === 'stale' || one.reach === 'lost' ? 'blind' : one.reach,
  ]);
  return Object.fromEntries(pairs.sort());
}

async function gravest(console: Console): Promise<readonly string[]> {
  return (await instances(console)).map((one) => one.severity);
}
