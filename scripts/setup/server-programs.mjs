import fs from 'node:fs';
import path from 'node:path';
import { buildFolder, cacheFolder } from './cache.mjs';
import { readAptSources, unpackPackages } from './debian-packages.mjs';
import { SetupError, note } from './progress.mjs';
import { isOnPath, mustRun, run } from './run.mjs';

/**
 * A server program and what it must be told to find its own files.
 * @typedef {{ daemon: string, version: string, options: Record<string, string>, shareFolder: string, clientFolder: string }} ServerProgram
 */

const serversFolder = path.join(cacheFolder, 'servers');

/** @returns {Promise<ServerProgram>} `MIDWATCH_MYSQLD`, else MySQL of Debian's newest suite in a private prefix */
export function findOrInstallMysql() {
  return findOrInstall({
    variable: 'MIDWATCH_MYSQLD',
    prefix: 'mysql',
    daemonName: 'mysqld',
    isSuitable: (version) => !/mariadb/i.test(version) && Number.parseFloat(version) >= 8.4,
    wanted: 'MySQL 8.4 or newer',
    async fetch(workFolder, root) {
      const sources = await readAptSources(workFolder);
      const main = sources.find(({ origin, suite }) => origin === 'Debian' && !suite.includes('-'));
      if (!main) throw noPrivateServer('MySQL', 'MIDWATCH_MYSQLD', 'the mirror of this machine is not Debian’s');
      note('fetching MySQL from the suite sid (about 90 MB)');
      await unpackPackages({
        workFolder,
        sources: [{ ...main, suite: 'sid', components: ['main'] }],
        packages: ['mysql-server-core', 'mysql-client-core'],
        selfContained: true,
      });
      // Built against a newer C library than this machine's: each program gets its own loader and libraries.
      const libraries = findLibraryFolder(path.join(workFolder, 'root'));
      const loader = fs
        .readdirSync(path.join(workFolder, 'root', libraries))
        .find((name) => /^ld-linux.*\.so/.test(name));
      const searchPath = [libraries, 'usr/lib/mysql/private'].map((folder) => path.join(root, folder)).join(':');
      await patchPrograms(workFolder, /^mysql/, [
        ...['--set-interpreter', path.join(root, libraries, loader ?? '')],
        ...['--force-rpath', '--set-rpath', searchPath],
      ]);
    },
  });
}

/** @returns {Promise<ServerProgram>} `MIDWATCH_MARIADBD`, else MariaDB of the machine's own suite in a private prefix */
export function findOrInstallMariadb() {
  return findOrInstall({
    variable: 'MIDWATCH_MARIADBD',
    prefix: 'mariadb',
    daemonName: 'mariadbd',
    isSuitable: (version) => /mariadb/i.test(version) && Number.parseFloat(version) >= 10.05,
    wanted: 'MariaDB 10.5 or newer',
    async fetch(workFolder, root) {
      note('fetching MariaDB from the suite of this machine (about 20 MB)');
      await unpackPackages({
        workFolder,
        sources: await readAptSources(workFolder),
        packages: ['mariadb-server-core', 'mariadb-client-core'],
        alone: ['mariadb-server', 'mariadb-client'], // the ed25519 login plugin, mariadb-binlog
        selfContained: false,
      });
      await patchPrograms(workFolder, /^maria|^mysqld$/, [
        '--force-rpath',
        '--set-rpath',
        privateLibraries(workFolder, root),
      ]);
    },
  });
}

/** @returns {Promise<{ sshd: string, exporter: string }>} an SSH server for bastions and the exporter the benches compare with */
export async function findOrInstallTools() {
  const folder = path.join(serversFolder, 'tools');
  const tools = {
    sshd: path.join(folder, 'root/usr/sbin/sshd'),
    exporter: path.join(folder, 'root/usr/bin/prometheus-mysqld-exporter'),
  };
  if (!(await isOnPath('apt-get'))) {
    // Elsewhere the bastions run the system's program (as their own process; its service stays untouched).
    const sshd = ['/usr/sbin/sshd', '/usr/bin/sshd'].find((file) => fs.existsSync(file));
    if (sshd) return { ...tools, sshd };
    throw new SetupError({ what: 'The lab needs sshd.', next: 'install the OpenSSH server of this system' });
  }
  if (!fs.existsSync(folder)) {
    note('fetching openssh-server and patchelf (about 8 MB)');
    await buildFolder(folder, async (workFolder) => {
      await unpackPackages({
        workFolder,
        sources: await readAptSources(workFolder),
        packages: ['openssh-server', 'patchelf'],
        alone: ['prometheus-mysqld-exporter'],
        selfContained: false,
      });
      const patchelf = path.join(workFolder, 'root/usr/bin/patchelf');
      const rpath = ['--force-rpath', '--set-rpath', privateLibraries(workFolder, path.join(folder, 'root'))];
      await mustRun(patchelf, [...rpath, path.join(workFolder, 'root/usr/sbin/sshd')], patchFailure('sshd'));
    });
  }
  return tools;
}

