import { spawn } from 'node:child_process';

/** A finished program. */
export interface MeasuredProcess {
  readonly stdout: string;
  /** User and system, of all its threads and children. */
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
}

/**
 * Runs a program to its end. A shell around it tells the processor time of its children (`times`, POSIX), for every
 * program in the same way.
 *
 * @throws Error with what it said when it failed
 */
export async function measureProcess(
  program: string,
  args: readonly string[],
  options: { readonly quiet?: boolean } = {},
): Promise<MeasuredProcess> {
  const script = `"$0" "$@"${options.quiet ? ' >/dev/null' : ''}; code=$?; times >&2; exit $code`;
  const startedAt = performance.now();
  const child = spawn('/bin/sh', ['-c', script, program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (piece: Buffer) => (said.stdout += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (said.stderr += piece.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const wallSeconds = (performance.now() - startedAt) / 1000;
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${said.stderr}`);
  const children = said.stderr.trimEnd().split('\n').at(-1) ?? '';
  const times = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  );
  if (times.length !== 2) throw new Error(`the shell told no times: ${children}`);
  return { stdout: said.stdout, cpuSeconds: times.reduce((sum, seconds) => sum + seconds, 0), wallSeconds };
}
