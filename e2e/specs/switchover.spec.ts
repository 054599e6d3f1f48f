import { expect, launchConsole, test, type Console } from '../fixtures/midwatch';
import type { LoadRun, RunningFleet } from '../fleet';
import { OperationPage } from '../pages/operation-page';

for (const scenario of ['wallet', 'shop'] as const) {
  test.describe(`a switchover on ${scenario}, in the window`, () => {
    let fleet: RunningFleet;
    let console: Console;
    let load: LoadRun;
    test.beforeAll(async ({ lab }) => {
      fleet = await lab.up(scenario);
      load = await fleet.load({ writers: 3, readers: 1, writePauseMs: 10 });
      console = await launchConsole({ fleets: [fleet] });
    });
    test.afterAll(async () => {
      await load?.stop();
      await console?.close();
      await fleet?.down();
    });

    test('plan, run and report; no acknowledged write is missing', async () => {
      const { page } = console;
      const operation = new OperationPage(page);
      const candidate = `${scenario}-2`;
      await expect(page.getByTestId('answered')).toContainText(
        `${fleet.instances.length} of ${fleet.instances.length}`,
      );
      await page.locator(`[data-cluster="${scenario}"]`).first().click();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: scenario, exact: true }).waitFor();
      await operation.planSwitchover();
      await operation.chooseCandidate(candidate);
      await operation.unlock(scenario, 'patch the primary');
      await operation.approve(scenario, `Switch to ${candidate}, lose 0 transactions`);
      await operation.report();

      const gapText = await page.getByTestId('report').innerText();
      expect(gapText).toMatch(/write gap/i);
      await load.waitForWrites(50);
      await load.stop();
      const next = fleet.instance(candidate);
      expect(await load.ledger.missing(next.host, next.port)).toEqual([]);
      const gap = load.ledger.longestGap();
      expect(gap?.toPort).toBe(next.port);
      const report = await page.evaluate(async () => {
        const runs = await window.midwatch.call('operation.list', {});
        const runId = runs.ok ? runs.value[0]?.runId : undefined;
        const answer = runId ? await window.midwatch.call('operation.report', { runId }) : null;
        return answer?.ok
          ? { gapMs: answer.value.writeGapMs, missing: answer.value.probeMissing, state: answer.value.state }
          : null;
      });
      expect(report).toMatchObject({ missing: 0, state: 'succeeded' });
      expect(report?.gapMs).toBeGreaterThan(0);
      for (const instance of fleet.instances) {
        const [row] = await instance.query('SELECT @@GLOBAL.read_only AS closed');
        expect([instance.name, Number(row?.['closed'])]).toEqual([instance.name, instance.name === candidate ? 0 : 1]);
      }
    });
  });
}
