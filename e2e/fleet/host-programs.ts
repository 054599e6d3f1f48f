import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Dialect } from './scenarios';
import { cacheFolder, readToolchain } from './toolchain';

const run = promisify(execFile);

/**
 * Fills `folder` with links to the client programs that the host of such a server has, by their plain names. `mysqlbinlog`
 * and `mysql` are those of the host's own dialect: MariaDB's packages give its programs these names too, and MySQL's
 * program cannot read MariaDB's logs.
 */
export async function linkHostPrograms(folder: string, dialect: Dialect, fleetFolder: string): Promise<void> {
  const { mysql, mariadb } = readToolchain();
  const mariadbBinlog = await findMariadbBinlog();
  const own =
    dialect === 'mysql'
      ? {
          mysqlbinlog: path.join(mysql.clientFolder, 'mysqlbinlog'),
          mysql: path.join(mysql.clientFolder, 'mysql'),
          mysqladmin: path.join(mysql.clientFolder, 'mysqladmin'),
        }
      : { mysqlbinlog: mariadbBinlog, mysql: path.join(mariadb.clientFolder, 'mariadb') };
  const programs = { ...own, 'mariadb-binlog': mariadbBinlog, mariadb: path.join(mariadb.clientFolder, 'mariadb') };
  fs.mkdirSync(folder, { recursive: true });
  for (const [name, program] of Object.entries(programs)) fs.symlinkSync(program, path.join(folder, name));
  writeStarter(folder, fleetFolder);
  if (dialect === 'mariadb') await addBackupPrograms(folder);
}

/** `start-server NAME` starts a server of the fleet as `Instance.start` does, so that the lab finds and ends it like any other. */
function writeStarter(folder: string, fleetFolder: string): void {
  const program = fileURLToPath(new URL('./start-server.ts', import.meta.url));
  const cache = path.dirname(cacheFolder);
  const script = `#!/bin/sh
cd '${fileURLToPath(new URL('../..', import.meta.url))}' || exit 1
XDG_CACHE_HOME='${cache}' exec '${process.execPath}' --import tsx '${program}' '${fleetFolder}' "$1"
`;
  fs.writeFileSync(path.join(folder, 'start-server'), script, { mode: 0o755 });
}

/** Links against libraries that set-up put beside the server, and that this machine may lack: so behind a script. */
async function addBackupPrograms(folder: string): Promise<void> {
  const { daemon } = readToolchain().mariadb;
  const libraries = path.join(path.dirname(daemon), '../lib', `${os.machine()}-linux-gnu`);
  for (const name of ['mariadb-backup', 'mbstream']) {
    const program = await findProgram('mariadb-backup', name);
    const script = `#!/bin/sh\nLD_LIBRARY_PATH='${libraries}' exec '${program}' "$@"\n`;
    fs.writeFileSync(path.join(folder, name), script, { mode: 0o755 });
  }
}

const findMariadbBinlog = (): Promise<string> => findProgram('mariadb-client', 'mariadb-binlog');

/** Beside MariaDB's other programs, on the PATH, or from the package that set-up does not fetch. */
async function findProgram(packageName: string, name: string): Promise<string> {
  const folders = [readToolchain().mariadb.clientFolder, ...(process.env['PATH'] ?? '').split(path.delimiter)];
  const found = folders.map((folder) => path.join(folder, name)).find((file) => fs.existsSync(file));
  return found ?? fetchProgram(packageName, name);
}

/** Unpacks one package of this machine's own suite beside the servers of the lab, once. */
async function fetchProgram(packageName: string, program: string): Promise<string> {
  const target = path.join(cacheFolder, 'servers', packageName);
  const file = path.join(target, 'usr/bin', program);
  if (fs.existsSync(file)) return file;
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'mw-'));
  try {
    await run('apt-get', ['-oAPT::Sandbox::User=', 'download', '-qq', packageName], { cwd: scratch });
    const archive = fs.readdirSync(scratch).find((name) => name.endsWith('.deb')) ?? '';
    const aside = `${target}.${process.pid}`;
    await run('dpkg-deb', ['-x', path.join(scratch, archive), aside]);
    if (fs.existsSync(target)) fs.rmSync(aside, { recursive: true });
    else fs.renameSync(aside, target);
    return file;
  } catch (error) {
    throw new Error(`${program} is needed on the hosts of the lab and is not here: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}
