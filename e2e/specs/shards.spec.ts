import path from 'node:path';
import { expect, launchConsole, test, type Console } from '../fixtures/midwatch';
import type { RunningFleet } from '../fleet';

/** Set to a folder, a picture is kept there. */
const pictures = process.env['MIDWATCH_PICTURES'];

test.describe('shards', () => {
  let fleet: RunningFleet;
  let console: Console;
  test.beforeAll(async ({ lab }) => {
    test.setTimeout(180_000);
    fleet = await lab.up('shards');
    console = await launchConsole({ fleets: [fleet] });
  });
  test.afterAll(async () => {
    await console?.close();
    await fleet?.down();
  });

  test('shows 30 instances, none older than the screen says, and the window stays quick', async () => {
    const { page } = console;
    await expect(page.getByTestId('answered')).toContainText('30 of 30', { timeout: 60_000 });
    const ages = await page.evaluate(async () => {
      const result = await window.midwatch.call('fleet.snapshot', {});
      return result.ok
        ? result.value.clusters.flatMap((one) => one.instances).map((one) => result.value.atMs - (one.seenAtMs ?? 0))
        : [];
    });
    expect(ages).toHaveLength(30);
    // Older than three polls would be shown as stale.
    expect(Math.max(...ages)).toBeLessThan(3500);
    if (pictures) await page.screenshot({ path: path.join(pictures, 'fleet-shards.png') });
    // Smooth: the page draws while thirty servers are polled. Counted, not timed against a wall.
    const frames = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          let count = 0;
          const end = performance.now() + 3000;
          const next = (): void => {
            count += 1;
            if (performance.now() < end) requestAnimationFrame(next);
            else resolve(count);
          };
          requestAnimationFrame(next);
        }),
    );
    expect(frames).toBeGreaterThan(30);
    await page.keyboard.press('Control+k');
    await page.keyboard.type('shard-07-2');
    await expect(page.getByRole('dialog').getByText('shard-07-2').first()).toBeVisible();
    await page.keyboard.press('Escape');
  });
});
