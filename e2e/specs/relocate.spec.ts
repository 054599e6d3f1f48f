import { accessFaults } from '../fixtures/access-faults';
import { inEachLook, keepPicture, look } from '../fixtures/looks';
import { expect, launchConsole, test, type Console } from '../fixtures/midwatch';
import type { LoadRun, RunningFleet } from '../fleet';
import { OperationPage } from '../pages/operation-page';
import { TopologyPage } from '../pages/topology-page';

test.describe('a replica is moved under another source, in the window', () => {
  let fleet: RunningFleet;
  let console: Console;
  let load: LoadRun;
  test.beforeAll(async ({ lab }) => {
    test.setTimeout(120_000);
    fleet = await lab.up('payments');
    await fleet.waitUntilReplicating();
    load = await fleet.load({ writers: 2, readers: 0, writePauseMs: 15 });
    console = await launchConsole({ fleets: [fleet] });
  });
  test.afterAll(async () => {
    await load?.stop();
    await console?.close();
    await fleet?.down();
  });

  test('dragged, planned, run under load and proven; what is not legal says why', async () => {
    test.setTimeout(240_000);
    const { page } = console;
    const topology = new TopologyPage(page);
    const operation = new OperationPage(page);
    const faults: string[] = [];
    const pictures = (name: string): Promise<void> =>
      inEachLook(console, async (at) => {
        await look(console, name, at);
        if (at.width === 1280) faults.push(...(await accessFaults(page, `${name}, ${at.scheme}`)));
      });

    await test.step('an illegal drag says why, and nothing happens', async () => {
      await expect(page.getByTestId('answered')).toContainText('6 of 6', { timeout: 60_000 });
      await openCluster(console);
      await expect(page.locator('.react-flow__edge')).toHaveCount(5);
      await topology.drag('us-1', 'us-2');
      await expect(topology.words).toContainText('us-1 cannot follow us-2: follows us-1: a circle');
      await expect(topology.node('ap-1')).toContainText('Can follow');
      await keepPicture(page, 'relocate-illegal-drag');
      await topology.drop();
      await expect(topology.words).toContainText('us-1 stays where it is');
      await expect(page.getByRole('heading', { name: 'payments', exact: true })).toBeVisible();
      await topology.drag('eu-1', 'us-2');
      await expect(topology.words).toContainText('eu-1 is the primary');
      await topology.drop();
    });

    await test.step('by keyboard: M, arrows, Enter asks for the plan', async () => {
      await topology.choose('us-2', 'ap-1');
      await page.keyboard.press('Enter');
      await expect(page.getByTestId('go')).toContainText('Let us-2 follow ap-1');
      await page.goBack();
    });

    await test.step('dragged onto the primary: the plan, its price and its sources', async () => {
      await expect(page.locator('.react-flow__edge')).toHaveCount(5);
      await topology.drag('us-2', 'eu-1');
      await expect(topology.words).toContainText('us-2 can follow eu-1');
      await topology.drop();
      await expect(page.getByTestId('go')).toContainText('Let us-2 follow eu-1');
      await expect(page.locator('[data-candidate="us-1"]')).toContainText('us-2 follows it already');
      await pictures('relocate-planned');
    });

    await test.step('run under load, seen to follow, reported', async () => {
      await operation.unlock('payments', 'give us-1 air');
      await page.getByRole('button', { name: 'Ask again' }).first().click();
      await operation.approve('payments', 'Let us-2 follow eu-1');
      await operation.report();
      await expect(page.getByTestId('report')).toContainText('us-2 follows 127.0.0.1:');
      await pictures('relocate-report');
      const [row] = await fleet.instance('us-2').query('SHOW REPLICA STATUS');
      expect(Number(row?.['Source_Port'])).toBe(fleet.primary.port);
      expect([row?.['Replica_IO_Running'], row?.['Replica_SQL_Running']]).toEqual(['Yes', 'Yes']);
      await openCluster(console);
      await expect.poll(() => sourceOf(console, 'us-2')).toBe('eu-1');
    });

    await test.step('no acknowledged write is missing on it', async () => {
      await load.waitForWrites(50);
      const { refused, unknown } = await load.stop();
      expect([refused, unknown]).toEqual([0, 0]);
      const { host, port } = fleet.instance('us-2');
      await expect.poll(async () => (await load.ledger.missing(host, port)).length).toBe(0);
    });
    expect(faults).toEqual([]);
  });
});

for (const scenario of ['wallet', 'shop'] as const) {
  test.describe(`a replica of ${scenario} is moved by keyboard, in the window`, () => {
    let fleet: RunningFleet;
    let console: Console;
    let load: LoadRun;
    test.beforeAll(async ({ lab }) => {
      fleet = await lab.up(scenario);
      load = await fleet.load({ writers: 2, readers: 0, writePauseMs: 15 });
      console = await launchConsole({ fleets: [fleet] });
    });
    test.afterAll(async () => {
      await load?.stop();
      await console?.close();
      await fleet?.down();
    });

    test('planned, run under load and proven; no acknowledged write is missing on it', async () => {
      test.setTimeout(120_000);
      const { page } = console;
      const [replica, source] = [`${scenario}-3`, `${scenario}-2`];
      const count = fleet.instances.length;
      await expect(page.getByTestId('answered')).toContainText(`${count} of ${count}`);
      await openCluster(console, scenario);
      await new TopologyPage(page).choose(replica, source);
      await page.keyboard.press('Enter');
      const operation = new OperationPage(page);
      await expect(page.getByTestId('go')).toContainText(`Let ${replica} follow ${source}`);
      await operation.unlock(scenario, 'give the primary air');
      await page.getByRole('button', { name: 'Ask again' }).first().click();
      await operation.approve(scenario, `Let ${replica} follow ${source}`);
      await operation.report();
      await openCluster(console, scenario);
      await expect.poll(() => sourceOf(console, replica)).toBe(source);
      await load.waitForWrites(50);
      const { refused, unknown } = await load.stop();
      expect([refused, unknown]).toEqual([0, 0]);
      const { host, port } = fleet.instance(replica);
      await expect.poll(async () => (await load.ledger.missing(host, port)).length).toBe(0);
    });
  });
}

async function openCluster({ page }: Console, name = 'payments'): Promise<void> {
  await page.evaluate(async () => {
    const fleetNow = await window.midwatch.call('fleet.snapshot', {});
    location.hash = `#/cluster/${fleetNow.ok ? (fleetNow.value.clusters[0]?.id ?? '') : ''}/overview`;
  });
  await page.getByRole('heading', { name, exact: true }).waitFor();
}

/** Whom the window shows it to follow. */
function sourceOf({ page }: Console, name: string): Promise<string | undefined> {
  return page.evaluate(async (replica) => {
    const answer = await window.midwatch.call('fleet.snapshot', {});
    const all = answer.ok ? answer.value.clusters.flatMap((one) => one.instances) : [];
    const source = all.find((one) => one.name === replica)?.channels[0]?.sourceInstanceId;
    return all.find((one) => one.id === source)?.name;
  }, name);
}
