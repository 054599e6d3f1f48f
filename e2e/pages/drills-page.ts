import type { Page } from '@playwright/test';
import fs from 'node:fs';
import { expect, type Console } from '../fixtures/midwatch';

/** Drills of a cluster: the form that starts one, the evidence that it leaves, and the report of its run. */
export class DrillsPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Waits until the console has said that this drill can be started. */
  async choose(kind: 'switchover' | 'failover'): Promise<void> {
    const word = kind === 'switchover' ? 'Switchover' : 'Failover';
    // The radio itself is drawn nowhere; its label is what a person presses.
    await this.form.getByRole('radiogroup').getByText(word, { exact: true }).click();
    await expect(this.form.getByRole('radio', { name: word })).toBeChecked();
    await expect(this.page.getByTestId('forecast')).toHaveAttribute('data-applyable', 'true', { timeout: 30_000 });
  }

  /** Which region shall take over, where the cluster has several. */
  async chooseRegion(region: string): Promise<void> {
    await this.form
      .getByRole('combobox', { name: 'Who takes over' })
      .or(this.form.getByRole('textbox', { name: 'Who takes over' }))
      .first()
      .click();
    await this.page.getByRole('option', { name: new RegExp(`^(Region )?${region}\\b`) }).click();
  }

  async unlock(cluster: string, reason: string): Promise<void> {
    const form = this.page.getByRole('form', { name: `Unlock ${cluster}` });
    await form.getByLabel('Reason').fill(reason);
    await form.getByRole('button', { name: `Unlock ${cluster}` }).click();
    await expect(form).toBeHidden();
  }

  /** Types the name and presses the button, and waits until the drill is at work. */
  async start(cluster: string, options: { readonly unattended: boolean; readonly reason: string }): Promise<void> {
    const go = this.page.getByTestId('start-drill');
    await expect(go).toBeDisabled();
    await this.form.getByRole('switch', { name: /^Unattended/ }).setChecked(options.unattended);
    await this.form.getByLabel('Reason').fill(options.reason);
    await this.form.getByLabel('Type the cluster').fill(cluster);
    await expect(go).toBeEnabled();
    await go.click();
    await expect(this.page.locator('[data-drill]').first()).toBeVisible();
  }

  /** Opens the newest evidence, unless it is open. */
  async openEvidence(): Promise<void> {
    const row = this.page.locator('tr[data-drill]').first();
    if ((await row.getAttribute('aria-selected')) !== 'true') await row.getByRole('button').click();
    await expect(row).toHaveAttribute('aria-selected', 'true');
  }

  /** From the open evidence. */
  async openReport(): Promise<void> {
    await this.page.getByRole('button', { name: 'Open the report of its run' }).click();
    await expect(this.page.getByTestId('report')).toHaveAttribute('data-state', 'succeeded');
  }

  /** From the report; the system's dialog answers with `file`. */
  async exportReport({ app }: Console, format: 'HTML' | 'JSON' | 'PDF', file: string): Promise<void> {
    await app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
    }, file);
    await this.page.getByRole('button', { name: `Export report as ${format}` }).click();
    await expect(this.page.getByText(`Report written to ${file}`)).toBeVisible({ timeout: 30_000 });
    expect(fs.existsSync(file)).toBe(true);
  }

  private get form() {
    return this.page.getByRole('form', { name: 'Start a drill' });
  }
}
