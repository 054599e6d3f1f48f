import fs from 'node:fs';
import path from 'node:path';

const sources = ['electron', 'renderer', 'shared', 'resources', 'electron.vite.config.ts', 'package-lock.json'];

/** @param {string} projectFolder @returns {boolean} whether anything that the app is built from is newer than what was built */
export function isBuildStale(projectFolder) {
  const built = ['main/index.js', 'preload/preload.cjs', 'renderer/index.html'].map((name) =>
    path.join(projectFolder, 'out', name),
  );
  if (!built.every((file) => fs.existsSync(file))) return true;
  const builtAtMs = Math.min(...built.map((file) => fs.statSync(file).mtimeMs));
  return sources.some((name) => newestMs(path.join(projectFolder, name)) > builtAtMs);
}

function newestMs(file) {
  if (!fs.existsSync(file)) return 0;
  const { mtimeMs } = fs.statSync(file);
  if (!fs.statSync(file).isDirectory()) return mtimeMs;
  // A folder's own time tells of files that were removed.
  return Math.max(mtimeMs, ...fs.readdirSync(file).map((name) => newestMs(path.join(file, name))));
}
