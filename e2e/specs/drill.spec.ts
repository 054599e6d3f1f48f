import fs from 'node:fs';
import path from 'node:path';
import { inventoryOf, newestDrill, openPlace } from '../fixtures/inside';
import { keepPicture } from '../fixtures/looks';
import { expect, launchConsole, test, trafficThrough, type Console } from '../fixtures/midwatch';
import type { LoadRun, RunningFleet } from '../fleet';
import { DrillsPage } from '../pages/drills-page';

/** The phases that the evidence of each kind must name. */
const phasesOf = {
  switchover: [/^Fence .+-1$/, /^Open .+ for writes$/],
  failover: [/^Break$/, /^Detect$/, /^Plan$/, /^Approve$/, /^First write$/],
} as const;
const cases = (['switchover', 'failover'] as const).flatMap((kind) =>
  (['wallet', 'shop'] as const).map((scenario) => ({ scenario, kind, phases: phasesOf[kind] })),
);

for (const { scenario, kind, phases } of cases) {
  test.describe(`an unattended ${kind} drill of ${scenario}, in the window`, () => {
    let fleet: RunningFleet;
    let console: Console;
    let load: LoadRun;
    test.beforeAll(async ({ lab }) => {
      fleet = await lab.up(scenario, { hosts: true, semiSync: true });
      const endpoint = await fleet.openEndpoint();
      load = await fleet.load({ endpoint, writers: 2, readers: 0, writePauseMs: 10 });
      console = await launchConsole({ fleets: [fleet], traffic: { [scenario]: trafficThrough(endpoint) } });
    });
    test.afterAll(async () => {
      await load?.stop();
      await console?.close();
      await fleet?.down();
    });

    test('is started by name, measures what the applications saw, and leaves a report to keep', async () => {
      const { page } = console;
      const drills = new DrillsPage(page);
      await expect(page.getByTestId('answered')).toContainText(
        `${fleet.instances.length} of ${fleet.instances.length}`,
      );
      const id = (await inventoryOf(console)).clusters[0]?.id ?? '';

      await test.step('the form says what it does before it may be started', async () => {
        await openPlace(console, `#/cluster/${id}/drills`);
        await drills.choose(kind);
        await drills.unlock(scenario, 'quarterly drill');
        await keepPicture(page, `${scenario}-drill-1-form`);
        await load.waitForWrites(50);
        await drills.start(scenario, { unattended: true, reason: 'quarterly drill' });
        await keepPicture(page, `${scenario}-drill-2-started`);
      });

      await test.step('the evidence has RTO, phases and RPO', async () => {
        const evidence = page.locator('tr[data-drill][data-state="succeeded"]');
        await expect(evidence).toBeVisible({ timeout: 60_000 });
        await drills.openEvidence();
        await keepPicture(page, `${scenario}-drill-3-evidence`);
        const drill = await newestDrill(console, scenario);
        expect(drill).toMatchObject({ state: 'succeeded', missing: 0, unattended: true, error: '' });
        expect(drill.acknowledged).toBeGreaterThan(0);
        expect(drill.rtoMs).toBeGreaterThan(0);
        for (const phase of phases)
          expect(drill.phases.map((one) => one.name)).toContainEqual(expect.stringMatching(phase));
        expect(drill.phases.every((one) => one.ms >= 0)).toBe(true);
        await expect(evidence).toContainText(/\d (m?s)/);
        await expect(evidence).toContainText(/0 of [\d,]+/);
        await expect(page.locator('.evidence-detail')).toContainText('acknowledged writes missing');
      });

      await test.step('the applications lost nothing either', async () => {
        await load.waitForWrites(50);
        await load.stop();
        const drill = await newestDrill(console, scenario);
        const next = fleet.instance(drill.newPrimary);
        expect(await load.ledger.missing(next.host, next.port)).toEqual([]);
        // The probe and the applications saw the same outage; each counts from its own last write.
        const gapMs = load.ledger.longestGap()?.gapMs ?? 0;
        expect(Math.abs(gapMs - (drill.rtoMs ?? 0))).toBeLessThan(1_000);
      });

      await test.step('the report of its run is written as a page, as data and as print', async () => {
        await drills.openReport();
        const folder = path.join(console.dataFolder, 'reports');
        fs.mkdirSync(folder);
        const files: Record<string, Buffer> = {};
        for (const format of ['HTML', 'JSON', 'PDF'] as const) {
          const file = path.join(folder, `report.${format.toLowerCase()}`);
          await drills.exportReport(console, format, file);
          files[format] = fs.readFileSync(file);
        }
        expect(files['HTML']?.toString()).toMatch(/^<!doctype html>/i);
        expect(files['HTML']?.toString()).toContain(scenario);
        const data = JSON.parse(files['JSON']?.toString() ?? '') as Record<string, unknown>;
        expect(data).toMatchObject({ format: 'midwatch-report/1', state: 'succeeded', kind, cluster: scenario });
        expect(files['PDF']?.subarray(0, 4).toString()).toBe('%PDF');
        await keepPicture(page, `${scenario}-drill-4-report`);
      });
    });
  });
}
