import type { CDPSession, Page } from '@playwright/test';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { launchConsole, resizeWindow, type Console } from '../../e2e/fixtures/midwatch';
import { generateClassLog } from './generate-class-log';
import { plainListPage, plainListSelector } from './plain-list';

const classes = 100_000;
const captureLimitMs = 300_000;
export const reviewListSelector = '[data-testid=triage]';

/** The window of the console with a review of 100,000 classes, and the plain list in its place. */
export class BrowsedReview {
  readonly console: Console;
  readonly devtools: CDPSession;
  readonly #reviewId: string;
  readonly #address: string;

  private constructor(console: Console, devtools: CDPSession, reviewId: string) {
    this.console = console;
    this.devtools = devtools;
    this.#reviewId = reviewId;
    this.#address = console.page.url();
  }

  /** Digests two logs in the console itself, the second as the week after the first: its rows say how each class moved. */
  static async open(folder: string, say: (text: string) => void): Promise<BrowsedReview> {
    const console = await launchConsole({ dataFolder: path.join(folder, 'data'), colorScheme: 'dark' });
    await resizeWindow(console, 1440, 900);
    let reviewId = '';
    for (const [seed, title] of ['one week', 'the next week'].entries()) {
      const file = path.join(folder, `${seed}.log`);
      generateClassLog({ file, classes, callsEach: 8, seed, slower: seed > 0 });
      const startedAt = performance.now();
      reviewId = await capture(console.page, file, title);
      say(
        `${title}: ${classes.toLocaleString('en')} classes in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`,
      );
    }
    const devtools = await console.page.context().newCDPSession(console.page);
    return new BrowsedReview(console, devtools, reviewId);
  }

  /** Shows the review from the top, its costliest class open beside the list. */
  async showReview(): Promise<void> {
    const { page } = this.console;
    await this.#load(this.#address);
    await page.evaluate((reviewId) => {
      location.hash = `#/review/${reviewId}`;
    }, this.#reviewId);
    await page.locator(`${reviewListSelector} [role=option]`).first().waitFor({ timeout: 60_000 });
    await page.getByText('Class 1 of').waitFor();
    await wait(1000);
  }

  async showPlainList(): Promise<void> {
    await this.#load(plainListPage());
    await this.console.page.locator(plainListSelector).waitFor();
    await wait(1000);
  }

  async toTop(list: string): Promise<void> {
    await this.console.page.evaluate((selector) => document.querySelector(selector)?.scrollTo(0, 0), list);
    await wait(400);
  }

  async #load(address: string): Promise<void> {
    const { app, page } = this.console;
    await app.evaluate(({ BrowserWindow }, url) => BrowserWindow.getAllWindows()[0]?.loadURL(url), address);
    await page.waitForFunction(() => document.documentElement.dataset['ready'] === 'true');
  }
}

/** @returns the review's id */
async function capture(page: Page, file: string, title: string): Promise<string> {
  await page.evaluate(
    async ({ file, title }) => {
      const source = { kind: 'files' as const, paths: [file], clusterName: 'tenants' };
      const answer = await window.midwatch.call('query.capture', { title, source });
      if (!answer.ok) throw new Error(answer.error.message);
    },
    { file, title },
  );
  for (const endAt = performance.now() + captureLimitMs; performance.now() < endAt; await wait(500)) {
    const found = await page.evaluate(async (wanted) => {
      const answer = await window.midwatch.call('query.reviews', {});
      return answer.ok ? answer.value.reviews.find((review) => review.title === wanted) : undefined;
    }, title);
    if (found !== undefined) return found.id;
  }
  throw new Error(`${title} was not captured`);
}
