import fs from 'node:fs';
import path from 'node:path';
import { SetupError } from './progress.mjs';
import { mustRun, run } from './run.mjs';

const debianKeyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * @typedef {{ site: string, suite: string, components: string[], origin: string }} AptSource
 */

/**
 * Reads which mirror and suites this machine uses, so that no host name stands in the project.
 * @param {string} scratchFolder used for package lists when the machine has none yet
 * @returns {Promise<AptSource[]>} sources of Debian or Ubuntu themselves
 */
export async function readAptSources(scratchFolder) {
  const format = ['--format', '$(SITE)|$(RELEASE)|$(COMPONENT)|$(ORIGIN)|$(CREATED_BY)'];
  let targets = parseTargets((await run('apt-get', ['indextargets', ...format])).stdout);
  if (targets.length === 0) {
    const lists = path.join(scratchFolder, 'lists');
    fs.mkdirSync(path.join(lists, 'partial'), { recursive: true });
    const options = [`-oDir::State::Lists=${lists}`, ...unprivileged()];
    await run('apt-get', [...options, 'update', '-qq']);
    targets = parseTargets((await run('apt-get', [...options, 'indextargets', ...format])).stdout);
  }
  if (targets.length === 0) {
    throw new SetupError({
      what: 'No Debian or Ubuntu mirror is set for apt on this machine.',
      next: 'set MIDWATCH_MYSQLD and MIDWATCH_MARIADBD to server programs of your own',
    });
  }
  return targets;
}

function parseTargets(text) {
  /** @type {Map<string, AptSource>} */
  const sources = new Map();
  for (const line of text.split('\n')) {
    const [site, suite, component, origin, createdBy] = line.split('|');
    if (!site || !suite || !component || createdBy !== 'Packages' || !['Debian', 'Ubuntu'].includes(origin ?? ''))
      continue;
    const known = sources.get(`${site} ${suite}`) ?? { site, suite, components: [], origin };
    if (!known.components.includes(component)) known.components.push(component);
    sources.set(`${site} ${suite}`, known);
  }
  return [...sources.values()];
}

/**
 * Downloads packages with what they depend on and unpacks them in `workFolder`; installs and configures nothing.
 * @param {object} request
 * @param {string} request.workFolder receives `root/` with the files of the packages
 * @param {readonly AptSource[]} request.sources
 * @param {readonly string[]} request.packages with their dependencies
 * @param {readonly string[]} [request.alone] without their dependencies
 * @param {boolean} request.selfContained also everything that this machine has already, down to the C library
 */
export async function unpackPackages({ workFolder, sources, packages, alone = [], selfContained }) {
  const inside = (...parts) => path.join(workFolder, ...parts);
  for (const folder of ['lists/partial', 'archives/partial', 'root']) fs.mkdirSync(inside(folder), { recursive: true });
  const key = fs.existsSync(debianKeyring) ? `[signed-by=${debianKeyring}] ` : '';
  const lines = sources.map(({ site, suite, components, origin }) => {
    return `deb ${origin === 'Debian' ? key : ''}${site} ${suite} ${components.join(' ')}\n`;
  });
  fs.writeFileSync(inside('sources.list'), lines.join(''));
  const options = [
    `-oDir::Etc::sourcelist=${inside('sources.list')}`,
    '-oDir::Etc::sourceparts=/dev/null',
    `-oDir::State::Lists=${inside('lists')}`,
    `-oDir::Cache::pkgcache=`,
    `-oDir::Cache::srcpkgcache=`,
    `-oDir::Cache::archives=${inside('archives')}`,
    `-oDir::State::status=${selfContained ? '/dev/null' : '/var/lib/dpkg/status'}`,
    '-oAPT::Install-Recommends=0',
    ...unprivileged(),
  ];
  const next = 'check the mirror of apt and the free space of the cache folder, then run this again';
  await mustRun('apt-get', [...options, 'update', '-qq'], { what: 'The package lists could not be fetched.', next });
  await mustRun('apt-get', [...options, 'install', '-y', '-qq', '--reinstall', '--download-only', ...packages], {
    what: `The packages ${packages.join(', ')} could not be fetched.`,
    next,
  });
  if (alone.length > 0) {
    await mustRun('apt-get', [...options, 'download', '-qq', ...alone], {
      what: `The packages ${alone.join(', ')} could not be fetched.`,
      next,
      cwd: inside('archives'),
    });
  }
  for (const file of fs.readdirSync(inside('archives')).filter((name) => name.endsWith('.deb'))) {
    await mustRun('dpkg-deb', ['-x', inside('archives', file), inside('root')], {
      what: `${file} could not be unpacked.`,
      next: 'check the free space of the cache folder',
    });
  }
  for (const name of ['lists', 'archives', 'sources.list']) fs.rmSync(inside(name), { recursive: true, force: true });
}

/** apt as an ordinary user, or as root without its download user (who may not enter the cache folder). */
function unprivileged() {
  return ['-oAPT::Sandbox::User=', '-oDebug::NoLocking=1'];
}
