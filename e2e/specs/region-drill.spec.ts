import { inventoryOf, newestDrill, openPlace } from '../fixtures/inside';
import { inEachLook, look } from '../fixtures/looks';
import { expect, launchConsole, test, trafficThrough, type Console } from '../fixtures/midwatch';
import { importRegions } from '../fixtures/regional-fleet';
import type { LoadRun, RunningFleet } from '../fleet';
import { DrillsPage } from '../pages/drills-page';

test.describe('unattended drills between the regions of payments, in the window', () => {
  let fleet: RunningFleet;
  let console: Console;
  let load: LoadRun;
  test.beforeAll(async ({ lab }) => {
    test.setTimeout(180_000);
    fleet = await lab.up('payments', { hosts: true, wan: true, replicaNetTimeoutSeconds: 4 });
    const endpoint = await fleet.openEndpoint();
    load = await fleet.load({ endpoint, writers: 2, readers: 0, writePauseMs: 15 });
    console = await launchConsole();
    await importRegions(console, fleet, trafficThrough(endpoint));
  });
  test.afterAll(async () => {
    await load?.stop();
    await console?.close();
    await fleet?.down();
  });

  test('a move there and back is compared with its like; the loss of a region says what it leaves to do', async () => {
    test.setTimeout(400_000);
    const { page } = console;
    const drills = new DrillsPage(page);
    const pictures = (name: string): Promise<void> => inEachLook(console, (at) => look(console, name, at));
    const id = (await inventoryOf(console)).clusters[0]?.id ?? '';
    const ended = page.locator('tr[data-drill]');
    let count = 0;
    const run = async (kind: 'switchover' | 'failover', toRegion: string): Promise<void> => {
      await openPlace(console, `#/cluster/${id}/drills`);
      await drills.chooseRegion(toRegion);
      await drills.choose(kind);
      if (count === 0) await drills.unlock('payments', 'regional drill');
      if (count === 0 || kind === 'failover') await pictures(`region-drill-1-form-${kind}`);
      await drills.start('payments', { unattended: true, reason: 'regional drill' });
      if (kind === 'failover') await pictures('region-drill-2-running');
      count += 1;
      await expect(ended).toHaveCount(count, { timeout: 120_000 });
      const drill = await newestDrill(console, 'payments');
      process.stdout.write(
        `${kind} drill ${drill.fromRegion} to ${drill.toRegion}: RTO ${drill.rtoMs} ms, RPO ${drill.missing} of ${drill.acknowledged}; ${drill.announced}\n`,
      );
      expect(drill).toMatchObject({ state: 'succeeded', error: '', kind, unattended: true });
    };

    await test.step('a move to us, home again, and once more: the second is held against the first', async () => {
      await run('switchover', 'us');
      expect(await newestDrill(console, 'payments')).toMatchObject({ fromRegion: 'eu', toRegion: 'us', missing: 0 });
      await run('switchover', 'eu');
      await expect(page.locator('.evidence-detail')).not.toContainText('against the drill before');
      await run('switchover', 'us');
      await drills.openEvidence();
      await expect(page.locator('.evidence-detail')).toContainText('against the drill before from eu to us');
      await expect(page.locator('[data-note]')).toContainText('a switchover back to eu leads it home');
      await pictures('region-drill-3-compared');
      await run('switchover', 'eu');
    });

    await test.step('every server of eu is ended: RTO, RPO, what stayed, and what is left to do', async () => {
      await run('failover', 'us');
      await drills.openEvidence();
      const notes = page.locator('.evidence-detail [data-note]');
      await expect(notes.filter({ hasText: 'Ended with kill -9: eu-1, eu-2' })).toHaveCount(1);
      await expect(notes.filter({ hasText: 'bring them back by a rejoin' })).toHaveCount(1);
      // The region is still down, and there is a primary: nobody is urged to fail over again.
      await expect(page.getByTestId('failover-hint')).toHaveCount(0, { timeout: 30_000 });
      // What the form shows is of now: the primary stands elsewhere, and eu is down.
      await expect(page.getByTestId('start-drill')).not.toContainText('End region eu', { timeout: 30_000 });
      await pictures('region-drill-4-evidence');
      const drill = await newestDrill(console, 'payments');
      await load.waitForWrites(40);
      await load.stop();
      const next = fleet.instance(drill.newPrimary);
      expect(['us-1', 'ap-1']).toContain(next.name);
      // Its hosts stayed: what the others had not received was brought over from the disk, or said before.
      const missing = await load.ledger.missing(next.host, next.port);
      process.stdout.write(`the applications miss ${missing.length} of ${load.ledger.entries().length}\n`);
      expect(missing.length).toBeLessThanOrEqual(Number(/\d+/.exec(drill.announced)?.[0] ?? 0));
    });
  });
});
