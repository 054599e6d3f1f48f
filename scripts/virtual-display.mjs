import { startOwned, waitForExit } from './owned-processes.mjs';
import { SetupError } from './setup/progress.mjs';

/**
 * Starts a virtual display on a number that the server itself finds free (`-displayfd`, Xserver(1)).
 * @returns {Promise<{ name: string, process: import('node:child_process').ChildProcess }>} name as for DISPLAY, e.g. `:99`
 */
export async function startVirtualDisplay() {
  const args = ['-displayfd', '3', '-screen', '0', '1920x1080x24', '-nolisten', 'tcp'];
  const server = startOwned('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const number = new Promise((settle) => server.stdio[3]?.once('data', (data) => settle(String(data).trim())));
  const name = await Promise.race([number, waitForExit(server).then(() => undefined)]);
  if (name === undefined) {
    throw new SetupError({
      what: 'The virtual display did not start.',
      next: 'run Xvfb by hand to see why, or set DISPLAY',
    });
  }
  return { name: `:${name}`, process: server };
}
