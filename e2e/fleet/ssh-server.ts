import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { endFamily, isRunning, startDetached } from './processes';
import { isRoot, writeHostKey } from './ssh-server-files';
import type { FleetFile, SshServerState } from './state';
import { readToolchain } from './toolchain';

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

/**
 * An SSH server of the lab: a bastion (root's knows the account `oncall` with a password), or one that stands for the host
 * of a database server (its account may read the server's files and end its process).
 */
export class SshServer {
  readonly host = '127.0.0.1';

  constructor(
    private readonly file: FleetFile,
    private readonly kind: 'bastions' | 'hosts',
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
  /** For password and keyboard-interactive logins; undefined where only keys are possible (not root, and database hosts). */
  get password(): string | undefined {
    return this.state.password;
  }
  get privateKeyPath(): string {
    return this.state.privateKeyPath;
  }
  /** The same rights as `privateKeyPath`; its passphrase is {@link labPassphrase}. */
  get encryptedKeyPath(): string {
    return path.join(path.dirname(this.state.privateKeyPath), 'id_encrypted');
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
    const process = isRoot()
      ? await startDetached(
          'unshare',
          [...['--mount', '--propagation', 'slave', 'sh', '-c', inPrivateView, 'sh', folder, sshd, configuration]],
          { outputFile: log },
        )
      : await startDetached(sshd, ['-D', '-f', configuration, '-E', log]);
    this.file.changeSshServer(this.kind, this.name, { process });
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
    this.file.changeSshServer(this.kind, this.name, { hostKeyFingerprint: writeHostKey(this.state.folder) });
  }

  private get state(): SshServerState {
    return this.file.sshServer(this.kind, this.name);
  }
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
