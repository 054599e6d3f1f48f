import { execFileSync } from 'node:child_process';

const isRoot = process.getuid?.() === 0;

/** Why this machine cannot install a Debian package for a test; null when it can. */
export function whyNoAdministrator(): string | null {
  if (!succeeds('dpkg', ['--version'])) return 'no dpkg: this system installs no Debian packages';
  return isRoot || succeeds('sudo', ['-n', 'true']) ? null : 'neither root nor sudo without a password';
}

/** Runs a program as root. @throws Error with what it wrote when it fails */
export function asAdministrator(program: string, ...args: readonly string[]): string {
  const [first = program, ...rest] = isRoot ? [program, ...args] : ['sudo', '-n', program, ...args];
  return execFileSync(first, rest, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Whether a program runs and ends well. */
export function succeeds(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
