import type { Page } from '@playwright/test';
import { expect } from '../fixtures/midwatch';

/** The wizard: plan, decide, run, report. */
export class OperationPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** From the cluster's screen. */
  async planSwitchover(): Promise<void> {
    await this.page.getByRole('button', { name: 'Plan switchover…' }).click();
    await this.page.getByRole('table', { name: 'Checks' }).waitFor();
  }

  async chooseCandidate(name: string): Promise<void> {
    await this.page.getByLabel(`Choose ${name}`).click();
    await expect(this.page.locator(`[data-candidate="${name}"]`)).toBeVisible();
    await expect(this.page.getByTestId('go')).toContainText(name);
  }

  async unlock(cluster: string, reason: string): Promise<void> {
    const form = this.page.getByRole('form', { name: `Unlock ${cluster}` });
    await form.getByLabel('Reason').fill(reason);
    await form.getByRole('button', { name: `Unlock ${cluster}` }).click();
    await expect(form).toBeHidden();
  }

  /** Types the name and presses the button, whose label is the plan's own. */
  async approve(cluster: string, label: string | RegExp): Promise<void> {
    const go = this.page.getByTestId('go');
    await expect(go).toBeDisabled();
    await this.page.getByLabel('Type the cluster').fill(cluster);
    await expect(go).toContainText(label);
    await go.click();
  }

  async report(): Promise<void> {
    await expect(
      this.page.locator('[data-run][data-state="succeeded"], [data-testid="report"][data-state="succeeded"]'),
    ).toBeVisible({ timeout: 60_000 });
    const report = this.page.getByTestId('report');
    if (!(await report.isVisible()))
      await this.page
        .getByRole('button', { name: /report/i })
        .first()
        .click();
    await expect(report).toHaveAttribute('data-state', 'succeeded');
  }
}
