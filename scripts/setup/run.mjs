import { spawn } from 'node:child_process';
import { SetupError } from './progress.mjs';

/**
 * Runs a program without a shell and collects its output.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, input?: string, timeoutMs?: number, inherit?: boolean }} [options]
 *   `inherit` lets the program write to this terminal (prompts of sudo, progress of npm)
 * @returns {Promise<{ code: number, stdout: string, stderr: string }>} code 127: not found, 124: time limit
 */
export function run(program, args, options = {}) {
  return new Promise((settle) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: [options.input === undefined ? (options.inherit ? 'inherit' : 'ignore') : 'pipe', ...outputs(options)],
    });
    let stdout = '';
    let stderr = '';
    let timedOut = false;
    const limit = options.timeoutMs
      ? setTimeout(() => {
          timedOut = true;
          child.kill('SIGKILL');
        }, options.timeoutMs)
      : undefined;
    child.stdout?.on('data', (chunk) => (stdout += chunk));
    child.stderr?.on('data', (chunk) => (stderr += chunk));
    child.on('error', (error) => {
      clearTimeout(limit);
      settle({ code: 127, stdout, stderr: error.message });
    });
    child.on('close', (code) => {
      clearTimeout(limit);
      settle({ code: timedOut ? 124 : (code ?? 1), stdout, stderr });
    });
    if (options.input !== undefined) {
      child.stdin?.on('error', () => undefined); // the exit code tells more than EPIPE
      child.stdin?.end(options.input);
    }
  });
}

function outputs(options) {
  return options.inherit ? ['inherit', 'inherit'] : ['pipe', 'pipe'];
}

/**
 * Like {@link run}, but a non-zero exit becomes a SetupError that quotes the program's last lines.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ what: string, next: string, cwd?: string, env?: NodeJS.ProcessEnv, input?: string, timeoutMs?: number, inherit?: boolean }} options
 * @returns {Promise<string>} standard output
 */
export async function mustRun(program, args, options) {
  const { code, stdout, stderr } = await run(program, args, options);
  if (code === 0) return stdout;
  const said = (stderr.trim() || stdout.trim()).split('\n').slice(-6).join('\n         ');
  throw new SetupError({
    what: options.what,
    cause: `${program} ended with ${code === 124 ? 'the time limit' : `code ${code}`}${said ? `: ${said}` : ''}`,
    next: options.next,
  });
}

/** @param {string} program @returns {Promise<boolean>} whether the program is on the PATH */
export async function isOnPath(program) {
  const { code } = await run('sh', ['-c', 'command -v "$1" >/dev/null', 'sh', program]);
  return code === 0;
}
