import { look, inEachLook } from '../fixtures/looks';
import { inventoryOf, openPlace } from '../fixtures/inside';
import { expect, launchConsole, test, type Console } from '../fixtures/midwatch';
import { haproxyBackend, LabHaproxy, type LoadRun, type RunningFleet } from '../fleet';
import { OperationPage } from '../pages/operation-page';

test.describe('applications led over by HAProxy, in the window', () => {
  test.skip(!LabHaproxy.isHere, 'HAProxy is not here: npm run setup could not get it');
  let fleet: RunningFleet;
  let haproxy: LabHaproxy;
  let console: Console;
  let load: LoadRun;
  test.beforeAll(async ({ lab }) => {
    fleet = await lab.up('wallet');
    haproxy = await LabHaproxy.open(fleet);
    load = await fleet.load({ writers: 2, writePauseMs: 12, endpoint: haproxy });
    console = await launchConsole({ fleets: [fleet] });
  });
  test.afterAll(async () => {
    await load?.stop();
    await console?.close();
    await fleet?.down();
  });

  test('set up by the form, tested before it is kept, shown in the plan, and proven', async () => {
    const { page } = console;
    await expect(page.getByTestId('answered')).toContainText('4 of 4');
    await page.evaluate(() => (location.hash = '#/inventory/clusters'));
    await page.getByLabel('Endpoint host').fill(haproxy.host);
    await page.getByLabel('Endpoint port').fill(String(haproxy.port));
    const choose = async (kind: string): Promise<void> => {
      await page.getByRole('combobox', { name: 'Re-point hook', exact: true }).click();
      await page.getByRole('option', { name: kind }).click();
    };
    for (const [kind, picture] of [
      ['ProxySQL, by its admin interface', 'traffic-proxysql'],
      ['Virtual address, by SSH on the hosts', 'traffic-address'],
      ['MySQL Router: cannot be moved, only read', 'traffic-router'],
    ] as const) {
      await choose(kind);
      await page.getByRole('button', { name: 'Test traffic' }).scrollIntoViewIfNeeded();
      await inEachLook(console, async (at) => look(console, picture, at));
    }
    await choose('HAProxy, by its runtime API');
    await expect(page.getByRole('button', { name: /Save: runtime APIs of the re-point hook missing/ })).toBeDisabled();
    await page.getByLabel('Re-point hook: runtime APIs').fill(`${haproxy.api}\n127.0.0.1:1`);
    await page.getByLabel('Re-point hook: backend').fill(haproxyBackend);

    await page.getByRole('button', { name: 'Test traffic' }).click();
    const tried = page.getByTestId('traffic-try');
    await expect(tried.getByRole('table')).toContainText('wallet-1');
    await expect(tried).toContainText('127.0.0.1:1 refused the connection');
    await expect(tried).toContainText(`${haproxy.api}: set server mysql/wallet-1 state maint`);
    await inEachLook(console, async (at) => {
      await tried.scrollIntoViewIfNeeded();
      await look(console, 'traffic-form', at);
    });

    await page.getByLabel('Re-point hook: runtime APIs').fill(haproxy.api);
    await page.getByRole('button', { name: 'Save wallet' }).click();
    await expect
      .poll(async () => (await inventoryOf(console)).clusters[0]?.traffic?.repoint)
      .toMatchObject({ kind: 'haproxy', proxies: [haproxy.api], backend: haproxyBackend });
    const yaml = await page.evaluate(async () => {
      const answer = await window.midwatch.call('inventory.export', {});
      return answer.ok ? answer.value.yaml : '';
    });
    expect(yaml).toContain('kind: haproxy');
    const before = (await inventoryOf(console)).clusters[0]?.traffic;
    await page.evaluate(async (text) => window.midwatch.call('inventory.import', { yaml: text }), yaml);
    expect((await inventoryOf(console)).clusters[0]?.traffic).toEqual(before);

    const { id = '' } = (await inventoryOf(console)).clusters[0] ?? {};
    await openPlace(console, `#/cluster/${id}`);
    const operation = new OperationPage(page);
    await operation.planSwitchover();
    await operation.chooseCandidate('wallet-2');
    await expect(page.getByRole('table', { name: 'Checks' })).toContainText(
      'Every proxy answers and knows both servers',
    );
    await page.getByText('Lead applications to wallet-2').click();
    await inEachLook(console, async (at) => look(console, 'traffic-plan', at));
    await operation.unlock('wallet', 'patch the primary');
    await operation.approve('wallet', 'Switch to wallet-2, lose 0 transactions');
    await operation.report();
    await load.waitForWrites(40);
    await load.stop();
    const next = fleet.instance('wallet-2');
    expect(await load.ledger.missing(next.host, next.port)).toEqual([]);
  });
});
