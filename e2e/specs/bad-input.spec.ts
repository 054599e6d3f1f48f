import type { Locator } from '@playwright/test';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, launchConsole, test, type Console } from '../fixtures/midwatch';
import type { RunningFleet } from '../fleet';
import { AddClusterPage } from '../pages/add-cluster-page';

/** What a person typed wrong, what the one message must be called, say, and advise. */
interface WrongTarget {
  readonly what: string;
  readonly target: (fleet: RunningFleet) => { host?: string; port?: number; user?: string; password?: string };
  readonly code: string;
  readonly says: RegExp;
  readonly advises: RegExp;
}

const wrongTargets: readonly WrongTarget[] = [
  {
    what: 'a port that refuses',
    target: () => ({ port: 1 }),
    code: 'connection-refused',
    says: /127\.0\.0\.1:1/,
    advises: /port|listen|running|firewall/i,
  },
  {
    what: 'a host that no name server knows',
    target: () => ({ host: 'no-such-host.invalid' }),
    code: 'name-not-found',
    says: /no-such-host\.invalid/,
    advises: /name|spell/i,
  },
  {
    what: 'a wrong password',
    target: () => ({ password: 'not this' }),
    code: 'access-denied',
    says: /refused the account midwatch/,
    advises: /Check user and password/,
  },
  {
    what: 'the port of an SSH server',
    target: (fleet) => ({ port: fleet.bastions[0]?.port ?? 0 }),
    code: 'not-mysql',
    says: /SSH/,
    advises: /Enter the port of the MySQL or MariaDB server/,
  },
  {
    what: 'an account without grants',
    target: () => ({ user: 'bare', password: 'bare' }),
    code: 'missing-privilege',
    says: /lacks REPLICATION CLIENT and SELECT/,
    advises: /GRANT REPLICATION CLIENT ON \*\.\* TO 'bare'@'%';/,
  },
];

const wrongFiles = [
  {
    what: 'a corrupt inventory file',
    text: 'midwatch: 1\nbastions: []\nclusters: [{name: x}]\n',
    code: 'inventory-corrupt',
    says: /This is not an inventory file: clusters\.0/,
    advises: /Nothing was imported/,
  },
  {
    what: 'an inventory file of a later version',
    text: 'midwatch: 7\n',
    code: 'inventory-newer',
    says: /format 7; this Midwatch reads format 1/,
    advises: /Update Midwatch/,
  },
] as const;

async function expectOneMessage(
  console: Pick<Console, 'page'>,
  wanted: { readonly code: string; readonly says: RegExp; readonly advises: RegExp },
): Promise<Locator> {
  // A notice of something done is an alert too; a failure carries its code.
  const alert = console.page.getByRole('alert').and(console.page.locator('[data-code]'));
  await expect(alert).toHaveAttribute('data-code', wanted.code, { timeout: 15_000 });
  await expect(alert).toHaveCount(1);
  await expect(alert).toContainText(wanted.says);
  await expect(alert).toContainText(wanted.advises);
  return alert;
}

