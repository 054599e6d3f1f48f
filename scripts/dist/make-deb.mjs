import fs from 'node:fs';
import path from 'node:path';
import { stage } from '../setup/progress.mjs';
import { mustRun } from '../setup/run.mjs';
import { controlFile, desktopEntry, launcher, postinst } from './deb-files.mjs';

const compressions = { zstd: ['-Zzstd', '-z3'], xz: ['-Zxz'] };

/**
 * Makes `release/midwatch_<version>_amd64.deb` with dpkg-deb alone.
 * @param {{ projectFolder: string, unpacked: string, compression: 'zstd' | 'xz' }} parts `xz` is smaller and takes minutes
 * @returns {Promise<string>} the file
 */
export async function makeDeb({ projectFolder, unpacked, compression }) {
  const about = JSON.parse(fs.readFileSync(path.join(projectFolder, 'package.json'), 'utf8'));
  const root = path.join(projectFolder, 'release', 'deb-root');
  const file = path.join(projectFolder, 'release', `${about.name}_${about.version}_amd64.deb`);
  await stage('the Debian package', async () => {
    fs.rmSync(root, { recursive: true, force: true });
    const target = path.join(root, 'opt', about.productName);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    // Hard links: the tree is only read.
    await mustRun('cp', ['-al', unpacked, target], { what: 'The package tree could not be made.', next: 'free space' });
    const resources = path.join(projectFolder, 'resources');
    place(root, 'usr/bin/midwatch', launcher(about), 0o755);
    place(root, 'usr/share/applications/midwatch.desktop', desktopEntry(about));
    place(
      root,
      'usr/share/icons/hicolor/scalable/apps/midwatch.svg',
      fs.readFileSync(path.join(resources, 'icon.svg')),
    );
    place(root, 'usr/share/icons/hicolor/256x256/apps/midwatch.png', fs.readFileSync(path.join(resources, 'icon.png')));
    place(root, 'DEBIAN/postinst', postinst(about), 0o755);
    place(root, 'DEBIAN/control', controlFile(about, await sizeInKib(root)));
    await mustRun('dpkg-deb', ['--root-owner-group', ...compressions[compression], '--build', root, file], {
      what: 'The Debian package could not be made.',
      next: 'install dpkg (it is part of Debian and Ubuntu), or use release/linux-unpacked',
    });
    fs.rmSync(root, { recursive: true, force: true });
    return `${path.relative(projectFolder, file)}, ${(fs.statSync(file).size / 1e6).toFixed(0)} MB`;
  });
  return file;
}

function place(root, name, content, mode = 0o644) {
  const file = path.join(root, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content, { mode });
  // Neither files nor folders may depend on the umask of who builds.
  fs.chmodSync(file, mode);
  for (let folder = path.dirname(file); folder.length >= root.length; folder = path.dirname(folder))
    fs.chmodSync(folder, 0o755);
}

async function sizeInKib(folder) {
  const said = await mustRun('du', ['-sk', folder], { what: 'The package could not be measured.', next: 'free space' });
  return Number.parseInt(said, 10);
}
