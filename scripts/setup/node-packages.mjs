import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { SetupError, note } from './progress.mjs';
import { run } from './run.mjs';

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
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { code, stderr } = await run('npm', args, { cwd: projectFolder });
  if (code !== 0) {
    const isOutOfStep = stderr.includes('EUSAGE');
    throw new SetupError({
      what: 'The packages of package-lock.json could not be installed.',
      cause: stderr
        .split('\n')
        .filter((line) => line.startsWith('npm error'))
        .slice(0, 5)
        .join('\n         '),
      next: isOutOfStep
        ? 'package.json and package-lock.json do not agree: take both from the same commit'
        : 'check that the npm registry is reachable (npm ping), then run this again',
    });
  }
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
