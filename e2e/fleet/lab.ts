import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { RunningFleet } from './fleet';
import { findFreePorts } from './free-ports';
import { linkHostPrograms } from './host-programs';
import { isOrphaned, ownLab } from './lab-owner';
import { attachReplica, enableSemiSync, waitUntilListed, waitUntilReplicating } from './replication';
import { planScenario, type Scenario, type ScenarioName } from './scenarios';
import { SshServer } from './ssh-server';
import { prepareBastion, prepareDatabaseHost } from './ssh-server-files';
import { FleetFile } from './state';
import { cacheFolder, readToolchain } from './toolchain';

/** How a scenario is started. */
export interface UpOptions {
  /** SSH servers in front of the instances; see planScenario. */
  readonly hops?: 0 | 1 | 2;
  /** Commits on primaries wait for one replica, or for as many as said (MySQL; MariaDB knows only one). */
  readonly semiSync?: boolean | number;
  /** An SSH server for each instance, in the place of its host: see `Instance.sshHost`. */
  readonly hosts?: boolean;
  /** Every replica reads through a link of its own, named `replica>source`, so that it can be cut off. */
  readonly linkedReplication?: boolean;
  /**
   * Whoever leads a region announces the near end of a link `wan>NAME` as its address (report_port), with that region's
   * delay: an operation that lets another region follow it goes over that link. For `payments`.
   */
  readonly wan?: boolean;
  /** Default 60, the server's. */
  readonly replicaNetTimeoutSeconds?: number;
}

/** sockaddr_un has room for 107 characters (unix(7)); the longest name in use is `shard-10-3.sock.lock`. */
const longestSocketFolder = 107 - 22;
/** More at once only compete for the processor. */
const startsAtOnce = 6;

/** A place where fleets run; several labs can run at once, each in its own root folder. */
export class Lab {
  constructor(readonly root: string) {}

  /** Starts a scenario, or fails when it already runs here. Servers outlive this process until {@link Lab.down}. */
  async up(scenarioName: ScenarioName | (string & {}), options: UpOptions = {}): Promise<RunningFleet> {
    // What a killed run left would only take memory and ports from this one.
    await (orphansEnded ??= endOrphanedLabs().catch(() => undefined));
    const scenario = planScenario(scenarioName, options.hops);
    const waitFor = Number(options.semiSync ?? 0);
    if (scenario.dialect === 'mariadb' && waitFor > 1) throw new Error('MariaDB waits for one replica at most.');
    readToolchain();
    const folder = path.join(this.root, scenario.name);
    if (FleetFile.open(folder))
      throw new Error(`${scenario.name} is already up in ${this.root}. End it with down first.`);
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const socketFolder = chooseSocketFolder(folder);
    fs.mkdirSync(socketFolder, { recursive: true, mode: 0o700 });
    const ports = await findFreePorts(scenario.members.length * (options.hosts ? 2 : 1) + scenario.bastions.length);
    const file = FleetFile.create({
      scenario: scenario.name,
      dialect: scenario.dialect,
      folder,
      socketFolder,
      replicaNetTimeoutSeconds: options.replicaNetTimeoutSeconds,
      instances: scenario.members.map(({ name, cluster, role, source, region }, index) => {
        const dataFolder = path.join(folder, name);
        const socket = path.join(socketFolder, `${name}.sock`);
        return {
          name,
          cluster,
          role,
          source,
          region,
          port: ports[index] ?? 0,
          serverId: 101 + index,
          socket,
          dataFolder,
        };
      }),
      bastions: [],
      hosts: [],
      links: [],
      endpoints: [],
      proxies: [],
      mounts: [],
    });
    try {
      for (const [index, plan] of scenario.bastions.entries()) {
        const port = ports[scenario.members.length + index] ?? 0;
        const bastion = await prepareBastion({ ...plan, port, folder: path.join(folder, plan.name) });
        file.change({ bastions: [...file.state.bastions, bastion] });
        await new SshServer(file, 'bastions', plan.name).start();
      }
      if (options.hosts) await startHosts(file, ports.slice(scenario.members.length + scenario.bastions.length));
      const fleet = new RunningFleet(file);
      await inTurns(fleet.instances, async (instance) => {
        await instance.create(options.wan ? await openWan(fleet, scenario, instance.name) : undefined);
        await instance.waitUntilReady();
        if (waitFor > 0) await enableSemiSync(instance, scenario.dialect, waitFor);
      });
      const followers = scenario.members.filter((member) => member.source !== undefined);
      await inTurns(followers, async ({ name, source = '', linkDelayMs }) => {
        const isLinked = linkDelayMs !== undefined || options.linkedReplication;
        const address = isLinked ? await fleet.openLink(name, source) : fleet.instance(source);
        if (linkDelayMs) await fleet.setLink(`${name}>${source}`, { delayMs: linkDelayMs });
        await attachReplica(fleet.instance(name), scenario.dialect, address);
      });
      await inTurns(followers, ({ name }) => waitUntilReplicating(fleet.instance(name), scenario.dialect));
      const sources = fleet.instances.filter(({ name }) => followers.some((one) => one.source === name));
      await inTurns(sources, (source) => {
        const count = followers.filter((one) => one.source === source.name).length;
        return waitUntilListed(source, scenario.dialect, count);
      });
      return fleet;
    } catch (error) {
      await new RunningFleet(file).down();
      throw error;
    }
  }

