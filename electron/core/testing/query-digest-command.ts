import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { cacheFolder } from '../../../e2e/fleet/toolchain';

/** The real pt-query-digest with its libraries for MySQL. */
export interface QueryDigestCommand {
  /** Runs it to its end. @returns what it printed @throws with its words when it fails */
  run(args: readonly string[]): string;
}

/**
 * pt-query-digest as `npm run setup -- --for bench` fetches it, or as it is installed. Its `--review` and `--history` need
 * Perl's DBI and DBD::mysql, of this system or from that set-up. Null where something of this is missing: tests of it skip then.
 */
export function queryDigestCommand(): QueryDigestCommand | null {
  const fetched = path.join(cacheFolder, 'servers');
  const program = [path.join(fetched, 'percona-toolkit/root/usr/bin/pt-query-digest'), '/usr/bin/pt-query-digest'].find(
    (file) => fs.existsSync(file),
  );
  const perl = ['perl', path.join(fetched, 'perl-dbi/perl')].find(hasDbi);
  if (program === undefined || perl === undefined) return null;
  return { run: (args) => execute(perl, [program, ...args]) };
}

const execute = (perl: string, args: readonly string[]): string =>
  // No options of the person's own: ~/.pt-query-digest.conf would be read.
  execFileSync(perl, args, { encoding: 'utf8', stdio: 'pipe', env: { ...process.env, HOME: '/nonexistent' } });

function hasDbi(perl: string): boolean {
  try {
    execute(perl, ['-MDBI', '-MDBD::mysql', '-e', '1']);
    return true;
  } catch {
    return false;
  }
}