/**
 * HAProxy, for the tests that lead applications through it: in a private prefix, because the package itself would start a
 * system service.
 * @returns {Promise<string | undefined>} its program; undefined where there is no apt and none on this system
 */
export async function findOrInstallHaproxy() {
  const folder = path.join(serversFolder, 'haproxy');
  const program = path.join(folder, 'root/usr/sbin/haproxy');
  if (fs.existsSync(program)) return program;
  if (!(await isOnPath('apt-get')))
    return ['/usr/sbin/haproxy', '/usr/local/sbin/haproxy', '/opt/homebrew/bin/haproxy'].find((file) =>
      fs.existsSync(file),
    );
  note('fetching HAProxy (about 4 MB)');
  await buildFolder(folder, async (workFolder) => {
    await unpackPackages({
      workFolder,
      sources: await readAptSources(workFolder),
      packages: ['haproxy'],
      selfContained: false,
    });
    const patchelf = path.join(serversFolder, 'tools/root/usr/bin/patchelf');
    const rpath = ['--force-rpath', '--set-rpath', privateLibraries(workFolder, path.join(folder, 'root'))];
    await mustRun(patchelf, [...rpath, path.join(workFolder, 'root/usr/sbin/haproxy')], patchFailure('haproxy'));
  });
  return program;
}

/**
 * MySQL Router of Debian's newest suite, for the tests that recognise it.
 * @returns {Promise<string | undefined>} a script that runs it; undefined where it could not be had: those tests skip then
 */
export async function findOrInstallRouter() {
  const folder = path.join(serversFolder, 'mysql-router');
  const program = path.join(folder, 'mysqlrouter');
  if (fs.existsSync(program)) return program;
  if (!(await isOnPath('apt-get'))) return undefined;
  try {
    await buildFolder(folder, async (workFolder) => {
      const sources = await readAptSources(workFolder);
      const main = sources.find(({ origin, suite }) => origin === 'Debian' && !suite.includes('-'));
      if (!main) throw noPrivateServer('MySQL Router', 'PATH', 'the mirror of this machine is not Debian’s');
      note('fetching MySQL Router from the suite sid (about 30 MB)');
      await unpackPackages({
        workFolder,
        sources: [{ ...main, suite: 'sid', components: ['main'] }],
        packages: ['mysql-router'],
        selfContained: true,
      });
      // Its libraries name each other without a path, so it runs behind the loader of its own C library.
      const root = path.join(folder, 'root');
      const libraries = path.join(root, findLibraryFolder(path.join(workFolder, 'root')));
      const loader = fs
        .readdirSync(path.join(workFolder, path.relative(folder, libraries)))
        .find((name) => /^ld-linux.*\.so/.test(name));
      const searchPath = [libraries, path.join(root, 'usr/lib/mysql-router')].join(':');
      const script = `#!/bin/sh\nexec '${path.join(libraries, loader ?? '')}' --library-path '${searchPath}' "$(dirname "$0")/root/usr/bin/$(basename "$0")" "$@"\n`;
      for (const name of ['mysqlrouter', 'mysqlrouter_passwd'])
        fs.writeFileSync(path.join(workFolder, name), script, { mode: 0o755 });
    });
    return program;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    note(error.message.split('\n')[0] ?? '');
    return undefined;
  }
}

/**
 * pt-query-digest of Percona Toolkit, which the bench of slow logs compares with: one Perl program, in a private prefix.
 * @returns {Promise<string | undefined>} its path; undefined where there is no apt and none on this system
 */
export async function findOrInstallQueryDigest() {
  const folder = path.join(serversFolder, 'percona-toolkit');
  const program = path.join(folder, 'root/usr/bin/pt-query-digest');
  if (fs.existsSync(program)) return program;
  if (!(await isOnPath('apt-get')) || !(await isOnPath('perl')))
    return ['/usr/bin/pt-query-digest', '/usr/local/bin/pt-query-digest'].find((file) => fs.existsSync(file));
  note('fetching Percona Toolkit (about 2 MB)');
  await buildFolder(folder, async (workFolder) => {
    await unpackPackages({
      workFolder,
      sources: await readAptSources(workFolder),
      packages: [],
      // Alone: its libraries are for tools that connect to servers.
      alone: ['percona-toolkit'],
      selfContained: false,
    });
  });
  return program;
}

