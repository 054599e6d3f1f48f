import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import ssh2 from 'ssh2';
import type { SshServerState } from './state';
import { readToolchain } from './toolchain';

const run = promisify(execFile);

/** The passphrase of an SSH server's `encryptedKeyPath`. */
export const labPassphrase = 'lab-passphrase';
const labPassword = 'lab-password';
const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Whether this process may make private views and run sshd as root. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

interface ServerPlan {
  readonly name: string;
  readonly region?: string;
  readonly port: number;
  readonly folder: string;
}

/** Prepares keys and configuration of a bastion in `folder`: root's takes the account `oncall`, others their own. */
export async function prepareBastion(plan: ServerPlan): Promise<SshServerState> {
  const { folder } = plan;
  const privateKeyPath = makeLoginKeys(folder);
  if (isRoot()) await writePrivateAccounts(path.join(folder, 'etc'), labPassword);
  const canPassword = isRoot() ? 'yes' : 'no';
  writeConfiguration(plan, [
    `UsePAM ${canPassword}`,
    `PasswordAuthentication ${canPassword}`,
    `KbdInteractiveAuthentication ${canPassword}`,
    'PermitRootLogin no',
  ]);
  return {
    ...plan,
    user: isRoot() ? 'oncall' : os.userInfo().username,
    ...(isRoot() ? { password: labPassword } : {}),
    privateKeyPath,
    hostKeyFingerprint: writeHostKey(folder),
  };
}

/**
 * Prepares an SSH server that stands for the host of a database server: login by key alone, as the user who runs the lab
 * and so owns the server's files.
 * @param plan.keyFolder the login keys, made when absent; hosts of a fleet share them
 * @param plan.programs a folder with the host's own programs, first on the PATH of its commands
 */
export async function prepareDatabaseHost(
  plan: ServerPlan & { readonly keyFolder: string; readonly programs: string },
): Promise<SshServerState> {
  const { folder, keyFolder, programs, ...rest } = plan;
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const privateKeyPath = makeLoginKeys(keyFolder);
  fs.copyFileSync(path.join(keyFolder, 'authorized_keys'), path.join(folder, 'authorized_keys'));
  if (isRoot()) await writePrivateAccounts(path.join(folder, 'etc'));
  writeConfiguration({ ...rest, folder }, [
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    `SetEnv "PATH=${programs}:${systemPath}"`,
  ]);
  return {
    ...rest,
    folder,
    user: os.userInfo().username,
    privateKeyPath,
    hostKeyFingerprint: writeHostKey(folder),
  };
}

function writeConfiguration({ port, folder }: ServerPlan, logins: readonly string[]): void {
  const { sshd } = readToolchain().tools;
  // Since 9.8 sshd runs helpers whose places are compiled in.
  const helpers = ['sshd-session', 'sshd-auth']
    .map((name) => [name, path.join(path.dirname(sshd), '../lib/openssh', name)] as const)
    .filter(([, file]) => fs.existsSync(file))
    .map(([name, file]) => `${name === 'sshd-auth' ? 'SshdAuthPath' : 'SshdSessionPath'} ${file}`);
  fs.writeFileSync(
    path.join(folder, 'sshd_config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${path.join(folder, 'host_key')}`,
      'PidFile none',
      'StrictModes no',
      `AuthorizedKeysFile ${isRoot() ? '/run/sshd' : folder}/authorized_keys`,
      ...logins,
      'AllowTcpForwarding yes',
      'MaxStartups 200',
      'MaxSessions 200',
      'PrintMotd no',
      'Subsystem sftp internal-sftp',
      ...helpers,
      '',
    ].join('\n'),
  );
}

/** Root's own accounts with sshd's, and with a password the account `oncall`. */
async function writePrivateAccounts(folder: string, password?: string): Promise<void> {
  fs.mkdirSync(path.join(folder, 'pam.d'), { recursive: true });
  const linesOf = (file: string): string[] =>
    (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '')
      .split('\n')
      .filter((line) => line && !/^(sshd|oncall):/.test(line));
  // With /bin/sh: what this computer's bash reads at each login is no part of a database host.
  const accounts = [
    ...linesOf('/etc/passwd').map((line) => line.replace(/^(root:.*:)[^:]*$/, '$1/bin/sh')),
    'sshd:x:64998:65534::/run/sshd:/usr/sbin/nologin',
  ];
  // A locked root ("!") could not even log in by key.
  const shadows = [
    ...linesOf('/etc/shadow').map((line) => line.replace(/^root:!+[^:]*/, 'root:*')),
    'sshd:*:20000:0:99999:7:::',
  ];
  if (password !== undefined) {
    const { stdout: hash } = await run('openssl', ['passwd', '-6', password]);
    accounts.push('oncall:x:64999:65534:On call:/tmp:/bin/sh');
    shadows.push(`oncall:${hash.trim()}:20000:0:99999:7:::`);
  }
  fs.writeFileSync(path.join(folder, 'passwd'), `${accounts.join('\n')}\n`);
  fs.writeFileSync(path.join(folder, 'shadow'), `${shadows.join('\n')}\n`, { mode: 0o600 });
  const modules = [
    'auth required pam_unix.so nodelay',
    'account required pam_unix.so',
    'session required pam_permit.so',
    'password required pam_deny.so',
  ];
  fs.writeFileSync(path.join(folder, 'pam.d', 'sshd'), `${modules.join('\n')}\n`);
}

/** Makes a key, the same with a passphrase, and the list that lets both in, unless they are there. @returns the key's file */
function makeLoginKeys(folder: string): string {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const key = path.join(folder, 'id_ed25519');
  if (!fs.existsSync(path.join(folder, 'authorized_keys'))) {
    const authorized = [writeKeyPair(key), writeKeyPair(path.join(folder, 'id_encrypted'), labPassphrase)];
    fs.writeFileSync(path.join(folder, 'authorized_keys'), `${authorized.join('\n')}\n`);
  }
  return key;
}

function writeKeyPair(file: string, passphrase?: string): string {
  const comment = path.basename(file);
  const { secret, open } = generateKeyPair(comment, passphrase);
  fs.writeFileSync(file, secret, { mode: 0o600 });
  return open;
}

/** ssh2 writes a malformed key once in about 256 times, so each is read back. */
function generateKeyPair(comment: string, passphrase?: string): { readonly secret: string; readonly open: string } {
  for (let tries = 0; tries < 20; tries += 1) {
    const pair = passphrase
      ? ssh2.utils.generateKeyPairSync('ed25519', { comment, passphrase, cipher: 'aes256-ctr', rounds: 16 })
      : ssh2.utils.generateKeyPairSync('ed25519', { comment });
    const isReadable = [ssh2.utils.parseKey(pair.private, passphrase), ssh2.utils.parseKey(pair.public)].every(
      (key) => !(key instanceof Error),
    );
    if (isReadable) return { secret: pair.private, open: pair.public };
  }
  throw new Error('No readable ed25519 key in 20 tries');
}

/** Writes a new host key into the folder of an SSH server. @returns the fingerprint */
export function writeHostKey(folder: string): string {
  const open = writeKeyPair(path.join(folder, 'host_key'));
  const blob = Buffer.from(open.split(' ')[1] ?? '', 'base64');
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}
