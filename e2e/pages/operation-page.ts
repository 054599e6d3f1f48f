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

  /** From the cluster's screen, whose primary does not answer. */
  async planFailover(): Promise<void> {
    await this.page.getByRole('main').getByRole('button', { name: 'Plan failover…' }).click();
    await this.page.getByTestId('verdict').waitFor();
  }

  /** The price that is shown before the click: "0", "12 + about 40", "Not known". */
  async announcedLoss(): Promise<string> {
    return (await this.page.getByTestId('loss-figure').innerText()).replace(/\s*transactions lost$/, '').trim();
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

  /** Types the words by which a person swears that the old primary is off. */
  async swear(words: string): Promise<void> {
    await this.page.getByRole('group', { name: 'Attestation' }).getByRole('textbox').fill(words);
  }

  /** Settles a stopped run, once the servers were looked at and the choice is possible. */
  async settle(choice: 'continue' | 'roll-back' | 'adopt', note = ''): Promise<void> {
    await this.page.getByTestId('situation').waitFor();
    if (choice === 'adopt') await this.page.getByRole('textbox', { name: 'Note' }).fill(note);
    await this.page.getByTestId(choice).click();
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
