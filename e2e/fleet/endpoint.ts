import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { endpointState, type EndpointOrder, type EndpointState, type HookMode } from './endpoint-protocol';
import { findFreePorts } from './free-ports';
import type { Instance } from './instance';
import { endFamily, isRunning, startDetached } from './processes';
import type { EndpointRecord, FleetFile } from './state';

/** $1 is the folder in which the endpoint's process finds the question; see endpoint-process.ts. Without it the lab is gone. */
const hookScript = `ask="$1/hook.$$"
rm -f "$ask.answer"
printf '%s\\n' "$MIDWATCH_ACTION" "$MIDWATCH_CLUSTER" "$MIDWATCH_RUN_ID" "$MIDWATCH_OLD_HOST" "$MIDWATCH_OLD_PORT" \\
  "$MIDWATCH_NEW_HOST" "$MIDWATCH_NEW_PORT" > "$ask.aside" || exit 4
mv "$ask.aside" "$ask.ask" || exit 4
while [ ! -e "$ask.answer" ]; do [ -d "$1" ] || exit 5; sleep 0.01; done
read -r code < "$ask.answer"
sed 1d "$ask.answer"
rm -f "$ask.answer"
exit "$code"
`;

/**
 * The one address by which an application reaches a cluster, as of a proxy or a virtual address: it forwards to the server
 * it points at, and cuts every connection when it is pointed elsewhere.
 */
export class Endpoint {
  readonly host = '127.0.0.1';

  constructor(
    private readonly file: FleetFile,
    readonly cluster: string,
  ) {}

  /** Where the application connects. */
  get port(): number {
    return this.record.port;
  }
  /**
   * A command line for `sh -c` that points it at MIDWATCH_NEW_HOST and MIDWATCH_NEW_PORT when MIDWATCH_ACTION is `repoint`
   * (and reads MIDWATCH_CLUSTER, MIDWATCH_RUN_ID, MIDWATCH_OLD_HOST, MIDWATCH_OLD_PORT). Exit code 0: moved; 2: not
   * understood; 3: refused.
   */
  get shellHook(): string {
    return `sh ${quote(path.join(this.record.folder, 'hook.sh'))} ${quote(this.record.folder)}`;
  }
  /** Takes the same as a POST of JSON: action, cluster, runId, oldHost, oldPort, newHost, newPort. 200, else 400 or 500. */
  get httpHook(): string {
    return `${this.control}/hook`;
  }

  /** Where it points now, and which calls its hooks got. */
  state(): Promise<EndpointState> {
    return this.ask();
  }

  /** Points it elsewhere without a hook, as another person would. */
  async pointTo({ host, port }: Pick<Instance, 'host' | 'port'>): Promise<void> {
    await this.ask({ target: { host, port } });
  }

  /** What its hooks do from now on; a call that hangs already stays so. */
  async setHookMode(mode: HookMode): Promise<void> {
    await this.ask({ mode });
  }

  /** Ends it with every connection through it. */
  async close(): Promise<void> {
    const { process } = this.record;
    if (process) await endFamily(process);
    this.file.change({ endpoints: this.file.state.endpoints.filter(({ cluster }) => cluster !== this.cluster) });
  }

  /** Starts its process, pointed at `first`, unless it runs. */
  static async open(file: FleetFile, cluster: string, first: Pick<Instance, 'port'>): Promise<Endpoint> {
    const known = file.state.endpoints.find((one) => one.cluster === cluster);
    const endpoint = new Endpoint(file, cluster);
    if (known?.process && isRunning(known.process)) return endpoint;
    const folder = path.join(file.state.folder, 'endpoints', cluster);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'hook.sh'), hookScript);
    const [port = 0, controlPort = 0] = known ? [known.port, known.controlPort] : await findFreePorts(2);
    const program = fileURLToPath(new URL('./endpoint-process.ts', import.meta.url));
    const log = path.join(file.state.folder, `endpoint-${cluster}.log`);
    const ports = [port, controlPort, first.port].map(String);
    const process_ = await startDetached(process.execPath, ['--import', 'tsx', program, folder, ...ports], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)), // where tsx is found
      outputFile: log,
    });
    const others = file.state.endpoints.filter((one) => one.cluster !== cluster);
    file.change({ endpoints: [...others, { cluster, folder, port, controlPort, process: process_ }] });
    for (const limit = Date.now() + 15_000; Date.now() < limit && isRunning(process_); await wait(20)) {
      if (await endpoint.state().catch(() => undefined)) return endpoint;
    }
    throw new Error(`The endpoint of ${cluster} did not start; see ${log}`);
  }

  private get control(): string {
    return `http://${this.host}:${this.record.controlPort}`;
  }

  private get record(): EndpointRecord {
    const record = this.file.state.endpoints.find(({ cluster }) => cluster === this.cluster);
    if (!record) throw new Error(`The endpoint of ${this.cluster} is closed`);
    return record;
  }

  private async ask(order?: EndpointOrder): Promise<EndpointState> {
    const request = order ? { method: 'POST', body: JSON.stringify(order) } : {};
    const response = await fetch(`${this.control}/state`, { ...request, signal: AbortSignal.timeout(5_000) });
    return endpointState.parse(await response.json());
  }
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
