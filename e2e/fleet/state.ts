import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { processRef } from './processes';

const instanceState = z.object({
  name: z.string(),
  cluster: z.string(),
  role: z.enum(['primary', 'intermediate', 'replica']),
  source: z.string().optional(),
  region: z.string().optional(),
  port: z.number(),
  serverId: z.number(),
  socket: z.string(),
  dataFolder: z.string(),
  process: processRef.optional(),
});

const sshServerState = z.object({
  name: z.string(),
  region: z.string().optional(),
  port: z.number(),
  user: z.string(),
  password: z.string().optional(),
  folder: z.string(),
  privateKeyPath: z.string(),
  hostKeyFingerprint: z.string(),
  process: processRef.optional(),
});

const endpointRecord = z.object({
  cluster: z.string(),
  folder: z.string(),
  port: z.number(),
  controlPort: z.number(),
  process: processRef.optional(),
});

const linkState = z.object({ name: z.string(), port: z.number(), targetPort: z.number() });

const fleetState = z.object({
  scenario: z.string(),
  dialect: z.enum(['mysql', 'mariadb']),
  folder: z.string(),
  socketFolder: z.string(),
  replicaNetTimeoutSeconds: z.number().optional(),
  instances: z.array(instanceState),
  bastions: z.array(sshServerState),
  /** In the place of the database hosts; each bears the name of its instance. */
  hosts: z.array(sshServerState).default([]),
  links: z.array(linkState),
  linkProcess: processRef.optional(),
  endpoints: z.array(endpointRecord).default([]),
  /** Real proxies before the servers. */
  proxies: z.array(processRef).default([]),
  mounts: z.array(z.string()),
});

/** The state of one server as kept on disk; `role` is the one it was started with. */
export type InstanceState = z.infer<typeof instanceState>;
/** The state of one SSH server as kept on disk. */
export type SshServerState = z.infer<typeof sshServerState>;
/** The state of an application endpoint as kept on disk. */
export type EndpointRecord = z.infer<typeof endpointRecord>;
/** Everything that was started for one fleet. */
export type FleetState = z.infer<typeof fleetState>;

/**
 * The file that says what was started, written at once with each start, so that `down` finds it all
 * also after the lab itself was killed.
 */
export class FleetFile {
  private constructor(
    private readonly file: string,
    private current: FleetState,
    private version: string,
  ) {}

  static create(state: FleetState): FleetFile {
    fs.mkdirSync(state.folder, { recursive: true });
    const fleetFile = new FleetFile(path.join(state.folder, 'fleet.json'), state, '');
    fleetFile.write();
    return fleetFile;
  }

  /** @returns undefined when nothing was started in this folder */
  static open(folder: string): FleetFile | undefined {
    const file = path.join(folder, 'fleet.json');
    if (!fs.existsSync(file)) return undefined;
    return new FleetFile(file, read(file), versionOf(file));
  }

  /** What was started, by this process or another one (the command line may restart a server of a running test). */
  get state(): Readonly<FleetState> {
    const version = versionOf(this.file);
    if (version !== '' && version !== this.version) {
      this.current = read(this.file);
      this.version = version;
    }
    return this.current;
  }

  change(changes: Partial<FleetState>): void {
    this.current = { ...this.state, ...changes };
    this.write();
  }

  instance(name: string): InstanceState {
    return mustFind(this.state.instances, name);
  }

  changeInstance(name: string, changes: Partial<InstanceState>): void {
    this.change({ instances: this.state.instances.map((one) => (one.name === name ? { ...one, ...changes } : one)) });
  }

  /** @throws Error that lists the names */
  sshServer(kind: 'bastions' | 'hosts', name: string): SshServerState {
    return mustFind(this.state[kind], name);
  }

  changeSshServer(kind: 'bastions' | 'hosts', name: string, changes: Partial<SshServerState>): void {
    this.change({ [kind]: this.state[kind].map((one) => (one.name === name ? { ...one, ...changes } : one)) });
  }

  private write(): void {
    const aside = `${this.file}.${process.pid}`;
    fs.writeFileSync(aside, `${JSON.stringify(this.current, undefined, 2)}\n`, { mode: 0o600 });
    this.version = versionOf(aside);
    fs.renameSync(aside, this.file);
  }
}

/** Changes with every write; an inode number alone may come back. Empty when there is no file (any more). */
function versionOf(file: string): string {
  const stat = fs.statSync(file, { bigint: true, throwIfNoEntry: false });
  return stat ? `${stat.ino} ${stat.mtimeNs}` : '';
}

function read(file: string): FleetState {
  return fleetState.parse(JSON.parse(fs.readFileSync(file, 'utf8')));
}

function mustFind<T extends { readonly name: string }>(list: readonly T[], name: string): T {
  const found = list.find((one) => one.name === name);
  if (!found) throw new Error(`There is no ${name}. There are: ${list.map((one) => one.name).join(', ') || 'none'}`);
  return found;
}
