import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { forgetThrottle } from './disk-faults';
import { Endpoint } from './endpoint';
import { applyFault, type FaultName, type FaultOptions, type FaultOutcome } from './faults';
import { Instance } from './instance';
import type { LinkConditions } from './link';
import { askLinkProcess } from './link-protocol';
import { startLoad, type LoadOptions, type LoadRun } from './load';
import { endFamily, isRunning, startDetached } from './processes';
import { readReplicaThreads, waitUntilReplicating } from './replication';
import type { Dialect } from './scenarios';
import { SshServer } from './ssh-server';
import type { FleetFile } from './state';

const run = promisify(execFile);

/** A link as the tests use it: connect to its near end. */
export interface LinkEnd {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** What `status` prints of one instance. */
export interface InstanceStatus {
  readonly name: string;
  readonly cluster: string;
  readonly port: number;
  readonly pid: number | undefined;
  readonly readOnly: boolean | undefined;
  readonly receiver: string | undefined;
  readonly applier: string | undefined;
  readonly error: string | undefined;
}

/** Servers, bastions and links that run. Everything it knows is in its state file, so another process can attach to it. */
export class RunningFleet {
  readonly instances: readonly Instance[];
  readonly bastions: readonly SshServer[];
  private linkStart: Promise<void> | undefined;

  constructor(readonly file: FleetFile) {
    this.instances = file.state.instances.map(({ name }) => new Instance(file, name));
    this.bastions = file.state.bastions.map(({ name }) => new SshServer(file, 'bastions', name));
  }

  get scenario(): string {
    return this.file.state.scenario;
  }
  get dialect(): Dialect {
    return this.file.state.dialect;
  }
  get folder(): string {
    return this.file.state.folder;
  }

  /** The first instance that was started as a primary (of `cluster`). */
  get primary(): Instance {
    return this.instance(this.file.state.instances.find(({ role }) => role === 'primary')?.name ?? '');
  }
  /** Every instance that was started as a replica or intermediate. */
  get replicas(): readonly Instance[] {
    return this.instances.filter(({ role }) => role !== 'primary');
  }

  /** @throws Error that lists the names */
  instance(name: string): Instance {
    this.file.instance(name);
    return this.instances.find((one) => one.name === name) as Instance;
  }

  /** @throws Error that lists the names */
  bastion(name: string): SshServer {
    this.file.sshServer('bastions', name);
    return this.bastions.find((one) => one.name === name) as SshServer;
  }

  /** The bastions on the way to an instance, the nearest to the console first. */
  hopsTo(instanceName: string): readonly SshServer[] {
    const { region } = this.instance(instanceName);
    return this.bastions.filter((bastion) => bastion.region === undefined || bastion.region === region);
  }

  /**
   * Opens a link (or finds it) from anywhere to an instance, a bastion, or an instance's SSH server (`ssh:wallet-1`);
   * `from` only gives it its name, `from>to`.
   */
  async openLink(from: string, to: string): Promise<LinkEnd> {
    const name = `${from}>${to}`;
    const targetPort = this.findPort(to);
    this.linkStart ??= this.startLinkProcess();
    await this.linkStart.finally(() => (this.linkStart = undefined));
    const port = Number(await askLinkProcess(this.linkSocket, { verb: 'open', name, targetPort }));
    if (!this.file.state.links.some((link) => link.name === name)) {
      this.file.change({ links: [...this.file.state.links, { name, port, targetPort }] });
    }
    return { name, host: '127.0.0.1', port };
  }

  /** Near end and target of every link that was opened. */
  get links(): readonly { readonly name: string; readonly port: number; readonly targetPort: number }[] {
    return this.file.state.links;
  }

  /** Opens the application's endpoint of a cluster (or finds it); it points at the first primary at first. */
  openEndpoint(cluster = this.primary.cluster): Promise<Endpoint> {
    const first = this.instances.find((instance) => instance.cluster === cluster && instance.role === 'primary');
    if (!first) throw new Error(`There is no cluster ${cluster}`);
    return Endpoint.open(this.file, cluster, first);
  }

  /** Changes a link at once: delay, loss, partition (`state: 'stalled'`), refusal. @throws Error that lists the links */
  async setLink(name: string, conditions: Partial<LinkConditions>): Promise<void> {
    await askLinkProcess(this.linkSocket, { verb: 'set', name, conditions });
  }

  /** Nothing passes any more and neither side is told. */
  partition(linkName: string): Promise<void> {
    return this.setLink(linkName, { state: 'stalled' });
  }

  /** Everything passes again. The delay stays. */
  heal(linkName: string): Promise<void> {
    return this.setLink(linkName, { state: 'open' });
  }

  /** Applies a fault by its name. */
  fault(name: FaultName, target: string, options: FaultOptions = {}): Promise<FaultOutcome> {
    return applyFault(this, name, target, options);
  }