test.describe('what is typed wrong is answered with one message: cause and next step', () => {
  let fleet: RunningFleet;
  let console: Console;
  test.beforeAll(async ({ lab }) => {
    fleet = await lab.up('wallet', { hops: 1 });
    console = await launchConsole();
  });
  test.afterAll(async () => {
    await console?.close();
    await fleet?.down();
  });

  async function openForm(given: ReturnType<WrongTarget['target']> = {}): Promise<AddClusterPage> {
    const add = new AddClusterPage(console.page);
    // A form of its own for each: the page forgets what was typed when it is left.
    await console.page.evaluate(() => (location.hash = '#/about'));
    await expect(console.page.getByRole('heading', { name: 'Add a cluster by naming one instance' })).toBeHidden();
    await add.open();
    await add.fillTarget({
      host: '127.0.0.1',
      port: fleet.primary.port,
      user: 'midwatch',
      password: 'midwatch',
      ...given,
    });
    return add;
  }

  for (const wrong of wrongTargets) {
    test(wrong.what, async () => {
      const add = await openForm(wrong.target(fleet));
      await add.test();
      await expectOneMessage(console, wrong);
      await expect(console.page.getByTestId('add-cluster')).toBeDisabled();
    });
  }

  test('a wrong passphrase, then a host key that changed: both fingerprints, and no way on', async () => {
    const [bastion] = fleet.bastions;
    if (!bastion) throw new Error('a bastion expected');
    const add = await openForm();
    await add.addHop(1, {
      address: `${bastion.user}@${bastion.host}`,
      port: bastion.port,
      keyFile: bastion.encryptedKeyPath,
      passphrase: 'not this',
    });
    await add.test();
    await expectOneMessage(console, {
      code: 'host-key-unknown',
      says: /not seen before/,
      advises: /Compare the fingerprint/,
    });
    await add.trustKey(bastion.hostKeyFingerprint);
    await expectOneMessage(console, {
      code: 'ssh-passphrase-wrong',
      says: /The passphrase does not open the key/,
      advises: /Enter the passphrase again/,
    });

    const pinned = bastion.hostKeyFingerprint;
    await bastion.lose();
    bastion.replaceHostKey();
    await bastion.start();
    expect(bastion.hostKeyFingerprint).not.toBe(pinned);
    await console.page.getByRole('button', { name: 'Test again' }).click();
    const alert = await expectOneMessage(console, {
      code: 'host-key-changed',
      says: /has changed/,
      advises: /ask the administrator whether the server was rebuilt/,
    });
    await expect(alert).toContainText(pinned);
    await expect(alert).toContainText(bastion.hostKeyFingerprint);
    await expect(alert).toContainText('Blocked');
    await expect(console.page.getByRole('button', { name: /^Trust this key/ })).toHaveCount(0);
    await expect(console.page.getByTestId('add-cluster')).toBeDisabled();
  });

  for (const wrong of wrongFiles) {
    test(wrong.what, async () => {
      const file = path.join(console.dataFolder, 'inventory.yaml');
      fs.writeFileSync(file, wrong.text);
      await console.app.evaluate(({ dialog }, chosen) => {
        dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
      }, file);
      await console.page.evaluate(() => (location.hash = '#/about'));
      await console.page.evaluate(() => (location.hash = '#/inventory'));
      await console.page.getByRole('button', { name: 'Import…' }).click();
      await expectOneMessage(console, wrong);
      const inventory = await console.page.evaluate(async () => window.midwatch.call('inventory.get', {}));
      expect(inventory).toMatchObject({ ok: true, value: { clusters: [], bastions: [] } });
    });
  }
});

test('a local store full of nonsense is kept aside, a new one begun, and that is said', async () => {
  const dataFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'midwatch-e2e-'));
  const store = path.join(dataFolder, 'midwatch.db');
  const nonsense = 'this is no database\n'.repeat(400);
  fs.writeFileSync(store, nonsense);
  const console = await launchConsole({ dataFolder });
  try {
    const { page } = console;
    await page.evaluate(() => (location.hash = '#/about'));
    const said = page.getByText(/The store of inventory, journal and activity .*(damaged|kept)/);
    await expect(said.first()).toBeVisible();
    await expect(page.getByText('Import your last exported inventory file').first()).toBeVisible();
    const aside = fs.readdirSync(dataFolder).filter((name) => name.startsWith('midwatch.db.'));
    expect(aside.some((name) => fs.readFileSync(path.join(dataFolder, name), 'utf8') === nonsense)).toBe(true);
    const activity = await page.evaluate(async () => window.midwatch.call('activity.list', { limit: 10 }));
    expect(JSON.stringify(activity)).toMatch(/inventory, journal and activity/);
  } finally {
    await console.close();
    fs.rmSync(dataFolder, { recursive: true, force: true });
  }
});
