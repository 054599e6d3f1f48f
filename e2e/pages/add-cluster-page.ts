import type { Page } from '@playwright/test';

export interface HopEntry {
  readonly address: string;
  readonly port: number;
  readonly keyFile: string;
  readonly passphrase?: string;
}

/** The screen that adds a cluster by naming one instance. */
export class AddClusterPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(): Promise<void> {
    await this.page.evaluate(() => (location.hash = '#/add-cluster'));
    await this.page.getByRole('heading', { name: 'Add a cluster by naming one instance' }).waitFor();
  }

  async fillTarget(target: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly password: string;
  }): Promise<void> {
    await this.page.getByLabel('Host', { exact: true }).fill(target.host);
    await this.page.getByLabel('Port', { exact: true }).fill(String(target.port));
    await this.page.getByLabel('User', { exact: true }).fill(target.user);
    await this.page.getByRole('textbox', { name: 'Password', exact: true }).fill(target.password);
    await this.page
      .getByRole('combobox', { name: 'TLS' })
      .or(this.page.getByRole('textbox', { name: 'TLS' }))
      .first()
      .click();
    await this.page.getByRole('option', { name: /^Off/ }).click();
  }

  async addHop(number: number, hop: HopEntry): Promise<void> {
    await this.page.getByRole('button', { name: 'Add hop' }).click();
    await this.page.getByLabel(`Hop ${number} user@host`).fill(hop.address);
    await this.page.getByLabel(`Hop ${number} port`).fill(String(hop.port));
    await this.page
      .getByRole('combobox', { name: `Hop ${number} sign-in` })
      .or(this.page.getByRole('textbox', { name: `Hop ${number} sign-in` }))
      .first()
      .click();
    await this.page.getByRole('option', { name: 'key file' }).click();
    await this.page.getByLabel(`Hop ${number} key file`).fill(hop.keyFile);
    if (hop.passphrase !== undefined) await this.page.getByLabel(`Hop ${number} passphrase`).fill(hop.passphrase);
  }

  async test(): Promise<void> {
    await this.page.getByRole('button', { name: /^Test path/ }).click();
  }

  /** A new host key is shown and compared before it is trusted. */
  async trustKey(fingerprint: string): Promise<void> {
    await this.page.getByText(fingerprint).first().waitFor();
    await this.page.getByRole('button', { name: 'Trust this key, test again' }).click();
  }

  async add(name: string): Promise<void> {
    await this.page.getByLabel('Cluster name').fill(name);
    await this.page.getByTestId('add-cluster').click();
    await this.page.getByRole('heading', { name, exact: true }).waitFor();
  }
}
