import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { RunningFleet } from './fleet';
import { findFreePorts } from './free-ports';
import { endFamily, isRunning, startDetached, type ProcessRef } from './processes';
import { readToolchain } from './toolchain';

const run = promisify(execFile);

/** A real MySQL Router with static destinations before one cluster, and its REST API behind a password. */
export class LabRouter {
  readonly host = '127.0.0.1';
  readonly user = 'watcher';
  readonly password = 'watcher';

  private constructor(
    /** Where applications connect. */
    readonly port: number,
    private readonly apiPort: number,
    private readonly process: ProcessRef,
  ) {}

  /** Base of its REST API. */
  get api(): string {
    return `http://${this.host}:${this.apiPort}/api/20190715`;
  }

  async close(): Promise<void> {
    await endFamily(this.process);
  }

  /** Whether set-up found the program; tests that need it skip without. */
  static get isHere(): boolean {
    return readToolchain().tools.mysqlrouter !== undefined;
  }

  /** `passthrough`: the server's greeting is handed on, as without a certificate of its own. @throws Error when it does not start */
  static async open(
    fleet: RunningFleet,
    options: { readonly name: string; readonly destinations: readonly string[]; readonly passthrough: boolean },
  ): Promise<LabRouter> {
    const program = readToolchain().tools.mysqlrouter;
    if (program === undefined) throw new Error('MySQL Router is not here. Run `npm run setup`.');
    const folder = path.join(fleet.folder, `router-${options.name}`);
    fs.mkdirSync(folder, { recursive: true });
    const [port = 0, apiPort = 0] = await findFreePorts(2);
    const asking = run(`${program}_passwd`, ['set', path.join(folder, 'passwd'), 'watcher']);
    asking.child.stdin?.end('watcher\n');
    await asking;
    const destinations = options.destinations.map((name) => `127.0.0.1:${fleet.instance(name).port}`);
    fs.writeFileSync(
      path.join(folder, 'router.conf'),
      `[DEFAULT]
logging_folder=${folder}
runtime_folder=${folder}
data_folder=${folder}
plugin_folder=${path.join(path.dirname(program), 'root/usr/lib/mysqlrouter/plugin')}
[logger]
level=INFO
[routing:writes]
bind_address=127.0.0.1
bind_port=${port}
destinations=${destinations.join(',')}
routing_strategy=first-available
client_ssl_mode=${options.passthrough ? 'PASSTHROUGH' : 'DISABLED'}
server_ssl_mode=${options.passthrough ? 'AS_CLIENT' : 'DISABLED'}
[http_server]
bind_address=127.0.0.1
port=${apiPort}
[http_auth_realm:lab]
backend=lab
method=basic
name=lab
[http_auth_backend:lab]
backend=file
filename=${path.join(folder, 'passwd')}
[rest_api]
[rest_router]
require_realm=lab
[rest_routing]
require_realm=lab
`,
    );
    const log = path.join(folder, 'output.log');
    const started = await startDetached(program, ['-c', path.join(folder, 'router.conf')], { outputFile: log });
    fleet.file.change({ proxies: [...fleet.file.state.proxies, started] });
    const router = new LabRouter(port, apiPort, started);
    for (const limit = Date.now() + 15_000; Date.now() < limit && isRunning(started); await wait(50))
      if (await fetch(`${router.api}/routes`).catch(() => undefined)) return router;
    await router.close();
    throw new Error(`MySQL Router did not start; see ${log}`);
  }
}
