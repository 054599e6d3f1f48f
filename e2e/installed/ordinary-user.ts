import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { asAdministrator } from './administrator';

/** Somebody without rights, with an empty home, who can open windows on the display of the test. */
export interface OrdinaryUser {
  readonly name: string;
  readonly home: string;
  /** A program that runs the installed `midwatch` as this person and passes arguments and streams through. */
  readonly program: string;
  remove(): void;
}

/** Root makes a throw-away account; any other person is ordinary enough and gets an empty home alone. */
export function createOrdinaryUser(): OrdinaryUser {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'midwatch-installed-'));
  fs.chmodSync(folder, 0o755);
  const home = path.join(folder, 'home');
  const isRoot = process.getuid?.() === 0;
  const name = isRoot ? `midwatch-e2e-${process.pid}` : os.userInfo().username;
  if (isRoot) asAdministrator('useradd', '--system', '--create-home', '--home-dir', home, '--shell', '/bin/sh', name);
  else fs.mkdirSync(home);
  const owner = fs.statSync(home);
  const environment = {
    HOME: home,
    USER: name,
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LANG: 'C.UTF-8',
    DISPLAY: process.env['DISPLAY'] ?? '',
    ...copyOfDisplayKey(home, owner),
  };
  const variables = Object.entries(environment).map(([key, value]) => quoted(`${key}=${value}`));
  // No login and no session: the same process becomes the person, so that ending it ends the app.
  const become = isRoot ? `setpriv --reuid=${owner.uid} --regid=${owner.gid} --clear-groups ` : '';
  const program = path.join(folder, 'midwatch-as-user');
  fs.writeFileSync(
    program,
    `#!/bin/sh\ncd ${quoted(home)}\nexec ${become}env -i ${variables.join(' ')} /usr/bin/midwatch "$@"\n`,
    { mode: 0o755 },
  );
  return {
    name,
    home,
    program,
    remove: () => {
      if (isRoot) asAdministrator('userdel', '--force', name);
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** xvfb-run keeps the key of its display where only its own user can read it. */
function copyOfDisplayKey(home: string, owner: { readonly uid: number; readonly gid: number }): Record<string, string> {
  const key = process.env['XAUTHORITY'];
  if (!key || !fs.existsSync(key)) return {};
  const copy = path.join(home, '.Xauthority');
  fs.copyFileSync(key, copy);
  fs.chmodSync(copy, 0o600);
  if (process.getuid?.() === 0) fs.chownSync(copy, owner.uid, owner.gid);
  return { XAUTHORITY: copy };
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
