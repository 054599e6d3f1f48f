import fs from 'node:fs';
import path from 'node:path';
import { buildFolder, cacheFolder } from './cache.mjs';
import { readAptSources, unpackPackages } from './debian-packages.mjs';
import { SetupError, note } from './progress.mjs';
import { isOnPath, run } from './run.mjs';

/**
 * Perl that knows DBI and DBD::mysql: pt-query-digest needs them to write its tables, which the tests of their import let it do.
 * @returns {Promise<string | undefined>} a script that runs it, or `perl` where this system has both; undefined where they
 *   could not be had: those tests skip then
 */
export async function findOrInstallPerlDbi() {
  if (!(await isOnPath('perl'))) return undefined;
  if (await hasDbi('perl')) return 'perl';
  const folder = path.join(cacheFolder, 'servers/perl-dbi');
  const program = path.join(folder, 'perl');
  try {
    if (!fs.existsSync(program)) {
      if (!(await isOnPath('apt-get'))) return undefined;
      note('fetching Perl’s DBI and DBD::mysql (about 20 MB)');
      await buildFolder(folder, fetchDbi);
    }
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    note(error.message.split('\n')[0] ?? '');
    return undefined;
  }
  return (await hasDbi(program)) ? program : undefined;
}

const hasDbi = async (perl) => (await run(perl, ['-MDBI', '-MDBD::mysql', '-e', '1'])).code === 0;

async function fetchDbi(workFolder) {
  await unpackPackages({
    workFolder,
    sources: await readAptSources(workFolder),
    packages: ['libdbi-perl', 'libdbd-mysql-perl'],
    selfContained: false,
  });
  const inRoot = (...parts) => path.join(workFolder, 'root', ...parts);
  const machine = fs.readdirSync(inRoot('usr/lib')).find((name) => fs.existsSync(inRoot('usr/lib', name, 'perl5')));
  if (machine === undefined) {
    throw new SetupError({
      what: 'libdbi-perl holds no library for Perl.',
      next: 'install libdbd-mysql-perl yourself',
    });
  }
  const libraries = path.join('usr/lib', machine);
  const [version = ''] = fs.readdirSync(inRoot(libraries, 'perl5'));
  // An update of Perl itself may come along. This machine runs its own, which must not find the libraries of another.
  const ofPerl = ['usr/bin', 'usr/share/perl', 'usr/share/doc', 'usr/share/man', path.join(libraries, 'perl')];
  for (const name of ofPerl) fs.rmSync(inRoot(name), { recursive: true, force: true });
  for (const name of fs.readdirSync(inRoot(libraries)).filter((each) => each.startsWith('libperl.')))
    fs.rmSync(inRoot(libraries, name));
  const script = `#!/bin/sh
root="$(dirname "$0")/root"
export PERL5LIB="$root/${libraries}/perl5/${version}:$root/usr/share/perl5"
export LD_LIBRARY_PATH="$root/${libraries}"
export MARIADB_PLUGIN_DIR="$root/${libraries}/libmariadb3/plugin"
exec perl "$@"
`;
  fs.writeFileSync(path.join(workFolder, 'perl'), script, { mode: 0o755 });
}
