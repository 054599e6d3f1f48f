import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { buildFolder, cacheFolder, shortHash } from './cache.mjs';
import { SetupError, note } from './progress.mjs';
import { mustRun } from './run.mjs';
import { mariadbTemplateStatements, mysqlTemplateStatements } from './template-sql.mjs';

const templatesFolder = path.join(cacheFolder, 'templates');
const startLimitMs = 60_000;
const next = 'check the free space of the cache folder; if that is not it, remove the cache folder and run this again';
const asRoot = process.getuid?.() === 0 ? { user: 'root' } : {};

/**
 * The data folder that every MySQL of the lab is copied from, initialised once for each server version and recipe.
 * @param {import('./server-programs.mjs').ServerProgram} program
 * @returns {Promise<string>} the data folder
 */
export function makeMysqlTemplate(program) {
  return makeTemplate('mysql', program, mysqlTemplateStatements, {
    options: {
      mysqlx: 'OFF',
      'secure-file-priv': '', // the package's default folder exists only where it is installed
      'server-id': '1',
      'log-bin': 'binlog',
      'gtid-mode': 'ON',
      'enforce-gtid-consistency': 'ON',
      'auto-generate-certs': 'OFF', // the lab has its own
      'innodb-redo-log-capacity': '8M',
      'innodb-buffer-pool-size': '64M',
    },
    async initialise(defaultsFile) {
      await mustRun(program.daemon, [`--defaults-file=${defaultsFile}`, '--initialize-insecure'], {
        what: 'The template of MySQL could not be initialised.',
        next,
        timeoutMs: 180_000,
      });
    },
    leftovers: /^(auto\.cnf|binlog\.|ib_buffer_pool|ibtmp|undo_.*_trunc)/,
  });
}

/**
 * The same for MariaDB.
 * @param {import('./server-programs.mjs').ServerProgram} program
 * @returns {Promise<string>} the data folder
 */
export function makeMariadbTemplate(program) {
  return makeTemplate('mariadb', program, mariadbTemplateStatements, {
    options: {
      'skip-networking': '1',
      'server-id': '1',
      'log-bin': 'binlog',
      'gtid-strict-mode': 'ON',
      'innodb-log-file-size': '16M',
      'innodb-buffer-pool-size': '64M',
    },
    async initialise(defaultsFile, dataFolder) {
      // What mariadb-install-db does, without its search for programs of the system.
      fs.mkdirSync(path.join(dataFolder, 'mysql'), { recursive: true });
      const names = ['system_tables', 'performance_tables', 'system_tables_data', 'sys_schema'];
      const scripts = [...names.map((name) => `mysql_${name}.sql`), 'maria_add_gis_sp_bootstrap.sql']
        .map((name) => path.join(program.shareFolder, name))
        .filter((file) => fs.existsSync(file))
        .map((file) => fs.readFileSync(file, 'utf8'));
      await mustRun(program.daemon, [`--defaults-file=${defaultsFile}`, '--bootstrap'], {
        what: 'The template of MariaDB could not be initialised.',
        next,
        input: `create database if not exists mysql;\nuse mysql;\nset @auth_root_socket=NULL;\n${scripts.join('\n')}`,
        timeoutMs: 180_000,
      });
    },
    leftovers: /^(binlog\.|ib_buffer_pool|ibtmp|aria_log_control_lock|.*\.pid$)/,
  });
}

async function makeTemplate(dialect, program, statements, recipe) {
  const key = shortHash(program.daemon, program.version, JSON.stringify([recipe.options, statements]));
  const folder = path.join(templatesFolder, `${dialect}-${key}`);
  if (fs.existsSync(folder)) return folder;
  note(`initialising the ${dialect} template (about 10 s)`);
  await buildFolder(folder, async (workFolder) => {
    // The socket lies in a short folder: its path may have no more than 107 characters.
    const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'mw-'));
    try {
      const socket = path.join(scratch, 's');
      const errorLog = path.join(scratch, 'error.log');
      const defaultsFile = path.join(scratch, 'my.cnf');
      const options = { ...program.options, ...recipe.options, ...asRoot, datadir: workFolder };
      fs.writeFileSync(defaultsFile, `[mysqld]\n${renderOptions(options)}`);
      await recipe.initialise(defaultsFile, workFolder);
      const settings = { ...options, socket, 'log-error': errorLog, port: '0', 'bind-address': '127.0.0.1' };
      fs.writeFileSync(defaultsFile, `[mysqld]\n${renderOptions(settings)}`);
      await runStatements(program, { defaultsFile, socket, errorLog }, statements);
    } finally {
      fs.rmSync(scratch, { recursive: true, force: true });
    }
    for (const name of fs.readdirSync(workFolder)) {
      if (recipe.leftovers.test(name)) fs.rmSync(path.join(workFolder, name), { recursive: true });
    }
  });
  return folder;
}

function renderOptions(options) {
  return Object.entries(options)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

async function runStatements(program, { defaultsFile, socket, errorLog }, statements) {
  const server = spawn(program.daemon, [`--defaults-file=${defaultsFile}`], { stdio: 'ignore' });
  const ended = new Promise((settle) => server.on('close', settle));
  try {
    const connection = await connect(socket, errorLog, () => server.exitCode !== null);
    for (const statement of statements) {
      await connection.query(statement).catch((error) => {
        throw new SetupError({
          what: 'A statement of the template failed.',
          cause: `${error.message}: ${statement.slice(0, 200)}`,
          next,
        });
      });
    }
    await connection.query('SHUTDOWN');
    connection.destroy();
    await ended;
  } finally {
    server.kill('SIGKILL');
    await ended;
  }
}

async function connect(socketPath, errorLog, hasEnded) {
  // Loaded here because set-up itself installs it.
  const { createConnection } = await import('mysql2/promise');
  for (const limit = Date.now() + startLimitMs; Date.now() < limit && !hasEnded(); await wait(50)) {
    try {
      return await createConnection({ socketPath, user: 'root' });
    } catch {
      // not yet
    }
  }
  const log = fs.existsSync(errorLog) ? fs.readFileSync(errorLog, 'utf8').trim().split('\n').slice(-4).join('\n') : '';
  throw new SetupError({ what: 'The server of the template did not start.', cause: log, next });
}
