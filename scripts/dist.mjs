// Builds what is installed: the unpacked app and a Debian package, from what set-up left on this machine and without network.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildIfStale } from './dist/build-if-stale.mjs';
import { makeDeb } from './dist/make-deb.mjs';
import { makeUnpacked } from './dist/make-unpacked.mjs';
import { SetupError, stage, totalElapsed } from './setup/progress.mjs';

const projectFolder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

try {
  const { release } = readOptions();
  await stage('the app', () => buildIfStale(projectFolder));
  const unpacked = await makeUnpacked(projectFolder);
  if (process.platform === 'linux') await makeDeb({ projectFolder, unpacked, compression: release ? 'xz' : 'zstd' });
  console.log(`The distribution is complete (${totalElapsed()})`);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}

function readOptions() {
  try {
    return parseArgs({ options: { release: { type: 'boolean', default: false } } }).values;
  } catch (error) {
    throw new SetupError({ what: error.message, next: 'usage: npm run dist [-- --release]' });
  }
}
