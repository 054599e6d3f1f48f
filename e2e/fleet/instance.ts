import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createConnection, type Connection } from 'mysql2/promise';
import { endFamily, isRunning, readGroupId, signalIfThere, startDetached } from './processes';
import { renderOptionFile } from './server-options';
import { SshServer } from './ssh-server';
import type { FleetFile, InstanceState } from './state';
import { readToolchain } from './toolchain';

const run = promisify(execFile);
const startLimitMs = 60_000;

/** RESTART and CLONE end the server with code 16 and count on a parent that starts it again. */
const supervise = 'while :; do MYSQLD_PARENT_PID=$$ "$@"; [ $? = 16 ] || break; done';

/** A row of a result as plain data; numbers that do not fit are strings. */
export type Row = Record<string, unknown>;

/** One server of the lab. */
export class Instance {
  readonly host = '127.0.0.1';

  constructor(
    private readonly file: FleetFile,
    readonly name: string,
  ) {}

  get port(): number {
    return this.state.port;
  }
  get role(): InstanceState['role'] {
    return this.state.role;
  }
  get cluster(): string {
    return this.state.cluster;
  }
  get region(): string | undefined {
    return this.state.region;
  }
  get socket(): string {
    return this.state.socket;
  }
  get dataFolder(): string {
    return this.state.dataFolder;
  }
  get errorLog(): string {
    return path.join(path.dirname(this.state.dataFolder), `${this.name}.err`);
  }

  /** The binary logs lie here as `binlog.000001` and on, beside the data; the account of {@link sshHost} may read them. */
  get binlogIndex(): string {
    return path.join(this.dataFolder, 'binlog.index');
  }
  /**
   * The SSH server that stands for this server's host, with the right to read its files and to end its process; undefined in
   * a fleet that was started without `hosts`.
   */
  get sshHost(): SshServer | undefined {
    return this.file.state.hosts.length > 0 ? new SshServer(this.file, 'hosts', this.name) : undefined;
  }

  /** What starts this server again when it is run on its {@link sshHost}, and returns when it answers. */
  get startCommand(): string {
    return `start-server ${this.name}`;
  }

  /** The id of the server process itself; undefined while it does not run. */
  get pid(): number | undefined {
    const supervisor = this.state.process;
    if (!supervisor || !fs.existsSync(this.pidFile)) return undefined;
    const pid = Number.parseInt(fs.readFileSync(this.pidFile, 'utf8'), 10);
    return readGroupId(pid) === supervisor.pid ? pid : undefined;
  }

  /**
   * Copies the template and starts the server for the first time, without waiting until it answers.
   * @param reportPort what it tells its source and this console's operations as its port; default its own
   */
  async create(reportPort?: number): Promise<void> {
    const toolchain = readToolchain();
    const { dialect } = this.file.state;
    // Holes stay holes: two thirds of a fresh template are zeros.
    await run('cp', ['-a', '--reflink=auto', '--sparse=always', toolchain[dialect].templateFolder, this.dataFolder]);
    const temporaryFolder = `${this.dataFolder}-tmp`;
    fs.mkdirSync(temporaryFolder, { recursive: true });
    fs.writeFileSync(
      this.optionFile,
      renderOptionFile({
        dialect,
        program: toolchain[dialect],
        tlsFolder: toolchain.tlsFolder,
        port: this.port,
        serverId: this.state.serverId,
        socket: this.socket,
        dataFolder: this.dataFolder,
        temporaryFolder,
        errorLog: this.errorLog,
        pidFile: this.pidFile,
        isReplica: this.state.source !== undefined,
        reportPort,
        replicaNetTimeoutSeconds: this.file.state.replicaNetTimeoutSeconds,
      }),
      { mode: 0o600 },
    );
    await this.launch();
  }

  /** Writes options into the server's file, for its next start: what SET GLOBAL does not keep. */
  addOptions(options: Readonly<Record<string, string | number>>): void {
    const lines = Object.entries(options).map(([name, value]) => `${name} = ${value}\n`);
    fs.appendFileSync(this.optionFile, lines.join(''));
  }

  /** Starts the server after a stop or a crash and waits until it answers. */
  async start(): Promise<void> {
    if (this.pid !== undefined) return;
    await this.launch();
    await this.waitUntilReady();
  }

  /** Waits until the server answers. @throws Error with the end of its error log when it gave up or takes over a minute */
  async waitUntilReady(): Promise<void> {
    for (const limit = Date.now() + startLimitMs; Date.now() < limit; await wait(30)) {
      const supervisor = this.state.process;
      if (!supervisor || !isRunning(supervisor)) break;
      try {
        await this.query('DO 1');
        return;
      } catch {
        // not yet
      }
    }
    const log = fs.existsSync(this.errorLog) ? fs.readFileSync(this.errorLog, 'utf8') : '';
    throw new Error(`${this.name} did not start:\n${log.trim().split('\n').slice(-5).join('\n')}`);
  }

  /** Shuts the server down in order. */
  async stop(): Promise<void> {
    const pid = this.pid;
    if (pid === undefined) return;
    signalIfThere(pid, 'SIGTERM');
    for (const limit = Date.now() + 30_000; this.pid !== undefined && Date.now() < limit;) await wait(30);
    await this.kill();
  }

  /** Ends the server and its supervisor at once (kill -9). */
  async kill(): Promise<void> {
    if (this.state.process) await endFamily(this.state.process);
  }

  /** Stops the process in its tracks: connections stay open and nothing answers. */
  pause(): void {
    this.signal('SIGSTOP');
  }

  /** Lets a paused process go on. */
  resume(): void {
    this.signal('SIGCONT');
  }

  /** Runs one statement as root through the socket. @throws the server's error */
  async query(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    const connection = await this.connect();
    try {
      const [rows] = await connection.query(sql, [...values]);
      return Array.isArray(rows) ? (rows as Row[]) : [];
    } finally {
      connection.destroy();
    }
  }

  /** Runs statements one after the other in one session, as root through the socket. */
  async execute(...statements: readonly string[]): Promise<void> {
    const connection = await this.connect();
    try {
      for (const statement of statements) await connection.query(statement);
    } finally {
      connection.destroy();
    }
  }

  /** Opens a session as root through the socket; the caller ends it. */
  connect(): Promise<Connection> {
    return createConnection({
      socketPath: this.socket,
      user: 'root',
      supportBigNumbers: true,
      bigNumberStrings: true,
      connectTimeout: 5_000,
    });
  }

  private get state(): InstanceState {
    return this.file.instance(this.name);
  }
  private get optionFile(): string {
    return path.join(path.dirname(this.dataFolder), `${this.name}.cnf`);
  }
  private get pidFile(): string {
    return path.join(path.dirname(this.dataFolder), `${this.name}.pid`);
  }

  private async launch(): Promise<void> {
    await this.kill();
    for (const left of [this.socket, `${this.socket}.lock`, this.pidFile]) fs.rmSync(left, { force: true });
    const { daemon } = readToolchain()[this.file.state.dialect];
    const process = await startDetached('sh', [
      '-c',
      supervise,
      'supervise',
      daemon,
      `--defaults-file=${this.optionFile}`,
    ]);
    this.file.changeInstance(this.name, { process });
  }

  private signal(signal: NodeJS.Signals): void {
    const pid = this.pid;
    if (pid === undefined) throw new Error(`${this.name} does not run`);
    signalIfThere(pid, signal);
  }
}
