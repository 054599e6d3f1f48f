import { isBuildStale } from '../build-state.mjs';
import path from 'node:path';
import { mustRun } from '../setup/run.mjs';

/**
 * Builds `out/` when something that it is made from is newer.
 * @param {string} projectFolder
 * @returns {Promise<string>} what was done
 */
export async function buildIfStale(projectFolder) {
  if (!isBuildStale(projectFolder)) return 'built already';
  const program = path.join(projectFolder, 'node_modules', '.bin', 'electron-vite');
  await mustRun(program, ['build', '--logLevel', 'warn'], {
    cwd: projectFolder,
    what: 'The app could not be built.',
    next: 'npm run check',
  });
  return 'built';
}