  /** Starts application-like load in this process. */
  load(options: LoadOptions = {}): Promise<LoadRun> {
    return startLoad(this, options);
  }

  /** Waits until every replica's receiver and applier run. */
  async waitUntilReplicating(limitMs = 30_000): Promise<void> {
    await Promise.all(this.replicas.map((replica) => waitUntilReplicating(replica, this.dialect, limitMs)));
  }

  /** Waits until all replicas have what `sourceName` has at this moment. @throws Error that names the late one */
  async waitUntilCaughtUp(sourceName = this.primary.name, limitMs = 30_000): Promise<void> {
    const isMysql = this.dialect === 'mysql';
    const source = this.instance(sourceName);
    const [position] = await source.query(`SELECT ${isMysql ? '@@gtid_executed' : '@@gtid_binlog_pos'} AS gtids`);
    const wanted = String(position?.['gtids'] ?? '');
    const sql = isMysql ? 'SELECT WAIT_FOR_EXECUTED_GTID_SET(?, ?) AS late' : 'SELECT MASTER_GTID_WAIT(?, ?) AS late';
    const followers = this.replicas.filter(({ name, cluster }) => name !== sourceName && cluster === source.cluster);
    await Promise.all(
      followers.map(async (replica) => {
        const [row] = await replica.query(sql, [wanted, limitMs / 1000]);
        if (Number(row?.['late']) !== 0) throw new Error(`${replica.name} did not catch up within ${limitMs} ms`);
      }),
    );
  }

  /** What each instance says of itself; a server that does not answer within 2 s has no values. */
  status(): Promise<InstanceStatus[]> {
    return Promise.all(this.instances.map((instance) => this.readStatus(instance)));
  }

  /** Ends every process of this fleet, in any state, and removes its folder. @returns how many processes were ended */
  async down(): Promise<number> {
    const { instances, bastions, hosts, endpoints, proxies, linkProcess, mounts, folder, socketFolder } =
      this.file.state;
    const refs = [...instances, ...bastions, ...hosts, ...endpoints]
      .map((one) => one.process)
      .concat(linkProcess, proxies);
    const ended = await Promise.all(refs.map((ref) => (ref ? endFamily(ref) : 0)));
    for (const { name } of instances) forgetThrottle(this, name);
    // Recorded before it was mounted, so it may never have been.
    for (const mount of mounts) await run('umount', ['-l', mount]).catch(() => undefined);
    for (const left of [folder, socketFolder]) fs.rmSync(left, { recursive: true, force: true });
    return ended.reduce((sum, count) => sum + count, 0);
  }

  private findPort(name: string): number {
    if (name.startsWith('ssh:')) return this.file.sshServer('hosts', name.slice(4)).port;
    return (this.bastions.find((bastion) => bastion.name === name) ?? this.instance(name)).port;
  }

  private get linkSocket(): string {
    return path.join(this.file.state.socketFolder, 'links.sock');
  }

  private async startLinkProcess(): Promise<void> {
    const { linkProcess } = this.file.state;
    if (linkProcess && isRunning(linkProcess)) return;
    fs.rmSync(this.linkSocket, { force: true });
    const program = fileURLToPath(new URL('./link-process.ts', import.meta.url));
    const started = await startDetached(process.execPath, ['--import', 'tsx', program, this.linkSocket], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)), // where tsx is found
      outputFile: path.join(this.folder, 'links.log'),
    });
    this.file.change({ linkProcess: started, links: [] });
    for (const limit = Date.now() + 15_000; Date.now() < limit && isRunning(started); await wait(20)) {
      // The socket's file is there a moment before anybody listens on it.
      const answers = await askLinkProcess(this.linkSocket, { verb: 'list' }).then(
        () => true,
        () => false,
      );
      if (answers) return;
    }
    throw new Error(`The links did not start; see ${path.join(this.folder, 'links.log')}`);
  }

  private async readStatus(instance: Instance): Promise<InstanceStatus> {
    const { name, cluster, port, pid } = instance;
    const silence = { readOnly: undefined, receiver: undefined, applier: undefined, error: undefined };
    const ask = async () => {
      const [row] = await instance.query('SELECT @@global.read_only AS ro');
      const threads = await readReplicaThreads(instance, this.dialect);
      const { receiver, applier, error } = threads ?? silence;
      return { readOnly: Number(row?.['ro']) === 1, receiver, applier, error: error || undefined };
    };
    const late = wait(2_000, { ...silence, error: 'no answer within 2 s' }, { ref: false });
    const answer = await Promise.race([ask(), late]).catch((problem: Error) => ({
      ...silence,
      error: problem.message,
    }));
    return { name, cluster, port, pid, ...answer };
  }
}
