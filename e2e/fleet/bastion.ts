import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import ssh2 from 'ssh2';
import { endFamily, isRunning, startDetached } from './processes';
import type { BastionState, FleetFile } from './state';
import { readToolchain } from './toolchain';

const run = promisify(execFile);

/** The passphrase of a bastion's `encryptedKeyPath`. */
export const labPassphrase = 'lab-passphrase';
const labPassword = 'lab-password';

/**
 * Root gets a private view of /etc/passwd, /etc/shadow, /etc/pam.d and /run, so that sshd finds its own account and one
 * with a password without a change to the system. $1 folder with the private files, $2 sshd, $3 its configuration.
 */
const inPrivateView = `set -e
for name in passwd shadow pam.d; do mount --bind "$1/etc/$name" "/etc/$name"; done
keys=$(cat "$1/authorized_keys")
mount -t tmpfs tmpfs /run
mkdir -m 755 /run/sshd
printf '%s\\n' "$keys" > /run/sshd/authorized_keys
exec "$2" -D -f "$3" -E "$1/sshd.log"`;

/** An SSH server of the lab, as the current user; root's also knows the account `oncall` with a password. */
export class Bastion {
  readonly host = '127.0.0.1';

  constructor(
    private readonly file: FleetFile,
    readonly name: string,
  ) {}

  get port(): number {
    return this.state.port;
  }
  get region(): string | undefined {
    return this.state.region;
  }
  get user(): string {
    return this.state.user;
  }
  /** For password and keyboard-interactive logins; undefined where only keys are possible (not root). */
  get password(): string | undefined {
    return this.state.password;
  }
  get privateKeyPath(): string {
    return path.join(this.state.folder, 'id_ed25519');
  }
  /** The same rights as `privateKeyPath`; its passphrase is {@link labPassphrase}. */
  get encryptedKeyPath(): string {
    return path.join(this.state.folder, 'id_encrypted');
  }
  /** As ssh prints it: `SHA256:` and base64 without padding. */
  get hostKeyFingerprint(): string {
    return this.state.hostKeyFingerprint;
  }
  get isUp(): boolean {
    return this.state.process !== undefined && isRunning(this.state.process);
  }

  /** Starts the server on its port with its host key and waits until it greets. */
  async start(): Promise<void> {
    if (this.isUp) return;
    const { folder } = this.state;
    const { sshd } = readToolchain().tools;
    const configuration = path.join(folder, 'sshd_config');
    const log = path.join(folder, 'sshd.log');
    const process = this.state.password
      ? await startDetached(
          'unshare',
          [...['--mount', '--propagation', 'private', 'sh', '-c', inPrivateView, 'sh', folder, sshd, configuration]],
          { outputFile: log },
        )
      : await startDetached(sshd, ['-D', '-f', configuration, '-E', log]);
    this.file.changeBastion(this.name, { process });
    for (const limit = Date.now() + 10_000; Date.now() < limit && isRunning(process); await wait(20)) {
      if (await greets(this.port)) return;
    }
    throw new Error(`${this.name} did not start: ${readIfThere(log).trim().slice(-500)}`);
  }

  /** Ends the server with every connection through it. */
  async lose(): Promise<void> {
    if (this.state.process) await endFamily(this.state.process);
  }

  /** Gives the server another host key, as after a rebuild or an attack; takes effect with the next start. */
  replaceHostKey(): void {
    this.file.changeBastion(this.name, { hostKeyFingerprint: writeHostKey(this.state.folder) });
  }

  private get state(): BastionState {
    return this.file.bastion(this.name);
  }
}

/** Prepares keys and configuration of a bastion in `folder`; {@link Bastion.start} starts it. */
export async function prepareBastion(plan: {
  name: string;
  region?: string;
  port: number;
  folder: string;
}): Promise<BastionState> {
  const { folder } = plan;
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const authorized = [
    writeKeyPair(path.join(folder, 'id_ed25519')),
    writeKeyPair(path.join(folder, 'id_encrypted'), labPassphrase),
  ];
  fs.writeFileSync(path.join(folder, 'authorized_keys'), `${authorized.join('\n')}\n`);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await writePrivateAccounts(path.join(folder, 'etc'));
  const canPassword = isRoot ? 'yes' : 'no';
  const { sshd } = readToolchain().tools;
  // Since 9.8 sshd runs helpers whose places are compiled in.
  const helpers = ['sshd-session', 'sshd-auth']
    .map((name) => [name, path.join(path.dirname(sshd), '../lib/openssh', name)] as const)
    .filter(([, file]) => fs.existsSync(file))
    .map(([name, file]) => `${name === 'sshd-auth' ? 'SshdAuthPath' : 'SshdSessionPath'} ${file}`);
  fs.writeFileSync(
    path.join(folder, 'sshd_config'),
    [
      `Port ${plan.port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${path.join(folder, 'host_key')}`,
      'PidFile none',
      'StrictModes no',
      `AuthorizedKeysFile ${isRoot ? '/run/sshd' : folder}/authorized_keys`,
      `UsePAM ${canPassword}`,
      `PasswordAuthentication ${canPassword}`,
      `KbdInteractiveAuthentication ${canPassword}`,
      'PermitRootLogin no',
      'AllowTcpForwarding yes',
      'MaxStartups 200',
      'MaxSessions 200',
      'PrintMotd no',
      'Subsystem sftp internal-sftp',
      ...helpers,
      '',
    ].join('\n'),
  );
  return {
    ...plan,
    user: isRoot ? 'oncall' : os.userInfo().username,
    ...(isRoot ? { password: labPassword } : {}),
    hostKeyFingerprint: writeHostKey(folder),
  };
}

async function writePrivateAccounts(folder: string): Promise<void> {
  fs.mkdirSync(folder, { recursive: true });
  const { stdout: hash } = await run('openssl', ['passwd', '-6', labPassword]);
  const accounts = readIfThere('/etc/passwd')
    .split('\n')
    .filter((line) => line && !/^(sshd|oncall):/.test(line));
  const shadows = readIfThere('/etc/shadow')
    .split('\n')
    .filter((line) => line && !/^(sshd|oncall):/.test(line));
  accounts.push('sshd:x:64998:65534::/run/sshd:/usr/sbin/nologin', 'oncall:x:64999:65534:On call:/tmp:/bin/sh');
  shadows.push('sshd:*:20000:0:99999:7:::', `oncall:${hash.trim()}:20000:0:99999:7:::`);
  fs.writeFileSync(path.join(folder, 'passwd'), `${accounts.join('\n')}\n`);
  fs.writeFileSync(path.join(folder, 'shadow'), `${shadows.join('\n')}\n`, { mode: 0o600 });
  fs.mkdirSync(path.join(folder, 'pam.d'), { recursive: true });
  const modules = [
    'auth required pam_unix.so nodelay',
    'account required pam_unix.so',
    'session required pam_permit.so',
    'password required pam_deny.so',
  ];
  fs.writeFileSync(path.join(folder, 'pam.d', 'sshd'), `${modules.join('\n')}\n`);
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

/** @returns the fingerprint */
function writeHostKey(folder: string): string {
  const open = writeKeyPair(path.join(folder, 'host_key'));
  const blob = Buffer.from(open.split(' ')[1] ?? '', 'base64');
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

function greets(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.setTimeout(1_000, () => socket.destroy());
    socket.once('data', (data) => {
      settle(String(data).startsWith('SSH-'));
      socket.destroy();
    });
    socket.once('error', () => settle(false));
    socket.once('close', () => settle(false));
  });
}

function readIfThere(file: string): string {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
}
