import { _electron, expect, test } from '@playwright/test';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { whyNoAdministrator } from './administrator';
import { builtVersion, installPackage, isInstalled, removePackage } from './debian-package';
import { createOrdinaryUser, type OrdinaryUser } from './ordinary-user';

const whyNot = whyNoAdministrator() ?? (isInstalled() ? 'Midwatch is installed here already: it is left alone' : null);
let user: OrdinaryUser;
let isOurs = false;

test.skip(whyNot !== null, whyNot ?? '');

test.beforeAll(() => {
  isOurs = true;
  user = createOrdinaryUser();
  installPackage();
});

test.afterAll(() => {
  if (!isOurs) return;
  try {
    removePackage();
  } finally {
    user.remove();
  }
});

test('the installed window opens for an ordinary user with its sandbox on', async () => {
  const app = await _electron.launch({ executablePath: user.program, chromiumSandbox: true });
  try {
    const page = await app.firstWindow();
    await expect(page).toHaveTitle(/Midwatch/);
    await page.waitForFunction(() => document.documentElement.dataset['ready'] === 'true');

    const main = await app.evaluate(({ app: electron, BrowserWindow }) => ({
      isPackaged: electron.isPackaged,
      args: process.argv.join(' '),
      uid: process.getuid?.(),
      electron: process.versions['electron'] ?? '',
      rendererPid: BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId() ?? 0,
    }));
    expect(main.isPackaged).toBe(true);
    expect(main.uid).not.toBe(0);
    expect(main.args).not.toContain('--no-sandbox');
    const renderer = readStatus(main.rendererPid);
    // 2: system calls are filtered (proc_pid_status(5)); no new privileges: not even by a setuid program.
    expect(renderer).toMatchObject({ Seccomp: '2', NoNewPrivs: '1' });
    expect(renderer['Uid']).toMatch(new RegExp(`^${main.uid}\\b`));

    await page.getByRole('button', { name: 'About' }).click();
    const facts = page.locator('.facts-list');
    await expect(facts).toContainText(builtVersion);
    await expect(facts).not.toContainText('from source');
    await expect(facts).toContainText(main.electron);
    await expect(facts).toContainText(path.join(user.home, '.config', 'Midwatch'));
  } finally {
    await app.close();
  }
});

test('the installed command line answers under the same name', () => {
  const help = spawnSync(user.program, ['--help'], { encoding: 'utf8' });
  expect(help.status).toBe(0);
  expect(help.stdout).toContain('midwatch <noun> <verb>');
  const status = spawnSync(user.program, ['fleet', 'status', '--json'], { encoding: 'utf8' });
  expect(status.stderr).toBe('');
  expect(status.status).toBe(0);
  expect(JSON.parse(status.stdout)).toMatchObject({ total: 0 });
  expect(spawnSync(user.program, ['fleet', 'bogus']).status).toBe(2);
});

test('the desktop finds the icon and the program', () => {
  const entry = fs.readFileSync('/usr/share/applications/midwatch.desktop', 'utf8');
  expect(entry).toContain('Icon=midwatch');
  expect(fs.existsSync('/usr/share/icons/hicolor/scalable/apps/midwatch.svg')).toBe(true);
  expect(fs.existsSync('/usr/share/icons/hicolor/256x256/apps/midwatch.png')).toBe(true);
  // Root's, and setuid: what the sandbox needs where user namespaces are closed.
  const { uid, mode } = fs.statSync('/opt/Midwatch/chrome-sandbox');
  expect({ uid, mode: (mode & 0o7777).toString(8) }).toEqual({ uid: 0, mode: '4755' });
});

function readStatus(pid: number): Record<string, string> {
  const lines = fs.readFileSync(`/proc/${pid}/status`, 'utf8').split('\n');
  return Object.fromEntries(lines.map((line) => line.split(':\t')).map(([key = '', value = '']) => [key, value]));
}
