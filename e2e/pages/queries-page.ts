import { expect, type Page } from '@playwright/test';
import type { Console } from '../fixtures/midwatch';

/** The part Queries: captures, the review, its classes, experiments and decisions. */
export class QueriesPage {
  readonly console: Console;

  constructor(console: Console) {
    this.console = console;
  }

  get page(): Page {
    return this.console.page;
  }

  async open(): Promise<void> {
    await this.page.evaluate(() => (location.hash = '#/queries'));
    await expect(this.page.getByRole('form', { name: 'New capture' })).toBeVisible();
  }

  /** Chooses files through the system's dialog, whose answer is given here, and reads them; ends with the review open. */
  async captureFiles(files: readonly string[], cluster: string, title: string): Promise<void> {
    await this.startFiles(files, cluster, title);
    await this.openReview(title);
  }

  async startFiles(files: readonly string[], cluster: string, title: string): Promise<void> {
    await this.answerOpenDialog(files);
    const form = this.page.getByRole('form', { name: 'New capture' });
    await form.getByText('Files', { exact: true }).click();
    await form.getByRole('button', { name: 'Choose files' }).click();
    await form.getByRole('textbox', { name: 'Cluster' }).fill(cluster);
    await form.getByRole('textbox', { name: 'Title' }).fill(title);
    await form.getByTestId('start-capture').click();
  }

  async captureDigests(instance: string, title: string): Promise<void> {
    await this.#captureServer('Digests', instance, title);
  }

  /** What is new in the slow log on the instance's host. */
  async captureHostLog(instance: string, title: string): Promise<void> {
    await this.#captureServer('Slow log', instance, title);
  }

  async #captureServer(source: string, instance: string, title: string): Promise<void> {
    const form = this.page.getByRole('form', { name: 'New capture' });
    await form.getByText(source, { exact: true }).click();
    await form.getByRole('combobox', { name: 'Instance' }).click();
    await this.page.getByRole('option', { name: instance }).click();
    await form.getByRole('textbox', { name: 'Title' }).fill(title);
    await form.getByTestId('start-capture').click();
    await this.openReview(title);
  }

  async openReview(title: string): Promise<void> {
    await this.page.getByRole('table').getByRole('button', { name: title }).click({ timeout: 60_000 });
    await expect(this.page.getByRole('heading', { level: 1, name: title })).toBeVisible();
    await expect(this.rows().first()).toBeVisible();
  }

  rows(): ReturnType<Page['locator']> {
    return this.page.getByTestId('triage').getByRole('option');
  }

  /** Fingerprints of the first rows, as shown. */
  async firstRows(count: number): Promise<readonly string[]> {
    await expect(this.rows().nth(count - 1)).toBeVisible();
    // Rows come a few a frame.
    await this.page.locator('[data-testid=triage][aria-busy=false] [role=option]').first().waitFor();
    return (await this.rows().locator('.triage-sql').allInnerTexts()).slice(0, count);
  }

  /** Opens the class whose fingerprint holds these words. */
  async openClass(words: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Filter' }).fill(words);
    await expect(this.rows()).toHaveCount(1);
    await this.rows().first().click();
    await expect(this.rows().first()).toHaveAttribute('aria-selected', 'true');
    await this.page.getByRole('textbox', { name: 'Filter' }).fill('');
  }

  /** Which instance plans and experiments ask. */
  async ask(instance: string): Promise<void> {
    await this.page.getByRole('combobox', { name: 'Ask the instance' }).first().click();
    await this.page.getByRole('option', { name: instance }).first().click();
  }

  async answerOpenDialog(files: readonly string[]): Promise<void> {
    await this.console.app.evaluate(({ dialog }, filePaths) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [...filePaths] });
    }, files);
  }

  async answerSaveDialog(filePath: string): Promise<void> {
    await this.console.app.evaluate(({ dialog }, path) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: path });
    }, filePath);
  }
}