async function findOrInstall({ variable, prefix, daemonName, isSuitable, wanted, fetch }) {
  const named = process.env[variable];
  if (named) {
    const version = await readVersion(named);
    if (!version || !isSuitable(version)) {
      throw new SetupError({
        what: `${variable}=${named} is not suitable.`,
        cause: version ? `it is ${version}; wanted is ${wanted}` : 'it does not start',
        next: `set ${variable} to a server program of ${wanted}, or unset it`,
      });
    }
    return {
      daemon: named,
      version,
      options: {},
      shareFolder: await readShareFolder(named),
      clientFolder: path.dirname(named),
    };
  }
  const folder = path.join(serversFolder, prefix);
  const root = path.join(folder, 'root');
  const daemon = path.join(root, 'usr/sbin', daemonName);
  if (!fs.existsSync(path.join(folder, 'version'))) {
    await mustHaveApt(wanted);
    fs.rmSync(folder, { recursive: true, force: true });
    await buildFolder(folder, (workFolder) => fetch(workFolder, root));
    const version = await readVersion(daemon);
    if (!version || !isSuitable(version)) throw noPrivateServer(wanted, variable, version ?? 'it does not start');
    fs.writeFileSync(path.join(folder, 'version'), version);
  }
  const shareFolder = path.join(root, 'usr/share/mysql');
  return {
    daemon,
    version: fs.readFileSync(path.join(folder, 'version'), 'utf8'),
    options: {
      basedir: path.join(root, 'usr'),
      'lc-messages-dir': shareFolder,
      'plugin-dir': path.join(root, 'usr/lib/mysql/plugin'),
    },
    shareFolder,
    clientFolder: path.join(root, 'usr/bin'),
  };
}

async function patchPrograms(workFolder, namePattern, options) {
  const patchelf = path.join(serversFolder, 'tools/root/usr/bin/patchelf');
  for (const folder of ['usr/sbin', 'usr/bin']) {
    const inside = path.join(workFolder, 'root', folder);
    for (const entry of fs.readdirSync(inside, { withFileTypes: true })) {
      const file = path.join(inside, entry.name);
      if (!entry.isFile() || !namePattern.test(entry.name) || !isDynamicProgram(file)) continue;
      await mustRun(patchelf, [...options, file], patchFailure(entry.name));
    }
  }
}

function isDynamicProgram(file) {
  const magic = Buffer.alloc(4);
  const fd = fs.openSync(file, 'r');
  fs.readSync(fd, magic, 0, 4, 0);
  fs.closeSync(fd);
  return magic.equals(Buffer.from('\x7fELF', 'latin1'));
}

function patchFailure(name) {
  return {
    what: `${name} could not be prepared to run from the cache folder.`,
    next: 'remove the cache folder, run this again',
  };
}

function privateLibraries(workFolder, root) {
  return path.join(root, findLibraryFolder(path.join(workFolder, 'root')));
}

/** The multi-arch folder of the unpacked packages, e.g. `usr/lib/x86_64-linux-gnu`. */
function findLibraryFolder(root) {
  const name = fs.readdirSync(path.join(root, 'usr/lib')).find((entry) => /-linux-gnu/.test(entry));
  return path.join('usr/lib', name ?? '');
}

/** @returns {Promise<string | undefined>} e.g. `9.7.4`, `10.11.19-MariaDB-0+deb12u1` */
async function readVersion(daemon) {
  return /Ver (\S+)/.exec((await run(daemon, ['--no-defaults', '--version'], { timeoutMs: 10_000 })).stdout)?.[1];
}

async function readShareFolder(daemon) {
  const { stdout } = await run(daemon, ['--no-defaults', '--verbose', '--help'], { timeoutMs: 20_000 });
  return /^lc-messages-dir\s+(\S+)/m.exec(stdout)?.[1] ?? '/usr/share/mysql';
}

async function mustHaveApt(what) {
  if ((await isOnPath('apt-get')) && (await isOnPath('dpkg-deb'))) return;
  throw new SetupError({
    what: `The lab needs ${what}; set-up can fetch it only on Debian and Ubuntu.`,
    next: 'set MIDWATCH_MYSQLD (MySQL 8.4 or newer) and MIDWATCH_MARIADBD (MariaDB 10.5 or newer) to programs of your own',
  });
}

function noPrivateServer(what, variable, cause) {
  return new SetupError({
    what: `${what} could not be had for the lab.`,
    cause,
    next: `set ${variable} to a server program of your own`,
  });
}
