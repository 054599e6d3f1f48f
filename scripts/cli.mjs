// The command line from a clone: `npm run cli -- fleet status`. Builds first when the build is stale.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildIfStale } from './dist/build-if-stale.mjs';
import { startOwned, waitForExit } from './owned-processes.mjs';
import { SetupError } from './setup/progress.mjs';

const projectFolder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

try {
  await buildIfStale(projectFolder);
  const args = [path.join(projectFolder, 'out', 'main', 'cli.js'), ...process.argv.slice(2)];
  const child = startOwned(process.execPath, args);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  process.exitCode = await waitForExit(child);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
