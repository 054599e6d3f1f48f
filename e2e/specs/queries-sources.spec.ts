import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { keepPicture } from '../fixtures/looks';
import { expect, launchConsole, test, type Console } from '../fixtures/midwatch';
import { plantTables, runWorkload, startSlowLog, stopSlowLog } from '../fixtures/planted-workload';
import type { RunningFleet } from '../fleet';
import { QueriesPage } from '../pages/queries-page';

test.describe('captures of every source, on shop', () => {
  let fleet: RunningFleet;
  let console: Console;
  let queries: QueriesPage;
  test.beforeAll(async ({ lab }) => {
    fleet = await lab.up('shop', { hosts: true });
    await plantTables(fleet.primary);
    console = await launchConsole({ fleets: [fleet] });
    queries = new QueriesPage(console);
    await expect(console.page.getByTestId('answered')).toContainText(
      `${fleet.instances.length} of ${fleet.instances.length}`,
    );
  });
  test.afterAll(async () => {
    await console?.close();
    await fleet?.down();
  });

  test('the log on the host is read by SSH, and the next capture reads only what is new', async () => {
    test.setTimeout(120_000);
    const { page } = console;
    await startSlowLog(fleet.primary, 'shop-slow.log');
    await runWorkload(fleet.primary, { rounds: 3, rewritten: false });
    await queries.open();
    await queries.captureHostLog(fleet.primary.name, 'Shop 1');
    expect((await queries.firstRows(5)).filter((row) => row.includes('from order_line'))).toHaveLength(1);
    await queries.openClass('from order_line');
    await expect(page.getByText('Class', { exact: false }).first()).toBeVisible();
    await expect(page.locator('.class-figures')).toContainText('Calls3');

    await runWorkload(fleet.primary, { rounds: 2, rewritten: false });
    await stopSlowLog(fleet.primary);
    await queries.open();
    await queries.captureHostLog(fleet.primary.name, 'Shop 2');
    await queries.openClass('from order_line');
    await expect(page.locator('.class-figures')).toContainText('Calls2');
    await page.getByRole('button', { name: 'What was read' }).click();
    await expect(page.getByTestId('coverage')).toContainText('slow_query_log is OFF');
    await keepPicture(page, 'queries-coverage');
    await page.keyboard.press('Escape');
    await expect(page.getByTestId('coverage')).toBeHidden();
  });

  test('digests of MariaDB: exact counts, and a plain word about what it cannot say', async () => {
    await queries.open();
    await queries.captureDigests(fleet.primary.name, 'Shop digests');
    await queries.openClass('from order_line');
    await expect(console.page.locator('.class-figures')).toContainText('Calls5');
    await expect(console.page.locator('.class-figures')).toContainText('p95–');
    await expect(console.page.getByText('The source gave no statement of this class with its values')).toBeVisible();
    await keepPicture(console.page, 'queries-mariadb-digests');
  });

  test('a review goes out and comes back; without values nothing can be asked with it', async () => {
    const { page } = console;
    const file = path.join(console.dataFolder, 'shop-1.midwatch-review');
    await queries.open();
    await queries.openReview('Shop 1');
    await queries.answerSaveDialog(file);
    await page.getByRole('button', { name: 'Report' }).click();
    await page.getByRole('menuitem', { name: 'Review for another console' }).click();
    await expect(page.getByText(`Written to ${file}`)).toBeVisible();
    await queries.open();
    await queries.answerOpenDialog([file]);
    await page.getByRole('button', { name: 'Import a review' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Shop 1' })).toBeVisible();
    await queries.openClass('from order_line');
    await expect(page.getByText('This review came without the values of statements')).toBeVisible();
  });

  for (const [name, content, words] of [
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d4948445200000010', 'hex'), /binary/],
    ['an empty file', Buffer.alloc(0), /empty|0 bytes|nothing/i],
    [
      'a general log',
      Buffer.from(
        'mysqld, Version: 9.7.4. started with:\nTcp port: 3306  Unix socket: /tmp/s\nTime                 Id Command    Argument\n2026-11-20T10:00:00.000001Z\t   12 Connect\tapp@localhost on shop using TCP/IP\n2026-11-20T10:00:00.000002Z\t   12 Query\tSELECT 1\n',
      ),
      /general log/,
    ],
    [
      'half an archive',
      gzipSync(Buffer.from('# Time: 2026-11-20T10:00:00Z\n'.repeat(9000))).subarray(0, 60),
      /archive/,
    ],
  ] as const) {
    test(`bad input: ${name} is called what it is`, async () => {
      const { page } = console;
      const file = path.join(console.dataFolder, `${name.replaceAll(' ', '-')}.log`);
      fs.writeFileSync(file, content);
      await queries.open();
      await queries.startFiles([file], '', name);
      const job = page.locator('[data-job=capture]').filter({ hasText: name });
      const opened = page.getByRole('table').getByRole('button', { name, exact: true });
      await expect(job.locator('[role=alert]').or(opened).first()).toBeVisible({ timeout: 20_000 });
      if (await opened.isVisible()) {
        await opened.click();
        await page.getByRole('button', { name: 'What was read' }).click();
        await expect(page.getByTestId('coverage')).toContainText(words);
        await page.keyboard.press('Escape');
      } else {
        await expect(job).toContainText(words);
      }
    });
  }

  test('100,000 statement classes are listed, scrolled and filtered; how the frames went is printed', async () => {
    test.setTimeout(120_000);
    const { page } = console;
    const file = path.join(console.dataFolder, 'many.log');
    const out = fs.openSync(file, 'w');
    for (let from = 0; from < 100_000; from += 1000) {
      const piece = Array.from({ length: 1000 }, (_, at) => {
        const n = from + at;
        return `# Time: 2026-11-20T10:00:${String(n % 60).padStart(2, '0')}.000000Z\n# User@Host: app[app] @ web [10.0.0.1]  Id: 7\n# Query_time: ${(1 + ((n * 7919) % 9973)) / 1000}  Lock_time: 0.000001 Rows_sent: 1  Rows_examined: ${n}\nSET timestamp=${1_763_632_800 + (n % 60)};\nSELECT a, b, column_${n} FROM table_${n % 300} WHERE key_${n % 70} = ${n};\n`;
      });
      fs.writeSync(out, piece.join(''));
    }
    fs.closeSync(out);
    await queries.open();
    await queries.captureFiles([file], 'many', 'Many classes');
    await expect(page.locator('.panel-note').first()).toContainText('100,000 of 100,000');
    const frames = await page.getByTestId('triage').evaluate(
      async (list) =>
        new Promise<{ readonly drawn: number; readonly slowestMs: number; readonly over50: number }>((resolve) => {
          let before = performance.now();
          let drawn = 0;
          let slowestMs = 0;
          let over50 = 0;
          const step = (now: number): void => {
            const gap = now - before;
            before = now;
            if (drawn > 2) {
              slowestMs = Math.max(slowestMs, gap);
              if (gap > 50) over50 += 1;
            }
            drawn += 1;
            list.scrollTop = drawn < 90 ? drawn * 400 : (drawn - 90) * 40_000;
            if (drawn < 180) requestAnimationFrame(step);
            else resolve({ drawn, slowestMs, over50 });
          };
          requestAnimationFrame(step);
        }),
    );
    globalThis.console.log(
      `100,000 classes: ${frames.drawn} frames, slowest ${frames.slowestMs.toFixed(0)} ms, ${frames.over50} over 50 ms`,
    );
    await page.getByRole('textbox', { name: 'Filter' }).fill('column_99999');
    await expect(queries.rows()).toHaveCount(1);
    await keepPicture(page, 'queries-many');
  });
});
