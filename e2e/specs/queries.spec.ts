import fs from 'node:fs';
import path from 'node:path';
import { accessFaults } from '../fixtures/access-faults';
import { inEachLook, look } from '../fixtures/looks';
import { expect, launchConsole, test, type Console } from '../fixtures/midwatch';
import {
  historyIndex,
  linesIndex,
  monthRewrite,
  plantTables,
  runWorkload,
  startSlowLog,
  stopSlowLog,
} from '../fixtures/planted-workload';
import type { RunningFleet } from '../fleet';
import { QueriesPage } from '../pages/queries-page';

test.describe('a slow-query review on wallet, in the window', () => {
  let fleet: RunningFleet;
  let console: Console;
  let queries: QueriesPage;
  test.beforeAll(async ({ lab }) => {
    fleet = await lab.up('wallet');
    await plantTables(fleet.primary);
    console = await launchConsole({ fleets: [fleet] });
    queries = new QueriesPage(console);
    await expect(console.page.getByTestId('answered')).toContainText('4 of 4');
  });
  test.afterAll(async () => {
    await console?.close();
    await fleet?.down();
  });

  const faults: string[] = [];
  const pictures = async (name: string): Promise<void> =>
    inEachLook(console, async (at) => {
      await look(console, `queries-${name}`, at);
      if (at.width === 1280) faults.push(...(await accessFaults(console.page, `${name}, ${at.scheme}`)));
    });

  test('finds the planted five of forty, fixes two by index and one by rewrite, and the next capture shows the gain', async () => {
    test.setTimeout(240_000);
    const { page } = console;
    const { primary } = fleet;
    const first = await startSlowLog(primary, 'week-47.log');
    await runWorkload(primary, { rounds: 24, rewritten: false });
    await stopSlowLog(primary);
    await queries.open();
    await pictures('empty');

    await test.step('capture: the five are the first five', async () => {
      await queries.captureFiles([first], 'wallet', 'Week 47');
      const five = await queries.firstRows(5);
      for (const words of [
        'order by created_at desc',
        'from order_line',
        'year(created_at)',
        'note like',
        'group by c.city',
      ])
        expect(five.filter((row) => row.includes(words))).toHaveLength(1);
      await pictures('triage');
      await page.getByRole('button', { name: 'What was read' }).click();
      await expect(page.getByTestId('coverage')).toContainText('Bytes read');
      await page.keyboard.press('Escape');
    });

    await test.step('a deploy is marked where the class is drawn over time', async () => {
      await page.getByRole('button', { name: 'What was read' }).click();
      await page.getByRole('button', { name: 'Mark a deploy' }).click();
      await page.getByRole('textbox', { name: 'What' }).fill('shop 4.12 deployed');
      const when = page.getByRole('textbox', { name: 'When, UTC' });
      await when.fill('yesterday');
      await expect(page.getByRole('button', { name: 'Mark it in every chart' })).toBeDisabled();
      await when.fill(new Date().toISOString().slice(0, 19).replace('T', ' '));
      await page.getByRole('button', { name: 'Mark it in every chart' }).click();
      await expect(page.getByText('Marked', { exact: true })).toBeVisible();
      await page.getByRole('button', { name: 'All figures' }).click();
      await expect(page.getByRole('table', { name: 'Attributes' })).toContainText('Rows examined');
      await expect(page.getByText(/^Sample: slowest, .* UTC, at byte [\d,]+ of its log/)).toBeVisible();
      await pictures('figures');
      await page.getByRole('button', { name: 'Less' }).click();
    });

    await test.step('plan: the worst line is the scan', async () => {
      await queries.openClass('order by created_at desc');
      await queries.ask('wallet-3');
      await page.getByTestId('analyze').click();
      await expect(page.getByTestId('plan-tree')).toContainText(/scan/i);
      await expect(page.locator('[data-worst=true]')).toContainText('orders');
      await pictures('plan');
    });

    await test.step('without the index that it walks, by a hint and for nobody else', async () => {
      await page.getByTestId('try-without').filter({ hasText: 'created of orders' }).click();
      await expect(page.getByTestId('index-verdict')).toContainText('This statement needs created', {
        timeout: 30_000,
      });
      await pictures('without');
    });

    for (const [words, columns] of [
      ['order by created_at desc', 'customer_id'],
      ['from order_line', 'order_id'],
    ] as const) {
      await test.step(`an index for ${words}`, async () => {
        await queries.openClass(words);
        await page.getByTestId('advise').click();
        await expect(page.getByTestId('advice').first()).toContainText(columns);
        await page.getByText('On a copy of some rows').click();
        await page.getByTestId('try-index').first().click();
        await expect(page.getByTestId('index-verdict')).toContainText('The optimizer takes the index', {
          timeout: 60_000,
        });
        await pictures(`index-${columns}`);
        await page.getByTestId('decide-index').click();
        await expect(page.getByTestId('decision')).toHaveAttribute('data-state', 'decided');
      });
    }

    await test.step('a rewrite with equal rows', async () => {
      await queries.openClass('year(created_at)');
      await page.getByText('Rewrite', { exact: true }).click();
      const verdict = page.getByTestId('rewrite-verdict');
      const renamed = page.getByRole('checkbox', { name: 'Other column names may stand in the result' });
      await page.getByRole('textbox', { name: 'Rewrite' }).fill(monthRewrite.replace('SELECT id,', 'SELECT id AS no,'));
      await page.getByTestId('try-rewrite').click();
      await expect(verdict).toContainText('Column 1 (id) of the original is Column 1 (no)', { timeout: 60_000 });
      await expect(verdict).toHaveAttribute('data-equal', 'false');
      await renamed.check();
      await page.getByTestId('try-rewrite').click();
      await expect(verdict).toContainText('under other column names', { timeout: 60_000 });
      await expect(verdict).toHaveAttribute('data-equal', 'true');
      await pictures('rewrite-renamed');
      await renamed.uncheck();
      await page.getByRole('textbox', { name: 'Rewrite' }).fill(monthRewrite);
      await page.getByTestId('try-rewrite').click();
      await expect(verdict).not.toContainText('under other column names', { timeout: 60_000 });
      await expect(verdict).toHaveAttribute('data-equal', 'true', { timeout: 90_000 });
      await expect(verdict).toContainText(/Equal on (1[0-2]) of \1 parameter sets/);
      await pictures('rewrite');
      await page.getByTestId('decide-rewrite').click();
      await expect(page.getByTestId('decision')).toHaveAttribute('data-state', 'decided');
    });

    await test.step('what cannot be fixed is accepted, with a reason and an end', async () => {
      await queries.openClass('note like');
      await page.getByRole('textbox', { name: 'Note' }).fill('the phone desk asks it twice a day');
      await page.getByRole('button', { name: 'Accept as it is' }).click();
      await expect(page.getByTestId('decision')).toHaveAttribute('data-state', 'accepted');
    });

    await test.step('the report stands alone and holds no literal', async () => {
      const file = path.join(console.dataFolder, 'week-47.html');
      await queries.answerSaveDialog(file);
      await page.getByRole('button', { name: 'Report' }).click();
      await page.getByRole('menuitem', { name: 'Report as HTML' }).click();
      await expect(page.getByText(`Written to ${file}`)).toBeVisible();
      const html = fs.readFileSync(file, 'utf8');
      expect(html).toContain('ALTER TABLE');
      expect(html).not.toMatch(/<script|https?:\/\//);
      expect(html).not.toMatch(/'%\d+9 by%'/);
    });

    await test.step('the changes are made, and the next capture shows what came of them', async () => {
      await primary.execute(historyIndex, linesIndex);
      const next = await startSlowLog(primary, 'week-48.log');
      await runWorkload(primary, { rounds: 24, rewritten: true });
      await stopSlowLog(primary);
      await queries.open();
      await queries.captureFiles([next], 'wallet', 'Week 48');
      for (const words of ['order by created_at desc', 'from order_line']) {
        await queries.openClass(words);
        await expect(page.getByTestId('decision')).toHaveAttribute('data-state', 'done');
        await expect(page.getByTestId('realised')).toContainText('faster');
      }
      await pictures('realised');
    });
    expect(faults).toEqual([]);
  });
});