  /** Finds a fleet that runs here, started by whatever process. @throws Error when it does not run */
  attach(scenarioName: string): RunningFleet {
    const { name } = planScenario(scenarioName);
    const file = FleetFile.open(path.join(this.root, name));
    if (!file) throw new Error(`${name} is not up. Start it with: npm run fleet -- up ${scenarioName}`);
    return new RunningFleet(file);
  }

  /** The names of the fleets that were started here and not ended. */
  list(): string[] {
    if (!fs.existsSync(this.root)) return [];
    return fs.readdirSync(this.root).filter((name) => fs.existsSync(path.join(this.root, name, 'fleet.json')));
  }

  /** Ends one fleet or all of them: exactly the processes that were started here. @returns how many processes were ended */
  async down(scenarioName?: string): Promise<number> {
    let ended = 0;
    for (const name of scenarioName ? [planScenario(scenarioName).name] : this.list()) {
      const file = FleetFile.open(path.join(this.root, name));
      if (file) ended += await new RunningFleet(file).down();
    }
    return ended;
  }

  /** Ends everything and removes the root folder. */
  async close(): Promise<void> {
    await this.down();
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}

/** Where labs lie that were given no root of their own. */
const labsFolder = process.env['MIDWATCH_LABS'] || path.join(cacheFolder, 'lab');

/** Opens the lab in `root`; without one, the lab that the command line uses. Starts nothing. */
export function openLab(options: { readonly root?: string } = {}): Lab {
  return new Lab(path.resolve(options.root ?? path.join(labsFolder, 'main')));
}

/**
 * Opens a lab of its own for one test file; end it with {@link Lab.close}. Should this process die before, the next one that
 * starts a fleet, or {@link endOrphanedLabs}, does.
 */
export function openTemporaryLab(): Lab {
  const root = path.join(labsFolder, `t-${randomBytes(4).toString('hex')}`);
  ownLab(root);
  return new Lab(root);
}

/** Ends the labs whose process is provably gone, and removes them. @returns their roots */
export async function endOrphanedLabs(): Promise<readonly string[]> {
  const orphans = findLabs().filter(({ root }) => isOrphaned(root));
  for (const lab of orphans) await lab.close();
  return orphans.map(({ root }) => root);
}

let orphansEnded: Promise<unknown> | undefined;

/** Finds every lab in `labsFolder`, also those whose test was killed. */
export function findLabs(): Lab[] {
  if (!fs.existsSync(labsFolder)) return [];
  return fs.readdirSync(labsFolder).map((name) => new Lab(path.join(labsFolder, name)));
}

/** Beside the data where the path is short enough, else in the system's folder for temporary files. Exported for its test. */
export function chooseSocketFolder(folder: string): string {
  const beside = path.join(folder, 's');
  if (Buffer.byteLength(beside) <= longestSocketFolder) return beside;
  return path.join(os.tmpdir(), `mw-${createHash('sha256').update(folder).digest('hex').slice(0, 10)}`);
}

async function startHosts(file: FleetFile, ports: readonly number[]): Promise<void> {
  const { folder, dialect, instances } = file.state;
  const keyFolder = path.join(folder, 'hosts');
  const programs = path.join(keyFolder, 'bin');
  await linkHostPrograms(programs, dialect, folder);
  for (const [index, { name, region }] of instances.entries()) {
    const plan = { name, region, port: ports[index] ?? 0, folder: path.join(keyFolder, name), keyFolder, programs };
    const host = await prepareDatabaseHost(plan);
    file.change({ hosts: [...file.state.hosts, host] });
    await new SshServer(file, 'hosts', name).start();
  }
}

/** The port that others are told; undefined for one that leads no region. */
async function openWan(fleet: RunningFleet, { members }: Scenario, name: string): Promise<number | undefined> {
  const member = members.find((one) => one.name === name);
  if (!member || member.role === 'replica') return undefined;
  // The first region has no delay of its own: it is as far from the others as the nearest of them.
  const delays = members.flatMap((one) => one.linkDelayMs ?? []);
  const { port } = await fleet.openLink('wan', name);
  await fleet.setLink(`wan>${name}`, { delayMs: member.linkDelayMs ?? Math.min(...delays) });
  return port;
}

async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const worker = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: startsAtOnce }, worker));
}
