import fs from 'node:fs';
import path from 'node:path';
import { asAdministrator, succeeds } from './administrator';

const projectFolder = path.resolve(import.meta.dirname, '../..');
const about = JSON.parse(fs.readFileSync(path.join(projectFolder, 'package.json'), 'utf8')) as {
  readonly name: string;
  readonly version: string;
};

/** The version that `npm run dist` builds. */
export const builtVersion = about.version;

/** Whether somebody has Midwatch installed here: then a test must not replace it. */
export const isInstalled = (): boolean => succeeds('dpkg', ['--status', about.name]);

/** Installs what `npm run dist` built. @throws Error when there is no package, or dpkg's own words */
export function installPackage(): void {
  const file = path.join(projectFolder, 'release', `${about.name}_${about.version}_amd64.deb`);
  if (!fs.existsSync(file)) throw new Error(`${file} is not there. Build it with: npm run dist`);
  asAdministrator('dpkg', '--install', file);
}

/** Removes it with everything that it brought. */
export function removePackage(): void {
  asAdministrator('dpkg', '--purge', about.name);
}
