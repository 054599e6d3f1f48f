// Makes everything that the demo, the tests and the benches need; safe to run again, then without network.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, toolchainFile, writeFileAtomically } from './setup/cache.mjs';
import { makeElectronRunnable } from './setup/electron.mjs';
import { findOrInstallPerlDbi } from './setup/perl-dbi.mjs';
import { installNodePackages } from './setup/node-packages.mjs';
import { SetupError, stage, totalElapsed } from './setup/progress.mjs';
import {
  findOrInstallHaproxy,
  findOrInstallMariadb,
  findOrInstallMysql,
  findOrInstallQueryDigest,
  findOrInstallRouter,
  findOrInstallTools,
} from './setup/server-programs.mjs';
import { installSystemPackages } from './setup/system-packages.mjs';
import { makeMariadbTemplate, makeMysqlTemplate } from './setup/templates.mjs';
import { makeLabCertificates } from './setup/tls.mjs';

const purposes = ['demo', 'test', 'bench'];
const projectFolder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

try {
  await setUp(readPurpose(process.argv.slice(2)));
} catch (error) {
  const isNoSpace = error.code === 'ENOSPC';
  if (!(error instanceof SetupError) && !isNoSpace) throw error;
  console.error(isNoSpace ? `The disk is full.\n  next:  free about 2 GB for ${cacheFolder}` : `\n${error.message}`);
  process.exitCode = 1;
}

function readPurpose(args) {
  const purpose = args[args.indexOf('--for') + 1];
  if (args.length === 0) return 'test';
  if (args.length === 2 && args[0] === '--for' && purposes.includes(purpose)) return purpose;
  throw new SetupError({
    what: `Unknown arguments: ${args.join(' ')}`,
    next: `usage: setup [--for ${purposes.join('|')}]`,
  });
}

async function setUp(purpose) {
  checkNode();
  console.log(`Setting up for ${purpose}`);
  const found = {};
  await stage('packages of the lock file', () => installNodePackages(projectFolder));
  await stage('Electron', () => makeElectronRunnable(projectFolder));
  await stage('system packages', installSystemPackages);
  await stage('SSH server and tools', async () => {
    found.tools = await findOrInstallTools();
    return 'present';
  });
  await stage('HAProxy', async () => {
    const haproxy = await findOrInstallHaproxy();
    // JSON leaves out what is undefined: the tests that need it skip then, and say so.
    found.tools = { ...found.tools, haproxy };
    return haproxy ? 'present' : 'not to be had here';
  });
  await stage('MySQL Router', async () => {
    const mysqlrouter = await findOrInstallRouter();
    found.tools = { ...found.tools, mysqlrouter };
    return mysqlrouter ? 'present' : 'not to be had here';
  });
  if (purpose === 'bench') {
    await stage('Percona Toolkit', async () => {
      return (await findOrInstallQueryDigest()) ? 'present' : 'not to be had here';
    });
    await stage('Perl’s DBI and DBD::mysql', async () => {
      return (await findOrInstallPerlDbi()) ? 'present' : 'not to be had here: tests that need them skip';
    });
  }
  await stage('certificates of the lab', async () => {
    found.tlsFolder = await makeLabCertificates();
    return 'present';
  });
  await stage('MySQL', async () => {
    const program = await findOrInstallMysql();
    found.mysql = { ...program, templateFolder: await makeMysqlTemplate(program) };
    return program.version;
  });
  await stage('MariaDB', async () => {
    const program = await findOrInstallMariadb();
    found.mariadb = { ...program, templateFolder: await makeMariadbTemplate(program) };
    return program.version;
  });
  const text = `${JSON.stringify(found, undefined, 2)}\n`;
  if (!fs.existsSync(toolchainFile) || fs.readFileSync(toolchainFile, 'utf8') !== text)
    writeFileAtomically(toolchainFile, text);
  console.log(`Set-up is complete (${totalElapsed()})`);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new SetupError({ what: `Node ${process.versions.node} is too old.`, next: 'install Node 20.19 or newer' });
}
