import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetupError, stage } from '../setup/progress.mjs';
import { mustRun } from '../setup/run.mjs';

/**
 * Puts app and Electron into one folder with electron-builder; the runtime is the one that set-up made, nothing is fetched.
 * @param {string} projectFolder
 * @returns {Promise<string>} the folder
 */
export async function makeUnpacked(projectFolder) {
  // The runtime is a link into the cache; electron-builder copies what it is given.
  const runtime = realFolder(path.join(projectFolder, 'node_modules', 'electron', 'dist'));
  const version = fs.readFileSync(path.join(runtime, 'version'), 'utf8').trim().replace(/^v/, '');
  const unpacked = path.join(projectFolder, 'release', 'linux-unpacked');
  fs.rmSync(unpacked, { recursive: true, force: true });
  await stage('the unpacked app', async () => {
    const builder = fileURLToPath(import.meta.resolve('electron-builder/cli.js'));
    await mustRun(
      process.execPath,
      [builder, '--dir', '--publish', 'never', `-c.electronDist=${runtime}`, `-c.electronVersion=${version}`],
      { cwd: projectFolder, what: 'The app could not be packed.', next: 'npm run setup, then run this again' },
    );
    fs.rmSync(path.join(unpacked, 'resources', 'default_app.asar'), { force: true });
    return `Electron ${version}, in ${path.relative(projectFolder, unpacked)}`;
  });
  return unpacked;
}

function realFolder(link) {
  if (fs.existsSync(link)) return fs.realpathSync(link);
  throw new SetupError({ what: 'There is no Electron runtime yet.', next: 'npm run setup' });
}
