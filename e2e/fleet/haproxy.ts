import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { RunningFleet } from './fleet';
import { findFreePorts } from './free-ports';
import { endFamily, isRunning, startDetached, type ProcessRef } from './processes';
import { readToolchain } from './toolchain';

/** Name of the one backend, which has a server for each instance, named as the instance. */
export const haproxyBackend = 'mysql';

/** A real HAProxy before one cluster: leads to the first primary, the others begin as "disabled". */
export class LabHaproxy {
  readonly host = '127.0.0.1';

  private constructor(
    /** Where applications connect. */
    readonly port: number,
    private readonly apiPorts: readonly [admin: number, operator: number],
    /** The runtime API as a unix socket, of level admin. */
    readonly socketPath: string,
    private readonly process: ProcessRef,
    private readonly log: string,
  ) {}

  /** The runtime API, of level admin. */
  get api(): string {
    return `${this.host}:${this.apiPorts[0]}`;
  }
  /** The runtime API, of level operator: it may look and change nothing. */
  get operatorApi(): string {
    return `${this.host}:${this.apiPorts[1]}`;
  }

  /** Ends it with every connection through it. */
  async close(): Promise<void> {
    await endFamily(this.process);
  }

  /** Whether set-up found the program; tests that need it skip without. */
  static get isHere(): boolean {
    return readToolchain().tools.haproxy !== undefined;
  }

  /**
   * Starts one. `leaveOut`: instances that its backend does not have; `checked`: it asks each server by TCP every 200 ms.
   * @throws Error when it does not start; see its log in the fleet's folder
   */
  static async open(
    fleet: RunningFleet,
    options: { readonly name?: string; readonly leaveOut?: readonly string[]; readonly checked?: boolean } = {},
  ): Promise<LabHaproxy> {
    const program = readToolchain().tools.haproxy;
    if (program === undefined) throw new Error('HAProxy is not here. Run `npm run setup`.');
    const folder = path.join(fleet.folder, `haproxy-${options.name ?? '1'}`);
    fs.mkdirSync(folder, { recursive: true });
    const [port = 0, admin = 0, operator = 0] = await findFreePorts(3);
    const log = path.join(folder, 'haproxy.log');
    const socketPath = path.join(fleet.file.state.socketFolder, `ha-${options.name ?? '1'}.sock`);
    const servers = fleet.instances
      .filter((one) => one.cluster === fleet.primary.cluster && !(options.leaveOut ?? []).includes(one.name))
      .map(
        (one) =>
          `  server ${one.name} ${one.host}:${one.port}${one.name === fleet.primary.name ? '' : ' disabled'}${options.checked ? ' check inter 200' : ''}`,
      );
    fs.writeFileSync(
      path.join(folder, 'haproxy.cfg'),
      `global
  maxconn 400
  stats socket ipv4@127.0.0.1:${admin} level admin
  stats socket ipv4@127.0.0.1:${operator} level operator
  stats socket ${socketPath} level admin mode 600
defaults
  mode tcp
  timeout connect 2s
  timeout client 1h
  timeout server 1h
frontend applications
  bind 127.0.0.1:${port}
  default_backend ${haproxyBackend}
backend ${haproxyBackend}
${servers.join('\n')}
`,
    );
    const process = await startDetached(program, ['-db', '-f', path.join(folder, 'haproxy.cfg')], { outputFile: log });
    fleet.file.change({ proxies: [...fleet.file.state.proxies, process] });
    const haproxy = new LabHaproxy(port, [admin, operator], socketPath, process, log);
    await haproxy.untilAnswers();
    return haproxy;
  }

  private async untilAnswers(): Promise<void> {
    for (const limit = Date.now() + 10_000; Date.now() < limit && isRunning(this.process); await wait(20))
      if (fs.existsSync(this.socketPath)) return;
    await this.close();
    throw new Error(`HAProxy did not start; see ${this.log}`);
  }
}
