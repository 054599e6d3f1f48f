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
 * pt-query-digest as `npm run bench -- slowlog` fetches it, or as it is installed. Its `--review` and `--history` need Perl's
 * DBI and DBD::mysql, of this system or named by PERL5LIB. Null where something of this is missing: tests of it skip then.
 */
export function queryDigestCommand(): QueryDigestCommand | null {
  const program = [
    path.join(cacheFolder, 'servers/percona-toolkit/root/usr/bin/pt-query-digest'),
    '/usr/bin/pt-query-digest',
  ].find((file) => fs.existsSync(file));
  if (program === undefined) return null;
  const perl = (args: readonly string[]): string =>
    // No options of the person's own: ~/.pt-query-digest.conf would be read.
    execFileSync('perl', args, { encoding: 'utf8', stdio: 'pipe', env: { ...process.env, HOME: '/nonexistent' } });
  try {
    perl(['-MDBI', '-MDBD::mysql', '-e', '1']);
  } catch {
    return null;
  }
  return { run: (args) => perl([program, ...args]) };
}
