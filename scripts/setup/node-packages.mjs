import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { note } from './progress.mjs';
import { mustRun } from './run.mjs';

/**
 * Installs the packages of the lock file, once for each state of the lock file.
 * @param {string} projectFolder
 * @returns {Promise<string>} what was done
 */
export async function installNodePackages(projectFolder) {
  const lockFile = path.join(projectFolder, 'package-lock.json');
  const stamp = path.join(projectFolder, 'node_modules', '.midwatch-setup');
  const lockHash = createHash('sha256').update(fs.readFileSync(lockFile)).digest('hex');
  if (readIfPresent(stamp) === lockHash) return 'present';
  if (isInstalledFor(projectFolder, lockFile)) {
    fs.writeFileSync(stamp, lockHash);
    return 'present';
  }
  note('npm ci (about 20 s)');
  await mustRun('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: projectFolder,
    inherit: true,
    what: 'The packages of package-lock.json could not be installed.',
    next: 'check that the npm registry is reachable (npm ping), then run this again',
  });
  fs.writeFileSync(stamp, lockHash);
  return 'installed';
}

/** npm writes node_modules/.package-lock.json last: newer than the lock file means a finished install of it. */
function isInstalledFor(projectFolder, lockFile) {
  const hidden = path.join(projectFolder, 'node_modules', '.package-lock.json');
  return fs.existsSync(hidden) && fs.statSync(hidden).mtimeMs >= fs.statSync(lockFile).mtimeMs;
}

function readIfPresent(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
