import { SetupError, note } from './progress.mjs';
import { isOnPath, mustRun, run } from './run.mjs';

/** What Electron, a virtual display and the lab need of the system. `packages` are Debian names, older spelling first. */
const needs = [
  { program: 'Xvfb', packages: ['xvfb'] },
  { program: 'xauth', packages: ['xauth'] },
  { program: 'openssl', packages: ['openssl'] },
  { library: 'libgtk-3.so.0', packages: ['libgtk-3-0', 'libgtk-3-0t64'] },
  { library: 'libasound.so.2', packages: ['libasound2', 'libasound2t64'] },
  { library: 'libgbm.so.1', packages: ['libgbm1'] },
  { library: 'libnss3.so', packages: ['libnss3'] },
  { library: 'libatk-bridge-2.0.so.0', packages: ['libatk-bridge2.0-0', 'libatk-bridge2.0-0t64'] },
  { library: 'libXss.so.1', packages: ['libxss1'] },
  { library: 'libXtst.so.6', packages: ['libxtst6'] },
];

/**
 * Installs the missing system packages with apt; without anything missing it makes no call at all.
 * @returns {Promise<string>} what was done
 */
export async function installSystemPackages() {
  if (process.platform !== 'linux') return `not needed on ${process.platform}`;
  const missing = await findMissing();
  if (missing.length === 0) return 'present';
  const names = missing.map((need) => need.program ?? need.library);
  if (!(await isOnPath('apt-get'))) {
    throw new SetupError({
      what: `This system lacks: ${names.join(', ')}.`,
      cause: 'set-up can install packages only where there is apt (Debian, Ubuntu)',
      next: `install what provides them (Debian calls it: ${missing.map((need) => need.packages[0]).join(' ')})`,
    });
  }
  const next = `install them by hand: apt-get install ${missing.map((need) => need.packages[0]).join(' ')}`;
  const apt = isRoot() ? ['apt-get'] : ['sudo', 'apt-get'];
  if (apt[0] === 'sudo' && !(await isOnPath('sudo'))) {
    throw new SetupError({ what: `This system lacks: ${names.join(', ')}.`, cause: 'neither root nor sudo', next });
  }
  note(`apt-get install for ${names.join(', ')}`);
  const call = async (args, what) => {
    const environment = ['env', 'DEBIAN_FRONTEND=noninteractive'];
    const words = apt[0] === 'sudo' ? ['sudo', ...environment, 'apt-get'] : [...environment, 'apt-get'];
    const [program = '', ...first] = [...words, '-q', '-oDPkg::Lock::Timeout=120', ...args];
    await mustRun(program, first, { what, next, inherit: apt[0] === 'sudo' });
  };
  // A third party's broken source must not stop the installation of Debian's own packages.
  await call(['update'], 'apt-get update failed.').catch((error) => note(String(error.message).split('\n')[1] ?? ''));
  const packages = await Promise.all(missing.map(pickPackage));
  await call(['install', '-y', '--no-install-recommends', ...packages], 'System packages could not be installed.');
  const still = await findMissing();
  if (still.length > 0) {
    throw new SetupError({
      what: `Still missing after the installation: ${still.map((need) => need.program ?? need.library).join(', ')}.`,
      next,
    });
  }
  return `installed ${packages.join(' ')}`;
}

async function findMissing() {
  const libraries = (await run('/sbin/ldconfig', ['-p'])).stdout;
  const found = await Promise.all(
    needs.map((need) => (need.program ? isOnPath(need.program) : libraries.includes(`${need.library} `))),
  );
  return needs.filter((_, index) => !found[index]);
}

async function pickPackage(need) {
  for (const name of [...need.packages].reverse()) {
    const { code, stdout } = await run('apt-cache', ['show', '--no-all-versions', name]);
    if (code === 0 && stdout.includes('Package:')) return name;
  }
  return need.packages[0];
}

/** @returns {boolean} whether this process may do everything */
function isRoot() {
  return process.getuid?.() === 0;
}
